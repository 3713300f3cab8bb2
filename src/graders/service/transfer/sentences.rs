//! What is wrong with files, in Russian.

use crate::graders::service::scales;
use crate::graders::service::skills::{self, AliasList};
use crate::ladder::Level;

/// Characters of a text that an error repeats.
const REPEATED: usize = 40;

pub(super) fn short(text: &str) -> String {
    match text.char_indices().nth(REPEATED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

pub(super) fn slug(slug: &str) -> String {
    format!(
        "Адрес «{}» не подойдёт: в нём могут быть только латинские строчные буквы, цифры и дефис.",
        short(slug)
    )
}

pub(super) fn title() -> &'static str {
    "Нужно название не длиннее 100 знаков, в одну строку."
}

/// Levels by their usual names.
pub(super) fn levels(levels: impl IntoIterator<Item = Level>) -> String {
    levels.into_iter().map(Level::name).collect::<Vec<_>>().join(", ")
}

pub(super) fn scale(fault: scales::InvalidField) -> String {
    use scales::InvalidField;

    match fault {
        InvalidField::Title => title().to_owned(),
        InvalidField::TitleTaken => "Так уже называется другая шкала.".to_owned(),
        InvalidField::TitleSlug => "Адрес шкалы занят.".to_owned(),
        InvalidField::NoLevels => "В шкале нет ни одного уровня.".to_owned(),
        InvalidField::LevelTitle(level) => {
            format!("Уровень {}: нужно название не длиннее 40 знаков, в одну строку.", level.name())
        }
        InvalidField::LevelTitleTwice(level, other) => {
            format!("Уровень {} назван так же, как {}.", level.name(), other.name())
        }
        InvalidField::LevelSlug(level) => format!(
            "Уровень {}: в адресе могут быть только латинские строчные буквы, цифры и дефис.",
            level.name()
        ),
        InvalidField::LevelSlugTwice(level, other) => {
            format!("У уровня {} тот же адрес, что у {}.", level.name(), other.name())
        }
        InvalidField::LevelSlugTaken(level) => {
            format!("Уровень {}: этот адрес занят страницей сайта.", level.name())
        }
        InvalidField::LevelSlugOfAnother(level, other) => {
            format!("Уровень {}: это обычный адрес уровня {}.", level.name(), other.name())
        }
        InvalidField::LevelUsed(level, by) => {
            format!("Уровень {} есть в лестницах: {}.", level.name(), by.join(", "))
        }
    }
}

pub(super) fn skill(fault: skills::InvalidField) -> String {
    use skills::InvalidField;

    match fault {
        InvalidField::Title | InvalidField::TitleLines => {
            "Нужно название не длиннее 100 знаков, в одну строку, с буквой или цифрой.".to_owned()
        }
        InvalidField::TitleTaken(by) => format!("Так уже зовётся навык «{by}»."),
        InvalidField::Slug => {
            "В адресе могут быть только латинские строчные буквы, цифры и дефис.".to_owned()
        }
        InvalidField::SlugTaken(by) => format!("Этот адрес был у навыка «{by}» и ведёт к нему."),
        InvalidField::Category => {
            "Нужна категория не длиннее 100 знаков, в одну строку.".to_owned()
        }
        InvalidField::Link => {
            "Нужен полный адрес: начинается с https://, не длиннее 200 знаков.".to_owned()
        }
        InvalidField::Alias { alias, .. } => format!(
            "«{}» не подойдёт: нужно имя не длиннее 100 знаков, с буквой или цифрой.",
            short(&alias)
        ),
        InvalidField::AliasTaken { alias, by, .. } => {
            format!("«{}» — имя навыка «{by}».", short(&alias))
        }
        InvalidField::TooManyAliases(list) => {
            let names = match list {
                AliasList::Shown => "Других имён",
                AliasList::Hidden => "Скрытых имён",
            };
            format!("{names} может быть не больше 100.")
        }
    }
}
