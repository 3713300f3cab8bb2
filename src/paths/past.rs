//! Addresses of pages as they stood: the same with a parameter that names the state.

use url::form_urlencoded;

/// The parameter that names a past state: a day or the number of a saved change.
pub const AT: &str = "at";

/// The sections whose pages can be shown as they stood, each with everything below it.
const SECTIONS: [&str; 15] = [
    "/professions",
    "/choose",
    "/compare",
    "/skills",
    "/search",
    "/matrix",
    "/matrix.csv",
    "/rules",
    "/plan",
    "/plan.ics",
    "/salary",
    "/check",
    "/defence",
    "/defence.md",
    "/mentoring",
];

/// Whether the page or file at a path can be shown as it stood.
#[must_use]
pub fn has_past(path: &str) -> bool {
    let is_in = |section: &&str| {
        path.strip_prefix(*section).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    path == "/" || SECTIONS.iter().any(is_in)
}

/// The same page as it stood; `state` is a day as 2026-11-01 or a number. One that names a state already
/// stays as it is.
#[must_use]
pub fn at(address: &str, state: &str) -> String {
    with_state(address, state, "&")
}

/// The same with an address as HTML has it in attributes.
#[must_use]
pub fn at_in_html(address: &str, state: &str) -> String {
    with_state(address, state, "&amp;")
}

fn with_state(address: &str, state: &str, between: &str) -> String {
    let bytes = address.as_bytes();
    // In HTML «&» is written with a «#» of its own.
    let is_fragment =
        |place: &usize| bytes[*place] == b'#' && (*place == 0 || bytes[place - 1] != b'&');
    let end = (0..bytes.len()).find(is_fragment).unwrap_or(bytes.len());
    let (page, fragment) = address.split_at(end);
    let mark = match page.split_once('?') {
        Some((_, query)) if names_state(query) => return address.to_owned(),
        Some((_, "")) => "",
        Some(_) => between,
        None => "?",
    };
    format!("{page}{mark}{AT}={state}{fragment}")
}

fn names_state(query: &str) -> bool {
    query.split(['&', ';']).any(|pair| pair.split('=').next() == Some(AT))
}

/// The state that the parameters of a request name, as it was typed; `None` if they name none.
#[must_use]
pub fn state_in(query: &str) -> Option<String> {
    if !query.contains(AT) {
        return None;
    }
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let state = pairs.find(|(name, _)| name == AT)?.1.trim().to_owned();
    Some(state).filter(|state| !state.is_empty())
}

/// A state as it was typed, as it stands in a query.
#[must_use]
pub fn encoded_state(state: &str) -> String {
    super::encoded_value(state)
}

/// Whether a route is of one skill.
#[must_use]
pub fn is_of_skill(pattern: &str) -> bool {
    pattern.starts_with("/skills/")
}

/// The address of a request without the parameter that names a state. `path` and `query` are as they came.
#[must_use]
pub fn present(path: &str, query: &str) -> String {
    let pairs = query.split('&').filter(|pair| pair.split('=').next() != Some(AT));
    let query = pairs.collect::<Vec<_>>().join("&");
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_stands_behind_the_parameters_and_before_the_fragment() {
        let cases = [
            ("/", "/?at=7"),
            ("/rules#pay", "/rules?at=7#pay"),
            ("/check?yes=", "/check?yes=&at=7"),
            ("/search?at=2026-11-01&q=git", "/search?at=2026-11-01&q=git"),
            ("/search?q=at", "/search?q=at&at=7"),
        ];
        for (address, expected) in cases {
            assert_eq!(at(address, "7"), expected);
        }
        assert_eq!(at_in_html("/a?b=1&#38;c=2#d", "7"), "/a?b=1&#38;c=2&amp;at=7#d");
        assert_eq!(at_in_html("/a?b=1&amp;at=2#d", "7"), "/a?b=1&amp;at=2#d");
    }

    #[test]
    fn a_state_is_read_and_taken_out() {
        assert_eq!(state_in("q=x&at=+7+").as_deref(), Some("7"));
        assert_eq!(state_in("q=at").or(state_in("at=")).or(state_in("")), None);
        assert_eq!(present("/search", "at=7&q=a%2Bb&at=8"), "/search?q=a%2Bb");
        assert_eq!(present("/", "at=7"), "/");
    }

    #[test]
    fn only_sections_of_the_catalogue_have_a_past() {
        for path in ["/", "/professions/a/middle", "/matrix.csv", "/skills"] {
            assert!(has_past(path), "{path}");
        }
        for path in ["/admin", "/api", "/changes", "/releases/1", "/skillset", "//rules", ""] {
            assert!(!has_past(path), "{path}");
        }
    }
}
