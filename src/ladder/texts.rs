//! What texts and addresses the catalogue takes.

/// Characters a title may have.
pub const LONGEST_TITLE: usize = 100;
/// Characters a summary may have.
pub const LONGEST_SUMMARY: usize = 200;
/// Characters a description may have; the longest of the starting catalogue has 1,500.
pub const LONGEST_DESCRIPTION: usize = 20_000;
/// Characters a change note may have.
pub const LONGEST_NOTE: usize = 200;

/// Why a text can't be a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidText {
    /// More than [`LONGEST_DESCRIPTION`] characters.
    TooLong,
    /// Characters that no text has, such as NUL.
    ControlCharacters,
}

/// Makes of typed text what is stored: lines end alike and nothing follows the last one.
///
/// # Errors
///
/// If the text is too long or has characters no text has. What is left of it without those comes
/// along, so that it can be shown again.
pub fn normalise(typed: &str) -> Result<String, (InvalidText, String)> {
    let lines = typed.replace("\r\n", "\n").replace('\r', "\n");
    let is_stray = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    let clean = lines.replace(is_stray, "").trim_end().trim_start_matches('\n').to_owned();
    if clean.chars().count() > LONGEST_DESCRIPTION {
        return Err((InvalidText::TooLong, clean));
    }
    if lines.contains(is_stray) {
        return Err((InvalidText::ControlCharacters, clean));
    }
    Ok(clean)
}

/// Whether a text can be the address of anything: 1 to 100 small Latin letters, digits and
/// hyphens. What can't be is not asked of the database, which would refuse some of it.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// Makes of a title what can stand in an address: «Разработчик игр» → «razrabotchik-igr».
#[must_use]
pub fn proposed_slug(title: &str) -> String {
    slug::slugify(title)
}
