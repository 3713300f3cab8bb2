//! `/check/pair`: the self-checks of one grade by two people, a person and their lead, and where they differ.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;
use url::form_urlencoded;

use super::shared::choices::{self, Errors};
use super::shared::grade_choice::ChosenGrade;
use super::shared::{Visit, Visitor};
use crate::error::AppError;
use crate::fields::FieldError;
use crate::ladder::self_check::{Answer, Checked, SelfCheck};
use crate::paths::{self, CheckQuery};
use crate::russian;
use crate::web::field_errors::{message, status, title};
use crate::web::{Head, Section, filters};

const TITLE: &str = "Сверка";

/// The parameters of `/check/pair`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    person: Option<String>,
    lead: Option<String>,
}

#[derive(Template)]
#[template(path = "site/check/pair.html")]
struct PairPage {
    head: Head,
    /// The addresses as they were typed.
    person: String,
    lead: String,
    errors: Vec<FieldError>,
    made: Option<Pair>,
}

/// Two self-checks of one grade.
struct Pair {
    chosen: ChosenGrade,
    person: SelfCheck,
    lead: SelfCheck,
    /// The parameters that each was read from.
    queries: [CheckQuery; 2],
}

/// A requirement with what both say of it.
struct Said<'a> {
    item: &'a Checked,
    person: Option<Answer>,
    lead: Option<Answer>,
}

/// Answers with a form for two addresses, and with what they differ in.
///
/// # Errors
///
/// [`AppError::NotFound`] for a profession there is not; if the database does not answer.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let Parameters { person, lead } = parameters.into_inner();
    // One field may be filled in by the page that leads here.
    let is_sent = lead.is_some();
    let person = choices::cleaned(person.as_deref());
    let lead = lead.map(|lead| choices::cleaned(Some(&lead)));
    let address = paths::pair(Some(&person), lead.as_deref());
    let lead = lead.unwrap_or_default();
    visitor.form(address, move |visit| PairPage::build(visit, [person, lead], is_sent)).await
}

impl PairPage {
    fn build(
        visit: &Visit,
        [person, lead]: [String; 2],
        is_sent: bool,
    ) -> Result<(StatusCode, Self), AppError> {
        let mut errors = Errors::default();
        let made = if is_sent { Pair::read(visit, [&person, &lead], &mut errors)? } else { None };
        let errors = errors.0;
        let name =
            made.as_ref().map_or_else(|| TITLE.to_owned(), |pair| pair.chosen.title_of(TITLE));
        let description = "Где самопроверка человека и мнение руководителя расходятся и чего, по \
                           мнению обоих, не хватает.";
        let name = title(&name, &errors);
        let address = if is_sent || !person.is_empty() {
            paths::pair(Some(&person), Some(&lead))
        } else {
            paths::pair_form().to_owned()
        };
        let head = visit.head(&address, Section::Rules, name, description);
        let canonical = head.canonical.filter(|_| address == paths::pair_form());
        // The answers of two people fill a page by themselves.
        let head = Head { canonical, address: None, ..head };
        Ok((status(&errors), Self { head, person, lead, errors, made }))
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}

impl Pair {
    fn read(
        visit: &Visit,
        typed: [&str; 2],
        errors: &mut Errors,
    ) -> Result<Option<Self>, AppError> {
        let mut found = Vec::new();
        for (field, typed) in ["person", "lead"].into_iter().zip(typed) {
            match query_in(typed) {
                Ok(query) => {
                    let named = [("person", &*query.profession), ("lead", &*query.level)];
                    let dictionary = visit.dictionary()?;
                    match ChosenGrade::choose(visit, &dictionary, named, paths::pair_form())? {
                        Ok(chosen) => found.push((chosen, query)),
                        Err(wrong) => {
                            let message = wrong.0.into_iter().next().map(|wrong| wrong.message);
                            errors.add(field, message.unwrap_or_default());
                        }
                    }
                }
                Err(message) => errors.add(field, message),
            }
        }
        let Ok([(chosen, person), (other, lead)]) = <[_; 2]>::try_from(found) else {
            return Ok(None);
        };
        if chosen.name() != other.name() {
            errors.add(
                "lead",
                format!(
                    "Здесь ответы про «{}», а в первом адресе — про «{}». Сверить можно ответы про один \
                     и тот же грейд.",
                    other.title(),
                    chosen.title()
                ),
            );
            return Ok(None);
        }
        let queries = [person, lead];
        let answers = |query: &CheckQuery| query.answers.clone().unwrap_or_default();
        let person = chosen.checked(visit, &answers(&queries[0]))?.0;
        let lead = chosen.checked(visit, &answers(&queries[1]))?.0;
        Ok(Some(Self { chosen, person, lead, queries }))
    }

    /// Every requirement with both answers. Both self-checks are of the same grade, so they list the same.
    fn said(&self) -> impl Iterator<Item = Said<'_>> {
        let both = self.person.items.iter().zip(&self.lead.items);
        both.map(|(item, lead)| Said { item, person: item.answer, lead: lead.answer })
    }

    /// Where the answers differ, grade by grade.
    fn differing(&self) -> Vec<(String, Vec<Said<'_>>)> {
        by_grade(self.said().filter(|said| said.person != said.lead))
    }

    /// What both see as missing, though they agree how much.
    fn missing(&self) -> Vec<(String, Vec<Said<'_>>)> {
        by_grade(
            self.said().filter(|said| {
                said.person == said.lead && said.person.is_some() && said.item.is_gap()
            }),
        )
    }

    /// How many requirements neither answered.
    fn unanswered(&self) -> usize {
        self.said().filter(|said| said.person.is_none() && said.lead.is_none()).count()
    }

    /// What came of it, in words.
    fn summary(&self) -> String {
        let all = self.person.items.len();
        let differing = self.differing().iter().map(|(_, said)| said.len()).sum::<usize>();
        let missing = self.missing().iter().map(|(_, said)| said.len()).sum::<usize>();
        let counted = |number: usize, one, few, many| {
            format!("{number} {}", russian::plural(number, one, few, many))
        };
        let differing = match differing {
            0 => "Ответы совпадают".to_owned(),
            count => {
                let what = counted(count, "требовании", "требованиях", "требованиях");
                format!("Ответы расходятся в {what} из {all}")
            }
        };
        let missing = match missing {
            0 => "ещё ничего оба не считают недостающим".to_owned(),
            count => format!(
                "оба считают недостающими {}",
                counted(count, "требование", "требования", "требований")
            ),
        };
        format!("{differing}; {missing}.")
    }

    /// The result of the self-check of one of them.
    fn address_of(&self, place: usize) -> String {
        let CheckQuery { answers, growth, .. } = self.queries[place].clone();
        paths::check(&CheckQuery { answers, growth, ..self.chosen.check_query() })
    }
}

/// What is said of requirements, grade by grade.
fn by_grade<'a>(said: impl Iterator<Item = Said<'a>>) -> Vec<(String, Vec<Said<'a>>)> {
    let mut grades = Vec::<(String, Vec<Said<'_>>)>::new();
    for said in said {
        let title = said.item.asked.grade_title();
        match grades.last_mut() {
            Some((last, group)) if *last == title => group.push(said),
            _ => grades.push((title, vec![said])),
        }
    }
    grades
}

/// An answer as a word.
fn word(answer: Option<&Answer>) -> &'static str {
    answer.map_or("без ответа", |answer| answer.label())
}

/// The parameters of a self-check in what was pasted: its whole address, the path with them, or they alone.
fn query_in(typed: &str) -> Result<CheckQuery, &'static str> {
    const NONE: &str =
        "Это не адрес самопроверки. Скопируйте адрес страницы «Что осталось» целиком.";
    if typed.is_empty() {
        return Err("Вставьте адрес самопроверки: он в адресной строке страницы «Что осталось».");
    }
    let typed = typed.split('#').next().unwrap_or_default();
    let (path, query) = typed
        .split_once('?')
        .unwrap_or_else(|| if typed.contains('=') { ("", typed) } else { (typed, "") });
    let path = path.trim_end_matches('/');
    let is_check = path.is_empty() || path.ends_with(paths::check_form());
    let query = CheckQuery::read(form_urlencoded::parse(query.as_bytes()).into_owned().collect());
    if !is_check || query.profession.is_empty() || query.level.is_empty() {
        return Err(NONE);
    }
    if query.answers.is_none() {
        return Err(
            "В этом адресе нет ответов: пройдите самопроверку и скопируйте адрес страницы «Что \
                    осталось».",
        );
    }
    Ok(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_whole_or_in_part() {
        let query = "profession=a&grade=b&yes=wkfpxj";
        for typed in [
            format!("https://example.org/check?{query}"),
            format!("http://127.0.0.1:8080/check/?{query}#top"),
            format!("/check?{query}&revision=7"),
            format!("?{query}"),
            query.to_owned(),
        ] {
            let read = query_in(&typed).unwrap();
            assert_eq!((read.profession.as_str(), read.level.as_str()), ("a", "b"), "{typed}");
            assert!(read.answers.is_some_and(|answers| answers.get("wkfpxj") == Some(Answer::Yes)));
        }
        for wrong in [
            "",
            "front-end",
            "https://example.org/check",
            "https://example.org/plan?profession=a&grade=b&yes=",
            "https://example.org/check/pair?person=x",
            "profession=a&grade=b",
            "x=y",
        ] {
            assert!(query_in(wrong).is_err(), "{wrong}");
        }
    }
}
