//! `/matrix`: every profession by level as one table, or the skills of one by grade; `/matrix.csv`:
//! the same for spreadsheets.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::shared::shelves::{Shelf, has_own_scale, shelves};
use super::shared::{Visit, Visitor, page_number};
use crate::error::AppError;
use crate::graders::service::professions::{self, Profession};
use crate::graders::service::tracks::Track;
use crate::ladder::matrix::{SkillCell, skills_by_grade};
use crate::ladder::skill::{Dictionary, Skill};
use crate::ladder::{Grade, Heading, Ladder, Level, depth};
use crate::paths;
use crate::web::{Head, Section, Separator, Sheet, filters};

/// What is in a cell of a file where the grade is not described.
const UNDESCRIBED: &str = "не описан";

/// The parameters of `/matrix` and `/matrix.csv`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    profession: Option<String>,
    track: Option<String>,
    page: Option<String>,
    separator: Option<String>,
}

/// What a table is of.
enum Subject {
    /// One profession's skills.
    Skills(String),
    /// Professions; of one track, if one is chosen.
    Professions(Option<String>),
}

#[derive(Template)]
#[template(path = "site/matrix/professions.html")]
struct ProfessionsPage {
    head: Head,
    number: usize,
    count: usize,
    tracks: Vec<Track>,
    /// The track that is chosen.
    chosen: Option<Track>,
    shelves: Vec<Shelf>,
}

#[derive(Template)]
#[template(path = "site/matrix/skills.html")]
struct SkillsPage {
    head: Head,
    profession: Profession,
    groups: Vec<Group>,
}

/// The skills of one block or category.
struct Group {
    title: String,
    rows: Vec<Row>,
}

/// A skill at every grade of the ladder.
struct Row {
    skill: Skill,
    block: Option<Arc<Heading>>,
    cells: Vec<Option<SkillCell>>,
}

/// Answers with a table.
///
/// # Errors
///
/// [`AppError::BadRequest`] if `page` is no number; [`AppError::NotFound`] past the last page and
/// if there is no such track or profession.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let Parameters { profession, track, page, .. } = parameters.into_inner();
    match Subject::of(profession, track) {
        Subject::Skills(slug) => {
            let address = paths::matrix_skills(&slug);
            visitor.html(address, move |visit| SkillsPage::build(visit, &slug)).await
        }
        Subject::Professions(track) => {
            let number = page_number(page.as_deref())?;
            let address = paths::matrix(track.as_deref(), number);
            visitor
                .html(address, move |visit| ProfessionsPage::build(visit, track.as_deref(), number))
                .await
        }
    }
}

/// Answers with a table as a file; it has the professions of every page.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such track or profession; [`AppError::BadRequest`] if the
/// separator is none.
pub async fn download(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let Parameters { profession, track, separator, .. } = parameters.into_inner();
    let separator = Separator::from_parameter(separator.as_deref())?;
    match Subject::of(profession, track) {
        Subject::Skills(slug) => {
            let address = paths::matrix_skills_csv(&slug, separator.parameter());
            visitor.file(address, move |visit| skills_sheet(visit, &slug)?.file(separator)).await
        }
        Subject::Professions(track) => {
            let address = paths::matrix_csv(track.as_deref(), separator.parameter());
            let sheet = move |visit: &Visit| professions_sheet(visit, track.as_deref());
            visitor.file(address, move |visit| sheet(visit)?.file(separator)).await
        }
    }
}

impl Subject {
    fn of(profession: Option<String>, track: Option<String>) -> Self {
        match profession {
            Some(slug) => Self::Skills(slug),
            // The form sends an empty track for all of them.
            None => Self::Professions(track.filter(|track| !track.is_empty())),
        }
    }
}

/// What a ladder has at each level there is.
fn by_level(ladder: &Ladder) -> impl Iterator<Item = (Level, Option<&Grade>)> {
    Level::ALL.into_iter().map(|level| (level, ladder.grade(level)))
}

impl ProfessionsPage {
    fn build(visit: &Visit, track: Option<&str>, number: usize) -> Result<Self, AppError> {
        let catalogue = professions::page(&visit.database, &Dictionary::default(), track, number)?;
        let chosen = catalogue.tracks.iter().find(|found| track == Some(found.slug.as_str()));
        let chosen = chosen.cloned();
        let mut title = "Все профессии в одной таблице".to_owned();
        let mut whose = "IT-профессии".to_owned();
        if let Some(track) = &chosen {
            title = format!("{}: профессии в одной таблице", track.title);
            whose = format!("профессии направления «{}»", track.title);
        }
        if number > 1 {
            title = format!("{title}, страница {number}");
        }
        let description = format!(
            "Сколько новых требований добавляет каждый грейд: {whose} и десять уровней, от стажёра \
             до синьора."
        );
        let address = paths::matrix(track, number);
        Ok(Self {
            head: visit.head(&address, Section::Professions, title, description),
            number,
            count: catalogue.count,
            tracks: catalogue.tracks,
            chosen,
            shelves: shelves(catalogue.professions),
        })
    }

    /// The address of another page of the same professions.
    fn address(&self, number: usize) -> String {
        paths::matrix(self.chosen_slug(), number)
    }

    fn chosen_slug(&self) -> Option<&str> {
        self.chosen.as_ref().map(|track| track.slug.as_str())
    }

    fn is_chosen(&self, track: &Track) -> bool {
        self.chosen_slug() == Some(track.slug.as_str())
    }
}

impl SkillsPage {
    fn build(visit: &Visit, slug: &str) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let profession = professions::profession(&visit.database, &dictionary, slug)?;
        let groups = groups(rows(&profession.ladder, &dictionary));
        let title = format!("{}: навыки по грейдам", profession.title);
        let description = format!(
            "Какие навыки нужны в профессии «{}», с какого грейда и насколько глубоко.",
            profession.title
        );
        let address = paths::matrix_skills(slug);
        let head = visit.head(&address, Section::Professions, title, description);
        Ok(Self { head, profession, groups })
    }

    /// How many skills there are.
    fn count(&self) -> usize {
        self.groups.iter().map(|group| group.rows.len()).sum()
    }
}

impl Row {
    /// Whether the grade of a cell is the first that asks for the skill.
    fn is_first(&self, cell: usize) -> bool {
        self.cells.iter().position(Option::is_some) == Some(cell)
    }
}

/// The rows by the block that first names the skill, or else by category, in the order in which the
/// ladder first asks for something of it.
fn groups(rows: Vec<Row>) -> Vec<Group> {
    let mut groups = Vec::<Group>::new();
    for row in rows {
        let title = row.block.as_ref().map_or(&row.skill.category, |heading| &heading.title);
        match groups.iter_mut().find(|group| group.title == *title) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { title: title.clone(), rows: vec![row] }),
        }
    }
    groups
}

fn rows(ladder: &Ladder, dictionary: &Dictionary) -> Vec<Row> {
    let rows = skills_by_grade(ladder).into_iter();
    let row = rows.filter_map(|row| {
        Some(Row {
            skill: dictionary.skill(&row.skill)?.clone(),
            block: row.block,
            cells: row.cells,
        })
    });
    row.collect()
}

fn professions_sheet(visit: &Visit, track: Option<&str>) -> Result<Sheet, AppError> {
    let headings = ["Направление", "Профессия"].into_iter().chain(Level::ALL.map(Level::title));
    let mut rows = vec![headings.map(str::to_owned).collect::<Vec<_>>()];
    professions::each(&visit.database, track, |profession| {
        let cells = by_level(&profession.ladder).map(|(_, grade)| {
            grade.map_or_else(String::new, |grade| cell(&profession.ladder, grade))
        });
        let cells = cells.collect::<Vec<_>>();
        rows.push([vec![profession.track.title, profession.title], cells].concat());
    })?;
    let name = track.map_or_else(|| "grades".to_owned(), |track| format!("grades-{track}"));
    Ok(Sheet { name, rows })
}

/// What a grade adds, as a file tells it; under its name, if that is the profession's own.
fn cell(ladder: &Ladder, grade: &Grade) -> String {
    let adds = if grade.is_described() {
        ladder.new_count(grade.level).to_string()
    } else {
        UNDESCRIBED.to_owned()
    };
    if grade.name.is_own() { format!("{}: {adds}", grade.name) } else { adds }
}

fn skills_sheet(visit: &Visit, slug: &str) -> Result<Sheet, AppError> {
    let dictionary = visit.dictionary()?;
    let profession = professions::profession(&visit.database, &dictionary, slug)?;
    let levels = profession.ladder.grades().iter().map(|grade| grade.name.title());
    let rows = rows(&profession.ladder, &dictionary);
    let block = rows.iter().any(|row| row.block.is_some()).then_some("Раздел");
    let headings = block.into_iter().chain(["Навык", "Категория"]).chain(levels);
    let headings = headings.map(str::to_owned);
    let skills = rows.into_iter().map(|Row { skill, block: heading, cells }| {
        let block = block.map(|_| heading.map(|heading| heading.title.clone()).unwrap_or_default());
        let cells = cells.into_iter().map(|cell| cell.map_or("", |cell| depth::label(cell.depth)));
        let about = block.into_iter().chain([skill.title, skill.category]);
        about.chain(cells.map(str::to_owned)).collect()
    });
    let rows = std::iter::once(headings.collect()).chain(skills).collect();
    Ok(Sheet { name: format!("skills-{}", profession.slug), rows })
}
