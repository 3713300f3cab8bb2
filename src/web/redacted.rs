//! Addresses as the log may show them.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// What stands in place of a secret.
const HIDDEN: &str = "…";
/// The segments of a path after which a secret stands.
const BEFORE_SECRET: [&str; 2] = ["invitation", "setup"];
/// What the names of parameters have in them whose values are secret.
const SECRET_NAMES: [&str; 9] =
    ["auth", "credential", "key", "pass", "pwd", "secret", "session", "token", "typed"];
/// How every key of the API begins.
const KEY: &str = "grades_";
/// So many hexadecimal digits on end are a secret; the names of assets have fewer.
const SECRET_LENGTH: usize = 24;

/// Path and query of a request without what a log must not hold: the addresses where passwords
/// are set, passwords, keys and tokens, wherever somebody has put them.
#[must_use]
pub fn redacted(target: &str) -> Cow<'_, str> {
    let (path, query) =
        target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let mut is_secret = false;
    let segments = path.split('/').map(|segment| {
        let shown = if is_secret && !segment.is_empty() { HIDDEN.into() } else { part(segment) };
        let plain = decoded(segment);
        is_secret |= BEFORE_SECRET.iter().any(|before| plain.eq_ignore_ascii_case(before));
        shown
    });
    let mut text = segments.collect::<Vec<_>>().join("/");
    let parameters = query.into_iter().flat_map(|query| query.split('&')).map(|parameter| {
        let Some((name, value)) = parameter.split_once('=') else { return part(parameter) };
        let small = decoded(name).to_lowercase();
        let is_secret = SECRET_NAMES.iter().any(|secret| small.contains(secret));
        let value = if is_secret && !value.is_empty() { HIDDEN.into() } else { part(value) };
        format!("{}={value}", part(name)).into()
    });
    let parameters = parameters.collect::<Vec<Cow<'_, str>>>();
    if query.is_some() {
        text.push('?');
        text.push_str(&parameters.join("&"));
    }
    if text == target { target.into() } else { text.into() }
}

/// A part of an address, unless it is or has a key or a token in it.
fn part(text: &str) -> Cow<'_, str> {
    let plain = decoded(text);
    let digits = plain.split(|letter: char| !letter.is_ascii_hexdigit());
    let is_secret = plain.contains(KEY)
        || digits.max_by_key(|run| run.len()).is_some_and(|run| run.len() >= SECRET_LENGTH);
    if is_secret { HIDDEN.into() } else { text.into() }
}

/// A text as it was before it was encoded, however often.
fn decoded(text: &str) -> Cow<'_, str> {
    let mut plain = Cow::Borrowed(text);
    while plain.contains('%') {
        let next = percent_decode_str(&plain).decode_utf8_lossy().into_owned();
        if next == plain {
            break;
        }
        plain = next.into();
    }
    plain
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, percent_encode_byte, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_secret_is_shown_as_it_was_sent() {
        for target in [
            "/",
            "*",
            "/professions/front-end/middle?page=2",
            "/search?q=%D0%B3%D0%B8%D1%82&utm_source=mail",
            "/assets/site.0123456789abcdef.css",
            "/compare?left=front-end/middle&right=a%2Fb",
            "/admin/sign-in?to=%2Fadmin",
            "/?a&b=&%zz",
        ] {
            assert_eq!(redacted(target), target);
        }
    }

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        for (target, shown) in [
            ("/admin/setup/abc", "/admin/setup/…"),
            ("/admin/invitation/abc", "/admin/invitation/…"),
            ("/admin/%73etup/abc/d?x=1", "/admin/%73etup/…/…?x=1"),
            ("//admin//SETUP//abc", "//admin//SETUP//…"),
            (
                "/admin/sign-in?login=ann&password=a+b&to=/",
                "/admin/sign-in?login=ann&password=…&to=/",
            ),
            (
                "/x?present-password=%20&API%5FKEY=1&Access-Token=2",
                "/x?present-password=…&API%5FKEY=…&Access-Token=…",
            ),
            ("/api/v1/graders/grades_0a", "/api/v1/graders/…"),
            ("/search?q=grades%5F0a", "/search?q=…"),
        ] {
            assert_eq!(redacted(target), shown);
        }
    }

    proptest! {
        #[test]
        fn a_token_is_hidden_in_every_place_and_spelling(
            token in "[0-9a-f]{64}", before in "[ -~]{0,20}", after in "[g-z/?&=]{0,20}", encoded: bool,
        ) {
            let spelled = token.bytes().map(percent_encode_byte).collect();
            let token = if encoded { spelled } else { token };
            let target = format!("/{}{token}{after}", before.replace('%', ""));
            prop_assert!(!redacted(&target).contains(&token));
            let twice = utf8_percent_encode(&target, NON_ALPHANUMERIC).to_string();
            prop_assert!(!redacted(&twice).contains(&utf8_percent_encode(&token, NON_ALPHANUMERIC).to_string()));
        }
    }
}
