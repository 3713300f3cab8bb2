//! The texts that programs send, each with what it may be.

use std::borrow::Cow;

use serde::Deserialize;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::graders::service::search::LONGEST_QUESTION;
use crate::graders::service::texts::{
    LONGEST_DESCRIPTION, LONGEST_NOTE, LONGEST_SUMMARY, LONGEST_TITLE,
};

/// Text in one line that neither begins nor ends with a space.
const TRIMMED_LINE: &str = r"^[^\x00-\x20\x7f-\xa0]([^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0])?$";
/// Text in one line.
const LINE: &str = r"^[^\x00-\x1f\x7f-\x9f]*$";
/// Text without control characters but tabs and ends of lines.
const LINES: &str = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$";

/// Makes types of texts: what each is for, how many characters it has, the expression it matches
/// (ECMA-262), and an example.
macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident: $least:expr, $most:expr, $pattern:expr, $example:expr;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some(concat!($($doc),+).trim()))
                    .min_length(Some($least))
                    .max_length(Some($most))
                    .pattern(Some($pattern))
                    .examples([$example])
                    .build()
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

texts! {
    /// Имя в адресах: строчные латинские буквы, цифры и дефисы.
    Slug: 1, 100, "^[a-z0-9-]+$", "release-engineer";
    /// Название на страницах, в одну строку.
    Title: 1, LONGEST_TITLE, TRIMMED_LINE, "Релиз-инженер";
    /// С чем работают, одной фразой.
    Summary: 0, LONGEST_SUMMARY, LINE, "Сборка, проверка и выпуск";
    /// Описание в Markdown: каждый пункт списка — требование, абзац — комментарий.
    Text: 0, LONGEST_DESCRIPTION, LINES, "- Сильная экспертиза: Git\n- Знакомство: Docker";
    /// Зачем правка: для истории, в одну строку.
    Note: 0, LONGEST_NOTE, LINE, "Добавлен Docker";
    /// Что найти: слова в любой форме, названия навыков и уровней, «точные фразы» в кавычках.
    Question: 1, LONGEST_QUESTION, LINE, "докер";
    /// Место в списке: `next` предыдущей части.
    Cursor: 1, 200, "^[a-z0-9.-]+$", "1.python.1.1";
}
