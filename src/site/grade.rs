//! `/professions/{slug}/{level}`: one grade, with everything accumulated and what comes next.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use chrono::NaiveDate;

use super::shared::deepened::DeepenedSkills;
use super::shared::redirect;
use super::shared::{Visit, Visitor};
use crate::error::{AppError, Missing};
use crate::graders::service::professions::{self, Profession};
use crate::graders::service::{changes, identity};
use crate::ladder::identity::FormerIds;
use crate::ladder::inherited::{OfStep, Repeated};
use crate::ladder::superseded::InForce;
use crate::ladder::{Asked, Grade, Kind, LevelName, Requirement};
use crate::paths;
use crate::russian;
use crate::web::{Head, Section, filters};

#[derive(Template)]
#[template(path = "site/grade.html")]
struct GradePage {
    head: Head,
    profession: Profession,
    /// Where links to former ids of requirements lead.
    former_ids: FormerIds,
    grade: Grade,
    previous: Option<Grade>,
    next: Option<Grade>,
    /// What the grade itself asks.
    new: Vec<InForce>,
    /// What is new because the ladder includes another one.
    inherited: Vec<OfStep>,
    /// What is in force of the grades under this one, the nearest first; none without requirements.
    below: Vec<OfStep>,
    /// How many requirements the grade adds.
    new_count: usize,
    /// What the grade repeats.
    repeated: Repeated,
    /// How many requirements are in force.
    in_force_count: usize,
    /// What the next grade adds because the ladder includes another one.
    next_inherited: Vec<OfStep>,
    /// What the requirements of the next grade only deepen.
    deepened: Option<DeepenedSkills>,
    /// The day on which its description was last changed, in UTC.
    changed_on: Option<NaiveDate>,
}

/// Answers with a grade.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession, no such level, or the ladder leaves the
/// level out.
pub async fn show(
    visitor: Visitor,
    path: Path<(String, String)>,
) -> Result<HttpResponse, AppError> {
    let (slug, level) = path.into_inner();
    // «junior+», as the level is written everywhere but in addresses.
    if let Ok(plain) = level.parse().map(LevelName::standard)
        && plain.slug() != level
    {
        return Ok(redirect::permanent(&paths::grade(&slug, &plain)));
    }
    let address = paths::grade_at(&slug, &level);
    visitor.html(address, move |visit| GradePage::build(visit, &slug, &level)).await
}

impl GradePage {
    fn build(visit: &Visit, slug: &str, typed: &str) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let profession = professions::profession(&visit.database, &dictionary, slug)?;
        let ladder = &profession.ladder;
        let missing = |sentence| {
            AppError::NotFound(Missing {
                sentence,
                way_on: paths::profession(slug),
                way_on_title: "Вся лестница".into(),
            })
        };
        let level = ladder.scale().find(typed);
        let level = level.ok_or_else(|| missing("Такого уровня нет.".to_owned()))?;
        let name = ladder.name(level);
        let Some(grade) = ladder.grade(level).cloned() else {
            let title = &profession.title;
            return Err(missing(format!("В лестнице «{title}» нет грейда «{}».", name.word())));
        };
        // As it was called before, or as it is without a scale of its own.
        if name.slug() != typed {
            return Err(AppError::MovedTo(paths::grade(slug, &name)));
        }
        let in_force = ladder.in_force_once(level);
        let in_force_count = in_force.len();
        let before = ladder.steps_before(level);
        let (new, lower) =
            in_force.into_iter().partition::<Vec<_>, _>(|item| item.asked.step >= before);
        let (new, inherited) =
            new.into_iter().partition::<Vec<_>, _>(|item| item.asked.origin.is_none());
        let inherited = OfStep::divide(inherited);
        let mut below = OfStep::divide(lower);
        below.reverse();
        let new_count = ladder.new_count(level);
        let next = ladder.next(level).map(|next| ladder.without_repeated(next));
        let next_inherited = next.as_ref().map(|next| ladder.inherited_at(next.level));
        let deepened = next.as_ref().map(|next| DeepenedSkills::of(ladder, next.level, dictionary));
        let aliases = identity::aliases(&visit.database, &profession.lineage)?;
        let former_ids = FormerIds::new(&aliases, &profession.ladder);
        let changed_on = changes::last_of_grade(&visit.database, profession.id, level)?;
        let title = format!("{}: {name}", profession.title);
        let description = description(&profession, &grade, (new_count, in_force_count));
        Ok(Self {
            head: visit.head(&paths::grade(slug, &name), Section::Professions, title, description),
            previous: ladder.previous(level).cloned(),
            next,
            new,
            inherited,
            below,
            new_count,
            repeated: ladder.repeated_at(level),
            next_inherited: next_inherited.unwrap_or_default(),
            deepened,
            in_force_count,
            changed_on,
            former_ids,
            grade,
            profession,
        })
    }
}

impl GradePage {
    /// Whether the grade asks to raise a mentee.
    fn asks_for_mentoring(&self) -> bool {
        let inherited = self.inherited.iter().flat_map(|group| &group.items);
        let mut new = self.new.iter().chain(inherited);
        new.any(|item| item.asked.requirement.kind == Some(Kind::Mentoring))
    }

    /// What a requirement of the grade supersedes.
    fn superseded(&self, requirement: &Requirement) -> &[Asked] {
        let item = self.new.iter().find(|item| item.asked.requirement.id == requirement.id);
        item.map_or(&[], |item| &item.superseded)
    }

    /// What a requirement of the next grade only deepens.
    fn deepening(&self, requirement: &Requirement) -> Option<String> {
        self.deepened.as_ref()?.remark(requirement)
    }

    /// The address of the comparison of this grade with another one of the ladder.
    fn comparison(&self, other: &Grade) -> String {
        let name = |grade: &Grade| paths::grade_name(&self.profession.slug, &grade.name);
        paths::compare(&name(&self.grade), &name(other))
    }
}

fn description(
    profession: &Profession,
    grade: &Grade,
    (new_count, in_force_count): (usize, usize),
) -> String {
    let name = format!("Грейд {} в профессии «{}»", grade.name.word(), profession.title);
    if let Some(summary) = grade.summary() {
        return format!("{name}. {}", summary.text);
    }
    if !grade.is_described() {
        return format!("{name} ещё не описан.");
    }
    let new = match new_count {
        0 => "новых требований нет".to_owned(),
        new => {
            let noun =
                russian::plural(new, "новое требование", "новых требования", "новых требований");
            format!("{new} {noun}")
        }
    };
    if in_force_count == new_count {
        return format!("{name}: {new}.");
    }
    format!("{name}: {new}, вместе с предыдущими грейдами {in_force_count}.")
}
