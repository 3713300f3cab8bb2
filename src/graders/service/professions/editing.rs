//! Changing professions and which grades their ladders have. Every change is a revision that
//! holds the whole profession before and after, so that each can be undone.

use std::collections::HashMap;
use std::sync::Arc;

use super::fields::{InvalidField, ProfessionFields, check, fields_of, find, find_or_follow};
use super::merging::{Merge, merge};
use super::placing::{next_position, place, set_track};
use super::snapshot::{Snapshot, record};
use super::{follow, inclusion, ladder, left_out, scale};
use crate::audit::service::Actor;
use crate::db::{self, Database, DbConnection};
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::professions::{NewProfession, WholeProfessionRow};
use crate::graders::service::grades::{self, GradeFields};
use crate::graders::service::order::Direction;
use crate::graders::service::revisions::{self, History, Snapshot as _};
use crate::graders::service::{ServiceError, identity, level_names, outdated, search};
use crate::ladder::{Level, LevelName, Scale};

/// A profession as an editor sees it.
#[derive(Clone, Debug)]
pub struct EditableProfession {
    /// What it says of itself.
    pub fields: ProfessionFields,
    /// Raised by each change of the profession or of which grades it has.
    pub version: i32,
    /// The names of its levels.
    pub scale: Arc<Scale>,
    /// The grades it has, lowest first, and whether each is described.
    pub grades: Vec<(LevelName, bool)>,
    /// The login of who changed it last; empty if nobody did.
    pub author: String,
    /// Whether it is for editors alone.
    pub is_draft: bool,
}

/// A change of a profession.
#[derive(Clone, Debug)]
pub enum Change {
    /// New words about it, another included ladder, or another track, where it becomes the last one.
    Fields(ProfessionFields),
    /// A corrected title and summary that the site starts with.
    Correct {
        /// The title.
        title: String,
        /// The summary.
        summary: String,
    },
    /// One place up or down within its track.
    Move(Direction),
    /// More grades, no level twice.
    AddGrades(Vec<GradeFields>),
    /// The grades of the profession at another address that this one does not have, as they are
    /// described there.
    CopyLadder(String),
    /// Another level for a grade, with its description and its history.
    ChangeLevel {
        /// The level it has.
        from: Level,
        /// A level the ladder leaves out.
        to: Level,
    },
    /// One grade less.
    RemoveGrade(Level),
    /// The words, the track and the included ladder of an earlier version, and the grades it had, at
    /// their levels; grades that it did not have stay.
    Restore(i32),
    /// Everybody may see it from now on.
    Publish,
    /// It is for editors alone again.
    TakeBack,
    /// The end of the profession and its ladder.
    Delete,
}

/// What became of a change.
#[derive(Debug)]
pub enum Changed {
    /// It is stored; the profession has this address now.
    Stored {
        /// The name in addresses.
        slug: String,
        /// Whether all of it is; what of an earlier version could not come back, its history tells.
        is_whole: bool,
    },
    /// It would change nothing, as a form sent twice; nothing is stored.
    Unchanged,
    /// Somebody else changed the profession in between; nothing is stored.
    Conflict(EditableProfession),
    /// It can't be stored.
    Invalid(Vec<InvalidField>),
}

/// The profession at an address, for changing.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; [`ServiceError::Moved`] if it had this address before; if the
/// database does not answer.
pub fn editable(database: &Database, slug: &str) -> Result<EditableProfession, ServiceError> {
    database.read(|connection| {
        let row = find_or_follow(connection, slug)?;
        editable_row(connection, &row)
    })
}

/// The saved changes of a profession.
///
/// # Errors
///
/// As [`editable`].
pub fn history(database: &Database, slug: &str) -> Result<History, ServiceError> {
    database.read(|connection| {
        let row = find_or_follow(connection, slug)?;
        let tracks = models::tracks::all(connection)?.into_iter();
        let titles = tracks.map(|track| (track.slug, track.title)).collect::<HashMap<_, _>>();
        let scales = level_names::load(connection)?;
        let current = Snapshot::take(connection, &row)?.with_titles(&titles, &scales);
        let (key, title) = ((row.id, row.version), row.title);
        revisions::history(connection, key, title, Some(&current), |text| {
            Ok(Snapshot::read(text)?.with_titles(&titles, &scales))
        })
    })
}

/// Makes a profession with a ladder of no level twice, the last of its track; as a draft, if that is wanted.
///
/// # Errors
///
/// If the database does not answer.
pub fn create(
    database: &Database,
    (fields, is_draft): (&ProfessionFields, bool),
    ladder: &[GradeFields],
    by: &Actor,
) -> Result<Changed, ServiceError> {
    database.change_catalogue(|connection| {
        let mut invalid = check(connection, fields, (None, is_draft))?;
        // Without a valid scale nobody knows its levels.
        if let Ok(scale_id) = scale::id_of(connection, fields.scale.as_deref()) {
            let levels = ladder.iter().map(|grade| grade.level);
            let lacking = scale::lacking(connection, scale_id, levels)?;
            invalid.extend(lacking.into_iter().map(InvalidField::LevelNotInScale));
        }
        if !invalid.is_empty() {
            return Ok(Changed::Invalid(invalid));
        }
        store_new(connection, (fields, is_draft), ladder, by)?;
        Ok(Changed::Stored { slug: fields.slug.clone(), is_whole: true })
    })
}

/// Stores a profession whose fields are valid, with a ladder of no level twice.
pub fn store_new(
    connection: &mut DbConnection,
    (fields, is_draft): (&ProfessionFields, bool),
    ladder: &[GradeFields],
    by: &Actor,
) -> Result<WholeProfessionRow, ServiceError> {
    let now = db::now();
    let position = next_position(connection, &fields.track)?;
    let (includes_id, includes_up_to) = inclusion::stored(connection, fields.includes.as_ref())?;
    let scale_id = scale::id_of(connection, fields.scale.as_deref())?;
    let id = models::professions::insert(
        connection,
        &NewProfession {
            slug: &fields.slug,
            title: &fields.title,
            summary: &fields.summary,
            track: &fields.track,
            position,
            created_at: now,
            updated_at: now,
            includes_id,
            includes_up_to,
            scale_id,
            is_draft,
        },
    )?;
    for grade in ladder {
        grades::insert(connection, id, grade, by)?;
    }
    let row = find(connection, &fields.slug)?;
    let after = Snapshot::take(connection, &row)?;
    record(connection, &row, (None, Some(&after)), "Создана", by)?;
    search::index_profession(connection, id)?;
    Ok(row)
}

/// Changes a profession, unless somebody else has since it was read.
///
/// # Errors
///
/// As [`editable`]; [`ServiceError::NoSuchGrade`] if a grade to be removed or moved is not there;
/// [`ServiceError::NoSuchRevision`].
pub fn change(
    database: &Database,
    slug: &str,
    read: i32,
    change: &Change,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    database.change_catalogue(|connection| {
        let row = find_or_follow(connection, slug)?;
        let present = fields_of(connection, &row)?;
        if matches!(change, Change::Fields(fields) if *fields == present) {
            return Ok(Changed::Unchanged);
        }
        let invalid = invalid(connection, &row, change)?;
        if !invalid.is_empty() {
            return Ok(Changed::Invalid(invalid));
        }
        if row.version == read {
            return store(connection, row, change, by);
        }
        match change {
            // More grades conflict with nothing.
            Change::AddGrades(_) => store(connection, row, change, by),
            Change::Fields(wanted) => {
                let Merge { fields, conflicts } = merge(connection, &row, read, wanted)?;
                if !conflicts.is_empty() {
                    return editable_row(connection, &row).map(Changed::Conflict);
                }
                let merged = Change::Fields(fields);
                let invalid = self::invalid(connection, &row, &merged)?;
                if !invalid.is_empty() {
                    return Ok(Changed::Invalid(invalid));
                }
                store(connection, row, &merged, by)
            }
            _ => editable_row(connection, &row).map(Changed::Conflict),
        }
    })
}

/// Brings fields that grew from version `read` together with what was changed since; nothing is stored.
///
/// # Errors
///
/// As [`change`].
pub fn brought_together(
    database: &Database,
    slug: &str,
    read: i32,
    wanted: &ProfessionFields,
) -> Result<Merge, ServiceError> {
    database.read(|connection| {
        let row = find(connection, slug)?;
        merge(connection, &row, read, wanted)
    })
}

/// Stores a valid change of a profession as it is now.
pub fn store(
    connection: &mut DbConnection,
    row: WholeProfessionRow,
    change: &Change,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    left_out::noting(connection, &[row.id], |connection| {
        identity::keeping(connection, row.id, &[], |connection| {
            store_change(connection, row, change, by)
        })
    })
}

pub fn store_change(
    connection: &mut DbConnection,
    row: WholeProfessionRow,
    change: &Change,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    let before = Snapshot::take(connection, &row)?;
    let mut row = row;
    let (mut moves_others, mut is_whole) = (false, true);
    let names = level_names::of(connection, row.scale_id)?;
    let name = |level| LevelName::new(&names, level);
    let note = match change {
        Change::Fields(fields) => {
            if fields.slug != row.slug {
                models::professions::delete_former_slug(connection, &fields.slug)?;
                models::professions::insert_former_slug(connection, &row.slug, row.id)?;
            }
            let ProfessionFields { title, slug, summary, track, includes, scale } = fields.clone();
            set_track(connection, &mut row, track)?;
            (row.includes_id, row.includes_up_to) =
                inclusion::stored(connection, includes.as_ref())?;
            let scale_id = scale::id_of(connection, scale.as_deref())?;
            row = WholeProfessionRow { slug, title, summary, scale_id, ..row };
            "Изменена".to_owned()
        }
        Change::Correct { title, summary } => {
            row.title.clone_from(title);
            row.summary.clone_from(summary);
            outdated::NOTE.to_owned()
        }
        Change::Move(direction) => {
            moves_others = place(connection, &mut row, *direction, by)?;
            "Перемещена".to_owned()
        }
        Change::AddGrades(all) => {
            for fields in all {
                grades::insert(connection, row.id, fields, by)?;
            }
            added(all.iter().map(|fields| name(fields.level)))
        }
        Change::CopyLadder(from) => ladder::copy(connection, &row, from, by)?,
        Change::ChangeLevel { from, to } => {
            ladder::change_level(connection, &row, *from, *to)?;
            format!("Грейд {} стал грейдом {}", name(*from), name(*to))
        }
        Change::RemoveGrade(level) => {
            ladder::remove(connection, &row, *level)?;
            format!("Убран грейд {}", name(*level).word())
        }
        Change::Restore(version) => {
            let was = revisions::snapshot_at::<Snapshot>(connection, row.id, *version)?;
            let was = was.ok_or(ServiceError::NoSuchRevision)?;
            let (scale_id, remark) = scale::former(connection, was.scale.as_deref())?;
            let beyond = ladder::beyond_scale(connection, &row, &was.grades, scale_id)?;
            if !beyond.is_empty() {
                return Ok(Changed::Invalid(vec![InvalidField::ScaleLacks(beyond)]));
            }
            let taken = ladder::restore(connection, &row, &was.grades)?;
            if !taken.is_empty() {
                return Ok(Changed::Invalid(taken));
            }
            // Its track may be gone.
            if models::tracks::all(connection)?.iter().any(|track| track.slug == was.track) {
                set_track(connection, &mut row, was.track)?;
            }
            let (included, left_out) =
                inclusion::restorable(connection, (row.id, row.is_draft), was.includes.as_ref())?;
            (row.includes_id, row.includes_up_to) = included;
            row = WholeProfessionRow { title: was.title, summary: was.summary, scale_id, ..row };
            is_whole = left_out.is_none();
            noted(format!("Возвращена версия {version}{remark}"), left_out)
        }
        Change::Publish => publish(connection, &mut row)?,
        Change::TakeBack => {
            row.is_draft = true;
            "Снова черновик".to_owned()
        }
        Change::Delete => {
            follow::follow(connection, &row, (&before.grades, None), (by, record))?;
            models::professions::delete(connection, row.id)?;
            "Удалена".to_owned()
        }
    };
    row.version += 1;
    row.updated_at = db::now();
    let after = match change {
        Change::Delete => None,
        _ => Some(Snapshot::take(connection, &row)?),
    };
    if after.as_ref() == Some(&before) && !moves_others {
        return Ok(Changed::Unchanged);
    }
    if let Some(after) = &after {
        models::professions::update(connection, &row)?;
        follow::follow(connection, &row, (&before.grades, Some(&after.grades)), (by, record))?;
    }
    record(connection, &row, (Some(&before), after.as_ref()), &note, by)?;
    if !matches!(change, Change::Move(_)) {
        search::index_profession(connection, row.id)?;
    }
    Ok(Changed::Stored { slug: row.slug, is_whole })
}

/// What to note of added grades.
fn added(names: impl Iterator<Item = LevelName>) -> String {
    let words = names.map(|name| name.word().to_owned()).collect::<Vec<_>>();
    let added = if words.len() == 1 {
        "Добавлен грейд"
    } else {
        "Добавлены грейды"
    };
    format!("{added} {}", words.join(", "))
}

/// Makes a draft one no more; returns what to note. What became of ids of requirements that nobody but editors has
/// seen is forgotten: of a draft that was never published.
fn publish(
    connection: &mut DbConnection,
    row: &mut WholeProfessionRow,
) -> Result<String, ServiceError> {
    row.is_draft = false;
    if !models::revisions::was_published(connection, row.id)? {
        models::identity::forget(connection, row.id)?;
    }
    Ok("Опубликована".to_owned())
}

/// A note on what came back, with what did not.
pub fn noted(note: String, left_out: Option<String>) -> String {
    match left_out {
        Some(left_out) => format!("{note}, {left_out}"),
        None => note,
    }
}

/// Why a change of a profession as it is now can't be stored.
fn invalid(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    change: &Change,
) -> Result<Vec<InvalidField>, ServiceError> {
    Ok(match change {
        Change::Fields(fields) => check(connection, fields, (Some(row.id), row.is_draft))?,
        Change::Publish => {
            let fields = fields_of(connection, row)?;
            check(connection, &fields, (Some(row.id), false))?
        }
        Change::TakeBack => {
            let including = models::professions::including(connection, row.id)?.into_iter();
            let published = including.filter(|row| !row.is_draft).map(|row| row.title);
            let published = published.collect::<Vec<_>>();
            Vec::from_iter((!published.is_empty()).then_some(InvalidField::IncludedBy(published)))
        }
        Change::CopyLadder(from) if !ladder::is_elsewhere(connection, from, row)? => {
            vec![InvalidField::Source]
        }
        Change::AddGrades(all) => {
            let levels = all.iter().map(|fields| fields.level).collect::<Vec<_>>();
            unfit(connection, row, &levels)?
        }
        Change::ChangeLevel { to, .. } => unfit(connection, row, &[*to])?,
        Change::CopyLadder(from) => {
            let beyond = ladder::source_beyond_scale(connection, from, row.scale_id)?;
            Vec::from_iter((!beyond.is_empty()).then_some(InvalidField::SourceBeyondScale(beyond)))
        }
        _ => Vec::new(),
    })
}

/// Why a ladder can't have grades of more levels: it has them already, or its scale leaves them out.
fn unfit(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    levels: &[Level],
) -> Result<Vec<InvalidField>, ServiceError> {
    let names = level_names::load_for(connection, [row.scale_id])?;
    let present = models::grades::by_age(connection, row.id)?;
    let is_present = |level: &&Level| present.iter().any(|grade| grade.level_name == **level);
    let taken = levels.iter().filter(is_present);
    let taken = taken.map(|level| InvalidField::LevelTaken(names.name(row.scale_id, *level)));
    let taken = taken.collect::<Vec<_>>();
    if !taken.is_empty() {
        return Ok(taken);
    }
    let lacking = scale::lacking(connection, row.scale_id, levels.iter().copied())?;
    Ok(lacking.into_iter().map(InvalidField::LevelNotInScale).collect())
}

pub fn editable_row(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
) -> Result<EditableProfession, ServiceError> {
    let mut grades = models::grades::by_age(connection, row.id)?;
    grades.sort_by_key(|grade| grade.level_name);
    let scale = level_names::of(connection, row.scale_id)?;
    let named =
        |grade: GradeRow| (LevelName::new(&scale, grade.level_name), grade.description.is_some());
    let grades = grades.into_iter().map(named).collect();
    Ok(EditableProfession {
        fields: fields_of(connection, row)?,
        version: row.version,
        grades,
        scale,
        author: revisions::last_author::<Snapshot>(connection, row.id)?,
        is_draft: row.is_draft,
    })
}
