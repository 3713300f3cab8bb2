//! Everything an editor can turn to, with how much of it there is.

use super::ladders::{Ladders, Shown};
use super::work_list::WorkList;
use crate::db;
use crate::editors::reach::Reach;
use crate::editors::service::{self, Editor, Role};
use crate::editors::tokens;
use crate::error::AppError;
use crate::graders::service::catalogue::Catalogue;
use crate::paths::admin::{self, ListedSkills};

/// Places of one kind.
pub(super) struct Group {
    pub title: &'static str,
    pub places: Vec<Place>,
}

/// Where something is done.
pub(super) struct Place {
    pub title: &'static str,
    pub address: String,
    /// How much there is of it, if that is counted.
    pub count: Option<usize>,
}

pub(super) fn read(
    catalogue: &Catalogue,
    (editor, reach): (&Editor, &Reach),
    work: &WorkList,
    ladders: &Ladders,
) -> Result<Vec<Group>, AppError> {
    let mut groups = vec![content(work, ladders)];
    if *reach == Reach::Everything {
        groups.push(dictionary(catalogue)?);
    } else {
        groups[0].places.retain(Place::is_for_limited);
    }
    if editor.role == Role::Owner {
        groups.push(owner(catalogue)?);
    }
    Ok(groups)
}

impl Place {
    /// Whether an editor who is limited to tracks may go there.
    fn is_for_limited(&self) -> bool {
        let path = self.address.split(['?', '#']).next().unwrap_or_default();
        path.is_empty() || admin::is_for_limited(path)
    }
}

fn content(work: &WorkList, ladders: &Ladders) -> Group {
    let narrowed = |shown: Shown| admin::overview_page(shown.name(), 1);
    // More than one page is not checked only to be counted.
    let is_counted = ladders.count == 1 && ladders.is_checked;
    let findings = is_counted.then(|| ladders.findings.values().sum());
    let places = vec![
        place("Предложения на проверку", "#to-publish", Some(work.to_publish.len())),
        place("Черновики профессий", narrowed(Shown::Drafts), Some(ladders.drafts)),
        place("Не\u{a0}описаны грейды", narrowed(Shown::Undescribed), Some(ladders.undescribed)),
        place("Профессии без\u{a0}лестницы", narrowed(Shown::Empty), Some(ladders.empty)),
        place("Замечания проверки", admin::check(), findings),
        place("Направления", admin::tracks(), None),
        place("Файлы", admin::transfer(), None),
        place("Корзина", admin::trash(), None),
    ];
    Group { title: "Содержание", places }
}

fn dictionary(catalogue: &Catalogue) -> Result<Group, AppError> {
    let (dictionary, index) = (catalogue.dictionary()?, catalogue.skill_index()?);
    let skills = dictionary.skills();
    let unnamed = index.unnamed().iter().map(|found| found.requirements).sum();
    let unused = skills.iter().filter(|skill| index.appearances(&skill.slug).is_empty()).count();
    let uncategorised = skills.iter().filter(|skill| skill.category.is_empty()).count();
    let listed = |listed: ListedSkills| admin::skills_page("", Some(listed), 1);
    let places = vec![
        place("Навыки", admin::skills(), Some(skills.len())),
        place("Требования без\u{a0}навыка", admin::unnamed(), Some(unnamed)),
        place("Не\u{a0}встречаются в\u{a0}лестницах", listed(ListedSkills::Unused), Some(unused)),
        place("Без\u{a0}категории", listed(ListedSkills::Uncategorised), Some(uncategorised)),
    ];
    Ok(Group { title: "Словарь навыков", places })
}

fn owner(catalogue: &Catalogue) -> Result<Group, AppError> {
    let (database, now) = (catalogue.database(), db::now());
    let keys = tokens::all(database)?.into_iter().filter(|token| token.is_live(now)).count();
    let places = vec![
        place("Редакторы", admin::editors(), Some(service::accounts(database)?.len())),
        place("Ключи API", admin::tokens(), Some(keys)),
        place("Правила", admin::rules(), None),
        place("Выпуски", admin::releases(), None),
        place("Шкалы уровней", admin::scales(), None),
        place("Журнал", admin::audit(), None),
    ];
    Ok(Group { title: "Владелец", places })
}

fn place(title: &'static str, address: impl Into<String>, count: Option<usize>) -> Place {
    Place { title, address: address.into(), count }
}
