//! The texts that programs send, each with what it may be.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::graders::service::search::LONGEST_QUESTION;
use crate::graders::service::texts::{
    LONGEST_DESCRIPTION, LONGEST_NOTE, LONGEST_SUMMARY, LONGEST_TITLE,
};

/// What no line has: controls and line breaks.
macro_rules! no_line {
    () => {
        r"\x00-\x1f\x7f-\x9f\u2028\u2029"
    };
}

/// What is not seen at the ends of a line, besides.
macro_rules! no_end {
    () => {
        concat!(no_line!(), r"\x20\xa0")
    };
}

/// What is not seen anywhere, as [`crate::clean::is_visible`] has it.
macro_rules! no_sight {
    () => {
        concat!(
            no_end!(),
            r"\xad\u0300-\u036f\u0483-\u0489\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f",
            r"\u1ab0-\u1aff\u1dc0-\u1dff\u2000-\u200f\u202a-\u202f\u205f-\u206f\u20d0-\u20ff\u2800",
            r"\u3000\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\ufff0-\ufffb",
            "\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}",
        )
    };
}

/// Text in one line with something to see that neither begins nor ends with a space.
const NAME: &str = concat!(
    "^([^",
    no_end!(),
    "][^",
    no_line!(),
    "]*)?[^",
    no_sight!(),
    "]([^",
    no_line!(),
    "]*[^",
    no_end!(),
    "])?$"
);
/// Text in one line with more than invisible characters.
const QUESTION: &str =
    concat!("^[^", no_line!(), "]*( |[^", no_sight!(), "])[^", no_line!(), "]*$");
/// Text in one line.
const LINE: &str = concat!("^[^", no_line!(), "]*$");
/// Text without control characters but tabs and line breaks.
const LINES: &str = r"^[^\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]*$";

/// Makes types of texts: what each is for, how many characters it has, the expression it matches
/// (ECMA-262), and an example.
macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident: $least:expr, $most:expr, $pattern:expr, $example:expr;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
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
    Title: 1, LONGEST_TITLE, NAME, "Релиз-инженер";
    /// С чем работают, одной фразой.
    Summary: 0, LONGEST_SUMMARY, LINE, "Сборка, проверка и выпуск";
    /// Описание в Markdown: каждый пункт списка — требование, абзац — комментарий.
    Text: 0, LONGEST_DESCRIPTION, LINES, "- Сильная экспертиза: Git\n- Знакомство: Docker";
    /// Зачем правка: для истории, в одну строку.
    Note: 0, LONGEST_NOTE, LINE, "Добавлен Docker";
    /// Что найти: слова в любой форме, названия навыков и уровней, «точные фразы» в кавычках.
    Question: 1, LONGEST_QUESTION, QUESTION, "докер";
    /// Имя требования в адресах.
    RequirementId: 6, 11, "^[0-9a-hjkmnp-tv-z]{6}(-[1-9][0-9]{0,3})?$", "t3k9ma";
    /// Место в списке: `next` предыдущей части.
    Cursor: 1, 200, "^[a-z0-9.-]+$", "1.python.1.1";
}
