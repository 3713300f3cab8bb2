//! Ladders as files: out of the catalogue and into it.

pub mod uploads;

pub use crate::graders::formats::sheet;
