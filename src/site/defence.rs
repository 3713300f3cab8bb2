//! `/defence`: the sheet a grade is defended with, to print; `/defence.md`: the same as Markdown.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;

use super::shared::grade_choice::{Choices, ChosenGrade};
use super::shared::redirect;
use super::shared::since::Since;
use super::shared::{Visit, Visitor};
use crate::error::{AppError, Missing};
use crate::ladder::Heading;
use crate::ladder::defence::{COMMITTEE, Earlier, Sheet, evidence};
use crate::ladder::identity::Carried;
use crate::ladder::self_check::{Answer, Checked};
use crate::paths::{self, CheckQuery};
use crate::web::{File, Head, Section, filters};

#[derive(Template)]
#[template(path = "site/defence/choice.html")]
struct ChoicePage {
    head: Head,
    choices: Vec<Choices>,
    /// The last saved change of the state that is shown.
    revision: i32,
}

#[derive(Template)]
#[template(path = "site/defence/sheet.html")]
struct SheetPage {
    head: Head,
    defence: Defence,
}

#[derive(Template)]
#[template(path = "site/defence/sheet.md")]
struct SheetFile {
    defence: Defence,
}

/// A grade to be defended.
struct Defence {
    chosen: ChosenGrade,
    sheet: Sheet,
    carried: Carried,
    parameters: CheckQuery,
    /// How many requirements lower grades have.
    earlier_count: usize,
    since: Option<Since>,
}

/// Answers with a form to choose a grade, or with the sheet to defend it.
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
        return Ok(redirect::see_other(&paths::defence(&parameters)));
    }
    let address = paths::defence(&parameters);
    let Some(grade) = parameters.grade() else {
        return visitor.html(address, ChoicePage::build).await;
    };
    visitor.html(address, move |visit| SheetPage::build(visit, &grade, parameters)).await
}

/// Answers with the sheet as a file.
///
/// # Errors
///
/// [`AppError::NotFound`] for a grade there is not or if none is named; if the database does not
/// answer.
pub async fn download(
    visitor: Visitor,
    parameters: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, AppError> {
    let parameters = CheckQuery::read(parameters.into_inner());
    let grade = parameters.grade().ok_or_else(|| {
        AppError::NotFound(Missing {
            sentence: "Не указано, для какого грейда лист.".into(),
            way_on: paths::defence_form().into(),
            way_on_title: "Выбрать грейд".into(),
        })
    })?;
    let address = paths::defence_md(&parameters);
    visitor
        .file(address, move |visit| {
            let defence = Defence::build(visit, &grade, parameters)?;
            let level = defence.chosen.grade.name.slug();
            let name = format!("defence-{}-{level}.md", defence.chosen.profession.slug);
            let text = SheetFile { defence }.render()?;
            Ok(File::attachment("text/markdown; charset=utf-8", &name, text))
        })
        .await
}

impl ChoicePage {
    fn build(visit: &Visit) -> Result<Self, AppError> {
        let description = "Лист к защите грейда: требования, доказательства, отметки руководителя \
                           и комиссии. Для печати и в Markdown.";
        let head = visit.head(paths::defence_form(), Section::Rules, "Лист защиты", description);
        let revision = visit.state_revision()?;
        Ok(Self { head, choices: Choices::all(visit)?, revision })
    }
}

impl SheetPage {
    fn build(visit: &Visit, grade: &str, parameters: CheckQuery) -> Result<Self, AppError> {
        let defence = Defence::build(visit, grade, parameters)?;
        Ok(Self { head: defence.chosen.head(visit, defence.title()), defence })
    }
}

impl Defence {
    fn build(visit: &Visit, grade: &str, parameters: CheckQuery) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let chosen = ChosenGrade::find(visit, &dictionary, grade, paths::defence_form())?;
        let (address, revision) = (paths::defence(&parameters), parameters.revision);
        let ladder = (&chosen.profession, chosen.grade.level);
        let since = Since::of(visit, ladder, (revision, &address), false)?;
        let answers = parameters.answers.clone();
        let earlier = match (parameters.is_whole, &answers) {
            (true, _) => Earlier::All,
            (false, Some(_)) => Earlier::Gaps,
            (false, None) => Earlier::None,
        };
        let (checked, carried) = chosen.checked(visit, &answers.unwrap_or_default())?;
        let before = chosen.profession.ladder.steps_before(chosen.grade.level);
        let earlier_count = checked.items.iter().filter(|item| item.asked.step < before).count();
        let sheet = Sheet::new(checked, before, earlier);
        // Under the present name of the profession.
        let CheckQuery { answers, is_whole, .. } = parameters;
        let parameters = CheckQuery { answers, is_whole, revision, ..chosen.check_query() };
        Ok(Self { chosen, sheet, carried, parameters, earlier_count, since })
    }

    /// The tables, each with its caption and the number of its first row.
    fn tables(&self) -> Vec<(String, usize, &[Checked])> {
        let new =
            (format!("Новое на грейде {}", self.chosen.grade.name.word()), 1, &*self.sheet.new);
        let words = if self.parameters.is_whole {
            "Требования предыдущих грейдов"
        } else {
            "Не закрыто с предыдущих грейдов"
        };
        let earlier = (words.to_owned(), new.2.len() + 1, &*self.sheet.earlier);
        let first = earlier.1 + earlier.2.len();
        let optional = ("Желательно".to_owned(), first, &*self.sheet.optional);
        [new, earlier, optional].into_iter().filter(|(_, _, items)| !items.is_empty()).collect()
    }

    fn title(&self) -> String {
        self.chosen.title_of("Лист защиты")
    }

    /// The sheet with everything of lower grades, or without what is met.
    fn other_address(&self) -> String {
        let is_whole = !self.parameters.is_whole;
        paths::defence(&CheckQuery { is_whole, ..self.parameters.clone() })
    }

    fn file_address(&self) -> String {
        paths::defence_md(&self.parameters)
    }

    fn check_address(&self) -> String {
        paths::check_of(&self.chosen.profession.slug, &self.chosen.grade.name)
    }
}

/// Rows of a table under one heading.
struct Rows<'a> {
    /// The number of the first.
    first: usize,
    /// The heading of their block.
    block: Option<Arc<Heading>>,
    /// Their grade, if they are in no block but come after rows that are.
    grade: Option<String>,
    items: &'a [Checked],
}

/// The rows of a table by block. Those in no block that come after a block are by grade, so that they do
/// not look as if they were in it.
fn by_block(first: usize, items: &[Checked]) -> Vec<Rows<'_>> {
    let mut next = first;
    let mut is_after_block = false;
    let mut groups = Vec::new();
    for (block, items) in Checked::by_block(items) {
        is_after_block |= block.is_some();
        let is_by_grade = is_after_block && block.is_none();
        let is_same =
            |one: &Checked, other: &Checked| !is_by_grade || one.asked.step == other.asked.step;
        for items in items.chunk_by(is_same) {
            let grade = items.first().filter(|_| is_by_grade);
            let grade = grade.map(|item| item.asked.grade_title());
            groups.push(Rows { first: next, block: block.clone(), grade, items });
            next += items.len();
        }
    }
    groups
}

/// The grade that asks a requirement, unless it is the one that is defended.
fn origin(item: &Checked, chosen: &ChosenGrade) -> Option<String> {
    let is_own = item.asked.origin.is_none() && item.asked.level == chosen.grade.level;
    (!is_own).then(|| item.asked.grade_title())
}

/// The candidate's answer, unless it is «есть».
fn other_answer(item: &Checked) -> Option<&'static str> {
    item.answer.filter(|answer| *answer != Answer::Yes).map(Answer::label)
}
