//! The lists of grades and of their saved changes, for programs.

use super::records::{GradeRecord, record_of};
use super::text::Text;
use crate::db::Database;
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::listing::GradeOrder;
use crate::graders::models::revisions::{Kind, RevisionRow};
use crate::graders::service::listing::{Filter, Listed, Part, moment, moment_cursor, parsed};
use crate::graders::service::revisions::{Revision, revision};
use crate::graders::service::{ServiceError, level_names};

/// An order of grades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortGrades {
    /// By number.
    Id,
    /// Longest unchanged first.
    Changed,
    /// Last changed first.
    ChangedDescending,
}

/// A part of the list of grades.
///
/// # Errors
///
/// [`ServiceError::InvalidCursor`]; [`ServiceError::Moved`] if the profession has another address now;
/// if the database does not answer.
pub fn records(
    database: &Database,
    filter: &Filter,
    sort: SortGrades,
    part: &Part,
) -> Result<Listed<GradeRecord>, ServiceError> {
    let order = grade_order(sort, part.cursor.as_deref())?;
    database.read(|connection| {
        if let Some(slug) = &filter.profession
            && models::professions::at(connection, slug)?.is_none()
            && let Some(current) = models::professions::current_slug(connection, slug)?
        {
            return Err(ServiceError::Moved(current));
        }
        let rows = models::listing::grades(connection, filter.narrowing(), order, part.one_more())?;
        let Listed { items, next } = part.cut(rows, |(row, ..)| match sort {
            SortGrades::Id => row.grade_id.to_string(),
            SortGrades::Changed | SortGrades::ChangedDescending => {
                moment_cursor(row.updated_at, row.grade_id)
            }
        });
        let scales = level_names::load_for(connection, items.iter().map(|(_, _, scale)| *scale))?;
        let record = |(row, slug, scale_id): (GradeRow, String, Option<i32>)| {
            let name = scales.name(scale_id, row.level_name);
            record_of(row, &slug, name)
        };
        Ok(Listed { items: items.into_iter().map(record).collect(), next })
    })
}

/// A part of the saved changes of a grade's description, the newest first.
///
/// # Errors
///
/// [`ServiceError::NoSuchGrade`], [`ServiceError::InvalidCursor`]; if the database does not answer.
pub fn revisions(
    database: &Database,
    grade_id: i32,
    part: &Part,
) -> Result<Listed<Revision>, ServiceError> {
    let before = part.cursor.as_deref().map(parsed::<i32>).transpose()?;
    database.read(|connection| {
        models::grades::by_id(connection, grade_id)?.ok_or(ServiceError::NoSuchGrade)?;
        let (kind, limit) = (Kind::Grade, part.one_more());
        let rows = models::revisions::before(connection, kind, grade_id, before, limit)?;
        let Listed { items, next } = part.cut(rows, |row: &RevisionRow| row.version.to_string());
        let items = items.into_iter().map(revision::<Text>).collect::<Result<_, _>>()?;
        Ok(Listed { items, next })
    })
}

fn grade_order(sort: SortGrades, cursor: Option<&str>) -> Result<GradeOrder, ServiceError> {
    Ok(match sort {
        SortGrades::Id => GradeOrder::Id(cursor.map(parsed).transpose()?),
        SortGrades::Changed => GradeOrder::Changed(cursor.map(moment).transpose()?),
        SortGrades::ChangedDescending => {
            GradeOrder::ChangedDescending(cursor.map(moment).transpose()?)
        }
    })
}
