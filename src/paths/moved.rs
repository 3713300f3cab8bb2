//! Where a request is led that came to a former address, or to one with a slash too many.

use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use super::encoded;

/// The address of a request under the present name of its profession or skill: in the path, or else
/// in the parameter `profession`. `pattern` is the route the request took and `parts` what stood in
/// its path, as the router has it; the rest of the query stays as it is.
pub fn moved<'a>(
    pattern: &str,
    parts: impl IntoIterator<Item = (&'a str, &'a str)>,
    query: &str,
    slug: &str,
) -> String {
    if !pattern.contains("{slug}") {
        let pairs = form_urlencoded::parse(query.as_bytes());
        let mut moved = form_urlencoded::Serializer::new(String::new());
        for (name, value) in pairs {
            let value = if name == "profession" { slug.into() } else { value };
            moved.append_pair(&name, &value);
        }
        return behind(pattern, &moved.finish());
    }
    let mut path = pattern.replace("{slug}", &encoded(slug).to_string());
    for (name, part) in parts.into_iter().filter(|(name, _)| *name != "slug") {
        // The router leaves some characters encoded.
        let part = percent_decode_str(part).decode_utf8_lossy();
        path = path.replace(&format!("{{{name}}}"), &encoded(&part).to_string());
    }
    behind(&path, query)
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
