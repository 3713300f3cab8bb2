//! `/search`: skills, professions, grades and requirements that a question finds.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::shared::tools::{self, Tool};
use super::shared::{Visit, Visitor, page_number};
use crate::error::AppError;
use crate::graders::service::search::{
    Breadth, Found, Hit, Kind, LONGEST_QUESTION, MOST_HITS, Search,
};
use crate::graders::service::tracks::Track;
use crate::ladder::skill::Skill;
use crate::ladder::{Description, Level, Requirement};
use crate::paths::{self, SearchQuery};
use crate::russian;
use crate::web::{Head, Section, filters};

/// The parameters of `/search`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    #[serde(default)]
    q: String,
    #[serde(default)]
    track: String,
    #[serde(default)]
    level: String,
    kind: Option<String>,
    page: Option<String>,
}

#[derive(Template)]
#[template(path = "site/search.html")]
struct SearchPage {
    head: Head,
    search: Search,
    found: Found,
    /// The pages of the site that answer, besides what the catalogue has.
    tools: Vec<&'static Tool>,
}

/// Answers with what a question finds, and with a form to ask another one.
///
/// # Errors
///
/// [`AppError::BadRequest`] for a question of more than [`LONGEST_QUESTION`] characters, a level or a
/// kind there is not, and if `page` is no number; [`AppError::NotFound`] for a track there is not and
/// past the last page; if the database does not answer.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let search = Search::try_from(parameters.into_inner())?;
    visitor.html(address(&search), move |visit| SearchPage::build(visit, search)).await
}

/// The address of a search.
fn address(search: &Search) -> String {
    paths::search(&SearchQuery {
        question: &search.question,
        track: search.track.as_deref(),
        level: search.level,
        kind: search.kind.map(Kind::name),
        page: search.page,
    })
}

impl TryFrom<Parameters> for Search {
    type Error = AppError;

    fn try_from(parameters: Parameters) -> Result<Self, AppError> {
        let question = parameters.q.trim();
        if question.chars().count() > LONGEST_QUESTION {
            return Err(AppError::BadRequest(
                "Запрос слишком длинный: сократите его до 200 знаков.",
            ));
        }
        let level = match parameters.level.as_str() {
            "" => None,
            name => {
                let level = Level::from_slug(name).or_else(|| name.parse().ok());
                Some(level.ok_or(AppError::BadRequest("Такого уровня нет."))?)
            }
        };
        let kind = match parameters.kind.as_deref().unwrap_or_default() {
            "" => None,
            name => {
                let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name);
                Some(kind.ok_or(AppError::BadRequest("Такого вида результатов нет."))?)
            }
        };
        Ok(Self {
            question: question.to_owned(),
            track: Some(parameters.track).filter(|track| !track.is_empty()),
            level,
            kind,
            page: page_number(parameters.page.as_deref())?,
        })
    }
}

impl SearchPage {
    fn build(visit: &Visit, search: Search) -> Result<Self, AppError> {
        let found = visit.catalogue().search(&search)?;
        let title = match search.question.as_str() {
            "" => "Поиск".to_owned(),
            question => format!("{question} — поиск"),
        };
        let description = "Поиск по навыкам, профессиям, грейдам и требованиям.";
        let head = visit.head(&address(&search), Section::Search, title, description);
        let head = if search.question.is_empty() {
            head
        } else {
            // Search engines search by themselves.
            Head { canonical: None, ..head }
        };
        // Filters narrow the catalogue down, and so do further pages of it.
        let is_plain = search.page == 1
            && search.kind.is_none()
            && search.track.is_none()
            && search.level.is_none();
        let tools = if is_plain { tools::answering(&found.question) } else { Vec::new() };
        Ok(Self { head, search, found, tools })
    }

    /// The address of the same search in another kind.
    fn of_kind(&self, kind: Option<Kind>) -> String {
        address(&Search { kind, page: 1, ..self.search.clone() })
    }

    fn page(&self, page: usize) -> String {
        address(&Search { page, ..self.search.clone() })
    }

    /// The address of another question with the same filters.
    fn asking(&self, question: &str) -> String {
        address(&Search { question: question.to_owned(), page: 1, ..self.search.clone() })
    }

    fn without_filters(&self) -> String {
        let question = self.search.question.clone();
        address(&Search { question, page: 1, ..Search::default() })
    }

    fn is_filtered(&self) -> bool {
        self.search.track.is_some() || self.search.level.is_some()
    }

    fn is_track(&self, track: &Track) -> bool {
        self.search.track.as_deref() == Some(track.slug.as_str())
    }

    /// A text cut into what answers the question and what does not.
    fn marked(&self, text: impl AsRef<str>) -> Vec<(String, bool)> {
        let text = russian::bind(text.as_ref());
        let (mut pieces, mut end) = (Vec::new(), 0);
        for place in self.found.question.highlights(&text) {
            pieces.push((text[end..place.start].to_owned(), false));
            end = place.end;
            pieces.push((text[place].to_owned(), true));
        }
        pieces.push((text[end..].to_owned(), false));
        pieces
    }

    /// The first line of a description that answers.
    fn answer(&self, description: Option<&Description>) -> Option<String> {
        let description = description?;
        let paragraphs = description.paragraphs().map(|note| note.text.as_str());
        let headings = description.headings.iter().map(|block| block.title.as_str());
        let requirements = description.requirements.iter();
        let requirements = requirements.map(|requirement| requirement.text.as_str());
        paragraphs
            .chain(headings)
            .chain(requirements)
            .find(|text| self.answers(text))
            .map(str::to_owned)
    }

    /// The first example of a requirement that answers, unless the requirement does.
    fn example<'a>(&self, requirement: &'a Requirement) -> Option<&'a str> {
        let own = requirement.label().into_iter().chain([requirement.text.as_str()]);
        if own.into_iter().any(|text| self.answers(text)) {
            return None;
        }
        let examples = requirement.examples.iter().map(|example| example.text.as_str());
        examples.into_iter().find(|text| self.answers(text))
    }

    fn answers(&self, text: &str) -> bool {
        !self.found.question.highlights(text).is_empty()
    }

    /// The first of a skill's other names that answers where the title does not.
    fn alias<'a>(&self, skill: &'a Skill) -> Option<&'a str> {
        if self.answers(&skill.title) {
            return None;
        }
        skill.aliases.iter().map(String::as_str).find(|alias| self.answers(alias))
    }
}

impl Kind {
    /// The heading of its hits.
    const fn title(self) -> &'static str {
        match self {
            Self::Skill => "Навыки",
            Self::Profession => "Профессии",
            Self::Grade => "Грейды",
            Self::Requirement => "Требования",
        }
    }
}

/// How many, as a page tells it.
fn number(count: usize) -> String {
    if count > MOST_HITS { format!("больше {MOST_HITS}") } else { count.to_string() }
}
