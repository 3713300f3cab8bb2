//! Who may change the catalogue: accounts, passwords and sessions.

mod models;
mod password;
pub mod service;
