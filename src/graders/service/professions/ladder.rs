//! Changing which grades a ladder has.

use super::fields::{InvalidField, find};
use super::scale;
use super::snapshot::{GradeSnapshot, Snapshot};
use crate::audit::service::Actor;
use crate::db::{self, DbConnection};
use crate::graders::models;
use crate::graders::models::grades::{GradeRow, RestoredGrade};
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::service::grades::{self, GradeFields};
use crate::graders::service::revisions::Snapshot as _;
use crate::graders::service::{ServiceError, level_names};
use crate::ladder::Level;

/// The grade of a level.
pub fn grade_of(
    connection: &mut DbConnection,
    profession_id: i32,
    level: Level,
) -> Result<Option<GradeRow>, ServiceError> {
    let grades = models::grades::by_age(connection, profession_id)?;
    Ok(grades.into_iter().find(|grade| grade.level_name == level))
}

/// Whether another profession is at an address and has grades that this one can have too: those of a draft are
/// for drafts.
pub fn is_elsewhere(
    connection: &mut DbConnection,
    slug: &str,
    own: &WholeProfessionRow,
) -> Result<bool, ServiceError> {
    match find(connection, slug) {
        Ok(row) if row.id != own.id && (own.is_draft || !row.is_draft) => {
            Ok(!models::grades::by_age(connection, row.id)?.is_empty())
        }
        Ok(_) | Err(ServiceError::NoSuchProfession) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Adds the grades of the profession at another address whose levels are free; returns what to note.
pub fn copy(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    from: &str,
    by: &Actor,
) -> Result<String, ServiceError> {
    let source = find(connection, from)?;
    for grade in models::grades::by_age(connection, source.id)? {
        let level = grade.level_name;
        if grade_of(connection, row.id, level)?.is_none() {
            let fields = GradeFields { level, description: grade.description };
            grades::insert(connection, row.id, &fields, by)?;
        }
    }
    Ok(format!("Взята лестница: {}", source.title))
}

/// Gives a grade another level, which is free.
pub fn change_level(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    from: Level,
    to: Level,
) -> Result<(), ServiceError> {
    let grade = grade_of(connection, row.id, from)?.ok_or(ServiceError::NoSuchGrade)?;
    Ok(models::grades::update_level(connection, grade.grade_id, to, db::now())?)
}

/// Deletes the grade of a level.
pub fn remove(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    level: Level,
) -> Result<(), ServiceError> {
    let grade = grade_of(connection, row.id, level)?.ok_or(ServiceError::NoSuchGrade)?;
    Ok(models::grades::delete(connection, grade.grade_id)?)
}

/// Gives a ladder the grades of an earlier version, at the levels they had then, each with its last
/// description. Grades that the version did not have stay, unless they have one of those levels: if
/// one was never described, it is deleted; otherwise its level is returned and nothing is stored.
pub fn restore(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    was: &[GradeSnapshot],
) -> Result<Vec<InvalidField>, ServiceError> {
    let present = models::grades::by_age(connection, row.id)?;
    let mut leaving = Vec::new();
    let mut coming = Vec::new();
    let mut taken = Vec::new();
    for grade in &present {
        match was.iter().find(|was| was.id == grade.grade_id) {
            Some(was) if was.level != grade.level_name => {
                leaving.push(grade.grade_id);
                coming.push(GradeSnapshot {
                    level: was.level,
                    id: grade.grade_id,
                    version: grade.version,
                    description: grade.description.clone(),
                });
            }
            Some(_) => {}
            None if !was.iter().any(|was| was.level == grade.level_name) => {}
            None if grades::is_blank(connection, grade)? => leaving.push(grade.grade_id),
            None => {
                let names = level_names::load(connection)?;
                taken.push(InvalidField::LevelTaken(names.name(row.scale_id, grade.level_name)));
            }
        }
    }
    if !taken.is_empty() {
        return Ok(taken);
    }
    for was in was {
        if !present.iter().any(|grade| grade.grade_id == was.id) {
            let last = last_seen(connection, row.id, was.id)?.unwrap_or_else(|| was.clone());
            coming.push(GradeSnapshot { level: was.level, ..last });
        }
    }
    // Two grades may change places, so all leave before any comes.
    for grade_id in leaving {
        models::grades::delete(connection, grade_id)?;
    }
    for grade in &coming {
        insert_restored(connection, row.id, grade)?;
    }
    Ok(Vec::new())
}

/// Which levels a scale leaves out of those that a ladder would have with the grades of an earlier
/// version.
pub fn beyond_scale(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    was: &[GradeSnapshot],
    scale_id: Option<i32>,
) -> Result<Vec<Level>, ServiceError> {
    let present = models::grades::by_age(connection, row.id)?;
    let stays = |grade: &&GradeRow| !was.iter().any(|was| was.id == grade.grade_id);
    let levels = present.iter().filter(stays).map(|grade| grade.level_name);
    let levels = levels.chain(was.iter().map(|was| was.level)).collect::<Vec<_>>();
    Ok(scale::lacking(connection, scale_id, levels)?)
}

/// Which levels a scale leaves out of those of the ladder at an address.
pub fn source_beyond_scale(
    connection: &mut DbConnection,
    from: &str,
    scale_id: Option<i32>,
) -> Result<Vec<Level>, ServiceError> {
    let source = find(connection, from)?;
    let grades = models::grades::by_age(connection, source.id)?;
    Ok(scale::lacking(connection, scale_id, grades.iter().map(|grade| grade.level_name))?)
}

/// Stores a grade under the number it had.
pub fn insert_restored(
    connection: &mut DbConnection,
    profession_id: i32,
    grade: &GradeSnapshot,
) -> Result<(), ServiceError> {
    let restored = RestoredGrade {
        grade_id: grade.id,
        profession_id,
        level_name: grade.level.name(),
        description: grade.description.as_deref(),
        version: grade.version,
        updated_at: db::now(),
    };
    Ok(models::grades::insert_restored(connection, &restored)?)
}

/// A grade that is gone, as it was before the latest change of its profession that knew it.
pub fn last_seen(
    connection: &mut DbConnection,
    profession_id: i32,
    grade_id: i32,
) -> Result<Option<GradeSnapshot>, ServiceError> {
    let revisions = models::revisions::of(connection, Snapshot::KIND, profession_id)?;
    for before in revisions.iter().filter_map(|revision| revision.before.as_deref()) {
        let grades = Snapshot::read(before)?.grades;
        let found = grades.into_iter().find(|grade| grade.id == grade_id);
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}
