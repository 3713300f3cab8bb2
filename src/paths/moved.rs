//! Where a request is led that came to a former address, or to one with a slash too many.

use super::{encoded, encoded_value};

/// The address of a request under the present name of its profession or skill: in the path, or else
/// in the parameter that names it. `pattern` is the route the request took; every other segment and
/// parameter stays as it was sent.
pub fn moved(pattern: &str, path: &str, query: &str, slug: &str) -> String {
    let segments = path.split('/').zip(pattern.split('/'));
    let segments = segments.map(|(sent, part)| match part {
        "{slug}" => encoded(slug).to_string(),
        _ => sent.to_owned(),
    });
    let path = segments.collect::<Vec<_>>().join("/");
    let is_in_path = pattern.contains("{slug}");
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name @ "profession", _)) if !is_in_path => format!("{name}={}", encoded_value(slug)),
        _ => pair.to_owned(),
    });
    behind(&path, &pairs.collect::<Vec<_>>().join("&"))
}

/// The same address without slashes at its end; `None` if it has none. `path` and `query` are as
/// they came, still encoded.
pub fn without_last_slash(path: &str, query: &str) -> Option<String> {
    let path = path.strip_suffix('/').filter(|_| path.len() > 1)?;
    Some(behind(&format!("/{}", path.trim_matches('/')), query))
}

fn behind(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
