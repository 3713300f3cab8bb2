//! Who did what, when and from where: one entry in the log for each.

mod models;
pub mod service;
