//! Who may change the catalogue: accounts, passwords, sessions and tokens of programs.

mod models;
mod password;
pub mod reach;
mod secrets;
pub mod service;
pub mod tokens;
