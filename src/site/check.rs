//! `/check`: what of a grade one has already, without an account: the answers live in the address.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use url::form_urlencoded;

use super::grade_choice::{Choices, ChosenGrade};
use super::visit::{Visit, Visitor};
use super::{compare, defence, grade, plan};
use crate::error::AppError;
use crate::ladder::Level;
use crate::ladder::comparison::Asked;
use crate::ladder::self_check::{Answer, Answers, Checked, SelfCheck};
use crate::russian;
use crate::web::{Head, Section, filters};

const PATH: &str = "/check";
const QUESTIONS: &str = "Самопроверка";
const RESULT: &str = "Что осталось";

/// So many questions fit a screen; a longer form can be sent from its top too.
const ONE_SCREEN: usize = 10;

/// What the parameters of `/check` and `/defence` say. How many they are and how long, the limit
/// for addresses bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// The profession by its name in addresses; empty if no grade was chosen.
    pub(super) profession: String,
    /// The level by its name in addresses.
    pub(super) level: String,
    /// The grade these are the answers to, where they are to be gone through again: for the same
    /// grade or for another one.
    pub(super) from: Option<String>,
    /// The answers; `None` before any form with them was sent.
    pub(super) answers: Option<Answers>,
    /// Whether the sheet of a defence shows all that lower grades ask.
    pub(super) is_whole: bool,
    /// How many parts of the lists of answers are none.
    pub(super) unread: usize,
    /// Whether a form sent them, whose address is longer than it need be.
    pub(super) is_from_form: bool,
}

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
    /// The grade of another profession that answers were carried over from.
    from: Option<ChosenGrade>,
    /// The requirements that only skills confirmed there speak for, by their ids.
    by_skill: BTreeSet<String>,
}

#[derive(Template)]
#[template(path = "site/check/result.html")]
struct ResultPage {
    head: Head,
    chosen: ChosenGrade,
    check: SelfCheck,
    /// How many answers in the address are to nothing the grade asks.
    left_out: usize,
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
    let parameters = Parameters::read(parameters.into_inner());
    if parameters.is_from_form {
        return Ok(super::led_to(&parameters.address(PATH)));
    }
    let address = parameters.cache_key(PATH);
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

/// The address of the questions about a grade.
pub(super) fn address(slug: &str, level: Level) -> String {
    Parameters::of_grade(slug, level).address(PATH)
}

impl Parameters {
    /// Reads them: answers either in lists of ids, each under the name of the answer, or as a form
    /// sends them, each answer under the id.
    pub(super) fn read(pairs: Vec<(String, String)>) -> Self {
        let mut read = Self::default();
        let mut answers = Answers::default();
        let mut is_answered = false;
        for (name, value) in pairs {
            match (name.as_str(), Answer::from_name(&name), Answer::from_name(&value)) {
                ("profession", ..) => read.profession = value,
                ("grade", ..) => read.level = value,
                ("from", ..) => read.from = Some(value).filter(|from| !from.is_empty()),
                ("earlier", ..) => read.is_whole = value == "all",
                (_, Some(answer), _) => {
                    is_answered = true;
                    read.unread += answers.give_all(&value, answer);
                }
                (id, None, Some(answer)) if answers.give(id, answer) => {
                    is_answered = true;
                    read.is_from_form = true;
                }
                _ => {}
            }
        }
        // A form names a grade in one field, as `front-end/middle`.
        if read.profession.is_empty() && !read.level.is_empty() {
            read.is_from_form = true;
            let grade = read.level.trim_start_matches('/');
            let (profession, level) = grade.split_once('/').unwrap_or((grade, ""));
            (read.profession, read.level) = (profession.to_owned(), level.to_owned());
        }
        read.answers = is_answered.then_some(answers);
        read
    }

    /// The shortest address that says the same. Of the answers «есть» is told too, though it is the
    /// longest list: what is not told is not answered, so that a requirement added later does not
    /// pass for met.
    pub(super) fn address(&self, path: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.profession.is_empty() {
            query.append_pair("profession", &self.profession).append_pair("grade", &self.level);
        }
        if let Some(from) = &self.from {
            query.append_pair("from", from);
        }
        if let Some(answers) = &self.answers {
            query.append_pair(Answer::Yes.name(), &answers.list(Answer::Yes));
            for answer in [Answer::Partly, Answer::No, Answer::NotApplicable] {
                let list = answers.list(answer);
                if !list.is_empty() {
                    query.append_pair(answer.name(), &list);
                }
            }
        }
        if self.is_whole {
            query.append_pair("earlier", "all");
        }
        let query = query.finish().replace("%2F", "/");
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// The parameters that name a grade and nothing else.
    pub(super) fn of_grade(slug: &str, level: Level) -> Self {
        let (profession, level) = (slug.to_owned(), level.slug().to_owned());
        Self { profession, level, ..Self::default() }
    }

    /// The same for a grade that was found, whatever it was called by.
    pub(super) fn of(chosen: &ChosenGrade) -> Self {
        Self::of_grade(&chosen.profession.slug, chosen.grade.level)
    }

    /// The grade as `front-end/middle`, if one was chosen.
    pub(super) fn grade(&self) -> Option<String> {
        (!self.profession.is_empty()).then(|| format!("{}/{}", self.profession, self.level))
    }

    /// What pages are kept under.
    pub(super) fn cache_key(&self, path: &str) -> String {
        let address = self.address(path);
        if self.unread == 0 { address } else { format!("{address}#{}", self.unread) }
    }
}

impl ChoicePage {
    fn build(visit: &Visit) -> Result<Self, AppError> {
        let description = "Отметьте, что из требований грейда уже есть, и получите список того, \
                           что осталось.";
        let head = visit.head(PATH, Section::Rules, "Самопроверка", description);
        Ok(Self { head, choices: Choices::all(visit)? })
    }
}

impl QuestionsPage {
    fn build(visit: &Visit, grade: &str, parameters: Parameters) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let find = |name: &str| ChosenGrade::find(visit, &dictionary, name, PATH);
        let chosen = find(grade)?;
        let answers = parameters.answers.unwrap_or_default();
        let mut check = SelfCheck::new(chosen.of_ladder(), &answers);
        let mut by_skill = BTreeSet::new();
        let from = parameters.from.map(|from| find(&from)).transpose()?;
        let from = from.filter(|from| from.profession.slug != chosen.profession.slug);
        if let Some(from) = &from {
            let confirmed = SelfCheck::new(from.of_ladder(), &answers).confirmed();
            for item in check.items.iter_mut().filter(|item| item.answer.is_none()) {
                item.answer = confirmed.answer(&item.asked.requirement);
                if item.answer.is_some() {
                    by_skill.insert(item.asked.requirement.id.clone());
                }
            }
        }
        let head = head(visit, &chosen, title(QUESTIONS, &chosen));
        Ok(Self { head, chosen, check, from, by_skill })
    }

    fn is_long(&self) -> bool {
        self.check.items.len() > ONE_SCREEN
    }

    /// What stands below a requirement whose answer follows from skills.
    fn remark(&self, item: &Checked) -> Option<String> {
        let from = self.from.as_ref()?;
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
    fn build(visit: &Visit, grade: &str, parameters: Parameters) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let chosen = ChosenGrade::find(visit, &dictionary, grade, PATH)?;
        let check = SelfCheck::new(chosen.of_ladder(), &parameters.answers.unwrap_or_default());
        let left_out = check.unasked + parameters.unread;
        let head = head(visit, &chosen, title(RESULT, &chosen));
        Ok(Self { head, chosen, check, left_out, choices: Choices::all(visit)? })
    }

    /// What is left, in words.
    fn summary(&self) -> String {
        let left = self.check.gap_count();
        if left == 0 {
            return "По вашим ответам требования закрыты.".to_owned();
        }
        let told = [
            (Some(Answer::No), Answer::No.label()),
            (Some(Answer::Partly), Answer::Partly.label()),
            (None, "без ответа"),
        ];
        let told = told.into_iter().map(|(answer, words)| (self.check.count(answer), words));
        let told = told.filter(|(count, _)| *count > 0).collect::<Vec<_>>();
        let told = match told.as_slice() {
            [(_, words)] if left > 1 => format!("все {words}"),
            told => {
                let told = told.iter().map(|(count, words)| format!("{count} {words}"));
                told.collect::<Vec<_>>().join(", ")
            }
        };
        let noun = russian::plural(left, "требование", "требования", "требований");
        format!("Осталось {left} {noun} из {}: {told}.", self.check.items.len())
    }

    /// What is met, or does not concern one.
    fn answered(&self, answer: Answer) -> Vec<&Checked> {
        self.check.items.iter().filter(|item| item.answer == Some(answer)).collect()
    }

    fn place(&self, asked: &Asked) -> String {
        grade::requirement_address(&self.chosen.profession.slug, asked)
    }

    fn parameters(&self) -> Parameters {
        let answers = Some(self.check.answers());
        Parameters { answers, ..Parameters::of(&self.chosen) }
    }

    fn address_of_change(&self) -> String {
        Parameters { from: Some(self.chosen.name()), ..self.parameters() }.address(PATH)
    }

    fn address_of_sheet(&self) -> String {
        self.parameters().address(defence::PATH)
    }

    fn address_of_plan(&self) -> String {
        let ChosenGrade { profession, grade } = &self.chosen;
        let previous = profession.ladder.previous(grade.level).map(|previous| previous.level);
        plan::address(&profession.slug, previous)
    }

    /// The comparison with the grade before, if there is one.
    fn comparison(&self) -> Option<String> {
        let ChosenGrade { profession, grade } = &self.chosen;
        let previous = profession.ladder.previous(grade.level)?;
        let previous = grade::name(&profession.slug, previous.level);
        Some(compare::address(&previous, &self.chosen.name()))
    }

    /// The lists of answers, to be sent along with another grade.
    fn lists(&self) -> Vec<(&'static str, String)> {
        let answers = self.check.answers();
        Answer::ALL.map(|answer| (answer.name(), answers.list(answer))).into()
    }
}

/// What a page about one grade is called.
pub(super) fn title(what: &str, chosen: &ChosenGrade) -> String {
    format!("{what}: {}, {}", chosen.profession.title, chosen.grade.level)
}

/// What a page about one grade says of itself: it is for one visitor and not to be found, and
/// printed it names the grade.
pub(super) fn head(visit: &Visit, chosen: &ChosenGrade, title: String) -> Head {
    let head = visit.head(&chosen.address(), Section::Rules, title, "");
    Head { canonical: None, ..head }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::graders::service::catalogue;
    use crate::ladder::{Description, Grade, Ladder};

    /// Every ladder of the starting catalogue, with the name of its profession in addresses.
    fn ladders() -> Vec<(String, Ladder)> {
        let files = catalogue::starting().unwrap().into_iter();
        let professions = files.flat_map(|file| file.professions);
        let ladder = |profession: catalogue::Profession| {
            let grade = |grade: catalogue::Grade| Grade {
                level: grade.level,
                description: grade.description.as_deref().map(Description::parse),
            };
            let grades = profession.grades.into_iter().map(grade).collect();
            (profession.slug, Ladder::new(grades))
        };
        professions.map(ladder).collect()
    }

    fn read(address: &str) -> Parameters {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        Parameters::read(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
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
            let address = Parameters {
                answers: Some(answers),
                ..Parameters::of_grade(&slug, Level::SeniorPlusPlus)
            }
            .address(PATH);
            (
                address.len(),
                SelfCheck::new((&ladder, Level::SeniorPlusPlus), &Answers::default()).items.len(),
            )
        });
        let (length, questions) = longest.max().unwrap();
        assert!(questions > 50 && length < 500, "{length} letters for {questions} answers");
    }

    #[test]
    fn a_form_leads_to_the_short_address_of_what_it_says() {
        let form = "?profession=front-end&grade=junior-plus&yes=&wkfpxj=yes&rmghmw=no&utm=x&v84krb=maybe&x=yes";
        let read_form = read(form);
        assert!(read_form.is_from_form);
        let address = read_form.address(PATH);
        assert_eq!(address, "/check?profession=front-end&grade=junior-plus&yes=wkfpxj&no=rmghmw");
        assert!(!read(&address).is_from_form);
        let chosen = read("?grade=front-end%2Fmiddle%2B");
        assert!(chosen.is_from_form);
        assert_eq!(chosen.address(PATH), "/check?profession=front-end&grade=middle%2B");
        // Nothing answered at all is an answer too.
        assert_eq!(read("?profession=a&grade=b&yes=").answers, Some(Answers::default()));
        assert_eq!(read("?profession=a&grade=b").answers, None);
        assert_eq!(read("?profession=a&grade=b&no=abc123.abc.&na=%FF").unread, 2);
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
            let parameters = Parameters {
                answers: Some(answers.clone()),
                is_whole,
                ..Parameters::of_grade(slug, level)
            };
            let back = read(&parameters.address(PATH));
            prop_assert_eq!(&back, &parameters);
            let check = SelfCheck::new((ladder, level), &answers);
            prop_assert_eq!(check.unasked, 0);
            prop_assert_eq!(check.answers(), answers);
            let in_gaps = check.gaps().into_iter().flat_map(|gaps| gaps.kinds).flat_map(|(_, items)| items);
            prop_assert_eq!(in_gaps.count(), check.gap_count());
            let told = Answer::ALL.map(Some).into_iter().chain([None]).map(|answer| check.count(answer));
            prop_assert_eq!(told.sum::<usize>(), check.items.len());
        }

        #[test]
        fn any_parameters_have_an_address_that_says_the_same(
            pairs in prop::collection::vec(("(profession|grade|from|yes|no|na|partly|earlier|.{0,3})", "([a-z0-9]{6}(\\.[a-z0-9]{6}){0,3}|front-end|.{0,6})"), 0..8),
        ) {
            let first = Parameters::read(pairs);
            let second = read(&first.address(PATH));
            prop_assert_eq!(second.address(PATH), first.address(PATH));
            prop_assert_eq!(&second.answers, &first.answers);
        }
    }
}
