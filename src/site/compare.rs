//! `/compare`: what separates two grades; one level across professions is in `across`.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::shared::grade_choice::{Choices, ChosenGrade};
use super::shared::{Visit, Visitor};
use crate::error::AppError;
use crate::graders::service::tracks::{self, Track};
use crate::ladder::comparison::{
    Added, AskedSkill, Change, ComparedDeed, ComparedSkill, Comparison,
};
use crate::ladder::revision::compare_words;
use crate::ladder::skill::Dictionary;
use crate::ladder::{Asked, Depth, Heading, InlineHtml, lined_up};
use crate::paths;
use crate::russian;
use crate::web::{Head, filters};

/// The parameters of `/compare`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

#[derive(Template)]
#[template(path = "site/compare.html")]
struct ComparePage {
    head: Head,
    /// What stands in the fields: a grade as `front-end/middle`; empty if none was chosen.
    from: String,
    to: String,
    /// What there is to choose from; empty where there is too much.
    choices: Vec<Choices>,
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
/// [`AppError::NotFound`] for a grade there is not; [`AppError::BadRequest`] for one alone; if the
/// database does not answer.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let Parameters { from, to } = parameters.into_inner();
    visitor.html(paths::compare(&from, &to), move |visit| ComparePage::build(visit, from, to)).await
}

impl ComparePage {
    fn build(visit: &Visit, from: String, to: String) -> Result<Self, AppError> {
        let compared = match (from.is_empty(), to.is_empty()) {
            (true, true) => None,
            (false, false) => Some(Compared::build(visit, &from, &to)?),
            _ => return Err(AppError::BadRequest("Выберите два грейда, чтобы сравнить их.")),
        };
        let (from, to) = match &compared {
            Some(compared) => (compared.from.name(), compared.to.name()),
            None => (from, to),
        };
        let title = compared.as_ref().map_or_else(
            || "Сравнение грейдов".to_owned(),
            |compared| format!("{} и {}", compared.from.title(), compared.to.title()),
        );
        let description = "Какие навыки новые, какие нужны глубже, какие те же и какие не нужны \
                           при переходе с одного грейда на другой.";
        let path = paths::compare(&from, &to);
        let head = match compared {
            // Search engines need not know every pair.
            Some(_) => {
                Head { canonical: None, ..visit.head_outside_menu(&path, title, description) }
            }
            None => visit.head_outside_menu(&path, title, description),
        };
        let choices = Choices::all(visit)?;
        let tracks = tracks::filled(&visit.database)?;
        Ok(Self { head, from, to, choices, tracks, compared })
    }
}

impl Compared {
    fn build(visit: &Visit, from: &str, to: &str) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let from = ChosenGrade::find(visit, &dictionary, from, paths::compare_form())?;
        let to = ChosenGrade::find(visit, &dictionary, to, paths::compare_form())?;
        let swapped = paths::compare(&to.name(), &from.name());
        let comparison = Comparison::new(
            (&from.profession.ladder, from.grade.level),
            (&to.profession.ladder, to.grade.level),
        );
        Ok(Self { from, to, comparison, dictionary, swapped })
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
