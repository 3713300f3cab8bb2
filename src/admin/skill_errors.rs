//! What is wrong with the words about a skill, in words.

use super::profession_errors::TITLE_LINES;
use crate::fields::FieldError;
use crate::graders::service::skills::{AliasList, InvalidField};
use crate::ladder::skill::Dictionary;
use crate::ladder::suggestion::suggestion;

/// Characters of what was typed that a message repeats.
const REPEATED: usize = 40;

/// Describes what is wrong, beside its field.
pub(super) fn describe(invalid: InvalidField) -> FieldError {
    let (field, message) = match invalid {
        InvalidField::Title => {
            ("title", "Нужно название не длиннее 100 знаков, с буквой или цифрой.".to_owned())
        }
        InvalidField::TitleLines => ("title", TITLE_LINES.to_owned()),
        InvalidField::TitleTaken(by) => ("title", format!("Так уже зовётся навык «{by}».")),
        InvalidField::Slug => (
            "slug",
            "В адресе могут быть только латинские строчные буквы, цифры и дефис.".to_owned(),
        ),
        InvalidField::SlugTaken(by) => ("slug", format!("Этот адрес занят навыком «{by}».")),
        InvalidField::Category => {
            ("category", "Выберите категорию или впишите новую, не длиннее 100 знаков.".to_owned())
        }
        InvalidField::Link => {
            ("link", "Нужен полный адрес: начинается с https://, не длиннее 200 знаков.".to_owned())
        }
        InvalidField::Alias { list, alias } => {
            let alias = alias.chars().take(REPEATED).collect::<String>();
            let message = format!(
                "«{alias}» не подойдёт: нужно имя не длиннее 100 знаков, с буквой или цифрой."
            );
            (field_of(list), message)
        }
        InvalidField::AliasTaken { list, alias, by } => {
            (field_of(list), format!("«{alias}» — имя навыка «{by}»."))
        }
        InvalidField::TooManyAliases(list) => {
            let names = match list {
                AliasList::Shown => "Других имён",
                AliasList::Hidden => "Скрытых имён",
            };
            (field_of(list), format!("{names} может быть не больше 100."))
        }
    };
    FieldError { field, message }
}

/// That there is no skill with a name, and which was probably meant.
pub(super) fn no_such_skill(typed: &str, dictionary: &Dictionary) -> String {
    match suggestion(typed, dictionary) {
        Some(meant) => format!("Такого навыка в словаре нет. Возможно, «{meant}»?"),
        None => "Такого навыка в словаре нет. Введите его название или адрес.".to_owned(),
    }
}

/// The field of a list of aliases.
const fn field_of(list: AliasList) -> &'static str {
    match list {
        AliasList::Shown => "aliases",
        AliasList::Hidden => "hidden-aliases",
    }
}

/// Describes everything that is wrong in one line, for pages without the fields.
pub(super) fn describe_all(invalid: Vec<InvalidField>) -> String {
    let sentences = invalid.into_iter().map(|invalid| describe(invalid).message);
    sentences.collect::<Vec<_>>().join(" ")
}
