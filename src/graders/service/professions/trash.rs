//! Professions and grades that were deleted, and bringing them back.

use chrono::NaiveDateTime;

use super::editing::{find, slug_is_taken};
use super::snapshot::{self, GradeSnapshot, Revision, insert_former, last_seen};
use crate::audit::service::Actor;
use crate::db::{self, Database};
use crate::graders::models;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::service::ServiceError;
use crate::graders::service::grades;
use crate::ladder::Level;

/// How many of the latest changes are searched for what can come back.
const REMEMBERED: i64 = 1_000;

/// What was taken away and can come back.
#[derive(Clone, Debug)]
pub struct Deleted {
    /// Names the profession.
    pub profession_id: i32,
    /// The profession's name on pages.
    pub profession: String,
    /// The grade that was taken away alone; `None` if the whole profession was.
    pub grade: Option<Level>,
    /// The login of who took it away.
    pub author: String,
    /// When, in UTC.
    pub at: NaiveDateTime,
}

/// What was taken away by the latest thousand changes and did not come back, the newest first.
///
/// # Errors
///
/// If the database does not answer.
pub fn deleted(database: &Database) -> Result<Vec<Deleted>, ServiceError> {
    database.read(|connection| {
        let mut deleted = Vec::<Deleted>::new();
        for revision in models::revisions::recent_of_professions(connection, REMEMBERED)? {
            let (Some(before), after) = (revision.before.as_deref(), revision.after.as_deref())
            else {
                continue;
            };
            let was = snapshot::parse(before)?;
            let id = revision.profession_id;
            let is_there = !models::professions::existing(connection, &[id])?.is_empty();
            let gone = match after {
                None if is_there => Vec::new(),
                None => vec![None],
                // A grade comes back to its profession only.
                Some(_) if !is_there => Vec::new(),
                Some(after) => {
                    let left = snapshot::parse(after)?.grades;
                    let present = models::grades::by_age(connection, id)?;
                    was.grades
                        .iter()
                        .filter(|grade| !left.iter().any(|kept| kept.id == grade.id))
                        .filter(|grade| !present.iter().any(|found| found.grade_id == grade.id))
                        .map(|grade| grade.level)
                        .filter(|level| !left.iter().any(|grade| grade.level == *level))
                        .filter(|level| !present.iter().any(|grade| grade.level_name == *level))
                        .map(Some)
                        .collect()
                }
            };
            for grade in gone {
                let is_known =
                    deleted.iter().any(|known| known.profession_id == id && known.grade == grade);
                if !is_known {
                    deleted.push(Deleted {
                        profession_id: id,
                        profession: was.title.clone(),
                        grade,
                        author: revision.author.clone(),
                        at: revision.created_at,
                    });
                }
            }
        }
        Ok(deleted)
    })
}

/// Brings back a grade that was taken away, with its description and its history.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`] and [`ServiceError::NoSuchGrade`] if there is nothing to
/// bring back, or if it is back already; if the database does not answer.
pub fn bring_back_grade(
    database: &Database,
    id: i32,
    level: Level,
    by: &Actor,
) -> Result<String, ServiceError> {
    database.write(|connection| {
        models::catalogue::lock(connection)?;
        let row = models::professions::whole_by_id(connection, id)?;
        let row = row.ok_or(ServiceError::NoSuchProfession)?;
        if grades::of_level(connection, id, level)?.is_some() {
            return Err(ServiceError::NoSuchGrade);
        }
        let revisions = models::revisions::of_profession(connection, id)?;
        let present = models::grades::by_age(connection, id)?;
        let is_gone = |grade: &GradeSnapshot| !present.iter().any(|row| row.grade_id == grade.id);
        let last = last_seen(&revisions, |grade| grade.level == level && is_gone(grade))?;
        let grade = last.ok_or(ServiceError::NoSuchGrade)?;
        let now = db::now();
        let before = snapshot::take(connection, &row)?;
        models::professions::raise_version(connection, id, now)?;
        insert_former(connection, id, &grade, now)?;
        let after = snapshot::take(connection, &row)?;
        let note = format!("Возвращён грейд {level}");
        let version = row.version + 1;
        let revision = Revision { profession_id: id, slug: &row.slug, version, by, note: &note };
        revision.store(connection, Some(&before), Some(&after), now)?;
        Ok(row.slug)
    })
}

/// Brings back a profession that was taken away, with its ladder and the history of its grades.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`] if none was taken away under this id;
/// [`ServiceError::AddressTaken`] if another profession has its address now; if the database does
/// not answer.
pub fn bring_back(database: &Database, id: i32, by: &Actor) -> Result<String, ServiceError> {
    database.write(|connection| {
        models::catalogue::lock(connection)?;
        if !models::professions::existing(connection, &[id])?.is_empty() {
            return Err(ServiceError::NoSuchProfession);
        }
        let revisions = models::revisions::of_profession(connection, id)?;
        let last = revisions.into_iter().next().ok_or(ServiceError::NoSuchProfession)?;
        let was = snapshot::parse(last.before.as_deref().ok_or(ServiceError::NoSuchProfession)?)?;
        if slug_is_taken(connection, &was.slug, None)? {
            return Err(ServiceError::AddressTaken(was.slug));
        }
        let now = db::now();
        let version = last.version + 1;
        let tracks = models::tracks::all(connection)?;
        // Its track may be gone as well; then it comes back in the first one.
        let same = tracks.iter().find(|track| track.slug == was.track);
        let track = same.or(tracks.first()).ok_or(ServiceError::NoSuchProfession)?;
        models::professions::insert_restored(
            connection,
            &WholeProfessionRow {
                id,
                slug: was.slug.clone(),
                title: was.title,
                summary: was.summary,
                track: track.slug.clone(),
                position: was.position,
                version,
                created_at: was.created_at.parse().unwrap_or(now),
                updated_at: now,
            },
        )?;
        for grade in &was.grades {
            insert_former(connection, id, grade, now)?;
        }
        let row = find(connection, &was.slug)?;
        let after = snapshot::take(connection, &row)?;
        let revision =
            Revision {
                profession_id: id, slug: &was.slug, version, by, note: "Возвращена"
            };
        revision.store(connection, None, Some(&after), now)?;
        Ok(was.slug)
    })
}
