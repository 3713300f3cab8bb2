//! `/compare?level=…`: what one level asks in every profession that has it, side by side; without a
//! level, `compare` answers.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::guard::GuardContext;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;
use url::form_urlencoded;

use super::shared::{Visit, Visitor, page_number};
use crate::error::{AppError, Missing};
use crate::graders::service::professions::ProfessionAddress;
use crate::graders::service::skills::SkillIndex;
use crate::graders::service::tracks::Track;
use crate::graders::service::{ServiceError, professions};
use crate::ladder::matrix::{Across, skills_across};
use crate::ladder::skill::{Dictionary, Skill};
use crate::ladder::{Depth, Level, LevelName};
use crate::paths;
use crate::web::{Head, filters};

/// How many professions stand side by side on a page: as many as fit into 1280 pixels.
const PROFESSIONS_PER_PAGE: usize = 9;

/// The parameters of `/compare?level=…`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    level: String,
    #[serde(default)]
    track: String,
    page: Option<String>,
}

#[derive(Template)]
#[template(path = "site/across.html")]
struct AcrossPage {
    head: Head,
    level: Level,
    tracks: Vec<Track>,
    /// The track that is chosen.
    chosen: Option<Track>,
    /// How many professions have described the level, on all pages.
    total: usize,
    /// How many skills at least two professions ask for, on all pages; with one profession all of them.
    skill_count: usize,
    /// The professions with the level that have not described it.
    undescribed: Vec<ProfessionAddress>,
    number: usize,
    count: usize,
    columns: Vec<Column>,
    groups: Vec<Group>,
}

/// A profession on the page.
struct Column {
    slug: String,
    title: String,
    /// How it names the level.
    name: LevelName,
    /// How many skills no other profession asks at this level.
    alone: usize,
}

/// The skills of one category.
struct Group {
    category: String,
    rows: Vec<Row>,
}

/// A skill, and how deep each profession of the page asks for it.
struct Row {
    skill: Skill,
    /// For each profession of the page how it asks for the skill, if it does.
    cells: Vec<Option<Cell>>,
    /// How many professions ask for it, on all pages.
    professions: usize,
}

/// A profession that asks for a skill.
struct Cell {
    /// How deep; `None` if it does not say.
    depth: Option<Depth>,
}

/// Answers with the table.
///
/// # Errors
///
/// [`AppError::BadRequest`] if `page` is no number; [`AppError::NotFound`] for a level, track or page
/// there is not; if the database does not answer.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let Parameters { level, track, page } = parameters.into_inner();
    let number = page_number(page.as_deref())?;
    let level = Level::from_slug(&level).or_else(|| level.parse().ok()).ok_or_else(|| {
        AppError::NotFound(Missing {
            sentence: "Такого уровня нет.".into(),
            way_on: paths::compare_form().into(),
            way_on_title: "Выбрать уровень".into(),
        })
    })?;
    // The form sends an empty track for all of them.
    let track = Some(track).filter(|track| !track.is_empty());
    let address = paths::across(level, track.as_deref(), number);
    visitor
        .html(address, move |visit| AcrossPage::build(visit, level, track.as_deref(), number))
        .await
}

/// Whether a request names a level, which this page answers.
#[must_use]
pub fn is_asked(request: &GuardContext<'_>) -> bool {
    let query = request.head().uri.query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.any(|(name, value)| name == "level" && !value.is_empty())
}

impl AcrossPage {
    fn build(
        visit: &Visit,
        level: Level,
        track: Option<&str>,
        number: usize,
    ) -> Result<Self, AppError> {
        let database = &visit.database;
        let (tracks, professions) = professions::at_level(database, level, track)?;
        let (professions, undescribed) =
            professions.into_iter().partition::<Vec<_>, _>(|found| found.is_described(level));
        let count = professions.len().div_ceil(PROFESSIONS_PER_PAGE).max(1);
        if !(1..=count).contains(&number) {
            return Err(ServiceError::NoSuchPage.into());
        }
        let (dictionary, index) = (visit.dictionary()?, visit.skill_index()?);
        let across = across(level, &professions, &dictionary, &index);
        let start = (number - 1) * PROFESSIONS_PER_PAGE;
        let shown = start..professions.len().min(start + PROFESSIONS_PER_PAGE);
        let columns = shown.clone().map(|place| Column {
            slug: professions[place].slug.clone(),
            title: professions[place].title.clone(),
            name: name_at(&professions[place], level),
            alone: across.alone[place],
        });
        let rows = across.shared.iter().filter_map(|shared| {
            let cells = shown.clone().map(|place| Some(Cell { depth: shared.at(place)? }));
            let cells = cells.collect::<Vec<_>>();
            let is_asked = cells.iter().any(Option::is_some);
            let skill = dictionary.skill(&shared.skill).filter(|_| is_asked)?.clone();
            Some(Row { skill, cells, professions: shared.count() })
        });
        let mut groups = Vec::<Group>::new();
        for row in rows {
            match groups.iter_mut().find(|group| group.category == row.skill.category) {
                Some(group) => group.rows.push(row),
                None => {
                    groups.push(Group { category: row.skill.category.clone(), rows: vec![row] });
                }
            }
        }
        let chosen = tracks.iter().find(|found| track == Some(found.slug.as_str())).cloned();
        let mut title = match &chosen {
            Some(track) => format!("{}: профессии направления «{}»", level.title(), track.title),
            None => format!("{} во всех профессиях", level.title()),
        };
        if number > 1 {
            title = format!("{title}, страница {number}");
        }
        let description = format!(
            "Какие навыки нужны на уровне «{}» в разных профессиях и насколько глубоко.",
            level.word(),
        );
        let path = paths::across(level, track, number);
        Ok(Self {
            head: visit.head_outside_menu(&path, title, description),
            level,
            chosen,
            total: professions.len(),
            skill_count: across.shared.len(),
            undescribed,
            number,
            count,
            columns: columns.collect(),
            groups,
            tracks,
        })
    }

    /// The address of another page of the same table.
    fn address(&self, number: usize) -> String {
        let track = self.chosen.as_ref().map(|track| track.slug.as_str());
        paths::across(self.level, track, number)
    }

    fn chosen_slug(&self) -> &str {
        self.chosen.as_ref().map_or("", |track| track.slug.as_str())
    }

    /// The address of the same professions at another level.
    fn at(&self, level: Level) -> String {
        paths::across(level, self.chosen.as_ref().map(|track| track.slug.as_str()), 1)
    }

    /// Whether a profession of the page names the level in its own way.
    fn has_own_scale(&self) -> bool {
        let described = self.columns.iter().map(|column| &column.name);
        let undescribed = self.undescribed.iter().filter_map(|found| found.name(self.level));
        described.chain(undescribed).any(LevelName::is_own)
    }

    /// Whether some profession asks what no other does.
    fn has_lone_skills(&self) -> bool {
        self.columns.iter().any(|column| column.alone > 0)
    }
}

/// How a profession with a grade of a level names it.
fn name_at(profession: &ProfessionAddress, level: Level) -> LevelName {
    profession.name(level).cloned().unwrap_or_else(|| LevelName::standard(level))
}

/// What the professions ask at a level, of skills by title.
fn across(
    level: Level,
    professions: &[ProfessionAddress],
    dictionary: &Dictionary,
    index: &SkillIndex,
) -> Across {
    let places = professions.iter().enumerate();
    let places = places.map(|(place, found)| (found.slug.as_str(), place));
    let places = &places.collect::<HashMap<_, _>>();
    let mut skills = dictionary.skills().iter().collect::<Vec<_>>();
    skills.sort_by_cached_key(|skill| skill.title.to_lowercase().replace('ё', "е"));
    let skills = skills.into_iter().map(|skill| {
        let appearances = index.appearances(&skill.slug).iter();
        let asking = appearances.filter_map(move |found| {
            Some((*places.get(found.slug.as_str())?, found.steps.as_slice()))
        });
        (skill.slug.clone(), asking)
    });
    skills_across(level, professions.len(), skills)
}
