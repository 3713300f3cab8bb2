//! Pages as they stood: their notice, and that what they lead to stays in the same state.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderValue, LOCATION};
use actix_web::middleware::Next;

use crate::paths;

/// What a page says of the past state that it shows.
#[derive(Clone, Debug)]
pub struct Past {
    /// When that was, as a sentence goes on after «Так было»: «1 ноября 2026 года».
    pub when: String,
    /// The name of the release that the state is.
    pub release: Option<String>,
    /// The address of the page as it is now.
    pub now: String,
    /// The name of the state in addresses.
    pub at: String,
}

/// Marks what leads out of a past state.
const OUT: &str = " data-now";

/// The page with links and forms that lead to pages in the same state, where those have one.
#[must_use]
pub fn kept(html: &str, state: &str) -> String {
    let mut page = String::with_capacity(html.len() + html.len() / 4);
    let mut rest = html;
    while let Some((start, is_form)) = next_tag(rest) {
        let Some(length) = rest[start..].find('>') else { break };
        let tag = &rest[start..=start + length];
        page.push_str(&rest[..start]);
        if tag.contains(OUT) {
            page.push_str(tag);
        } else if is_form {
            page.push_str(tag);
            let leads_there = value(tag, " action=\"").is_none_or(|(_, to)| has_past(to));
            if tag.contains(" method=\"get\"") && leads_there {
                let (name, end) = (paths::AT, "\">");
                page.extend(["<input type=\"hidden\" name=\"", name, "\" value=\"", state, end]);
            }
        } else {
            match value(tag, " href=\"").filter(|(_, to)| has_past(to)) {
                Some((place, to)) => {
                    page.push_str(&tag[..place]);
                    page.push_str(&paths::at_in_html(to, state));
                    page.push_str(&tag[place + to.len()..]);
                }
                None => page.push_str(tag),
            }
        }
        rest = &rest[start + length + 1..];
    }
    page.push_str(rest);
    page
}

/// Where the next link or form opens, and whether it is a form.
fn next_tag(html: &str) -> Option<(usize, bool)> {
    let mut from = 0;
    loop {
        let start = from + html[from..].find('<')?;
        if html[start..].starts_with("<a ") {
            return Some((start, false));
        }
        if html[start..].starts_with("<form ") {
            return Some((start, true));
        }
        from = start + 1;
    }
}

/// The value of an attribute, and where it stands.
fn value<'a>(tag: &'a str, attribute: &str) -> Option<(usize, &'a str)> {
    let start = tag.find(attribute)? + attribute.len();
    let length = tag[start..].find('"')?;
    Some((start, &tag[start..start + length]))
}

fn has_past(address: &str) -> bool {
    paths::has_past(address.split(['?', '#']).next().unwrap_or_default())
}

/// Keeps the state that a request names in the redirect that answers it.
///
/// # Errors
///
/// None of its own.
pub async fn keep_in_redirects(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut answer = next.call(request).await?;
    if answer.status().is_redirection()
        && let Some(state) = paths::state_in(answer.request().query_string())
        && paths::has_past(answer.request().path())
        && let Some(to) = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok())
        && has_past(to)
        && let Ok(kept) = HeaderValue::try_from(paths::at(to, &paths::encoded_state(&state)))
    {
        answer.headers_mut().insert(LOCATION, kept);
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_forms_of_the_catalogue_keep_the_state() {
        let page = "<p>1 < 2 <a class=\"x\" href=\"/rules#a\">1</a><a href=\"/admin\">2</a>\
                    <a data-now href=\"/\">3</a><a href=\"https://a.b/\">4</a><a href=\"#c\">5</a>\
                    <form method=\"get\" action=\"/search\"><form method=\"post\" action=\"/check\">\
                    <form data-now method=\"get\" action=\"/\"><a href=\"/?page=2&#38;x=1\">6";
        let expected = "<p>1 < 2 <a class=\"x\" href=\"/rules?at=7#a\">1</a><a href=\"/admin\">2</a>\
                        <a data-now href=\"/\">3</a><a href=\"https://a.b/\">4</a><a href=\"#c\">5</a>\
                        <form method=\"get\" action=\"/search\"><input type=\"hidden\" name=\"at\" value=\"7\">\
                        <form method=\"post\" action=\"/check\"><form data-now method=\"get\" action=\"/\">\
                        <a href=\"/?page=2&#38;x=1&amp;at=7\">6";
        assert_eq!(kept(page, "7"), expected);
    }
}
