//! Grades stored and served: rows and queries, every operation on them, and the catalogue's file
//! format.

pub mod catalogue;
pub mod editing;
mod models;
pub mod records;
pub mod service;
pub mod structure;
pub mod tracks;
