//! Grades stored and served: rows and queries, every operation on them, the JSON API, and the
//! catalogue's file format.

pub mod document;
mod formats;
pub mod handlers;
mod models;
pub mod schemas;
pub mod service;
