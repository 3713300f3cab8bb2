//! What programs send and receive: JSON bodies and parameters of addresses, in the words of the
//! tables `profession` and `grades`.
//!
//! The API's document is made of these types, and requests are held against it: what a type does
//! not allow never reaches a handler.

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::editing;
use super::records::{self, GradeRecord, SortGrades, SortProfessions};
use super::tracks::EditableTrack;
use crate::ladder::{self, Kind, Ladder, Level};

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The items.
    pub items: Vec<T>,
    /// The parameter `cursor` for the next part; `null` in the last one.
    #[schema(examples("front-end"))]
    pub next: Option<String>,
}

/// A level that a grade can have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Level)]
pub struct LevelBody {
    /// The name in the API.
    pub level_name: Level,
    /// The name on pages.
    #[schema(examples("Джун+"))]
    pub title: &'static str,
    /// The name in addresses of pages.
    #[schema(examples("junior-plus"))]
    pub slug: &'static str,
    /// The place in the order of levels, lowest first.
    #[schema(minimum = 1, maximum = 10, examples(3))]
    pub rank: u8,
}

/// A group of professions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Track {
    /// The name in addresses.
    #[schema(examples("web"))]
    pub slug: String,
    /// The name on pages.
    #[schema(examples("Веб-разработка"))]
    pub title: String,
    /// How many professions it has.
    #[schema(examples(9))]
    pub professions: usize,
}

/// A profession in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfessionInList {
    /// Its number; it never changes.
    #[schema(examples(7))]
    pub profession_id: i32,
    /// The name in addresses.
    #[schema(examples("front-end"))]
    pub slug: String,
    /// The name on pages.
    #[schema(examples("Фронтенд-разработчик"))]
    pub title: String,
    /// One phrase on what it works with; may be empty.
    #[schema(examples("Интерфейсы в браузере"))]
    pub summary: String,
    /// The name of its track in addresses.
    #[schema(examples("web"))]
    pub track: String,
    /// The levels of its ladder, lowest first.
    pub levels: Vec<Level>,
    /// Raised by each change of the profession or of which grades it has.
    #[schema(examples(1))]
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it or its ladder was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A profession with its ladder.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profession {
    /// Its number; it never changes.
    #[schema(examples(7))]
    pub profession_id: i32,
    /// The name in addresses.
    #[schema(examples("front-end"))]
    pub slug: String,
    /// The name on pages.
    #[schema(examples("Фронтенд-разработчик"))]
    pub title: String,
    /// One phrase on what it works with; may be empty.
    #[schema(examples("Интерфейсы в браузере"))]
    pub summary: String,
    /// The name of its track in addresses.
    #[schema(examples("web"))]
    pub track: String,
    /// Its grades, lowest first.
    pub grades: Vec<Grade>,
    /// Raised by each change of the profession or of which grades it has.
    #[schema(examples(1))]
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it or its ladder was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A grade.
#[derive(Debug, Serialize, ToSchema)]
pub struct Grade {
    /// Its number; it never changes.
    #[schema(examples(31))]
    pub grade_id: i32,
    /// The number of its profession.
    #[schema(examples(7))]
    pub profession_id: i32,
    /// The name of its profession in addresses.
    #[schema(examples("front-end"))]
    pub profession: String,
    /// The level.
    pub level_name: Level,
    /// The text that everything else is computed from, in Markdown; `null` if nobody wrote one.
    #[schema(examples("- Сильная экспертиза: TypeScript"))]
    pub description: Option<String>,
    /// What is new at this grade: the list items of the description.
    pub requirements: Vec<Requirement>,
    /// The paragraphs of the description that are no list items.
    pub notes: Vec<String>,
    /// Raised by each change of the description.
    #[schema(examples(1))]
    pub version: i32,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Everything the grade requires, lowest grade first; only if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub accumulated: Option<Vec<AccumulatedRequirement>>,
}

/// A list item of a description.
#[derive(Debug, Serialize, ToSchema)]
pub struct Requirement {
    /// What sort of thing is asked, by the label the item opens with; `null` without one.
    pub kind: Option<Kind>,
    /// The words without label and markup.
    #[schema(examples("TypeScript"))]
    pub text: String,
}

/// A requirement of a grade or of one under it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccumulatedRequirement {
    /// The level that asks it first.
    pub level_name: Level,
    /// What sort of thing is asked, by the label the item opens with; `null` without one.
    pub kind: Option<Kind>,
    /// The words without label and markup.
    #[schema(examples("TypeScript"))]
    pub text: String,
}

/// A saved change of a description.
#[derive(Debug, Serialize, ToSchema)]
pub struct Revision {
    /// The version it made.
    #[schema(examples(2))]
    pub version: i32,
    /// The login of who saved it, or `API: ` and the name of the token.
    #[schema(examples("API: HR-система"))]
    pub author: String,
    /// Why; may be empty.
    #[schema(examples("Уточнены требования"))]
    pub note: String,
    /// The description it replaced; `null` if there was none.
    #[schema(examples("- TypeScript"))]
    pub before: Option<String>,
    /// The description it made; `null` if it took it away.
    #[schema(examples("- Сильная экспертиза: TypeScript"))]
    pub after: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A profession to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProfession {
    /// The name in addresses: small Latin letters, digits and hyphens.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = "^[a-z0-9-]+$",
        examples("release-engineer")
    )]
    pub slug: String,
    /// The name on pages, in one line.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x20\x7f-\xa0]([^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0])?$",
        examples("Релиз-инженер")
    )]
    pub title: String,
    /// One phrase on what it works with, in one line.
    #[serde(default)]
    #[schema(max_length = 200, pattern = r"^[^\x00-\x1f\x7f-\x9f]*$", examples("Сборка и выпуск"))]
    pub summary: String,
    /// The name of a track in addresses, one of `/tracks`.
    #[schema(min_length = 1, max_length = 100, pattern = "^[a-z0-9-]+$", examples("web"))]
    pub track: String,
    /// Its grades in any order, no level twice.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub grades: Vec<GradeOfLadder>,
}

/// A grade to be made in a ladder that is known.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeOfLadder {
    /// The level.
    #[serde(default = "junior")]
    pub level_name: Level,
    /// The text in Markdown: each list item is a requirement.
    #[serde(default)]
    #[schema(
        max_length = 20_000,
        pattern = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$",
        examples("- Сильная экспертиза: Git")
    )]
    pub description: Option<String>,
}

/// A grade to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGrade {
    /// The number of its profession.
    #[schema(minimum = 1, examples(7))]
    pub profession_id: i32,
    /// The level.
    #[serde(default = "junior")]
    pub level_name: Level,
    /// The text in Markdown: each list item is a requirement.
    #[serde(default)]
    #[schema(
        max_length = 20_000,
        pattern = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$",
        examples("- Сильная экспертиза: Git")
    )]
    pub description: Option<String>,
}

/// A change of a profession: what is left out stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProfessionPatch {
    /// Another name in addresses; the old one goes on leading to the profession.
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 100,
        pattern = "^[a-z0-9-]+$",
        examples("front-end")
    )]
    pub slug: Option<String>,
    /// Another name on pages, in one line.
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x20\x7f-\xa0]([^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0])?$",
        examples("Фронтенд-разработчик")
    )]
    pub title: Option<String>,
    /// Another phrase on what it works with, in one line.
    #[schema(
        nullable = false,
        max_length = 200,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*$",
        examples("Интерфейсы в браузере и вне его")
    )]
    pub summary: Option<String>,
    /// Another track, one of `/tracks`.
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 100,
        pattern = "^[a-z0-9-]+$",
        examples("web")
    )]
    pub track: Option<String>,
}

/// A change of a grade: what is left out stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GradePatch {
    /// Another level that the ladder leaves out.
    #[schema(nullable = false)]
    pub level_name: Option<Level>,
    /// Another text; `null` or an empty one takes the description away.
    #[serde(deserialize_with = "present")]
    #[schema(
        value_type = Option<String>,
        max_length = 20_000,
        pattern = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$",
        examples("- Сильная экспертиза: TypeScript\n- Знакомство: WebAssembly")
    )]
    pub description: Option<Option<String>>,
    /// Why, for the history; in one line.
    #[schema(
        max_length = 200,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*$",
        examples("Добавлен WebAssembly")
    )]
    pub note: String,
}

/// The parameters of a list of professions.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProfessionsQuery {
    /// Only of this track.
    #[param(
        nullable = false,
        min_length = 1,
        max_length = 100,
        pattern = "^[a-z0-9-]+$",
        example = "web"
    )]
    pub track: Option<String>,
    /// Only those whose ladder has this level. A plus is written `%2B` in an address.
    #[param(nullable = false, inline)]
    pub level: Option<Level>,
    /// Only those that were changed then or later, themselves or their ladders (RFC 3339).
    #[param(nullable = false)]
    pub changed_since: Option<DateTime<FixedOffset>>,
    /// The order; with a minus backwards.
    #[serde(default)]
    #[param(inline, default = "catalogue")]
    pub sort: ProfessionsSort,
    /// The most items a part of the list may have.
    #[serde(default = "usual_limit")]
    #[param(minimum = 1, maximum = 100, default = 50, example = 3)]
    pub limit: u8,
    /// Where the part begins: `next` of the part before.
    #[param(nullable = false, min_length = 1, max_length = 200, pattern = "^[a-z0-9.-]+$")]
    pub cursor: Option<String>,
}

/// An order of professions.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub enum ProfessionsSort {
    /// As on the home page.
    #[default]
    #[serde(rename = "catalogue")]
    Catalogue,
    /// By the name in addresses.
    #[serde(rename = "slug")]
    Slug,
    /// The same backwards.
    #[serde(rename = "-slug")]
    SlugDescending,
    /// Longest unchanged first.
    #[serde(rename = "updated_at")]
    Changed,
    /// Last changed first.
    #[serde(rename = "-updated_at")]
    ChangedDescending,
}

/// The parameters of a list of grades.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GradesQuery {
    /// Only of the profession with this name in addresses.
    #[param(
        nullable = false,
        min_length = 1,
        max_length = 100,
        pattern = "^[a-z0-9-]+$",
        example = "front-end"
    )]
    pub profession: Option<String>,
    /// Only of this track.
    #[param(nullable = false, min_length = 1, max_length = 100, pattern = "^[a-z0-9-]+$")]
    pub track: Option<String>,
    /// Only of this level. A plus is written `%2B` in an address.
    #[param(nullable = false, inline)]
    pub level: Option<Level>,
    /// Only those that were changed then or later (RFC 3339).
    #[param(nullable = false)]
    pub changed_since: Option<DateTime<FixedOffset>>,
    /// The order; with a minus backwards.
    #[serde(default)]
    #[param(inline, default = "grade_id")]
    pub sort: GradesSort,
    /// The most items a part of the list may have.
    #[serde(default = "usual_limit")]
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: u8,
    /// Where the part begins: `next` of the part before.
    #[param(nullable = false, min_length = 1, max_length = 200, pattern = "^[a-z0-9.-]+$")]
    pub cursor: Option<String>,
}

/// An order of grades.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub enum GradesSort {
    /// By number.
    #[default]
    #[serde(rename = "grade_id")]
    Id,
    /// Longest unchanged first.
    #[serde(rename = "updated_at")]
    Changed,
    /// Last changed first.
    #[serde(rename = "-updated_at")]
    ChangedDescending,
}

/// The parameters of a list of revisions.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RevisionsQuery {
    /// The most items a part of the list may have.
    #[serde(default = "usual_limit")]
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: u8,
    /// Where the part begins: `next` of the part before.
    #[param(nullable = false, min_length = 1, max_length = 200, pattern = "^[a-z0-9.-]+$")]
    pub cursor: Option<String>,
}

/// The parameters of grades.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GradeQuery {
    /// Whether each grade comes with everything it requires, that of lower grades too.
    #[serde(default)]
    #[param(default = false)]
    pub accumulated: bool,
}

/// The name of a profession in the address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes a parameter that actix-web reads")]
pub(super) struct Slug {
    /// The name of the profession in addresses.
    #[param(min_length = 1, max_length = 100, pattern = "^[a-z0-9-]+$", example = "front-end")]
    slug: String,
}

/// The number of a grade in the address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes a parameter that actix-web reads")]
pub(super) struct GradeId {
    /// The number of the grade.
    #[param(minimum = 1, maximum = 2_147_483_647, example = 31)]
    grade_id: i32,
}

/// The header `If-Match`.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header that `Writing` reads")]
pub(super) struct IfMatch {
    /// The `ETag` of the state that is to be changed: what it was read with, without parameters.
    #[param(rename = "If-Match")]
    if_match: String,
}

/// The header `Idempotency-Key`.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header that `Command` reads")]
pub(super) struct IdempotencyKey {
    /// Names the request: sent again within a day, it makes nothing more and gets the same answer.
    #[param(rename = "Idempotency-Key", nullable = false, pattern = "^[!-~]{1,255}$")]
    idempotency_key: Option<String>,
}

const fn usual_limit() -> u8 {
    50
}

const fn junior() -> Level {
    Level::Junior
}

/// Tells `null` from a field that was left out.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl PartialSchema for Level {
    fn schema() -> RefOr<Schema> {
        let names = Self::ALL.map(Self::name);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A level, lowest first; `junior` where none is named."))
            .enum_values(Some(names))
            .build()
            .into()
    }
}

impl ToSchema for Level {
    fn name() -> std::borrow::Cow<'static, str> {
        "LevelName".into()
    }
}

impl PartialSchema for Kind {
    fn schema() -> RefOr<Schema> {
        let names = Self::ALL.map(Self::name);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What sort of thing a requirement asks."))
            .enum_values(Some(names))
            .build()
            .into()
    }
}

impl ToSchema for Kind {
    fn name() -> std::borrow::Cow<'static, str> {
        "Kind".into()
    }
}

impl From<Level> for LevelBody {
    fn from(level: Level) -> Self {
        Self { level_name: level, title: level.title(), slug: level.slug(), rank: level.rank() }
    }
}

impl From<EditableTrack> for Track {
    fn from(track: EditableTrack) -> Self {
        Self { slug: track.slug, title: track.title, professions: track.professions }
    }
}

impl From<records::Profession> for ProfessionInList {
    fn from(profession: records::Profession) -> Self {
        Self {
            profession_id: profession.id,
            slug: profession.slug,
            title: profession.title,
            summary: profession.summary,
            track: profession.track,
            levels: profession.grades.into_iter().map(|grade| grade.level).collect(),
            version: profession.version,
            created_at: profession.created_at.and_utc(),
            updated_at: profession.updated_at.and_utc(),
        }
    }
}

impl Profession {
    /// A profession, each of its grades with everything it requires if that is `accumulated`.
    #[must_use]
    pub fn new(profession: &records::Profession, accumulated: bool) -> Self {
        Self {
            profession_id: profession.id,
            slug: profession.slug.clone(),
            title: profession.title.clone(),
            summary: profession.summary.clone(),
            track: profession.track.clone(),
            grades: Grade::of_ladder(profession, accumulated),
            version: profession.version,
            created_at: profession.created_at.and_utc(),
            updated_at: profession.updated_at.and_utc(),
        }
    }
}

impl Grade {
    /// A grade by itself.
    #[must_use]
    pub fn new(record: &GradeRecord) -> Self {
        let description = record.description.as_deref().map(ladder::Description::parse);
        let description = description.unwrap_or_default();
        Self {
            grade_id: record.grade_id,
            profession_id: record.profession_id,
            profession: record.profession.clone(),
            level_name: record.level,
            description: record.description.clone(),
            requirements: description.requirements.iter().map(Requirement::new).collect(),
            notes: description.notes.into_iter().map(|note| note.text).collect(),
            version: record.version,
            updated_at: record.updated_at.and_utc(),
            accumulated: None,
        }
    }

    /// The grades of a ladder, each with everything it requires if that is `accumulated`.
    #[must_use]
    pub fn of_ladder(profession: &records::Profession, accumulated: bool) -> Vec<Self> {
        let grades = profession.grades.iter().map(Self::new);
        if !accumulated {
            return grades.collect();
        }
        let ladder = profession.ladder();
        grades.map(|grade| grade.with_everything_under_it(&ladder)).collect()
    }

    /// The same with everything the grade requires.
    #[must_use]
    pub fn with_everything_under_it(self, ladder: &Ladder) -> Self {
        let under = ladder.grades().iter().take_while(|grade| grade.level <= self.level_name);
        let asked = under.flat_map(|grade| {
            grade.requirements().iter().map(|requirement| AccumulatedRequirement {
                level_name: grade.level,
                kind: requirement.kind,
                text: requirement.text.clone(),
            })
        });
        Self { accumulated: Some(asked.collect()), ..self }
    }
}

impl Requirement {
    fn new(requirement: &ladder::Requirement) -> Self {
        Self { kind: requirement.kind, text: requirement.text.clone() }
    }
}

impl From<editing::Revision> for Revision {
    fn from(revision: editing::Revision) -> Self {
        let text = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            version: revision.version,
            author: revision.author,
            note: revision.note,
            before: text(revision.before),
            after: text(revision.after),
            created_at: revision.created_at.and_utc(),
        }
    }
}

impl From<ProfessionsSort> for SortProfessions {
    fn from(sort: ProfessionsSort) -> Self {
        match sort {
            ProfessionsSort::Catalogue => Self::Catalogue,
            ProfessionsSort::Slug => Self::Slug,
            ProfessionsSort::SlugDescending => Self::SlugDescending,
            ProfessionsSort::Changed => Self::Changed,
            ProfessionsSort::ChangedDescending => Self::ChangedDescending,
        }
    }
}

impl From<GradesSort> for SortGrades {
    fn from(sort: GradesSort) -> Self {
        match sort {
            GradesSort::Id => Self::Id,
            GradesSort::Changed => Self::Changed,
            GradesSort::ChangedDescending => Self::ChangedDescending,
        }
    }
}
