//! Ladders as files: out of the catalogue and into it.

mod export;
pub mod uploads;

pub use crate::graders::formats::sheet;

pub use self::export::{Scope, export};
pub use crate::graders::formats::{Format, read, write};
