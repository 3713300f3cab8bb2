//! `/defence`: the sheet a grade is defended with, to print; `/defence.md`: the same as Markdown.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use askama::Template;

use super::shared::choices::{LevelGroup, Offer};
use super::shared::grade_choice::ChosenGrade;
use super::shared::since::Since;
use super::shared::steps::{Step, Steps};
use super::shared::{Visit, Visitor, redirect};
use crate::error::{AppError, Missing};
use crate::fields::FieldError;
use crate::graders::service::rules;
use crate::ladder::Heading;
use crate::ladder::article;
use crate::ladder::defence::{
    COMMITTEE, Earlier, LEAD, Sheet, considered_besides_skills, evidence,
};
use crate::ladder::identity::Carried;
use crate::ladder::self_check::{Answer, Checked};
use crate::ladder::skill::Dictionary;
use crate::paths::{self, CheckQuery};
use crate::russian;
use crate::web::field_errors::{message, status, title};
use crate::web::{File, Head, Section, filters};

/// How many columns a table of the sheet has.
const COLUMNS: usize = 5 + COMMITTEE.len();

/// A page of the sheet.
#[derive(Template)]
#[template(path = "site/defence/page.html")]
enum DefencePage {
    Choice(Box<ChoicePage>),
    Sheet(Box<SheetPage>),
}

#[derive(Template)]
#[template(path = "site/defence/choice.html")]
struct ChoicePage {
    head: Head,
    steps: Steps,
    offer: Offer,
    query: CheckQuery,
    errors: Vec<FieldError>,
    /// The last saved change of the state that is shown.
    revision: i32,
}

#[derive(Template)]
#[template(path = "site/defence/sheet.html")]
struct SheetPage {
    head: Head,
    steps: Steps,
    defence: Defence,
}

#[derive(Template)]
#[template(path = "site/defence/sheet.md")]
struct SheetFile {
    defence: Defence,
    /// Where the sheet comes from, if it is known where visitors find the site.
    origin: Option<String>,
}

/// A grade to be defended.
struct Defence {
    chosen: ChosenGrade,
    sheet: Sheet,
    carried: Carried,
    query: CheckQuery,
    /// How many requirements lower grades have.
    earlier_count: usize,
    since: Option<Since>,
    /// What else the rules consider.
    considered: Vec<String>,
    /// How many required requirements were answered, and how many there are; `None` without a self-check.
    answered: Option<(usize, usize)>,
}

/// Answers with a form to choose a grade, or with the sheet to defend it.
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
        return Ok(redirect::see_other(&paths::defence(&parameters)));
    }
    let address = paths::defence(&parameters);
    let visitor = visitor.looking_back(parameters.revision.is_some());
    visitor.form(address, move |visit| DefencePage::build(visit, parameters)).await
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
    let query = CheckQuery::read(parameters.into_inner());
    let missing = |sentence: &str| {
        AppError::NotFound(Missing {
            sentence: sentence.into(),
            way_on: paths::defence_form().into(),
            way_on_title: "Выбрать грейд".into(),
        })
    };
    if query.is_empty() {
        return Err(missing("Не указано, для какого грейда лист."));
    }
    let address = paths::defence_md(&query);
    visitor
        .looking_back(query.revision.is_some())
        .file(address, move |visit| {
            let chosen = chosen(visit, &query)?.map_err(|errors| match errors.first() {
                Some(error) => missing(&error.message),
                None => missing("Такого грейда нет."),
            })?;
            let defence = Defence::build(visit, chosen, query)?;
            let level = defence.chosen.grade.name.slug();
            let name = format!("defence-{}-{level}.md", defence.chosen.profession.slug);
            let origin = defence.head(visit).printed();
            let text = SheetFile { defence, origin }.render()?;
            Ok(File::attachment("text/markdown; charset=utf-8", &name, text))
        })
        .await
}

/// The grade that is named, or what is wrong with it.
fn chosen(
    visit: &Visit,
    query: &CheckQuery,
) -> Result<Result<ChosenGrade, Vec<FieldError>>, AppError> {
    let dictionary = visit.dictionary()?;
    let fields = [("profession", query.profession.as_str()), ("grade", query.level.as_str())];
    let chosen = ChosenGrade::choose(visit, &dictionary, fields, paths::defence_form())?;
    Ok(chosen.map_err(|errors| errors.0))
}

impl DefencePage {
    fn build(visit: &Visit, query: CheckQuery) -> Result<(StatusCode, Self), AppError> {
        let errors = if query.is_empty() {
            Vec::new()
        } else {
            match chosen(visit, &query)? {
                Ok(chosen) => {
                    let page = SheetPage::build(visit, chosen, query)?;
                    return Ok((StatusCode::OK, Self::Sheet(Box::new(page))));
                }
                Err(errors) => errors,
            }
        };
        let status = status(&errors);
        Ok((status, Self::Choice(Box::new(ChoicePage::build(visit, query, errors)?))))
    }
}

impl ChoicePage {
    fn build(visit: &Visit, query: CheckQuery, errors: Vec<FieldError>) -> Result<Self, AppError> {
        let description = "Лист к защите грейда: требования, доказательства, отметки руководителя \
                           и комиссии. Для печати и в Markdown.";
        let name = title("Лист защиты", &errors);
        let head = visit.head(paths::defence_form(), Section::Rules, name, description);
        let (offer, revision) = (Offer::read(&visit.database)?, visit.state_revision()?);
        Ok(Self { head, steps: Steps::new(Step::Defence), offer, query, errors, revision })
    }

    fn levels(&self) -> Vec<LevelGroup> {
        self.offer.levels(&self.query.profession, &self.query.level)
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}

impl SheetPage {
    fn build(visit: &Visit, chosen: ChosenGrade, query: CheckQuery) -> Result<Self, AppError> {
        let defence = Defence::build(visit, chosen, query)?;
        let steps = Steps::of(Step::Defence, &defence.query, defence.chosen.previous());
        let steps = match defence.answered {
            Some(answered) => steps.answered(answered),
            None => steps,
        };
        Ok(Self { head: defence.head(visit), steps, defence })
    }
}

impl Defence {
    fn build(visit: &Visit, chosen: ChosenGrade, query: CheckQuery) -> Result<Self, AppError> {
        let (address, revision) = (paths::defence(&query), query.revision);
        let ladder = (&chosen.profession, chosen.grade.level);
        let since = Since::of(visit, ladder, (revision, &address), false)?;
        let answers = query.answers.clone();
        let earlier = match (query.is_whole, &answers) {
            (true, _) => Earlier::All,
            (false, Some(_)) => Earlier::Gaps,
            (false, None) => Earlier::None,
        };
        let (checked, carried) = chosen.checked(visit, &answers.unwrap_or_default())?;
        let before = chosen.profession.ladder.steps_before(chosen.grade.level);
        let earlier_count = checked.items.iter().filter(|item| item.asked.step < before).count();
        let answered = query.answers.is_some();
        let answered = answered.then(|| (checked.answered_count(), checked.required().count()));
        let sheet = Sheet::new(checked, before, earlier);
        // Under the present name of the profession.
        let CheckQuery { answers, is_whole, growth, .. } = query;
        let query = CheckQuery { answers, is_whole, revision, growth, ..chosen.check_query() };
        let rules = rules::current(&visit.database)?.rules;
        let rules = article::read(&rules.text, &Dictionary::default());
        let considered = considered_besides_skills(&rules);
        let considered = considered.into_iter().map(str::to_owned).collect();
        Ok(Self { chosen, sheet, carried, query, earlier_count, since, considered, answered })
    }

    fn head(&self, visit: &Visit) -> Head {
        ChosenGrade::head(visit, self.title(), &paths::defence(&self.query))
    }

    /// The tables, each with its caption and the number of its first row.
    fn tables(&self) -> Vec<(String, usize, &[Checked])> {
        let new =
            (format!("Новое на грейде {}", self.chosen.grade.name.word()), 1, &*self.sheet.new);
        let optional = ("Желательно".to_owned(), new.2.len() + 1, &*self.sheet.optional);
        [new, optional].into_iter().filter(|(_, _, items)| !items.is_empty()).collect()
    }

    fn title(&self) -> String {
        self.chosen.title_of("Лист защиты")
    }

    /// The heading of what lower grades ask.
    fn earlier_title(&self) -> String {
        let earlier = &self.sheet.earlier;
        let words = if self.query.is_whole {
            "Предыдущие грейды"
        } else {
            "Не\u{a0}закрыто с\u{a0}предыдущих грейдов"
        };
        let noun = russian::plural(earlier.len(), "требование", "требования", "требований");
        let is_met = |item: &Checked| item.answer == Some(Answer::Yes);
        let all_met =
            if earlier.iter().all(is_met) { ", всё отмечено «есть»" } else { "" };
        format!("{words}: {} {noun}{all_met}", earlier.len())
    }

    /// What the candidate said of the rows: «есть — 3, частично — 2, «—» без ответа — 4».
    fn self_assessment(&self) -> String {
        let answers = [Answer::Yes, Answer::Partly, Answer::No, Answer::NotApplicable].map(Some);
        let counts = answers.into_iter().chain([None]).filter_map(|answer| {
            let count = self.sheet.rows().filter(|item| item.answer == answer).count();
            let words = answer.map_or("«—» без ответа", Answer::label);
            (count > 0).then(|| format!("{words} — {count}"))
        });
        counts.collect::<Vec<_>>().join(", ")
    }

    /// The candidate's answer to a requirement, as a word; nothing without a self-check.
    fn answer(&self, item: &Checked) -> &'static str {
        match (item.answer, self.answered) {
            (Some(answer), _) => answer.label(),
            (None, Some(_)) => "—",
            (None, None) => "",
        }
    }

    /// What a form for the candidate's name sends along.
    fn kept(&self) -> Vec<(&'static str, String)> {
        self.query.pairs().into_iter().filter(|(name, _)| *name != "name").collect()
    }

    /// The sheet with everything of lower grades, or without what is met.
    fn other_address(&self) -> String {
        let is_whole = !self.query.is_whole;
        paths::defence(&CheckQuery { is_whole, ..self.query.clone() })
    }

    fn file_address(&self) -> String {
        paths::defence_md(&self.query)
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

/// Whether an answer is one to talk about.
fn is_open(item: &Checked) -> bool {
    item.answer != Some(Answer::Yes)
}
