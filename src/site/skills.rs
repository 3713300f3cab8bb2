//! `/skills`: every skill, by letter or by category.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::shared::{Visit, Visitor};
use crate::error::AppError;
use crate::graders::service::skills::SkillIndex;
use crate::ladder::skill::Skill;
use crate::paths;
use crate::web::{Head, Section, filters};

/// The parameters of `/skills`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    by: Option<String>,
}

#[derive(Template)]
#[template(path = "site/skills.html")]
struct SkillsPage {
    head: Head,
    by_category: bool,
    parts: Vec<Part>,
    /// Skills that no ladder asks.
    unused: Vec<Listed>,
}

/// The groups of one alphabet; all of them, without a title, if they are not letters.
struct Part {
    title: &'static str,
    groups: Vec<Group>,
}

/// Skills with one first letter, or of one category.
struct Group {
    /// Its place on the page.
    id: String,
    title: String,
    skills: Vec<Listed>,
}

struct Listed {
    slug: String,
    title: String,
    /// How many professions ask it.
    professions: usize,
}

/// Answers with the list of skills.
///
/// # Errors
///
/// [`AppError::BadRequest`] for an order there is not; if the database does not answer.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let by_category = match parameters.by.as_deref() {
        None => false,
        Some("category") => true,
        Some(_) => return Err(AppError::BadRequest("Такого порядка навыков нет.")),
    };
    let address = if by_category { paths::skills_by_category() } else { paths::skills() };
    visitor.html(address.into(), move |visit| SkillsPage::build(visit, address, by_category)).await
}

impl SkillsPage {
    fn build(visit: &Visit, address: &str, by_category: bool) -> Result<Self, AppError> {
        let (dictionary, index) = (visit.dictionary()?, visit.skill_index()?);
        let (title, description) = if by_category {
            (
                "Навыки по категориям",
                "Языки, инструменты и практики по категориям: сколько профессий их требует.",
            )
        } else {
            ("Навыки", "Технологии и практики: где каждая появляется и как углубляется.")
        };
        let (parts, unused) = divided(dictionary.skills(), &index, by_category);
        let head = visit.head(address, Section::Skills, title, description);
        Ok(Self { head, by_category, parts, unused })
    }
}

/// What pages call the alphabets, in their order.
const ALPHABETS: [&str; 3] = ["Кириллица", "Латиница", "Цифры и знаки"];

/// Skills in groups, Russian letters first, then Latin ones, then the rest; and those that no ladder asks.
fn divided(skills: &[Skill], index: &SkillIndex, by_category: bool) -> (Vec<Part>, Vec<Listed>) {
    let mut groups = BTreeMap::<(usize, String), Vec<Listed>>::new();
    let mut unused = Vec::new();
    for skill in skills {
        let listed = Listed {
            slug: skill.slug.clone(),
            title: skill.title.clone(),
            professions: index.appearances(&skill.slug).len(),
        };
        if listed.professions == 0 {
            unused.push(listed);
            continue;
        }
        let key = if by_category { (0, skill.category.clone()) } else { letter(&skill.title) };
        groups.entry(key).or_default().push(listed);
    }
    let mut parts = Vec::<Part>::new();
    for (place, ((alphabet, title), mut skills)) in groups.into_iter().enumerate() {
        sort(&mut skills);
        let group = Group { id: format!("group-{}", place + 1), title, skills };
        let name = if by_category { "" } else { ALPHABETS[alphabet] };
        match parts.last_mut() {
            Some(part) if part.title == name => part.groups.push(group),
            _ => parts.push(Part { title: name, groups: vec![group] }),
        }
    }
    sort(&mut unused);
    (parts, unused)
}

fn sort(skills: &mut [Listed]) {
    skills.sort_by_cached_key(|skill| skill.title.to_lowercase().replace('ё', "е"));
}

/// Which of [`ALPHABETS`] a title belongs to, and the heading it stands under.
fn letter(title: &str) -> (usize, String) {
    let first = title.chars().find(|letter| letter.is_alphanumeric()).unwrap_or('#');
    match first.to_uppercase().next().unwrap_or(first) {
        'Ё' => (0, "Е".to_owned()),
        letter @ 'А'..='Я' => (0, letter.to_string()),
        letter @ 'A'..='Z' => (1, letter.to_string()),
        _ => (2, "0–9".to_owned()),
    }
}
