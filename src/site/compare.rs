//! `/compare`: what separates two grades; one level across professions is in `across`.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::shared::choices::{LevelGroup, Offer};
use super::shared::grade_choice::ChosenGrade;
use super::shared::{Visit, Visitor, redirect};
use crate::error::AppError;
use crate::fields::FieldError;
use crate::graders::service::tracks::{self, Track};
use crate::ladder::comparison::{
    Added, AskedSkill, Change, ComparedDeed, ComparedSkill, Comparison,
};
use crate::ladder::revision::compare_words;
use crate::ladder::skill::Dictionary;
use crate::ladder::{Asked, Depth, Heading, InlineHtml, lined_up};
use crate::paths;
use crate::russian;
use crate::web::field_errors::{message, status, title};
use crate::web::{Head, filters};

/// The parameters of `/compare`. A form names a grade in two fields.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Parameters {
    from: String,
    to: String,
    from_profession: Option<String>,
    from_grade: Option<String>,
    to_profession: Option<String>,
    to_grade: Option<String>,
}

/// A grade as it stands in the fields of the form; empty if none was chosen.
#[derive(Clone, Debug, Default)]
struct Typed {
    profession: String,
    level: String,
}

#[derive(Template)]
#[template(path = "site/compare.html")]
struct ComparePage {
    head: Head,
    from: Typed,
    to: Typed,
    offer: Offer,
    errors: Vec<FieldError>,
    tracks: Vec<Track>,
    /// What was compared, if two grades were chosen.
    compared: Option<Compared>,
}

/// Two grades and what is between them.
struct Compared {
    from: ChosenGrade,
    to: ChosenGrade,
    comparison: Comparison,
    /// For the titles of skills.
    dictionary: Arc<Dictionary>,
    /// The same two grades the other way round.
    swapped: String,
}

/// Items by the heading of their block.
type LinedUp<T> = Vec<(Option<Arc<Heading>>, Vec<T>)>;

/// What a grade asks of a skill.
struct Evidence<'a> {
    depth: Option<Depth>,
    /// The requirement that states the depth.
    asked: &'a Asked,
    /// Its text with the skill in bold.
    html: InlineHtml,
    /// Its address.
    place: String,
    /// The other grades that name the skill, each with the address of its first requirement that does.
    others: Vec<(String, String)>,
}

/// Answers with a form to choose two grades, and with what separates them.
///
/// # Errors
///
/// [`AppError::NotFound`] for a profession there is not; if the database does not answer.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let parameters = parameters.into_inner();
    let two_fields = |profession: Option<String>, level: Option<String>| {
        let is_sent = profession.is_some() || level.is_some();
        let profession = profession.unwrap_or_default();
        is_sent.then(|| Typed { profession, level: level.unwrap_or_default() })
    };
    let from = two_fields(parameters.from_profession, parameters.from_grade);
    let to = two_fields(parameters.to_profession, parameters.to_grade);
    let is_from_form = from.is_some() || to.is_some();
    let from = from.unwrap_or_else(|| Typed::read(&parameters.from));
    let to = to.unwrap_or_else(|| Typed::read(&parameters.to));
    let address = paths::compare(&from.name(), &to.name());
    if is_from_form {
        return Ok(redirect::see_other(&address));
    }
    visitor.form(address, move |visit| ComparePage::build(visit, from, to)).await
}

impl Typed {
    /// A grade as `front-end/middle`.
    fn read(name: &str) -> Self {
        let (profession, level) = name.split_once('/').unwrap_or((name, ""));
        Self { profession: profession.to_owned(), level: level.to_owned() }
    }

    /// The grade in one word; empty if there is none.
    fn name(&self) -> String {
        match (self.profession.as_str(), self.level.as_str()) {
            ("", "") => String::new(),
            (profession, level) => format!("{profession}/{level}"),
        }
    }

    fn of(chosen: &ChosenGrade) -> Self {
        Self {
            profession: chosen.profession.slug.clone(),
            level: chosen.grade.name.slug().to_owned(),
        }
    }
}

impl ComparePage {
    fn build(visit: &Visit, from: Typed, to: Typed) -> Result<(StatusCode, Self), AppError> {
        let is_empty = from.name().is_empty() && to.name().is_empty();
        let (mut errors, mut compared) = (Vec::new(), None);
        if !is_empty {
            match Compared::build(visit, &from, &to)? {
                Ok(found) => compared = Some(found),
                Err(found) => errors = found,
            }
        }
        let (from, to) = match &compared {
            Some(compared) => (Typed::of(&compared.from), Typed::of(&compared.to)),
            None => (from, to),
        };
        let name = compared.as_ref().map_or_else(
            || "Сравнение грейдов".to_owned(),
            |compared| format!("{} и {}", compared.from.title(), compared.to.title()),
        );
        let name = title(&name, &errors);
        let description = "Какие навыки новые, какие нужны глубже, какие те же и какие не нужны \
                           при переходе с одного грейда на другой.";
        let path = paths::compare(&from.name(), &to.name());
        let head = visit.head_outside_menu(&path, name, description);
        // Search engines need not know every pair.
        let canonical = head.canonical.filter(|_| is_empty);
        let head = Head { canonical, ..head };
        let offer = Offer::read(&visit.database)?;
        let tracks = tracks::filled(&visit.database)?;
        Ok((status(&errors), Self { head, from, to, offer, errors, tracks, compared }))
    }

    fn levels(&self, typed: &Typed) -> Vec<LevelGroup> {
        self.offer.levels(&typed.profession, &typed.level)
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}

impl Compared {
    /// The comparison, or what is wrong with the fields.
    fn build(
        visit: &Visit,
        from: &Typed,
        to: &Typed,
    ) -> Result<Result<Self, Vec<FieldError>>, AppError> {
        let dictionary = visit.dictionary()?;
        let choose =
            |fields| ChosenGrade::choose(visit, &dictionary, fields, paths::compare_form());
        let from = choose([("from-profession", &*from.profession), ("from-grade", &*from.level)])?;
        let to = choose([("to-profession", &*to.profession), ("to-grade", &*to.level)])?;
        let (from, to) = match (from, to) {
            (Ok(from), Ok(to)) => (from, to),
            (from, to) => {
                let errors = [from.err(), to.err()].into_iter().flatten();
                return Ok(Err(errors.flat_map(|errors| errors.0).collect()));
            }
        };
        let swapped = paths::compare(&to.name(), &from.name());
        let comparison = Comparison::new(
            (&from.profession.ladder, from.grade.level),
            (&to.profession.ladder, to.grade.level),
        );
        Ok(Ok(Self { from, to, comparison, dictionary, swapped }))
    }

    /// Whether both are the same grade.
    fn is_same(&self) -> bool {
        self.from.name() == self.to.name()
    }

    /// The grades that are not described.
    fn undescribed(&self) -> Vec<&ChosenGrade> {
        let both = if self.is_same() { vec![&self.from] } else { vec![&self.from, &self.to] };
        both.into_iter().filter(|chosen| !chosen.grade.is_described()).collect()
    }

    /// Whether there is nothing to compare: one of the grades and all below it are not described, or
    /// neither asks anything.
    fn is_empty(&self) -> bool {
        let Comparison { from, to, .. } = &self.comparison;
        (from.is_empty() && to.is_empty())
            || (from.is_empty() && !self.from.grade.is_described())
            || (to.is_empty() && !self.to.grade.is_described())
    }

    fn title(&self, skill: &ComparedSkill) -> String {
        let found = self.dictionary.skill(&skill.slug);
        found.map_or_else(|| skill.slug.clone(), |found| found.title.clone())
    }

    fn count(&self, change: Change) -> usize {
        self.comparison.skills_with(change).len()
    }

    /// The skills that are deeper and new, each group with its heading.
    fn changes(&self) -> Vec<(&'static str, Vec<&ComparedSkill>)> {
        let groups = [("Глубже", Change::Deeper), ("Новые", Change::New)];
        let groups = groups.map(|(heading, change)| (heading, self.comparison.skills_with(change)));
        groups.into_iter().filter(|(_, skills)| !skills.is_empty()).collect()
    }

    /// Skills by the block in which the target asks for them.
    fn by_block<'a>(&self, skills: &[&'a ComparedSkill]) -> LinedUp<&'a ComparedSkill> {
        lined_up(skills.to_vec(), |skill| {
            let first = skill.to.as_ref()?.requirements.first()?;
            self.comparison.to.get(*first)?.requirement.block.clone()
        })
    }

    /// What says more about known skills, by block.
    fn known_by_block(&self) -> LinedUp<&Added> {
        let known = self.comparison.more_about_known();
        lined_up(known, |added| added.asked.requirement.block.clone())
    }

    /// The other skills, each group with its heading.
    fn others(&self) -> Vec<(&'static str, Vec<&ComparedSkill>)> {
        let groups = [("Те же навыки", Change::Same), ("Не нужны", Change::NotNeeded)];
        let groups = groups.map(|(heading, change)| (heading, self.comparison.skills_with(change)));
        groups.into_iter().filter(|(_, skills)| !skills.is_empty()).collect()
    }

    /// What the start asks of a skill, if it does.
    fn start<'a>(&'a self, skill: &'a ComparedSkill) -> Option<Evidence<'a>> {
        Evidence::new(&self.comparison.from, &self.from, &skill.slug, skill.from.as_ref()?)
    }

    /// What the target asks of a skill, if it does.
    fn target<'a>(&'a self, skill: &'a ComparedSkill) -> Option<Evidence<'a>> {
        Evidence::new(&self.comparison.to, &self.to, &skill.slug, skill.to.as_ref()?)
    }

    /// The address of a requirement of the target's ladder.
    fn place(&self, asked: &Asked) -> String {
        place(&self.to, asked)
    }

    /// The address of a requirement of the ladder one comes from.
    fn start_place(&self, asked: &Asked) -> String {
        place(&self.from, asked)
    }

    /// The counts in a sentence.
    fn summary(&self) -> String {
        let count = |change| self.count(change);
        let (new, deeper) = (count(Change::New), count(Change::Deeper));
        let skills = |number| russian::plural(number, "навык", "навыка", "навыков");
        let first = match (new, deeper) {
            (0, 0) => "Новых навыков нет".to_owned(),
            (0, _) => format!("{deeper} {} глубже", skills(deeper)),
            (_, deeper) => {
                let adjective = russian::plural(new, "новый", "новых", "новых");
                let more =
                    if deeper > 0 { format!(" и {deeper} глубже") } else { String::new() };
                format!("{new} {adjective} {}{more}", skills(new))
            }
        };
        let rest = [
            (count(Change::Same), "тот же", "те же"),
            (count(Change::NotNeeded), "не нужен", "не нужны"),
        ];
        let rest = counts(&rest);
        let mut summary =
            if rest.is_empty() { format!("{first}.") } else { format!("{first}; {rest}.") };
        let mut deeds = [0; 4];
        for deed in &self.comparison.deeds {
            deeds[match deed {
                ComparedDeed::New(_) => 0,
                ComparedDeed::Similar { .. } => 1,
                ComparedDeed::Same { .. } => 2,
                ComparedDeed::NotNeeded(_) => 3,
            }] += 1;
        }
        let deeds = counts(&[
            (deeds[0], "новое", "новых"),
            (deeds[1], "похожее", "похожих"),
            (deeds[2], "то же", "те же"),
            (deeds[3], "не нужно", "не нужны"),
        ]);
        if !deeds.is_empty() {
            summary = format!("{summary} Дел: {deeds}.");
        }
        summary
    }

    /// The counts of skills as parts of a bar, each with its beginning and its width in percent.
    fn bar(&self) -> Vec<(Change, String, String)> {
        let all = self.comparison.skills.len();
        let mut before = 0;
        let parts = Change::ALL.map(|change| {
            let (start, count) = (before, self.count(change));
            before += count;
            (change, start, count)
        });
        let parts = parts.into_iter().filter(|(.., count)| *count > 0);
        let part = |(change, start, count)| (change, percent(start, all), percent(count, all));
        parts.map(part).collect()
    }
}

/// Counts with their words, those of nothing left out.
fn counts(counts: &[(usize, &str, &str)]) -> String {
    let counts = counts.iter().filter(|(count, ..)| *count > 0);
    let counts = counts.map(|(count, one, more)| {
        let word = russian::plural(*count, one, more, more);
        format!("{count} {word}")
    });
    counts.collect::<Vec<_>>().join(", ")
}

/// With one decimal place.
fn percent(part: usize, whole: usize) -> String {
    let tenths = part * 1000 / whole.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn place(chosen: &ChosenGrade, asked: &Asked) -> String {
    paths::asked(&chosen.profession.slug, asked)
}

impl<'a> Evidence<'a> {
    fn new(
        all: &'a [Asked],
        chosen: &ChosenGrade,
        slug: &str,
        skill: &'a AskedSkill,
    ) -> Option<Self> {
        let mut requirements = skill.requirements.iter().filter_map(|index| all.get(*index));
        let asked = requirements.next()?;
        let mut others = Vec::new();
        for other in requirements {
            let grade = other.grade_words();
            if grade != asked.grade_words() && others.iter().all(|(_, known)| *known != grade) {
                others.push((place(chosen, other), grade));
            }
        }
        Some(Self {
            depth: skill.depth,
            html: asked.requirement.html.with_marked(&paths::skill(slug)),
            place: place(chosen, asked),
            others,
            asked,
        })
    }
}
