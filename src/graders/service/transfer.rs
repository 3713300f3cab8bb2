//! Ladders as files: out of the catalogue and into it.

pub mod uploads;
