//! `/check`: what of a grade one has already, without an account: the answers live in the address.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;

use super::shared::grade_choice::{Choices, ChosenGrade};
use super::shared::redirect;
use super::shared::since::Since;
use super::shared::{Visit, Visitor};
use crate::error::AppError;
use crate::ladder::Asked;
use crate::ladder::identity::Carried;
use crate::ladder::self_check::{Answer, Checked, Group, SelfCheck};
use crate::paths::{self, CheckQuery};
use crate::russian;
use crate::web::{Head, Section, filters};

const QUESTIONS: &str = "Самопроверка";
const RESULT: &str = "Что осталось";

/// So many questions fit a screen; a longer form can be sent from its top too.
const ONE_SCREEN: usize = 10;

#[derive(Template)]
#[template(path = "site/check/choice.html")]
struct ChoicePage {
    head: Head,
    choices: Vec<Choices>,
}

#[derive(Template)]
#[template(path = "site/check/questions.html")]
struct QuestionsPage {
    head: Head,
    chosen: ChosenGrade,
    check: SelfCheck,
    carried: Carried,
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
    chosen: ChosenGrade,
    check: SelfCheck,
    carried: Carried,
    /// How many answers in the address are to nothing the grade asks.
    left_out: usize,
    since: Option<Since>,
    revision: Option<i32>,
    choices: Vec<Choices>,
}

/// Answers with a form to choose a grade, with one to answer what it asks, or with what is left.
///
/// # Errors
///
/// [`AppError::NotFound`] for a grade there is not; if the database does not answer.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, AppError> {
    let parameters = CheckQuery::read(parameters.into_inner());
    if parameters.is_from_form {
        return Ok(redirect::see_other(&paths::check(&parameters)));
    }
    let address = cache_key(&parameters);
    let Some(grade) = parameters.grade() else {
        return visitor.html(address, ChoicePage::build).await;
    };
    if parameters.answers.is_none() || parameters.from.is_some() {
        return visitor
            .html(address, move |visit| QuestionsPage::build(visit, &grade, parameters))
            .await;
    }
    visitor.html(address, move |visit| ResultPage::build(visit, &grade, parameters)).await
}

/// The key a page is cached under. It shows how many answers could not be read, which its address does
/// not tell.
fn cache_key(query: &CheckQuery) -> String {
    let address = paths::check(query);
    if query.unread == 0 { address } else { format!("{address}#{}", query.unread) }
}

impl ChoicePage {
    fn build(visit: &Visit) -> Result<Self, AppError> {
        let description = "Отметьте, что из требований грейда уже есть, и получите список того, \
                           что осталось.";
        let head = visit.head(paths::check_form(), Section::Rules, "Самопроверка", description);
        Ok(Self { head, choices: Choices::all(visit)? })
    }
}

impl QuestionsPage {
    fn build(visit: &Visit, grade: &str, parameters: CheckQuery) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let find = |name: &str| ChosenGrade::find(visit, &dictionary, name, paths::check_form());
        let chosen = find(grade)?;
        let answers = parameters.answers.unwrap_or_default();
        let (mut check, carried) = chosen.checked(visit, &answers)?;
        let (mut by_skill, mut too_shallow) = (BTreeSet::new(), BTreeSet::new());
        let from = parameters.from.map(|from| find(&from)).transpose()?;
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
        let head = chosen.head(visit, chosen.title_of(QUESTIONS));
        let revision = visit.state_revision()?;
        Ok(Self { head, chosen, check, carried, from, by_skill, too_shallow, revision })
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

    fn is_long(&self) -> bool {
        self.check.items.len() > ONE_SCREEN
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
    fn build(visit: &Visit, grade: &str, parameters: CheckQuery) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let chosen = ChosenGrade::find(visit, &dictionary, grade, paths::check_form())?;
        let (address, revision) = (paths::check(&parameters), parameters.revision);
        let ladder = (&chosen.profession, chosen.grade.level);
        let since = Since::of(visit, ladder, (revision, &address), false)?;
        let answers = parameters.answers.unwrap_or_default();
        let (check, carried) = chosen.checked(visit, &answers)?;
        let left_out = check.unasked + parameters.unread;
        let head = chosen.head(visit, chosen.title_of(RESULT));
        let choices = Choices::all(visit)?;
        Ok(Self { head, chosen, check, carried, left_out, since, revision, choices })
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

    fn query(&self) -> CheckQuery {
        let answers = Some(self.check.answers());
        CheckQuery { answers, revision: self.revision, ..self.chosen.check_query() }
    }

    fn address_of_change(&self) -> String {
        let from = Some(self.chosen.name());
        paths::check(&CheckQuery { from, revision: None, ..self.query() })
    }

    fn address_of_sheet(&self) -> String {
        paths::defence(&self.query())
    }

    fn address_of_plan(&self) -> String {
        let ChosenGrade { profession, grade } = &self.chosen;
        let previous = profession.ladder.previous(grade.level).map(|previous| &previous.name);
        paths::plan_of(&profession.slug, previous)
    }

    /// The comparison with the grade before, if there is one.
    fn comparison(&self) -> Option<String> {
        let ChosenGrade { profession, grade } = &self.chosen;
        let previous = profession.ladder.previous(grade.level)?;
        let previous = paths::grade_name(&profession.slug, &previous.name);
        Some(paths::compare(&previous, &self.chosen.name()))
    }

    /// The lists of answers, to be sent along with another grade.
    fn lists(&self) -> Vec<(&'static str, String)> {
        let answers = self.check.answers();
        let list = |answer| (paths::answer_name(answer), paths::answer_list(&answers, answer));
        Answer::ALL.map(list).into()
    }
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
