//! What was typed into a form.

use std::borrow::Cow;
use std::fmt;

use url::form_urlencoded;

use crate::clean;

/// The field that carries the form token.
pub const TOKEN: &str = "token";

/// How the names of fields end whose content is written into no page.
const SECRET: &str = "password";

/// The fields of a form, as they were typed.
#[derive(Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a body in the format of HTML forms. Broken UTF-8 becomes replacement characters, and
    /// everything but passwords is cleaned ([`clean::text`]).
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        let fields = form_urlencoded::parse(body).map(|(name, value)| {
            let value = if name.ends_with(SECRET) { value } else { cleaned(value) };
            (name.into_owned(), value.into_owned())
        });
        Self(fields.collect())
    }

    /// Writes the fields in the format they were read from, without form token and passwords.
    #[must_use]
    pub fn write(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.iter()).finish()
    }

    /// The value of a field; empty if it was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.sent(name).unwrap_or_default()
    }

    /// The value of a field that was sent, be it empty.
    #[must_use]
    pub fn sent(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Every field but the form token and passwords.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        pairs.filter(|(name, _)| *name != TOKEN && !name.ends_with(SECRET))
    }

    /// Whether nothing was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn cleaned(value: Cow<'_, str>) -> Cow<'_, str> {
    match clean::text(&value) {
        Cow::Borrowed(_) => value,
        Cow::Owned(cleaned) => Cow::Owned(cleaned),
    }
}

/// Only the names: a value may be a password.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The id of the field.
    pub field: &'static str,
    /// A sentence on what to change.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_not_in_the_debug_output() {
        let fields = Fields::read(b"login=ann&password=correct+horse&token=0123&text=typed");
        assert_eq!(format!("{fields:?}"), r#"{"login", "password", "token", "text"}"#);
    }
}
