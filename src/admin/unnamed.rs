//! `/admin/without-skills`: the requirements that name no skill of the dictionary, each with forms to name one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::skill_errors::{describe_all, no_such_skill};
use crate::audit::service::Actor;
use crate::auth::{SignedForm, SignedIn};
use crate::error::AppError;
use crate::fields::Fields;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::professions::Profession;
use crate::graders::service::skills::{self, Change, Changed, SkillFields};
use crate::graders::service::{ServiceError, professions, texts};
use crate::ladder::{Grade, Requirement};
use crate::paths::admin::{self, Done};
use crate::web::{Head, blocking, filters, see_other, uncached};

/// How many professions one page holds.
const PROFESSIONS_PER_PAGE: usize = 20;

/// The parameters of the page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    page: Option<usize>,
    /// The requirement whose forms are open.
    name: Option<String>,
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/unnamed.html")]
struct UnnamedPage {
    head: Head,
    token: String,
    number: usize,
    count: usize,
    /// How many such requirements there are on all pages.
    total: usize,
    professions: Vec<Profession>,
    message: Option<&'static str>,
    naming: Option<Naming>,
    /// The titles of all skills, if the forms of a requirement are open.
    titles: Vec<String>,
    /// All categories, if the forms of a requirement are open.
    categories: Vec<String>,
}

/// A requirement whose forms are open, and what was typed into them.
#[derive(Clone, Default)]
struct Naming {
    /// The requirement on the page, as [`place`] names it.
    place: String,
    /// The words that become a name of a skill; `None` for those of the requirement.
    words: Option<String>,
    /// The skill that gets the name, by a name of its own.
    skill: String,
    /// The title of a new skill; `None` for the words of the requirement.
    title: Option<String>,
    category: String,
    /// Why nothing was stored.
    failure: Option<String>,
}

/// Answers with a page of the requirements, by profession and grade.
///
/// # Errors
///
/// [`AppError::NotFound`] past the last page.
pub async fn show(
    catalogue: Data<Catalogue>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let Parameters { page, name, done } = parameters.into_inner();
    let naming = name.map(|place| Naming { place, ..Naming::default() });
    let number = page.unwrap_or(1);
    let mut page = UnnamedPage::read(&catalogue, &session, number, naming, done.is_some()).await?;
    page.message = match done {
        Some(Done::Made) => Some("Навык создан."),
        Some(Done::Saved) => Some("Имя добавлено."),
        Some(Done::Unchanged) => Some("Такое имя у этого навыка уже есть."),
        _ => None,
    };
    uncached(StatusCode::OK, &page)
}

/// Gives a skill another name, or makes one.
///
/// # Errors
///
/// If the database does not answer.
pub async fn send(catalogue: Data<Catalogue>, form: SignedForm) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let number = fields.get("page").parse::<usize>().unwrap_or(1);
    let makes_one = fields.get("action") == "make";
    let mut naming = Naming::of(&fields);
    let (shared, wanted, by) = (Data::clone(&catalogue), naming.clone(), session.actor());
    let stored =
        blocking(
            move || {
                if makes_one { wanted.make(&shared, &by) } else { wanted.add_name(&shared, &by) }
            },
        );
    match stored.await?? {
        Ok(done) => Ok(see_other(&admin::unnamed_after(number, done))),
        Err(failure) => {
            naming.failure = Some(failure);
            let page = UnnamedPage::read(&catalogue, &session, number, Some(naming), true).await?;
            uncached(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

impl Naming {
    fn of(fields: &Fields) -> Self {
        let typed = |name| fields.get(name).trim().to_owned();
        Self {
            place: typed("name"),
            words: fields.sent("words").map(|words| words.trim().to_owned()),
            skill: typed("skill"),
            title: fields.sent("title").map(|title| title.trim().to_owned()),
            category: typed("category"),
            failure: None,
        }
    }

    /// Gives the skill the words as a hidden name: they are part of a sentence. A sentence if they can't be one.
    fn add_name(self, catalogue: &Catalogue, by: &Actor) -> Result<Result<Done, String>, AppError> {
        let dictionary = catalogue.dictionary()?;
        let named = dictionary.find_by_name(&self.skill).or_else(|| dictionary.skill(&self.skill));
        let Some(found) = named else {
            return Ok(Err(no_such_skill(&self.skill, &dictionary)));
        };
        let skill = skills::editable(catalogue.database(), &found.slug)?;
        let mut fields = skill.fields;
        fields.hidden_aliases.push(self.words.unwrap_or_default());
        let change = Change::Fields(fields, String::new());
        let database = catalogue.database();
        let changed = skills::change(database, &found.slug, skill.version, &change, by)?;
        Ok(outcome(changed, Done::Saved))
    }

    /// Makes a skill with the title. A sentence if that can't be.
    fn make(self, catalogue: &Catalogue, by: &Actor) -> Result<Result<Done, String>, AppError> {
        let title = self.title.unwrap_or_default();
        let slug = texts::proposed_slug(&title);
        let fields = SkillFields { title, slug, category: self.category, ..SkillFields::default() };
        Ok(outcome(skills::create(catalogue.database(), &fields, "", by)?, Done::Made))
    }
}

fn outcome(changed: Changed, done: Done) -> Result<Done, String> {
    match changed {
        Changed::Stored { .. } => Ok(done),
        Changed::Unchanged => Ok(Done::Unchanged),
        Changed::Invalid(invalid) => Err(describe_all(invalid)),
        Changed::Conflict => Err("Навык только что изменили. Повторите.".to_owned()),
    }
}

impl UnnamedPage {
    /// A page of the requirements; if `is_lenient`, the last one in the place of one past it.
    async fn read(
        catalogue: &Data<Catalogue>,
        session: &SignedIn,
        number: usize,
        naming: Option<Naming>,
        is_lenient: bool,
    ) -> Result<Self, AppError> {
        let (catalogue, is_naming) = (Data::clone(catalogue), naming.is_some());
        let (head, token) = (session.head("Требования без навыка"), session.form_token());
        let read = blocking(move || {
            let (dictionary, index) = (catalogue.dictionary()?, catalogue.skill_index()?);
            let unnamed = index.unnamed();
            let count = unnamed.len().div_ceil(PROFESSIONS_PER_PAGE).max(1);
            let number = if is_lenient { number.clamp(1, count) } else { number };
            if !(1..=count).contains(&number) {
                return Err(ServiceError::NoSuchPage.into());
            }
            let shown = unnamed.iter().skip((number - 1) * PROFESSIONS_PER_PAGE);
            let mut professions = Vec::new();
            for found in shown.take(PROFESSIONS_PER_PAGE) {
                match professions::profession(catalogue.database(), &dictionary, &found.slug) {
                    Ok(profession) => professions.push(profession),
                    // It went away since the index was made.
                    Err(ServiceError::NoSuchProfession | ServiceError::Moved(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            let total = unnamed.iter().map(|found| found.requirements).sum::<usize>();
            let (mut titles, mut categories) = (Vec::new(), Vec::new());
            if is_naming {
                titles = dictionary.skills().iter().map(|skill| skill.title.clone()).collect();
                categories = skills::categories(catalogue.database())?;
            }
            Ok::<_, AppError>(Self {
                head,
                token,
                number,
                count,
                total,
                professions,
                message: None,
                naming,
                titles,
                categories,
            })
        });
        read.await?
    }

    /// What was typed for a requirement, if its forms are open.
    fn naming_at(&self, place: &str) -> Option<&Naming> {
        self.naming.as_ref().filter(|naming| naming.place == place)
    }
}

/// The grades of a profession with requirements that name no skill.
fn grades(profession: &Profession) -> impl Iterator<Item = &Grade> {
    let grades = profession.ladder.grades().iter();
    grades.filter(|grade| unnamed(grade).next().is_some())
}

fn unnamed(grade: &Grade) -> impl Iterator<Item = &Requirement> {
    grade.requirements().iter().filter(|requirement| requirement.skills.is_empty())
}

/// What a requirement is called on the page, and where it stands there.
fn place(profession: &Profession, grade: &Grade, requirement: &Requirement) -> String {
    format!("{}.{}.{}", profession.slug, grade.name.slug(), requirement.id)
}

/// The address of a page.
fn address(number: usize) -> String {
    admin::unnamed_page(number)
}
