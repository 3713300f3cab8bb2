//! Professions with their grades as programs read them.

use std::sync::Arc;

use chrono::NaiveDateTime;

use super::fields::find_or_follow;
use super::inclusion::{self, Inclusion};
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::service::grades::{GradeRecord, record_of};
use crate::graders::service::level_names::Scales;
use crate::graders::service::{ServiceError, level_names};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Description, Grade, Included, Ladder, LevelName, Origin, Scale};

/// A profession with its ladder.
#[derive(Clone, Debug)]
pub struct ProfessionRecord {
    /// Its number; it never changes.
    pub id: i32,
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// One phrase on what the profession works with; may be empty.
    pub summary: String,
    /// The name of its track in addresses.
    pub track: String,
    /// The ladder it includes, if any.
    pub includes: Option<Inclusion>,
    /// The name of its scale in addresses; `None` for the default one.
    pub scale: Option<String>,
    /// The names of its levels.
    pub names: Arc<Scale>,
    /// Raised by each change of the profession or of which grades it has.
    pub version: i32,
    /// When it was made, in UTC.
    pub created_at: NaiveDateTime,
    /// When it or its ladder was last changed, in UTC.
    pub updated_at: NaiveDateTime,
    /// The grades, lowest first.
    pub grades: Vec<GradeRecord>,
    /// The profession whose ladder it includes; not read for lists.
    included: Option<Box<ProfessionRecord>>,
}

impl ProfessionRecord {
    /// The ladder, with what its texts mean.
    #[must_use]
    pub fn ladder(&self, dictionary: &Dictionary) -> Ladder {
        let read = |text: &String| Description::read(text, dictionary);
        let grade =
            |record: &GradeRecord| Grade::new(record.level, record.description.as_ref().map(read));
        let ladder = Ladder::new(self.grades.iter().map(grade).collect()).on(&self.names);
        let Some(included) = &self.included else { return ladder };
        let origin = Origin { slug: included.slug.clone(), title: included.title.clone() };
        ladder.including(Included {
            origin: Arc::new(origin),
            ladder: Arc::new(included.ladder(dictionary)),
            up_to: self.includes.as_ref().and_then(|includes| includes.up_to),
        })
    }

    /// Its number and those of the professions whose ladders it includes, the nearest first.
    #[must_use]
    pub fn lineage(&self) -> Vec<i32> {
        let above = self.included.iter().flat_map(|included| included.lineage());
        std::iter::once(self.id).chain(above).collect()
    }
}

/// The profession at an address.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; [`ServiceError::Moved`] if it had this address before; if
/// the database does not answer.
pub fn record(database: &Database, slug: &str) -> Result<ProfessionRecord, ServiceError> {
    database.read(|connection| {
        let row = find_or_follow(connection, slug)?;
        with_grades(connection, row)
    })
}

/// The grade with a number, and the profession it belongs to.
///
/// # Errors
///
/// [`ServiceError::NoSuchGrade`]; if the database does not answer.
pub fn grade_record(
    database: &Database,
    id: i32,
) -> Result<(GradeRecord, ProfessionRecord), ServiceError> {
    database.read(|connection| found_grade(connection, id))
}

pub fn found_grade(
    connection: &mut DbConnection,
    id: i32,
) -> Result<(GradeRecord, ProfessionRecord), ServiceError> {
    let row = models::grades::by_id(connection, id)?.ok_or(ServiceError::NoSuchGrade)?;
    let owner = models::professions::whole_by_id(connection, row.profession_id)?;
    let profession = with_grades(connection, owner.ok_or(ServiceError::NoSuchGrade)?)?;
    let name = LevelName::new(&profession.names, row.level_name);
    Ok((record_of(row, &profession.slug, name), profession))
}

pub fn with_grades(
    connection: &mut DbConnection,
    row: WholeProfessionRow,
) -> Result<ProfessionRecord, ServiceError> {
    with_included(connection, row, &mut Vec::new())
}

/// The same, for the professions `above` that include it.
fn with_included(
    connection: &mut DbConnection,
    row: WholeProfessionRow,
    above: &mut Vec<i32>,
) -> Result<ProfessionRecord, ServiceError> {
    let grades = models::grades::of(connection, &[row.id])?;
    let includes = inclusion::of(connection, &row)?;
    above.push(row.id);
    // Whatever is stored, there is an end.
    let base = row.includes_id.filter(|base| !above.contains(base));
    let base = match base {
        Some(base) => models::professions::whole_by_id(connection, base)?,
        None => None,
    };
    let base = base.map(|base| with_included(connection, base, above)).transpose()?;
    let scales = level_names::load_for(connection, [row.scale_id])?;
    let record = whole(row, (includes, &scales), grades);
    Ok(ProfessionRecord { included: base.map(Box::new), ..record })
}

pub fn whole(
    row: WholeProfessionRow,
    (includes, scales): (Option<Inclusion>, &Scales),
    mut grades: Vec<GradeRow>,
) -> ProfessionRecord {
    grades.sort_by_key(|grade| grade.level_name);
    let names = scales.of(row.scale_id);
    let record = |grade: GradeRow| {
        let name = LevelName::new(&names, grade.level_name);
        record_of(grade, &row.slug, name)
    };
    ProfessionRecord {
        grades: grades.into_iter().map(record).collect(),
        id: row.id,
        slug: row.slug,
        title: row.title,
        summary: row.summary,
        track: row.track,
        includes,
        scale: scales.slug(row.scale_id).map(str::to_owned),
        names,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
        included: None,
    }
}
