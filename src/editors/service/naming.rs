//! How logins and names of editors may look.

use super::Objection;
use crate::clean;

/// The most characters of what an editor is called.
const LONGEST_NAME: usize = 60;

/// Whether a text can be a login.
pub(super) fn is_valid_login(text: &str) -> bool {
    (2..=40).contains(&text.chars().count())
        && text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_'))
}

/// What an editor is to be called, with single spaces.
pub(super) fn checked_name(name: &str) -> Result<String, Objection> {
    let name = clean::folded(name);
    let is_name = name.is_empty() || clean::is_name(&name, LONGEST_NAME);
    if is_name { Ok(name) } else { Err(Objection::InvalidName) }
}
