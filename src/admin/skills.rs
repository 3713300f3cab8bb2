//! `/admin/skills`: the dictionary, to be searched, and its latest changes, to be undone.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::Outcome;
use super::skill_errors;
use crate::auth::{SignedForm, SignedIn};
use crate::error::{AppError, Missing};
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::skills::{self, Changed, RecentChange};
use crate::ladder::skill::{Dictionary, Skill};
use crate::paths::admin::{self, Done, ListedSkills, done};
use crate::web::{Head, blocking, filters, uncached};

/// How many skills one page holds.
const SKILLS_PER_PAGE: usize = 100;

/// The parameters of the page.
#[derive(Debug, Default, Deserialize)]
pub struct Parameters {
    #[serde(default)]
    q: String,
    show: Option<ListedSkills>,
    page: Option<usize>,
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/skills.html")]
struct SkillsPage {
    head: Head,
    token: String,
    /// What is looked for; empty for all skills.
    query: String,
    /// Which skills alone are shown, if not all.
    show: Option<ListedSkills>,
    /// How many skills there are of that.
    total: usize,
    number: usize,
    count: usize,
    skills: Vec<Skill>,
    recent: Vec<RecentChange>,
    message: Option<&'static str>,
    failure: Option<String>,
}

/// Answers with a page of the skills.
///
/// # Errors
///
/// [`AppError::NotFound`] past the last page.
pub async fn show(
    catalogue: Data<Catalogue>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let parameters = parameters.into_inner();
    let message =
        (parameters.done == Some(Done::Removed)).then_some("Навык удалён. Его можно вернуть.");
    let page = SkillsPage::new(&catalogue, &session, parameters).await?;
    uncached(StatusCode::OK, &SkillsPage { message, ..page })
}

/// Undoes a change.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such change.
pub async fn undo(catalogue: Data<Catalogue>, form: SignedForm) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let revision = fields.get("revision").parse::<i32>();
    let revision =
        revision.map_err(|_| AppError::BadRequest("В форме не хватает номера правки."))?;
    let (shared, by) = (Data::clone(&catalogue), session.actor());
    let undone = blocking(move || skills::undo(shared.database(), revision, &by));
    let page = async |failure: String| {
        let page = SkillsPage::new(&catalogue, &session, Parameters::default()).await?;
        Ok::<_, AppError>(SkillsPage { failure: Some(failure), ..page })
    };
    let outcome = match undone.await?? {
        Changed::Stored { slug } => Outcome::Stored(done(&admin::skill(&slug), Done::Undone)),
        Changed::Unchanged => Outcome::Stored(admin::skills().to_owned()),
        Changed::Conflict => {
            let failure =
                "С тех пор навык меняли ещё раз. Откройте его историю и верните нужную версию.";
            Outcome::Conflict(page(failure.to_owned()).await?)
        }
        Changed::Invalid(invalid) => {
            let why = skill_errors::describe_all(invalid);
            Outcome::Invalid(page(format!("Отменить не получится. {why}")).await?)
        }
    };
    outcome.respond()
}

impl SkillsPage {
    async fn new(
        catalogue: &Data<Catalogue>,
        session: &SignedIn,
        parameters: Parameters,
    ) -> Result<Self, AppError> {
        let catalogue = Data::clone(catalogue);
        let read = blocking(move || {
            let recent = skills::recent(catalogue.database())?;
            Ok::<_, AppError>((catalogue.dictionary()?, catalogue.skill_index()?, recent))
        });
        let (dictionary, index, recent) = read.await??;
        let query = parameters.q.trim().to_owned();
        let mut found = found(&dictionary, &query);
        found.retain(|skill| match parameters.show {
            Some(ListedSkills::Unused) => index.appearances(&skill.slug).is_empty(),
            Some(ListedSkills::Uncategorised) => skill.category.is_empty(),
            None => true,
        });
        let count = found.len().div_ceil(SKILLS_PER_PAGE).max(1);
        let number = parameters.page.unwrap_or(1);
        if !(1..=count).contains(&number) {
            return Err(AppError::NotFound(Missing {
                sentence: "Столько страниц в словаре нет.".into(),
                way_on: admin::skills().into(),
                way_on_title: "Все навыки".into(),
            }));
        }
        let shown = found.iter().skip((number - 1) * SKILLS_PER_PAGE).take(SKILLS_PER_PAGE);
        let is_first = query.is_empty() && parameters.show.is_none() && number == 1;
        Ok(Self {
            head: session.head("Навыки"),
            token: session.form_token(),
            total: found.len(),
            skills: shown.map(|skill| (*skill).clone()).collect(),
            query,
            show: parameters.show,
            number,
            count,
            recent: if is_first { recent } else { Vec::new() },
            message: None,
            failure: None,
        })
    }

    /// The address of another page of the same skills.
    fn address(&self, number: usize) -> String {
        admin::skills_page(&self.query, self.show, number)
    }

    /// What is said of the skills that are shown alone.
    fn shown_title(&self) -> &'static str {
        match self.show {
            Some(ListedSkills::Unused) => "Не\u{a0}встречаются в\u{a0}лестницах",
            Some(ListedSkills::Uncategorised) => "Без\u{a0}категории",
            None => "Все навыки",
        }
    }

    /// The address of the form of a new skill with what was looked for.
    fn new_address(&self) -> String {
        admin::new_skill_called(&self.query)
    }
}

/// The skills with a text in one of their names or in their address, by title; all of them for an
/// empty text.
fn found<'a>(dictionary: &'a Dictionary, text: &str) -> Vec<&'a Skill> {
    let text = folded(text);
    let has = |name: &str| folded(name).contains(&text);
    let skills = dictionary.skills().iter();
    let mut found =
        skills.filter(|skill| has(&skill.slug) || skill.names().any(has)).collect::<Vec<_>>();
    found.sort_by_cached_key(|skill| folded(&skill.title));
    found
}

fn folded(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}
