//! Answers: pages, files and JSON, cached or not.

use std::sync::Arc;

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Serialize;

use super::cache::{Answer, CachedPage, PageCache, Rendered};
use super::compressed::{Compressed, wanted_encoding};
use super::repeats;
use crate::error::AppError;

/// Pages must be asked for anew each time, so that none outlives an edit; the answer to an
/// unchanged one is a short 304.
const REVALIDATE: &str = "no-cache";

/// Pages for those signed in are theirs alone.
const PRIVATE: &str = "private, no-store";

/// The media type of pages.
pub const HTML: &str = "text/html; charset=utf-8";

/// A page is compressed while a visitor waits, and then kept: from 5 on Brotli finds repetitions so much better
/// that the home page takes a sixth less.
const BROTLI_QUALITY: i32 = 5;

/// A body that is the same for everybody, and its media type.
pub struct File {
    content_type: &'static str,
    body: Vec<u8>,
    header: Option<(HeaderName, String)>,
}

impl File {
    /// A document that browsers show.
    #[must_use]
    pub fn inline(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { content_type, body: body.into(), header: None }
    }

    /// A file that browsers save as `name`.
    #[must_use]
    pub fn attachment(content_type: &'static str, name: &str, body: impl Into<Vec<u8>>) -> Self {
        let disposition = format!("attachment; filename=\"{name}\"");
        let header = Some((header::CONTENT_DISPOSITION, disposition));
        Self { content_type, body: body.into(), header }
    }

    /// A JSON body; `link` is the header `Link` (RFC 8288), where the body is a part of a list.
    ///
    /// # Errors
    ///
    /// As [`written`].
    pub fn json(body: &impl Serialize, link: Option<String>) -> Result<Self, AppError> {
        let header = link.map(|link| (header::LINK, link));
        Ok(Self { content_type: "application/json", body: written(body)?, header })
    }

    /// The body to be compressed, and the header of this file alone.
    fn compressed(self) -> Result<(Compressed, Option<(HeaderName, HeaderValue)>), AppError> {
        let header = self.header.map(|(name, value)| Ok((name, HeaderValue::try_from(value)?)));
        let header = header.transpose();
        let header =
            header.map_err(|error: header::InvalidHeaderValue| AppError::Internal(error.into()))?;
        Ok((Compressed::new(self.content_type, self.body, BROTLI_QUALITY), header))
    }
}

/// Answers with a file that is rendered once a revision. Who asks makes no difference.
///
/// # Errors
///
/// What `build` returns; besides, if a header of the file is none.
pub async fn file(
    request: &HttpRequest,
    cache: &PageCache,
    (address, revision): (&str, i64),
    build: impl FnOnce() -> Result<File, AppError> + Send + 'static,
) -> Result<HttpResponse, AppError> {
    let encoding = wanted_encoding(request);
    let render = move || {
        let (body, header) = build()?.compressed()?;
        body.form(encoding);
        Ok(Rendered::Page(body, header))
    };
    Ok(match cache.get_or_render(address, revision, render).await? {
        Answer::Cached(page) => cached_file(request, &page),
        Answer::Refusal(status, body) => uncached_body(status, body),
    })
}

/// Answers with a file from the cache.
#[must_use]
pub fn cached_file(request: &HttpRequest, page: &Arc<CachedPage>) -> HttpResponse {
    let mut answer = file_answer(request, &page.body, page.header.as_ref());
    repeats::mark(request, &mut answer, page);
    answer
}

/// Answers with a file that is not kept.
///
/// # Errors
///
/// If a header of the file is none.
pub fn fresh_file(request: &HttpRequest, file: File) -> Result<HttpResponse, AppError> {
    let (body, header) = file.compressed()?;
    Ok(file_answer(request, &body, header.as_ref()))
}

fn file_answer(
    request: &HttpRequest,
    body: &Compressed,
    header: Option<&(HeaderName, HeaderValue)>,
) -> HttpResponse {
    let mut answer = body.respond(request, REVALIDATE, "Accept-Encoding");
    if let Some((name, value)) = header {
        answer.headers_mut().insert(name.clone(), value.clone());
    }
    answer
}

/// Answers with a page for visitors who are not signed in, which is rendered once a revision. A page
/// that `render` gives another status than 200 tells what is wrong with the request and is not cached.
///
/// # Errors
///
/// What `render` returns.
pub async fn public_page(
    request: &HttpRequest,
    cache: &PageCache,
    (address, revision): (&str, i64),
    render: impl FnOnce() -> Result<(StatusCode, String), AppError> + Send + 'static,
) -> Result<HttpResponse, AppError> {
    let encoding = wanted_encoding(request);
    let render = move || {
        let (status, body) = render()?;
        if status != StatusCode::OK {
            return Ok(Rendered::Refusal(status, body));
        }
        let body = Compressed::new(HTML, body.into_bytes(), BROTLI_QUALITY);
        body.form(encoding);
        Ok(Rendered::Page(body, None))
    };
    Ok(match cache.get_or_render(address, revision, render).await? {
        Answer::Cached(page) => cached_page(request, &page),
        Answer::Refusal(status, body) => uncached_body(status, body),
    })
}

/// Answers with a page from the cache.
#[must_use]
pub fn cached_page(request: &HttpRequest, page: &Arc<CachedPage>) -> HttpResponse {
    let mut answer = page.body.respond(request, REVALIDATE, PAGES_VARY_BY);
    repeats::mark(request, &mut answer, page);
    answer
}

/// What the answer of a public page depends on: whoever is signed in sees more.
const PAGES_VARY_BY: &str = "Accept-Encoding, Cookie";

/// Answers somebody who is signed in with a public page, compressed and not cached.
#[must_use]
pub fn private_page(request: &HttpRequest, body: String) -> HttpResponse {
    let body = Compressed::new(HTML, body.into_bytes(), BROTLI_QUALITY);
    body.respond(request, PRIVATE, PAGES_VARY_BY)
}

/// The bytes of a JSON body.
///
/// # Errors
///
/// If it can't be written as JSON, which no body of ours is.
pub fn written(body: &impl Serialize) -> Result<Vec<u8>, AppError> {
    serde_json::to_vec(body).map_err(|error| AppError::Internal(error.into()))
}

/// Answers one visitor with a page that nothing caches.
///
/// # Errors
///
/// If the template fails.
pub fn uncached(status: StatusCode, page: &impl Template) -> Result<HttpResponse, AppError> {
    Ok(uncached_body(status, page.render()?))
}

/// Answers one visitor with a rendered page that nothing caches.
#[must_use]
pub fn uncached_body(status: StatusCode, body: String) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, PRIVATE))
        .content_type(HTML)
        .body(body)
}

/// Leads a browser on after a form that did what was asked, to an address that it may load again
/// without harm.
#[must_use]
pub fn see_other(address: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, address))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
