//! What is wrong with a scale, as its pages say it.

use crate::fields::FieldError;
use crate::graders::service::scales::InvalidField;
use crate::ladder::Level;

/// The id of the field of a level's title.
pub(super) const fn title_field(level: Level) -> &'static str {
    match level {
        Level::Intern => "title-intern",
        Level::Junior => "title-junior",
        Level::JuniorPlus => "title-junior-plus",
        Level::JuniorPlusPlus => "title-junior-plus-plus",
        Level::Middle => "title-middle",
        Level::MiddlePlus => "title-middle-plus",
        Level::MiddlePlusPlus => "title-middle-plus-plus",
        Level::Senior => "title-senior",
        Level::SeniorPlus => "title-senior-plus",
        Level::SeniorPlusPlus => "title-senior-plus-plus",
    }
}

/// The id of the field of a level's address.
pub(super) const fn slug_field(level: Level) -> &'static str {
    match level {
        Level::Intern => "slug-intern",
        Level::Junior => "slug-junior",
        Level::JuniorPlus => "slug-junior-plus",
        Level::JuniorPlusPlus => "slug-junior-plus-plus",
        Level::Middle => "slug-middle",
        Level::MiddlePlus => "slug-middle-plus",
        Level::MiddlePlusPlus => "slug-middle-plus-plus",
        Level::Senior => "slug-senior",
        Level::SeniorPlus => "slug-senior-plus",
        Level::SeniorPlusPlus => "slug-senior-plus-plus",
    }
}

/// What is wrong with one field.
pub(super) fn describe(invalid: InvalidField) -> FieldError {
    let (field, message) = match invalid {
        InvalidField::Title => {
            ("title", "Нужно название шкалы не длиннее 100 знаков, в одну строку.".to_owned())
        }
        InvalidField::TitleTaken => ("title", "Так уже называется другая шкала.".to_owned()),
        InvalidField::TitleSlug => (
            "title",
            "Из этого названия не складывается свободный адрес шкалы. Назовите её иначе."
                .to_owned(),
        ),
        InvalidField::NoLevels => {
            (title_field(Level::Intern), "Назовите хотя бы один уровень.".to_owned())
        }
        InvalidField::LevelTitle(level) => (
            title_field(level),
            format!(
                "Ранг {}: нужно название не длиннее 40 знаков, в одну строку. Чтобы пропустить ранг, \
                 сотрите и адрес.",
                level.rank()
            ),
        ),
        InvalidField::LevelTitleTwice(level, other) => (
            title_field(level),
            format!("Ранг {}: так уже называется ранг {}.", level.rank(), other.rank()),
        ),
        InvalidField::LevelSlug(level) => (
            slug_field(level),
            format!(
                "Ранг {}: в адресе могут быть только латинские строчные буквы, цифры и дефис.",
                level.rank()
            ),
        ),
        InvalidField::LevelSlugTwice(level, other) => (
            slug_field(level),
            format!("Ранг {}: такой адрес уже у ранга {}.", level.rank(), other.rank()),
        ),
        InvalidField::LevelSlugTaken(level) => {
            (slug_field(level), format!("Ранг {}: этот адрес занят страницей сайта.", level.rank()))
        }
        InvalidField::LevelSlugOfAnother(level, default) => (
            slug_field(level),
            format!(
                "Ранг {}: это обычный адрес ранга {}. Возьмите другой.",
                level.rank(),
                default.rank()
            ),
        ),
        InvalidField::LevelUsed(level, professions) => (
            title_field(level),
            format!(
                "Ранг {} пропустить нельзя: он есть в лестницах. {}.",
                level.rank(),
                named(&professions)
            ),
        ),
    };
    FieldError { field, message }
}

/// What is wrong with a version to be restored, in sentences.
pub(super) fn describe_all(invalid: Vec<InvalidField>) -> String {
    let sentences = invalid.into_iter().map(|invalid| describe(invalid).message);
    sentences.collect::<Vec<_>>().join(" ")
}

/// Names in quotation marks, with commas.
pub(super) fn named(titles: &[String]) -> String {
    titles.iter().map(|title| format!("«{title}»")).collect::<Vec<_>>().join(", ")
}
