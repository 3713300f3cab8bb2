//! Parameters of addresses are cleaned before any handler reads them.

use std::borrow::Cow;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;
use actix_web::middleware::Next;
use url::form_urlencoded;

use crate::clean;

/// Cleans the parameters of the request ([`clean::text`]).
///
/// # Errors
///
/// None of its own.
pub async fn clean_query(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Some(query) = cleaned(request.query_string())
        && let Some(uri) = with_query(request.uri(), &query)
    {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
    next.call(request).await
}

/// The cleaned parameters; `None` if they were clean.
fn cleaned(query: &str) -> Option<String> {
    // Whatever is to be cleaned is either encoded or not ASCII.
    if query.bytes().all(|byte| byte.is_ascii() && byte != b'%') {
        return None;
    }
    let is_clean = |text: &str| matches!(clean::text(text), Cow::Borrowed(_));
    let pairs = || form_urlencoded::parse(query.as_bytes());
    if pairs().all(|(name, value)| is_clean(&name) && is_clean(&value)) {
        return None;
    }
    let mut written = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs() {
        written.append_pair(&clean::text(&name), &clean::text(&value));
    }
    Some(written.finish())
}

fn with_query(uri: &Uri, query: &str) -> Option<Uri> {
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{}?{query}", uri.path())).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_clean_is_written_anew() {
        assert_eq!(cleaned("q=git&level=junior%2B&x=%D0%B9"), None);
        assert_eq!(cleaned("q=%FF"), None);
        let typed = "q=%D0%B8%CC%86+a%2Bb&%E2%80%8Blevel=";
        assert_eq!(cleaned(typed).as_deref(), Some("q=%D0%B9+a%2Bb&level="));
    }
}
