//! Saved changes of professions: each holds the whole profession before and after.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::audit::service::{self as audit, Action, Actor};
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::grades::RestoredGrade;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::models::revisions::{NewProfessionRevision, ProfessionRevisionRow};
use crate::graders::service::{ServiceError, search};
use crate::ladder::Level;

/// A profession with its ladder at one moment, in TOML.
#[derive(Deserialize, Serialize)]
pub struct Snapshot {
    pub slug: String,
    pub title: String,
    pub summary: String,
    pub track: String,
    pub position: i32,
    pub created_at: String,
    #[serde(default, rename = "grade")]
    pub grades: Vec<GradeSnapshot>,
}

#[derive(Deserialize, Serialize)]
pub struct GradeSnapshot {
    pub level: Level,
    pub id: i32,
    pub version: i32,
    pub description: Option<String>,
}

pub struct Revision<'a> {
    pub profession_id: i32,
    /// The profession's name in addresses.
    pub slug: &'a str,
    pub version: i32,
    pub by: &'a Actor,
    pub note: &'a str,
}

impl Revision<'_> {
    /// Stores the revision, raises that of the catalogue and writes the log.
    pub fn store(
        &self,
        connection: &mut DbConnection,
        before: Option<&str>,
        after: Option<&str>,
        now: NaiveDateTime,
    ) -> Result<(), ServiceError> {
        let Self { profession_id, slug, version, by, note } = *self;
        let created_at = now;
        models::revisions::insert_of_profession(
            connection,
            &NewProfessionRevision {
                profession_id,
                version,
                author: &by.login,
                note,
                before,
                after,
                created_at,
            },
        )?;
        search::index_profession(connection, profession_id)?;
        models::catalogue::raise_revision(connection)?;
        Ok(audit::record(connection, by, Action::ChangeProfession, slug, note)?)
    }
}

/// A grade as it was before the latest of these changes that knew it.
pub fn last_seen(
    revisions: &[ProfessionRevisionRow],
    is_wanted: impl Fn(&GradeSnapshot) -> bool,
) -> Result<Option<GradeSnapshot>, ServiceError> {
    for before in revisions.iter().filter_map(|revision| revision.before.as_deref()) {
        let found = parse(before)?.grades.into_iter().find(&is_wanted);
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The profession as a version of it was: what made the version, or what replaced it, tells.
pub fn snapshot_of(revisions: &[ProfessionRevisionRow], version: i32) -> Option<&str> {
    let made = revisions.iter().find(|revision| revision.version == version);
    let replaced = revisions.iter().find(|revision| revision.version == version.saturating_add(1));
    let made = made.and_then(|revision| revision.after.as_deref());
    made.or_else(|| replaced.and_then(|revision| revision.before.as_deref()))
}

pub fn insert_former(
    connection: &mut DbConnection,
    profession_id: i32,
    grade: &GradeSnapshot,
    now: NaiveDateTime,
) -> Result<(), ServiceError> {
    let former = RestoredGrade {
        grade_id: grade.id,
        profession_id,
        level_name: grade.level.name(),
        description: grade.description.as_deref(),
        version: grade.version,
        updated_at: now,
    };
    Ok(models::grades::insert_restored(connection, &former)?)
}

pub fn take(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
) -> Result<String, ServiceError> {
    let mut grades = models::grades::by_age(connection, row.id)?;
    grades.sort_by_key(|grade| grade.level_name);
    let grades = grades.into_iter().map(|grade| GradeSnapshot {
        level: grade.level_name,
        id: grade.grade_id,
        version: grade.version,
        description: grade.description,
    });
    let snapshot = Snapshot {
        slug: row.slug.clone(),
        title: row.title.clone(),
        summary: row.summary.clone(),
        track: row.track.clone(),
        position: row.position,
        created_at: row.created_at.to_string(),
        grades: grades.collect(),
    };
    toml::to_string_pretty(&snapshot).map_err(|error| ServiceError::Snapshot(error.to_string()))
}

pub fn parse(snapshot: &str) -> Result<Snapshot, ServiceError> {
    toml::from_str(snapshot).map_err(|error| ServiceError::Snapshot(error.to_string()))
}
