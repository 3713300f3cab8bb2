//! Ladders and those that they include or that include them: read for whoever needs either.

mod including;
mod shelf;

pub use self::including::{Including, touched};
pub(super) use self::including::{including, including_any};
pub(super) use self::shelf::{Shelf, undescribed_ladders};
