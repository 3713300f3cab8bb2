//! The list of professions, for programs.

use super::inclusion;
use super::records::{ProfessionRecord, whole};
use crate::db::Database;
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::listing::ProfessionOrder;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::service::listing::{Filter, Listed, Part, moment, moment_cursor, parsed};
use crate::graders::service::texts::is_slug;
use crate::graders::service::{ServiceError, level_names};

/// An order of professions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortProfessions {
    /// As on the home page.
    Catalogue,
    /// By the name in addresses.
    Slug,
    /// The same backwards.
    SlugDescending,
    /// Longest unchanged first.
    Changed,
    /// Last changed first.
    ChangedDescending,
}

/// A part of the list of professions.
///
/// # Errors
///
/// [`ServiceError::InvalidCursor`]; if the database does not answer.
pub fn records(
    database: &Database,
    filter: &Filter,
    sort: SortProfessions,
    part: &Part,
) -> Result<Listed<ProfessionRecord>, ServiceError> {
    let order = profession_order(sort, part.cursor.as_deref())?;
    database.read(|connection| {
        let rows =
            models::listing::professions(connection, filter.narrowing(), order, part.one_more())?;
        let Listed { items, next } = part.cut(rows, |(row, track_position)| match sort {
            SortProfessions::Catalogue => {
                format!("{track_position}.{}.{}.{}", row.track, row.position, row.id)
            }
            SortProfessions::Slug | SortProfessions::SlugDescending => row.slug.clone(),
            SortProfessions::Changed | SortProfessions::ChangedDescending => {
                moment_cursor(row.updated_at, row.id)
            }
        });
        let ids = items.iter().map(|(row, _)| row.id).collect::<Vec<_>>();
        let grades = models::grades::of(connection, &ids)?;
        let rows = items.iter().map(|(row, _)| row).collect::<Vec<_>>();
        let mut inclusions = inclusion::of_all(connection, &rows)?;
        let scales = level_names::load_for(connection, rows.iter().map(|row| row.scale_id))?;
        let with_grades = |(row, _): (WholeProfessionRow, i32)| {
            let is_own = |grade: &&GradeRow| grade.profession_id == row.id;
            let own = grades.iter().filter(is_own).cloned().collect();
            let includes = inclusions.remove(&row.id);
            whole(row, (includes, &scales), own)
        };
        Ok(Listed { items: items.into_iter().map(with_grades).collect(), next })
    })
}

fn profession_order(
    sort: SortProfessions,
    cursor: Option<&str>,
) -> Result<ProfessionOrder, ServiceError> {
    let slug = |cursor: &str| Some(cursor.to_owned()).filter(|slug| is_slug(slug));
    let slug = |cursor| slug(cursor).ok_or(ServiceError::InvalidCursor);
    Ok(match sort {
        SortProfessions::Catalogue => {
            ProfessionOrder::Catalogue(cursor.map(catalogue_place).transpose()?)
        }
        SortProfessions::Slug => ProfessionOrder::Slug(cursor.map(slug).transpose()?),
        SortProfessions::SlugDescending => {
            ProfessionOrder::SlugDescending(cursor.map(slug).transpose()?)
        }
        SortProfessions::Changed => ProfessionOrder::Changed(cursor.map(moment).transpose()?),
        SortProfessions::ChangedDescending => {
            ProfessionOrder::ChangedDescending(cursor.map(moment).transpose()?)
        }
    })
}

fn catalogue_place(cursor: &str) -> Result<(i32, String, i32, i32), ServiceError> {
    let [track_position, track, position, id] = cursor
        .split('.')
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|_| ServiceError::InvalidCursor)?;
    if !is_slug(track) {
        return Err(ServiceError::InvalidCursor);
    }
    Ok((parsed(track_position)?, track.to_owned(), parsed(position)?, parsed(id)?))
}
