//! The audit log: who did what, when and from where.

mod models;
pub mod service;
