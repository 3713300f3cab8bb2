//! Addresses of the JSON API and of its reference page.

use super::encoded;

/// What the addresses of the API begin with.
pub const ROOT: &str = "/api/v1/graders";

/// The reference page.
pub const fn reference() -> &'static str {
    "/api"
}

/// A sort of problem on the reference page, by its name.
pub fn problem(name: &str) -> String {
    format!("/api#{}", encoded(name))
}

/// The document that describes the API.
pub const fn openapi() -> &'static str {
    "/api/v1/openapi.json"
}

/// A profession.
pub fn profession(slug: &str) -> String {
    format!("{ROOT}/professions/{}", encoded(slug))
}

/// A grade.
pub fn grade(id: i32) -> String {
    format!("{ROOT}/grades/{id}")
}

/// The part of a list that follows the one at `address`.
pub fn next_part(address: &str, cursor: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let cursor = format!("cursor={}", super::encoded_value(cursor));
    format!("{path}?{}", pairs.chain([&*cursor]).collect::<Vec<_>>().join("&"))
}

/// Whether a path belongs to the API, where answers are for programs and not for people.
pub fn contains(path: &str) -> bool {
    path.strip_prefix(reference()).is_some_and(|rest| rest.starts_with('/'))
}
