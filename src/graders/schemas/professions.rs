//! Professions.

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::grades::{Grade, GradeOfLadder};
use super::lists::{present, usual_limit};
use super::texts::{Cursor, Slug, Summary, Title};
use crate::graders::service::professions::{Inclusion, ProfessionRecord, SortProfessions};
use crate::ladder::Level;
use crate::ladder::skill::Dictionary;

/// Профессия в списке.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfessionInList {
    /// Номер; не меняется никогда.
    #[schema(examples(7))]
    pub profession_id: i32,
    /// Имя в адресах.
    #[schema(examples("front-end"))]
    pub slug: String,
    /// Название на страницах.
    #[schema(examples("Фронтенд-разработчик"))]
    pub title: String,
    /// С чем работают, одной фразой; бывает пустой.
    #[schema(examples("Интерфейсы в браузере"))]
    pub summary: String,
    /// Имя направления в адресах.
    #[schema(examples("web"))]
    pub track: String,
    /// Лестница другой профессии, которая в эту включена; `null`, если такой нет.
    #[schema(required = true)]
    pub includes: Option<Includes>,
    /// Имя шкалы уровней, одной из `/scales`; `null`, если уровни называются как обычно.
    #[schema(required = true, examples("inzhenery"))]
    pub scale: Option<String>,
    /// Уровни лестницы, от низшего к высшему.
    pub levels: Vec<Level>,
    /// Растёт с каждым изменением профессии или состава её лестницы.
    #[schema(examples(1))]
    pub version: i32,
    /// Когда создана.
    pub created_at: DateTime<Utc>,
    /// Когда последний раз изменилась сама или её лестница.
    pub updated_at: DateTime<Utc>,
}

/// Профессия с лестницей.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profession {
    /// Номер; не меняется никогда.
    #[schema(examples(7))]
    pub profession_id: i32,
    /// Имя в адресах.
    #[schema(examples("front-end"))]
    pub slug: String,
    /// Название на страницах.
    #[schema(examples("Фронтенд-разработчик"))]
    pub title: String,
    /// С чем работают, одной фразой; бывает пустой.
    #[schema(examples("Интерфейсы в браузере"))]
    pub summary: String,
    /// Имя направления в адресах.
    #[schema(examples("web"))]
    pub track: String,
    /// Лестница другой профессии, которая в эту включена; `null`, если такой нет.
    #[schema(required = true)]
    pub includes: Option<Includes>,
    /// Имя шкалы уровней, одной из `/scales`; `null`, если уровни называются как обычно.
    #[schema(required = true, examples("inzhenery"))]
    pub scale: Option<String>,
    /// Грейды, от низшего к высшему.
    pub grades: Vec<Grade>,
    /// Растёт с каждым изменением профессии или состава её лестницы.
    #[schema(examples(1))]
    pub version: i32,
    /// Когда создана.
    pub created_at: DateTime<Utc>,
    /// Когда последний раз изменилась сама или её лестница.
    pub updated_at: DateTime<Utc>,
}

/// Новая профессия.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProfession {
    /// Имя в адресах.
    pub slug: Slug,
    /// Название на страницах.
    pub title: Title,
    /// С чем работают, одной фразой.
    pub summary: Option<Summary>,
    /// Имя направления, одно из `/tracks`.
    #[schema(examples("web"))]
    pub track: Slug,
    /// Лестница другой профессии, которую включить в эту.
    pub includes: Option<Includes>,
    /// Имя шкалы уровней, одной из `/scales`; без неё уровни называются как обычно.
    pub scale: Option<Slug>,
    /// Грейды в любом порядке; каждый уровень не больше одного раза.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub grades: Vec<GradeOfLadder>,
}

/// Изменение профессии: чего нет, то остаётся как было.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfessionPatch {
    /// Другое имя в адресах; прежнее продолжит вести к профессии.
    #[schema(nullable = false)]
    pub slug: Option<Slug>,
    /// Другое название.
    #[schema(nullable = false)]
    pub title: Option<Title>,
    /// Другая фраза.
    #[schema(nullable = false)]
    pub summary: Option<Summary>,
    /// Другое направление, одно из `/tracks`.
    #[schema(nullable = false)]
    pub track: Option<Slug>,
    /// Другая включённая лестница; `null` — никакой.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Includes>)]
    pub includes: Option<Option<Includes>>,
    /// Другая шкала уровней, одна из `/scales`; `null` возвращает обычные названия.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Slug>)]
    pub scale: Option<Option<Slug>>,
}

/// Включённая лестница: целиком или до уровня, с которого дальше идут свои грейды.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Includes {
    /// Имя её профессии в адресах.
    pub slug: Slug,
    /// Последний включённый уровень; `null`, если лестница включена целиком.
    #[schema(required = true)]
    #[serde(default)]
    pub up_to: Option<Level>,
}

/// The parameters of a list of professions.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProfessionsQuery {
    /// Только этого направления.
    #[param(nullable = false, inline, example = "web")]
    pub track: Option<Slug>,
    /// Только с этим уровнем в лестнице. Плюс в адресе пишется `%2B`.
    #[param(nullable = false, inline)]
    pub level: Option<Level>,
    /// Только изменённые тогда или позже, сами или их лестницы.
    #[param(nullable = false)]
    pub changed_since: Option<DateTime<FixedOffset>>,
    /// Порядок: `catalogue`, если не назван, как на главной странице; с минусом — обратный.
    #[serde(default)]
    #[param(inline)]
    pub sort: ProfessionsSort,
    /// Наибольшее число элементов в части.
    #[serde(default = "usual_limit")]
    #[param(minimum = 1, maximum = 100, default = 50, example = 3)]
    pub limit: u8,
    /// Откуда продолжить: `next` предыдущей части.
    #[param(nullable = false, inline)]
    pub cursor: Option<Cursor>,
}

/// Порядок.
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

/// What stands in the address of a profession.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes what actix-web reads")]
pub struct ProfessionPath {
    /// Имя профессии в адресах.
    #[param(inline, example = "front-end")]
    slug: Slug,
}

impl From<ProfessionRecord> for ProfessionInList {
    fn from(profession: ProfessionRecord) -> Self {
        Self {
            profession_id: profession.id,
            slug: profession.slug,
            title: profession.title,
            summary: profession.summary,
            track: profession.track,
            includes: profession.includes.map(Includes::from),
            scale: profession.scale,
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
    pub fn new(profession: &ProfessionRecord, dictionary: &Dictionary, accumulated: bool) -> Self {
        Self {
            profession_id: profession.id,
            slug: profession.slug.clone(),
            title: profession.title.clone(),
            summary: profession.summary.clone(),
            track: profession.track.clone(),
            includes: profession.includes.clone().map(Includes::from),
            scale: profession.scale.clone(),
            grades: Grade::of_ladder(profession, dictionary, accumulated),
            version: profession.version,
            created_at: profession.created_at.and_utc(),
            updated_at: profession.updated_at.and_utc(),
        }
    }
}

impl From<Inclusion> for Includes {
    fn from(Inclusion { slug, up_to }: Inclusion) -> Self {
        Self { slug: Slug(slug), up_to }
    }
}

impl From<Includes> for Inclusion {
    fn from(Includes { slug: Slug(slug), up_to }: Includes) -> Self {
        Self { slug, up_to }
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
