//! Grades as programs read them.

use chrono::NaiveDateTime;

use crate::graders::models::grades::GradeRow;
use crate::ladder::{Level, LevelName};

/// A grade.
#[derive(Clone, Debug)]
pub struct GradeRecord {
    /// Its number; it never changes.
    pub grade_id: i32,
    /// The number of its profession.
    pub profession_id: i32,
    /// The name of its profession in addresses.
    pub profession: String,
    /// The level.
    pub level: Level,
    /// The level as the profession's scale names it.
    pub name: LevelName,
    /// The description in Markdown; `None` if nobody wrote one yet.
    pub description: Option<String>,
    /// Raised by each change of the description.
    pub version: i32,
    /// When it was last changed, in UTC.
    pub updated_at: NaiveDateTime,
}

/// A row with the name of its profession in addresses, and that of its level.
pub fn record_of(row: GradeRow, profession: &str, name: LevelName) -> GradeRecord {
    GradeRecord {
        grade_id: row.grade_id,
        profession_id: row.profession_id,
        profession: profession.to_owned(),
        level: row.level_name,
        name,
        description: row.description,
        version: row.version,
        updated_at: row.updated_at,
    }
}
