//! `/check`: what of a grade one has already, without an account: the answers live in the address.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use askama::Template;

use super::shared::choices::{LevelGroup, Offer};
use super::shared::grade_choice::ChosenGrade;
use super::shared::since::Since;
use super::shared::steps::{self, Step, Steps};
use super::shared::{Visit, Visitor, redirect};
use crate::error::AppError;
use crate::fields::FieldError;
use crate::ladder::identity::Carried;
use crate::ladder::self_check::{Answer, Checked, Group, SelfCheck};
use crate::ladder::{Asked, LevelName};
use crate::paths::{self, CheckQuery};
use crate::russian;
use crate::web::field_errors::{message, title};
use crate::web::{Head, Section, filters};

const QUESTIONS: &str = "Самопроверка";
const RESULT: &str = "Что осталось";

/// The answers in the order they are offered: the best first.
const OFFERED: [Answer; 4] = [Answer::Yes, Answer::Partly, Answer::No, Answer::NotApplicable];

/// A page of the self-check.
#[derive(Template)]
#[template(path = "site/check/page.html")]
enum CheckPage {
    Choice(Box<ChoicePage>),
    Questions(Box<QuestionsPage>),
    Result(Box<ResultPage>),
}

#[derive(Template)]
#[template(path = "site/check/choice.html")]
struct ChoicePage {
    head: Head,
    steps: Steps,
    offer: Offer,
    query: CheckQuery,
    errors: Vec<FieldError>,
}

#[derive(Template)]
#[template(path = "site/check/questions.html")]
struct QuestionsPage {
    head: Head,
    steps: Steps,
    chosen: ChosenGrade,
    check: SelfCheck,
    carried: Carried,
    /// The parameters, under the present name of the profession.
    query: CheckQuery,
    /// The grade of another profession that answers were carried over from.
    from: Option<ChosenGrade>,
    /// The requirements that only skills confirmed there speak for, by their ids.
    by_skill: BTreeSet<String>,
    /// The requirements whose skills are confirmed there less deeply, by their ids.
    too_shallow: BTreeSet<String>,
    /// The last saved change of the state that is shown.
    revision: i32,
}

#[derive(Template)]
#[template(path = "site/check/result.html")]
struct ResultPage {
    head: Head,
    steps: Steps,
    chosen: ChosenGrade,
    check: SelfCheck,
    carried: Carried,
    /// The answers to what the grade asks, and what else the parameters say.
    query: CheckQuery,
    /// How many answers in the address are to nothing the grade asks.
    left_out: usize,
    since: Option<Since>,
    offer: Offer,
}

/// Answers with a form to choose a grade, with one to answer what it asks, or with what is left.
///
/// # Errors
///
/// [`AppError::NotFound`] for a profession there is not; if the database does not answer.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, AppError> {
    let parameters = CheckQuery::read(parameters.into_inner());
    if parameters.is_from_form {
        let address = match &parameters.cleared {
            Some(id) => paths::question(&parameters, id),
            None => paths::check(&parameters),
        };
        return Ok(redirect::see_other(&address));
    }
    let address = cache_key(&parameters);
    let visitor = visitor.looking_back(parameters.revision.is_some());
    visitor.form(address, move |visit| CheckPage::build(visit, parameters)).await
}

/// The key a page is cached under. It shows how many answers could not be read, which its address does
/// not tell.
fn cache_key(query: &CheckQuery) -> String {
    let address = paths::check(query);
    if query.unread == 0 { address } else { format!("{address}#{}", query.unread) }
}

impl CheckPage {
    fn build(visit: &Visit, query: CheckQuery) -> Result<(StatusCode, Self), AppError> {
        if query.is_empty() {
            let page = ChoicePage::build(visit, query, Vec::new())?;
            return Ok((StatusCode::OK, Self::Choice(Box::new(page))));
        }
        let dictionary = visit.dictionary()?;
        let fields = [("profession", query.profession.as_str()), ("grade", query.level.as_str())];
        let chosen = ChosenGrade::choose(visit, &dictionary, fields, paths::check_form())?;
        let chosen = match chosen {
            Ok(chosen) => chosen,
            Err(errors) => {
                let page = ChoicePage::build(visit, query, errors.0)?;
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, Self::Choice(Box::new(page))));
            }
        };
        let is_asked = query.answers.is_none() || query.from.is_some() || query.marks_earlier;
        let page = if is_asked {
            Self::Questions(Box::new(QuestionsPage::build(visit, chosen, query)?))
        } else {
            Self::Result(Box::new(ResultPage::build(visit, chosen, query)?))
        };
        Ok((StatusCode::OK, page))
    }
}

impl ChoicePage {
    fn build(visit: &Visit, query: CheckQuery, errors: Vec<FieldError>) -> Result<Self, AppError> {
        let description = "Отметьте, что из требований грейда уже есть, и получите список того, \
                           что осталось.";
        let name = title("Самопроверка", &errors);
        let head = visit.head(paths::check_form(), Section::Rules, name, description);
        let offer = Offer::read(&visit.database)?;
        Ok(Self { head, steps: Steps::new(Step::Check), offer, query, errors })
    }

    fn levels(&self) -> Vec<LevelGroup> {
        self.offer.levels(&self.query.profession, &self.query.level)
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}

impl QuestionsPage {
    fn build(visit: &Visit, chosen: ChosenGrade, query: CheckQuery) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let answers = query.answers.clone().unwrap_or_default();
        let (mut check, carried) = chosen.checked(visit, &answers)?;
        let (mut by_skill, mut too_shallow) = (BTreeSet::new(), BTreeSet::new());
        let find = |name: &str| ChosenGrade::find(visit, &dictionary, name, paths::check_form());
        let from = query.from.as_deref().map(find).transpose()?;
        let from = from.filter(|from| from.profession.slug != chosen.profession.slug);
        if let Some(from) = &from {
            let confirmed = from.checked(visit, &answers)?.0.confirmed();
            for item in check.items.iter_mut().filter(|item| item.answer.is_none()) {
                item.answer = confirmed.answer(&item.asked.requirement);
                let id = item.asked.requirement.id.clone();
                if confirmed.falls_short(&item.asked.requirement) {
                    too_shallow.insert(id);
                } else if item.answer.is_some() {
                    by_skill.insert(id);
                }
            }
        }
        let ladder = &chosen.profession.ladder;
        if query.marks_earlier
            && let Some(present) = ladder.scale().find(&query.growth.now)
            && present < chosen.grade.level
        {
            check.meet_first(ladder.steps(present).len());
        }
        let answers = (query.answers.is_some() || query.marks_earlier).then(|| check.answers());
        let query = CheckQuery { answers, growth: query.growth, ..chosen.check_query() };
        let steps = Steps::of(Step::Check, &query, chosen.previous());
        let steps = if query.answers.is_some() { steps.checked(&check) } else { steps };
        let head = ChosenGrade::head(visit, chosen.title_of(QUESTIONS), &chosen.address());
        let revision = visit.state_revision()?;
        Ok(Self {
            head,
            steps,
            chosen,
            check,
            carried,
            query,
            from,
            by_skill,
            too_shallow,
            revision,
        })
    }

    /// How much is answered, in per cent.
    fn progress(&self) -> usize {
        self.check.answered_count() * 100 / self.check.required().count().max(1)
    }

    /// How many requirements are only desirable, in a sentence.
    fn wishes(&self) -> String {
        match self.check.items.len() - self.check.required().count() {
            0 => String::new(),
            count => {
                let are = russian::plural(count, "желательно", "желательны", "желательны");
                format!("Ещё {count} {are}. ")
            }
        }
    }

    /// The grades before this one, the highest first; each with whether it is the present one: unless
    /// another was named, the nearest.
    fn below(&self) -> Vec<(&LevelName, bool)> {
        let ladder = &self.chosen.profession.ladder;
        let below = ladder.below(self.chosen.grade.level).map(|grade| &grade.name);
        let below = below.collect::<Vec<_>>();
        let named = ladder.scale().find(&self.query.growth.now);
        let named = named.filter(|named| below.iter().any(|name| name.level() == *named));
        let present = named.or_else(|| below.first().map(|name| name.level()));
        below.into_iter().map(|name| (name, Some(name.level()) == present)).collect()
    }

    /// Whether what lower grades ask is all met, so that it can be folded.
    fn is_folded(&self, of: &Asked, items: &[Checked]) -> bool {
        let before = self.chosen.profession.ladder.steps_before(self.chosen.grade.level);
        of.step < before && items.iter().all(|item| item.answer == Some(Answer::Yes))
    }

    /// What travels along in fields of the form that nobody sees.
    fn kept(&self) -> Vec<(&'static str, &str)> {
        let has_present = !self.below().is_empty();
        let pairs = self.query.growth.pairs().into_iter();
        pairs
            .filter(|(name, typed)| !typed.is_empty() && (*name != "now" || !has_present))
            .collect()
    }

    /// What stands below a requirement whose answer follows from skills.
    fn remark(&self, item: &Checked) -> Option<String> {
        let from = self.from.as_ref()?;
        if self.too_shallow.contains(&item.asked.requirement.id) {
            return Some(format!("глубже: в «{}» подтверждено меньше", from.title()));
        }
        let is_by_skill = self.by_skill.contains(&item.asked.requirement.id);
        let how = match (item.answer, item.asked.requirement.skills.as_slice()) {
            (Some(Answer::Yes), [_]) => "Навык подтверждён",
            (Some(Answer::Yes), _) => "Навыки подтверждены",
            _ => "Часть навыков подтверждена",
        };
        is_by_skill.then(|| format!("{how} в «{}»", from.title()))
    }
}

impl ResultPage {
    fn build(visit: &Visit, chosen: ChosenGrade, query: CheckQuery) -> Result<Self, AppError> {
        let (address, revision) = (paths::check(&query), query.revision);
        let ladder = (&chosen.profession, chosen.grade.level);
        let since = Since::of(visit, ladder, (revision, &address), false)?;
        let answers = query.answers.unwrap_or_default();
        let (check, carried) = chosen.checked(visit, &answers)?;
        let left_out = check.unasked + query.unread;
        let (answers, growth) = (Some(check.answers()), query.growth);
        let query = CheckQuery { answers, revision, growth, ..chosen.check_query() };
        let head = ChosenGrade::head(visit, chosen.title_of(RESULT), &paths::check(&query));
        let steps = Steps::of(Step::Check, &query, chosen.previous()).checked(&check);
        let offer = Offer::read(&visit.database)?;
        Ok(Self { head, steps, chosen, check, carried, query, left_out, since, offer })
    }

    /// What is left, in words.
    fn summary(&self) -> String {
        let left = self.check.gap_count();
        if left == 0 {
            return "По вашим ответам требования закрыты.".to_owned();
        }
        let answers = [
            (Some(Answer::No), Answer::No.label()),
            (Some(Answer::Partly), Answer::Partly.label()),
            (None, "без ответа"),
        ];
        let counts = answers.map(|(answer, words)| (self.check.count(answer), words));
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let counts = counts.map(|(count, words)| format!("{words} — {count}"));
        let summary = counts.collect::<Vec<_>>().join(", ");
        let noun = russian::plural(left, "требование", "требования", "требований");
        format!("Осталось {left} {noun} из {}: {summary}.", self.check.required().count())
    }

    /// What is met, or does not concern one.
    fn answered(&self, answer: Answer) -> Vec<&Checked> {
        self.check.items.iter().filter(|item| item.answer == Some(answer)).collect()
    }

    fn place(&self, asked: &Asked) -> String {
        paths::asked(&self.chosen.profession.slug, asked)
    }

    fn address_of_change(&self) -> String {
        let from = Some(self.chosen.name());
        paths::check(&CheckQuery { from, revision: None, ..self.query.clone() })
    }

    fn address_of_sheet(&self) -> String {
        paths::defence(&self.query)
    }

    fn address_of_plan(&self) -> String {
        steps::plan(&self.query, self.chosen.previous())
    }

    /// The page that sets these answers against those of somebody else.
    fn address_of_pair(&self) -> String {
        let answers = CheckQuery { growth: paths::Growth::default(), ..self.query.clone() };
        paths::pair(Some(&paths::check(&answers)), None)
    }

    /// The comparison with the grade before, if there is one.
    fn comparison(&self) -> Option<String> {
        let previous = paths::grade_name(&self.chosen.profession.slug, self.chosen.previous()?);
        Some(paths::compare(&previous, &self.chosen.name()))
    }

    /// The lists of answers, to be sent along with another grade.
    fn lists(&self) -> Vec<(&'static str, String)> {
        paths::answer_lists(&self.check.answers())
    }

    fn levels(&self) -> Vec<LevelGroup> {
        self.offer.levels(&self.chosen.profession.slug, "")
    }
}

/// How many of some requirements have an answer.
fn answered_count(items: &[Checked]) -> usize {
    items.iter().filter(|item| item.answer.is_some()).count()
}

/// Whether the label of a requirement is the heading of the group it stands in.
fn is_heading(group: &Group<'_>, item: &Checked) -> bool {
    matches!(group, Group::Kind(_)) && item.asked.requirement.group.is_none()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use url::form_urlencoded;

    use super::*;
    use crate::graders::service::catalogue;
    use crate::ladder::self_check::Answers;
    use crate::ladder::{Description, Grade, Ladder, Level, LevelName};

    /// Every ladder of the starting catalogue, with the name of its profession in addresses.
    fn ladders() -> Vec<(String, Ladder)> {
        let files = catalogue::starting().unwrap().into_iter();
        let professions = files.flat_map(|file| file.professions);
        let ladder = |profession: catalogue::Profession| {
            let grade = |grade: catalogue::Grade| {
                Grade::new(grade.level, grade.description.as_deref().map(Description::parse))
            };
            let grades = profession.grades.into_iter().map(grade).collect();
            (profession.slug, Ladder::new(grades))
        };
        professions.map(ladder).collect()
    }

    fn read(address: &str) -> CheckQuery {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        CheckQuery::read(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// Answers in turn to what a grade asks.
    fn answers(ladder: &Ladder, level: Level, given: &[Option<Answer>]) -> Answers {
        let mut answers = Answers::default();
        let asked = SelfCheck::new((ladder, level), &answers).items;
        for (item, answer) in asked.iter().zip(given.iter().cycle()) {
            if let Some(answer) = answer {
                assert!(answers.give(&item.asked.requirement.id, *answer));
            }
        }
        answers
    }

    #[test]
    fn the_address_of_the_largest_ladder_is_short() {
        let longest = ladders().into_iter().map(|(slug, ladder)| {
            let answers =
                answers(&ladder, Level::SeniorPlusPlus, &[Some(Answer::Partly), Some(Answer::Yes)]);
            let address = paths::check(&CheckQuery {
                answers: Some(answers),
                ..CheckQuery::of_grade(&slug, &LevelName::standard(Level::SeniorPlusPlus))
            });
            (
                address.len(),
                SelfCheck::new((&ladder, Level::SeniorPlusPlus), &Answers::default()).items.len(),
            )
        });
        let (length, questions) = longest.max().unwrap();
        assert!(questions > 50 && length < 500, "{length} letters for {questions} answers");
    }

    proptest! {
        #[test]
        fn answers_to_any_grade_come_back_from_their_address(
            which in any::<prop::sample::Index>(),
            level in prop::sample::select(Level::ALL.to_vec()),
            given in prop::collection::vec(prop::option::of(prop::sample::select(Answer::ALL.to_vec())), 1..9),
            is_whole in any::<bool>(),
        ) {
            let ladders = ladders();
            let (slug, ladder) = which.get(&ladders);
            let answers = answers(ladder, level, &given);
            let query = CheckQuery {
                answers: Some(answers.clone()),
                is_whole,
                ..CheckQuery::of_grade(slug, &LevelName::standard(level))
            };
            prop_assert_eq!(&read(&paths::check(&query)), &query);
            let check = SelfCheck::new((ladder, level), &answers);
            prop_assert_eq!(check.unasked, 0);
            prop_assert_eq!(check.answers(), answers);
            let in_gaps = check.gaps().into_iter().flat_map(|gaps| gaps.groups).flat_map(|(_, items)| items);
            prop_assert_eq!(in_gaps.count(), check.gap_count());
            let told = Answer::ALL.map(Some).into_iter().chain([None]).map(|answer| check.count(answer));
            prop_assert_eq!(told.sum::<usize>(), check.items.len());
        }
    }
}
