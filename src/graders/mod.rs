//! Grades stored and served: rows and queries, every operation on them, the JSON API, and the
//! catalogue's file format.

pub mod cached;
pub mod catalogue;
pub mod document;
pub mod editing;
pub mod handlers;
mod models;
pub mod records;
pub mod rules;
pub mod schemas;
pub mod search;
pub mod service;
pub mod skill_editing;
pub mod skill_effects;
pub mod skill_index;
pub mod skills;
pub mod structure;
pub mod tracks;
