//! Template filters.

#![expect(
    clippy::inline_always,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "what `filter_fn` makes of a filter, and the result it must return"
)]

use std::borrow::Borrow;

use askama::{Result, Values, filter_fn};

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use crate::ladder::{Depth, InlineHtml, depth};
use crate::russian;
use crate::web::{markdown, request_id};

/// [`InlineHtml`] is put into pages as it is: its only constructor vouches for it.
impl askama::filters::HtmlSafe for InlineHtml {}

/// Sets no-break spaces where a line must not end.
#[filter_fn]
pub fn bind(text: impl ToString, _: &dyn Values) -> Result<String> {
    Ok(russian::bind(&text.to_string()))
}

/// A number with the form of a noun that agrees with it: `{{ n|count("грейд", "грейда", "грейдов") }}`.
#[filter_fn]
pub fn count(
    number: impl Borrow<usize>,
    _: &dyn Values,
    one: &str,
    few: &str,
    many: &str,
) -> Result<String> {
    let number = *number.borrow();
    Ok(format!("{number}\u{a0}{}", russian::plural(number, one, few, many)))
}

/// The noun alone, where the number stands elsewhere.
#[filter_fn]
pub fn noun(
    number: impl Borrow<usize>,
    _: &dyn Values,
    one: &str,
    few: &str,
    many: &str,
) -> Result<String> {
    Ok(russian::plural(*number.borrow(), one, few, many).to_owned())
}

/// A time in months.
#[filter_fn]
pub fn months(months: impl Borrow<u32>, _: &dyn Values) -> Result<String> {
    Ok(russian::months(*months.borrow()))
}

/// A day in a sentence.
#[filter_fn]
pub fn day(day: impl Borrow<NaiveDate>, _: &dyn Values) -> Result<String> {
    Ok(russian::day(*day.borrow()))
}

/// A moment in a table or a list.
#[filter_fn]
pub fn stamp(moment: &NaiveDateTime, _: &dyn Values, zone: Tz) -> Result<String> {
    Ok(russian::stamp(*moment, zone))
}

/// A moment in a sentence.
#[filter_fn]
pub fn moment(moment: &NaiveDateTime, _: &dyn Values, zone: Tz) -> Result<String> {
    Ok(russian::moment(*moment, zone))
}

/// Who a login stands for, on a page for editors.
#[filter_fn]
pub fn person(login: impl ToString, _: &dyn Values) -> Result<String> {
    Ok(request_id::person(&login.to_string()))
}

/// Words that stay the same words in Markdown.
#[filter_fn]
pub fn markdown_words(text: impl ToString, _: &dyn Values) -> Result<String> {
    Ok(markdown::escaped(&text.to_string()))
}

/// The rank of a depth, 0 if it is not stated.
#[filter_fn]
pub fn depth_rank(asked: impl Borrow<Option<Depth>>, _: &dyn Values) -> Result<u8> {
    Ok(depth::rank(*asked.borrow()))
}

/// A depth in words.
#[filter_fn]
pub fn depth_label(asked: impl Borrow<Option<Depth>>, _: &dyn Values) -> Result<&'static str> {
    Ok(depth::label(*asked.borrow()))
}

/// A depth in a short word.
#[filter_fn]
pub fn depth_short_label(
    asked: impl Borrow<Option<Depth>>,
    _: &dyn Values,
) -> Result<&'static str> {
    Ok(depth::short_label(*asked.borrow()))
}
