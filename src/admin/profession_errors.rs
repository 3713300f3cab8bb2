//! What is wrong with a change of a profession, as its pages say it.

use crate::fields::FieldError;
use crate::graders::service::professions::{InvalidField, InvalidInclusion};
use crate::ladder::Level;

/// What is wrong with a title of more than one line, of whatever thing.
pub(super) const TITLE_LINES: &str = "Название должно быть в одну строку: внутри него перенос.";

/// What is wrong with one field.
pub(super) fn describe(invalid: InvalidField) -> FieldError {
    let (field, message) = match invalid {
        InvalidField::ScaleLacks(levels) => {
            let message = format!("В этой шкале нет уровней лестницы: {}.", ranks(&levels));
            return FieldError { field: "scale", message };
        }
        InvalidField::SourceBeyondScale(levels) => {
            let message =
                format!("В шкале этой профессии нет уровней той лестницы: {}.", ranks(&levels));
            return FieldError { field: "source", message };
        }
        InvalidField::IncludedBy(titles) => {
            let titles = titles.into_iter().map(|title| format!("«{title}»"));
            let titles = titles.collect::<Vec<_>>().join(", ");
            let message = format!("Эту лестницу включают опубликованные: {titles}.");
            return FieldError { field: "includes", message };
        }
        InvalidField::SlugTaken(title) => {
            let message = format!("Этот адрес есть или был у профессии «{title}».");
            return FieldError { field: "slug", message };
        }
        InvalidField::Scale => ("scale", "Выберите шкалу из списка."),
        InvalidField::LevelNotInScale(_) => ("level", "В шкале профессии такого уровня нет."),
        InvalidField::Title => ("title", "Нужно название не длиннее 100 знаков."),
        InvalidField::TitleLines => ("title", TITLE_LINES),
        InvalidField::Slug => {
            ("slug", "В адресе могут быть только латинские строчные буквы, цифры и дефис.")
        }
        InvalidField::Summary => ("summary", "Кратко — не длиннее 200 знаков, в одну строку."),
        InvalidField::Track => ("track", "Выберите направление из списка."),
        InvalidField::LevelTaken(_) => ("level", "Грейд этого уровня в лестнице уже есть."),
        InvalidField::Inclusion(why) => inclusion(why),
        InvalidField::Source => ("source", "Выберите из списка профессию с лестницей."),
    };
    FieldError { field, message: message.to_owned() }
}

fn inclusion(why: InvalidInclusion) -> (&'static str, &'static str) {
    match why {
        InvalidInclusion::NoSuchProfession => {
            ("includes", "Такой профессии больше нет. Выберите из списка.")
        }
        InvalidInclusion::Itself => ("includes", "Лестница не может включать сама себя."),
        InvalidInclusion::Circle => (
            "includes",
            "Вышел бы круг: выбранная лестница сама включает эту, напрямую или через другие.",
        ),
        InvalidInclusion::NoSuchLevel => ("up-to", "Такого уровня в выбранной лестнице нет."),
        InvalidInclusion::Draft => {
            ("includes", "Включена лестница-черновик. Сначала опубликуйте её.")
        }
        InvalidInclusion::LevelAlone => {
            ("up-to", "Уровень выбран, а лестница нет. Выберите лестницу или «целиком».")
        }
    }
}

/// Levels that a scale has no names for, by their usual ones.
pub(super) fn ranks(levels: &[Level]) -> String {
    levels.iter().map(|level| level.word()).collect::<Vec<_>>().join(", ")
}

/// What is wrong with a version to be restored, in sentences.
pub(super) fn describe_all(invalid: Vec<InvalidField>) -> String {
    let sentences = invalid.into_iter().map(|invalid| match invalid {
        InvalidField::LevelTaken(level) => {
            format!(
                "Уровень «{}» занят другим грейдом. Сначала смените уровень у него.",
                level.word()
            )
        }
        invalid => describe(invalid).message,
    });
    sentences.collect::<Vec<_>>().join(" ")
}
