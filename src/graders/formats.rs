//! File formats of the catalogue.

pub mod catalogue;
