//! Professions and grades as programs read and change them: single ones and lists, and changes
//! that are made only to what the program has seen.

use chrono::{DateTime, NaiveDateTime, TimeDelta};

use super::editing;
use super::models::listing::{self, GradeOrder, Moment, Narrowing, ProfessionOrder};
use super::models::repeats::{self, RepeatRow};
use super::models::{self, GradeRow, RevisionRow, WholeProfessionRow};
use super::service::{self, ServiceError};
use super::structure::{self, Change, GradeFields, InvalidField, ProfessionFields};
use crate::audit::service::Actor;
use crate::db::{self, Database, DbConnection};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Description, Grade, Ladder, Level};

/// How long a request may be sent again without making anything more.
pub const REPEATABLE_FOR: TimeDelta = TimeDelta::hours(24);

/// A profession with its ladder.
#[derive(Clone, Debug)]
pub struct Profession {
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
    /// Raised by each change of the profession or of which grades it has.
    pub version: i32,
    /// When it was made, in UTC.
    pub created_at: NaiveDateTime,
    /// When it or its ladder was last changed, in UTC.
    pub updated_at: NaiveDateTime,
    /// The grades, lowest first.
    pub grades: Vec<GradeRecord>,
}

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
    /// The description in Markdown; `None` if nobody wrote one yet.
    pub description: Option<String>,
    /// Raised by each change of the description.
    pub version: i32,
    /// When it was last changed, in UTC.
    pub updated_at: NaiveDateTime,
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next part begins, if there is one.
    pub next: Option<String>,
}

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

/// What a list is narrowed to; what is `None` does not narrow it.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of the profession with this name in addresses; for grades only.
    pub profession: Option<String>,
    /// Of the track with this name in addresses.
    pub track: Option<String>,
    /// Of this level; of professions, those whose ladder has it.
    pub level: Option<Level>,
    /// Changed at this time or later, in UTC.
    pub changed_since: Option<NaiveDateTime>,
}

/// Which part of a list is asked for.
#[derive(Clone, Debug)]
pub struct Part {
    /// The most items it may have.
    pub limit: usize,
    /// Where it begins: [`Listed::next`] of the part before.
    pub cursor: Option<String>,
}

/// Names a request, so that it can be sent again without making anything more.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    /// Whose request it is.
    pub token_id: i32,
    /// What the program calls it.
    pub key: String,
    /// A digest of what it asks.
    pub request_hash: String,
}

/// A change of a grade; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct GradeChange {
    /// Another level.
    pub level: Option<Level>,
    /// Another description; an empty one takes the description away.
    pub description: Option<String>,
    /// Why.
    pub note: String,
}

/// A change of a profession; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ProfessionChange {
    /// Another name on pages.
    pub title: Option<String>,
    /// Another name in addresses.
    pub slug: Option<String>,
    /// Another phrase.
    pub summary: Option<String>,
    /// Another track.
    pub track: Option<String>,
}

/// What of a change contradicts what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Another profession has this address, or had it before.
    SlugTaken,
    /// No track has this name.
    NoSuchTrack,
    /// No profession has this number.
    NoSuchProfession,
    /// The ladder has a grade of this level.
    LevelTaken,
    /// The new ladder has the level of the grade at this index twice.
    LevelTwice(usize),
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It contradicts what is stored.
    #[error("conflicts: {0:?}")]
    Conflicts(Vec<Conflict>),
    /// The fields themselves are not in order.
    #[error("invalid fields: {0:?}")]
    Invalid(Vec<InvalidField>),
    /// It was changed by somebody else since the program has seen it.
    #[error("changed in between")]
    Stale,
    /// The key named another request before.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// Anything else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<r2d2::Error> for Refusal {
    fn from(error: r2d2::Error) -> Self {
        Self::Service(error.into())
    }
}

impl From<diesel::result::Error> for Refusal {
    fn from(error: diesel::result::Error) -> Self {
        Self::Service(error.into())
    }
}

impl Profession {
    /// The ladder, with what its texts mean.
    #[must_use]
    pub fn ladder(&self, dictionary: &Dictionary) -> Ladder {
        let read = |text: &String| Description::read(text, dictionary);
        let grade = |record: &GradeRecord| Grade {
            level: record.level,
            description: record.description.as_ref().map(read),
        };
        Ladder::new(self.grades.iter().map(grade).collect())
    }
}

impl GradeRecord {
    fn new(row: GradeRow, profession: &str) -> Self {
        Self {
            grade_id: row.grade_id,
            profession_id: row.profession_id,
            profession: profession.to_owned(),
            level: row.level_name,
            description: row.description,
            version: row.version,
            updated_at: row.updated_at,
        }
    }
}

/// The profession at an address.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; [`ServiceError::Moved`] if it had this address before; if
/// the database does not answer.
pub fn profession(database: &Database, slug: &str) -> Result<Profession, ServiceError> {
    database.read(|connection| match structure::find(connection, slug) {
        Ok(row) => with_grades(connection, row),
        Err(ServiceError::NoSuchProfession) if service::is_slug(slug) => {
            Err(match models::slug_after(connection, slug)? {
                Some(present) => ServiceError::Moved(present),
                None => ServiceError::NoSuchProfession,
            })
        }
        Err(error) => Err(error),
    })
}

/// The grade with a number, and the profession it belongs to.
///
/// # Errors
///
/// [`ServiceError::NoSuchGrade`]; if the database does not answer.
pub fn grade(database: &Database, id: i32) -> Result<(GradeRecord, Profession), ServiceError> {
    database.read(|connection| found_grade(connection, id))
}

/// A part of the list of professions.
///
/// # Errors
///
/// [`ServiceError::NoSuchPart`]; if the database does not answer.
pub fn professions(
    database: &Database,
    filter: &Filter,
    sort: SortProfessions,
    part: &Part,
) -> Result<Listed<Profession>, ServiceError> {
    let order = profession_order(sort, part.cursor.as_deref())?;
    database.read(|connection| {
        let rows = listing::professions(connection, filter.narrowing(), order, part.one_more())?;
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
        let grades = models::grades_of(connection, &ids)?;
        let with_grades = |(row, _): (WholeProfessionRow, i32)| {
            let is_own = |grade: &&GradeRow| grade.profession_id == row.id;
            let own = grades.iter().filter(is_own).cloned().collect();
            whole(row, own)
        };
        Ok(Listed { items: items.into_iter().map(with_grades).collect(), next })
    })
}

/// A part of the list of grades.
///
/// # Errors
///
/// [`ServiceError::NoSuchPart`]; if the database does not answer.
pub fn grades(
    database: &Database,
    filter: &Filter,
    sort: SortGrades,
    part: &Part,
) -> Result<Listed<GradeRecord>, ServiceError> {
    let order = grade_order(sort, part.cursor.as_deref())?;
    database.read(|connection| {
        let rows = listing::grades(connection, filter.narrowing(), order, part.one_more())?;
        let Listed { items, next } = part.cut(rows, |(row, _)| match sort {
            SortGrades::Id => row.grade_id.to_string(),
            SortGrades::Changed | SortGrades::ChangedDescending => {
                moment_cursor(row.updated_at, row.grade_id)
            }
        });
        let record = |(row, slug): (GradeRow, String)| GradeRecord::new(row, &slug);
        Ok(Listed { items: items.into_iter().map(record).collect(), next })
    })
}

/// A part of the saved changes of a grade's description, the newest first.
///
/// # Errors
///
/// [`ServiceError::NoSuchGrade`], [`ServiceError::NoSuchPart`]; if the database does not answer.
pub fn revisions(
    database: &Database,
    grade_id: i32,
    part: &Part,
) -> Result<Listed<editing::Revision>, ServiceError> {
    let before = part.cursor.as_deref().map(parsed::<i32>).transpose()?;
    database.read(|connection| {
        models::grade_by_id(connection, grade_id)?.ok_or(ServiceError::NoSuchGrade)?;
        let rows = models::revisions_before(connection, grade_id, before, part.one_more())?;
        let Listed { items, next } = part.cut(rows, |row: &RevisionRow| row.version.to_string());
        Ok(Listed { items: items.into_iter().map(editing::Revision::from).collect(), next })
    })
}

/// Makes a profession, the last of its track, with a ladder. `write` makes of it the body to
/// answer with, which is what the same request gets when it is sent again under its key.
///
/// # Errors
///
/// [`Refusal`]; if the database does not answer.
pub fn create_profession(
    database: &Database,
    fields: &ProfessionFields,
    ladder: &[GradeFields],
    key: Option<&IdempotencyKey>,
    by: &Actor,
    write: impl FnOnce(&Profession) -> String,
) -> Result<String, Refusal> {
    database.write(|connection| {
        models::lock_catalogue(connection)?;
        once(connection, key, |connection| {
            let mut conflicts = fitting(connection, fields, None)?;
            let is_second = |(index, grade): (usize, &GradeFields)| {
                let is_before = ladder[..index].iter().any(|other| other.level == grade.level);
                is_before.then_some(Conflict::LevelTwice(index))
            };
            conflicts.extend(ladder.iter().enumerate().filter_map(is_second));
            if !conflicts.is_empty() {
                return Err(Refusal::Conflicts(conflicts));
            }
            let row = structure::store_new(connection, fields, ladder, by)?;
            Ok(write(&with_grades(connection, row)?))
        })
    })
}

/// Changes a profession, if `is_seen` knows it as it is now.
///
/// # Errors
///
/// [`Refusal`]; if the database does not answer.
pub fn change_profession(
    database: &Database,
    slug: &str,
    change: ProfessionChange,
    by: &Actor,
    is_seen: impl FnOnce(&Profession) -> bool,
) -> Result<Profession, Refusal> {
    database.write(|connection| {
        models::lock_catalogue(connection)?;
        let row = structure::find(connection, slug)?;
        let before = ProfessionFields {
            title: row.title.clone(),
            slug: row.slug.clone(),
            summary: row.summary.clone(),
            track: row.track.clone(),
        };
        let fields = ProfessionFields {
            title: change.title.unwrap_or_else(|| before.title.clone()),
            slug: change.slug.unwrap_or_else(|| before.slug.clone()),
            summary: change.summary.unwrap_or_else(|| before.summary.clone()),
            track: change.track.unwrap_or_else(|| before.track.clone()),
        };
        let conflicts = fitting(connection, &fields, Some(row.id))?;
        if !conflicts.is_empty() {
            return Err(Refusal::Conflicts(conflicts));
        }
        let present = with_grades(connection, row.clone())?;
        if !is_seen(&present) {
            return Err(Refusal::Stale);
        }
        if fields == before {
            return Ok(present);
        }
        let slug = structure::store(connection, row, &Change::Fields(fields), by)?;
        let row = structure::find(connection, &slug)?;
        Ok(with_grades(connection, row)?)
    })
}

/// Takes a profession and its ladder away, if `is_seen` knows it as it is now. It can be brought
/// back by an editor.
///
/// # Errors
///
/// [`Refusal`]; if the database does not answer.
pub fn delete_profession(
    database: &Database,
    slug: &str,
    by: &Actor,
    is_seen: impl FnOnce(&Profession) -> bool,
) -> Result<(), Refusal> {
    database.write(|connection| {
        models::lock_catalogue(connection)?;
        let row = structure::find(connection, slug)?;
        if !is_seen(&with_grades(connection, row.clone())?) {
            return Err(Refusal::Stale);
        }
        structure::store(connection, row, &Change::Delete, by)?;
        Ok(())
    })
}

/// Which profession a grade is made for.
#[derive(Clone, Copy, Debug)]
pub enum Owner<'a> {
    /// By its name in addresses.
    Slug(&'a str),
    /// By its number.
    Id(i32),
}

/// Makes a grade. `write` makes of it the body to answer with, which is what the same request
/// gets when it is sent again under its key.
///
/// # Errors
///
/// [`Refusal`]; if the database does not answer.
pub fn create_grade(
    database: &Database,
    owner: Owner<'_>,
    fields: GradeFields,
    key: Option<&IdempotencyKey>,
    by: &Actor,
    write: impl FnOnce(&GradeRecord) -> String,
) -> Result<String, Refusal> {
    database.write(|connection| {
        models::lock_catalogue(connection)?;
        once(connection, key, |connection| {
            let row = match owner {
                Owner::Slug(slug) => structure::find(connection, slug)?,
                Owner::Id(id) => models::profession_by_id(connection, id)?
                    .ok_or_else(|| Refusal::Conflicts(vec![Conflict::NoSuchProfession]))?,
            };
            let level = fields.level;
            if structure::grade_of(connection, row.id, level)?.is_some() {
                return Err(Refusal::Conflicts(vec![Conflict::LevelTaken]));
            }
            let id = row.id;
            let slug = structure::store(connection, row, &Change::AddGrade(fields), by)?;
            let made = structure::grade_of(connection, id, level)?.ok_or(diesel::NotFound)?;
            Ok(write(&GradeRecord::new(made, &slug)))
        })
    })
}

/// Changes a grade, if `is_seen` knows it as it is now.
///
/// # Errors
///
/// [`Refusal`]; if the database does not answer.
pub fn change_grade(
    database: &Database,
    id: i32,
    change: &GradeChange,
    by: &Actor,
    is_seen: impl FnOnce(&GradeRecord) -> bool,
) -> Result<GradeRecord, Refusal> {
    database.write(|connection| {
        models::lock_catalogue(connection)?;
        let (grade, profession) = found_grade(connection, id)?;
        let level = change.level.filter(|level| *level != grade.level);
        if level.is_some_and(|level| profession.grades.iter().any(|other| other.level == level)) {
            return Err(Refusal::Conflicts(vec![Conflict::LevelTaken]));
        }
        if !is_seen(&grade) {
            return Err(Refusal::Stale);
        }
        if let Some(to) = level {
            let row = structure::find(connection, &profession.slug)?;
            let change = Change::ChangeLevel { from: grade.level, to };
            structure::store(connection, row, &change, by)?;
        }
        let row = models::grade_by_id(connection, id)?.ok_or(diesel::NotFound)?;
        if let Some(text) = &change.description
            && row.description.as_deref().unwrap_or_default() != text
        {
            editing::store(connection, &profession.slug, &row, text, &change.note, by)?;
        }
        Ok(found_grade(connection, id)?.0)
    })
}

/// Takes a grade away, if `is_seen` knows it as it is now. It can be brought back by an editor.
///
/// # Errors
///
/// [`Refusal`]; if the database does not answer.
pub fn delete_grade(
    database: &Database,
    id: i32,
    by: &Actor,
    is_seen: impl FnOnce(&GradeRecord) -> bool,
) -> Result<(), Refusal> {
    database.write(|connection| {
        models::lock_catalogue(connection)?;
        let (grade, profession) = found_grade(connection, id)?;
        if !is_seen(&grade) {
            return Err(Refusal::Stale);
        }
        let row = structure::find(connection, &profession.slug)?;
        structure::store(connection, row, &Change::RemoveGrade(grade.level), by)?;
        Ok(())
    })
}

impl Filter {
    fn narrowing(&self) -> Narrowing<'_> {
        Narrowing {
            profession: self.profession.as_deref(),
            track: self.track.as_deref(),
            level: self.level,
            since: self.changed_since,
        }
    }
}

impl Part {
    /// One more than wanted tells whether there is a next part.
    fn one_more(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX).saturating_add(1)
    }

    fn cut<T>(&self, mut rows: Vec<T>, cursor: impl FnOnce(&T) -> String) -> Listed<T> {
        let has_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| has_more).map(cursor);
        Listed { items: rows, next }
    }
}

/// Makes something once under a key: sent again, the request gets what it got before.
fn once(
    connection: &mut DbConnection,
    key: Option<&IdempotencyKey>,
    make: impl FnOnce(&mut DbConnection) -> Result<String, Refusal>,
) -> Result<String, Refusal> {
    let Some(IdempotencyKey { token_id, key, request_hash }) = key else {
        return make(connection);
    };
    let now = db::now();
    repeats::delete_before(connection, now - REPEATABLE_FOR)?;
    if let Some(before) = repeats::find(connection, *token_id, key)? {
        let is_same = before.request_hash == *request_hash;
        return if is_same { Ok(before.body) } else { Err(Refusal::KeyReused) };
    }
    let body = make(connection)?;
    let row = RepeatRow {
        token_id: *token_id,
        key: key.clone(),
        request_hash: request_hash.clone(),
        body: body.clone(),
        created_at: now,
    };
    repeats::insert(connection, &row)?;
    Ok(body)
}

/// What of some fields contradicts what is stored, if the fields themselves are in order.
fn fitting(
    connection: &mut DbConnection,
    fields: &ProfessionFields,
    id: Option<i32>,
) -> Result<Vec<Conflict>, Refusal> {
    let (mut conflicts, mut invalid) = (Vec::new(), Vec::new());
    for field in structure::check(connection, fields, id)? {
        match field {
            InvalidField::SlugTaken => conflicts.push(Conflict::SlugTaken),
            InvalidField::Track => conflicts.push(Conflict::NoSuchTrack),
            other => invalid.push(other),
        }
    }
    if invalid.is_empty() { Ok(conflicts) } else { Err(Refusal::Invalid(invalid)) }
}

fn found_grade(
    connection: &mut DbConnection,
    id: i32,
) -> Result<(GradeRecord, Profession), ServiceError> {
    let row = models::grade_by_id(connection, id)?.ok_or(ServiceError::NoSuchGrade)?;
    let owner = models::profession_by_id(connection, row.profession_id)?;
    let profession = with_grades(connection, owner.ok_or(ServiceError::NoSuchGrade)?)?;
    Ok((GradeRecord::new(row, &profession.slug), profession))
}

fn with_grades(
    connection: &mut DbConnection,
    row: WholeProfessionRow,
) -> Result<Profession, ServiceError> {
    let grades = models::grades_of(connection, &[row.id])?;
    Ok(whole(row, grades))
}

fn whole(row: WholeProfessionRow, mut grades: Vec<GradeRow>) -> Profession {
    grades.sort_by_key(|grade| grade.level_name);
    let record = |grade| GradeRecord::new(grade, &row.slug);
    Profession {
        grades: grades.into_iter().map(record).collect(),
        id: row.id,
        slug: row.slug,
        title: row.title,
        summary: row.summary,
        track: row.track,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

fn profession_order(
    sort: SortProfessions,
    cursor: Option<&str>,
) -> Result<ProfessionOrder, ServiceError> {
    let slug = |cursor: &str| Some(cursor.to_owned()).filter(|slug| service::is_slug(slug));
    let slug = |cursor| slug(cursor).ok_or(ServiceError::NoSuchPart);
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

fn grade_order(sort: SortGrades, cursor: Option<&str>) -> Result<GradeOrder, ServiceError> {
    Ok(match sort {
        SortGrades::Id => GradeOrder::Id(cursor.map(parsed).transpose()?),
        SortGrades::Changed => GradeOrder::Changed(cursor.map(moment).transpose()?),
        SortGrades::ChangedDescending => {
            GradeOrder::ChangedDescending(cursor.map(moment).transpose()?)
        }
    })
}

fn catalogue_place(cursor: &str) -> Result<(i32, String, i32, i32), ServiceError> {
    let [track_position, track, position, id] =
        cursor.split('.').collect::<Vec<_>>().try_into().map_err(|_| ServiceError::NoSuchPart)?;
    if !service::is_slug(track) {
        return Err(ServiceError::NoSuchPart);
    }
    Ok((parsed(track_position)?, track.to_owned(), parsed(position)?, parsed(id)?))
}

fn moment_cursor(at: NaiveDateTime, id: i32) -> String {
    format!("{}.{id}", at.and_utc().timestamp_micros())
}

fn moment(cursor: &str) -> Result<Moment, ServiceError> {
    let (micros, id) = cursor.split_once('.').ok_or(ServiceError::NoSuchPart)?;
    let at = DateTime::from_timestamp_micros(parsed(micros)?).ok_or(ServiceError::NoSuchPart)?;
    // Later and earlier years have another number of digits, which databases sort otherwise.
    if !(0..=9999).contains(&chrono::Datelike::year(&at)) {
        return Err(ServiceError::NoSuchPart);
    }
    Ok((at.naive_utc(), parsed(id)?))
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, ServiceError> {
    text.parse().map_err(|_| ServiceError::NoSuchPart)
}
