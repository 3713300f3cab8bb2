//! Pages rendered once a revision and answered from memory until the catalogue changes.

use std::error::Error;
use std::sync::Arc;

use actix_web::http::header::{HeaderName, HeaderValue, InvalidHeaderValue};
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};
use serde::Serialize;

use super::attempts::Attempts;
use super::compressed::{Compressed, wanted_encoding};
use super::csv::Sheet;
use super::markdown::Document;
use super::session;
use crate::db::Database;
use crate::editors::{self, service::Editor};
use crate::error::AppError;
use crate::graders::service::catalogue;
use crate::graders::service::skills::{DictionaryCache, SkillIndex, SkillIndexCache};
use crate::ladder::skill::Dictionary;

/// Bytes that rendered pages may take.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// A page larger than one part of the cache is not kept; the sitemap of 3,000 professions has 3 MB.
const SHARDS: usize = 4;
/// Pages expected in that space, of about 10 KB with their compressed forms.
const EXPECTED_PAGES: usize = 1_600;

/// Pages must be asked for anew each time, so that none outlives an edit; the answer to an
/// unchanged one is a short 304.
const REVALIDATE: &str = "no-cache";

/// Pages for those signed in are theirs alone.
const PRIVATE: &str = "private, no-store";

const PAGES_VARY_BY: &str = "Accept-Encoding, Cookie";

/// A page is compressed while a visitor waits.
const BROTLI_QUALITY: i32 = 3;

/// What handlers share.
pub struct State {
    /// The database.
    pub database: Database,
    /// Scheme, host and port that visitors see, without a slash at the end.
    pub public_url: String,
    /// Whether a proxy in front tells who the visitors are.
    pub is_behind_proxy: bool,
    /// Failures to sign in.
    pub attempts: Attempts,
    /// The secret address part under which the first owner is made, while there is no editor.
    pub setup_token: Option<String>,
    dictionary: DictionaryCache,
    skill_index: SkillIndexCache,
    kept: Cache<String, Arc<CachedPage>, ByteWeight>,
}

struct CachedPage {
    revision: i64,
    body: Compressed,
    /// A header of this page alone.
    header: Option<(HeaderName, HeaderValue)>,
}

/// What a program is answered with.
pub struct Json<T> {
    /// The body.
    pub body: T,
    /// The header `Link` (RFC 8288), where the body is a part of a list.
    pub link: Option<String>,
}

/// A calendar that is saved as a file (RFC 5545).
pub struct Calendar {
    /// The name of the file, without its ending.
    pub name: String,
    /// What is in it.
    pub text: String,
}

#[derive(Clone)]
struct ByteWeight;

impl Weighter<String, Arc<CachedPage>> for ByteWeight {
    fn weight(&self, address: &String, page: &Arc<CachedPage>) -> u64 {
        address.len() as u64 + page.body.size()
    }
}

impl State {
    /// State with an empty page cache.
    ///
    /// # Errors
    ///
    /// If the sizes of the cache do not fit together, which every start would tell.
    pub fn new(
        database: Database,
        public_url: String,
        setup_token: Option<String>,
        is_behind_proxy: bool,
    ) -> Result<Self, Box<dyn Error>> {
        let options = OptionsBuilder::new()
            .estimated_items_capacity(EXPECTED_PAGES)
            .weight_capacity(CACHE_BYTES)
            .shards(SHARDS)
            .build()?;
        let (hasher, lifecycle) = (DefaultHashBuilder::default(), DefaultLifecycle::default());
        let kept = Cache::with_options(options, ByteWeight, hasher, lifecycle);
        let attempts = Attempts::default();
        Ok(Self {
            database,
            public_url,
            is_behind_proxy,
            attempts,
            setup_token,
            dictionary: DictionaryCache::default(),
            skill_index: SkillIndexCache::default(),
            kept,
        })
    }

    /// Which grades name which skills now.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn skill_index(&self) -> Result<Arc<SkillIndex>, AppError> {
        let (revision, dictionary) = self.dictionary.get(&self.database)?;
        Ok(self.skill_index.get(&self.database, (revision, &dictionary))?)
    }

    /// The skill dictionary as it is now.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn dictionary(&self) -> Result<Arc<Dictionary>, AppError> {
        Ok(self.dictionary.get(&self.database)?.1)
    }

    /// What was answered at an address under the present revision, if both are known at once.
    fn kept_at_once(&self, address: &str) -> Option<Arc<CachedPage>> {
        self.kept(address, catalogue::revision_at_once(&self.database)?)
    }

    /// What was answered at an address under this revision of the catalogue.
    fn kept(&self, address: &str, revision: i64) -> Option<Arc<CachedPage>> {
        self.kept.get(address).filter(|page| page.revision == revision)
    }
}

/// A visitor's request for a page.
pub struct Visit<'a> {
    /// What handlers share.
    pub state: &'a State,
    /// The visitor, if signed in.
    pub editor: Option<Editor>,
    /// The day of the last change that visitors can see, in UTC.
    pub changed_on: Option<NaiveDate>,
}

/// Answers with an HTML page.
///
/// `address` is the page's own path and parameters, without those it does not read. `build` reads
/// the database and fills the page struct; it runs once a revision of the catalogue, on a thread
/// that may block.
///
/// # Errors
///
/// What `build` returns; besides, if the database does not answer or the template fails.
pub async fn html<T: Template>(
    request: &HttpRequest,
    state: &Data<State>,
    address: String,
    build: impl FnOnce(&Visit<'_>) -> Result<T, AppError> + Send + 'static,
) -> Result<HttpResponse, AppError> {
    respond(request, state, "text/html; charset=utf-8", address, |visit| {
        Ok((StatusCode::OK, build(visit)?))
    })
    .await
}

/// Answers with an HTML page with a form whose fields stand in the address; otherwise as [`html`].
/// A page that `build` gives another status than 200 tells what is wrong with the fields; nothing
/// keeps it.
///
/// # Errors
///
/// As [`html`].
pub async fn form<T: Template>(
    request: &HttpRequest,
    state: &Data<State>,
    address: String,
    build: impl FnOnce(&Visit<'_>) -> Result<(StatusCode, T), AppError> + Send + 'static,
) -> Result<HttpResponse, AppError> {
    respond(request, state, "text/html; charset=utf-8", address, build).await
}

/// Answers with an XML document; otherwise as [`html`].
///
/// # Errors
///
/// As [`html`].
pub async fn xml<T: Template>(
    request: &HttpRequest,
    state: &Data<State>,
    address: String,
    build: impl FnOnce(&Visit<'_>) -> Result<T, AppError> + Send + 'static,
) -> Result<HttpResponse, AppError> {
    respond(request, state, "application/xml; charset=utf-8", address, |visit| {
        Ok((StatusCode::OK, build(visit)?))
    })
    .await
}

async fn respond<T: Template>(
    request: &HttpRequest,
    state: &Data<State>,
    content_type: &'static str,
    address: String,
    build: impl FnOnce(&Visit<'_>) -> Result<(StatusCode, T), AppError> + Send + 'static,
) -> Result<HttpResponse, AppError> {
    let token = session::session_token(request, state);
    if token.is_none()
        && let Some(page) = state.kept_at_once(&address)
    {
        return Ok(page.body.respond(request, REVALIDATE, PAGES_VARY_BY));
    }
    let (state, encoding) = (Data::clone(state), wanted_encoding(request));
    let made = web::block(move || {
        // The revision is read before the page's data: a page rendered while somebody saves may
        // be newer than the revision it is kept under, but never older.
        let (revision, changed_on) = catalogue::last_change(&state.database)?;
        let editor = match token {
            Some(token) => editors::service::signed_in(&state.database, &token)?,
            None => None,
        };
        let for_everybody = editor.is_none();
        if let Some(page) = state.kept(&address, revision).filter(|_| for_everybody) {
            return Ok(Made::Page(page, REVALIDATE));
        }
        let (status, page) = build(&Visit { state: &state, editor, changed_on })?;
        let body = page.render()?;
        if status != StatusCode::OK {
            return Ok(Made::Refusal(status, body));
        }
        let body = Compressed::new(content_type, body.into_bytes(), BROTLI_QUALITY);
        body.form(encoding);
        let page = Arc::new(CachedPage { revision, body, header: None });
        if !for_everybody {
            return Ok(Made::Page(page, PRIVATE));
        }
        state.kept.insert(address, Arc::clone(&page));
        Ok::<_, AppError>(Made::Page(page, REVALIDATE))
    });
    Ok(match made.await?? {
        Made::Page(page, cache_control) => page.body.respond(request, cache_control, PAGES_VARY_BY),
        Made::Refusal(status, body) => once(status, body),
    })
}

/// What a page came out as.
enum Made {
    /// What was asked for, and how long it may be kept.
    Page(Arc<CachedPage>, &'static str),
    /// What is wrong with the request.
    Refusal(StatusCode, String),
}

/// Answers a program with JSON, which is made once a revision; otherwise as [`html`]. Who asks
/// makes no difference.
///
/// # Errors
///
/// As [`html`].
pub async fn json<T: Serialize>(
    request: &HttpRequest,
    state: &Data<State>,
    address: String,
    build: impl FnOnce(&State) -> Result<Json<T>, AppError> + Send + 'static,
) -> Result<HttpResponse, AppError> {
    same_for_all(request, state, "application/json", address, |state| {
        let Json { body, link } = build(state)?;
        Ok((written(&body)?, link.map(|link| (header::LINK, link))))
    })
    .await
}

/// Answers with a file for spreadsheets; otherwise as [`json`].
///
/// # Errors
///
/// As [`html`].
pub async fn csv(
    request: &HttpRequest,
    state: &Data<State>,
    address: String,
    build: impl FnOnce(&State) -> Result<Sheet, AppError> + Send + 'static,
) -> Result<HttpResponse, AppError> {
    same_for_all(request, state, "text/csv; charset=utf-8", address, |state| {
        let sheet = build(state)?;
        Ok((sheet.written()?, Some(attached(&sheet.name, "csv"))))
    })
    .await
}

/// Answers with a calendar as a file; otherwise as [`json`].
///
/// # Errors
///
/// As [`html`].
pub async fn calendar(
    request: &HttpRequest,
    state: &Data<State>,
    address: String,
    build: impl FnOnce(&State) -> Result<Calendar, AppError> + Send + 'static,
) -> Result<HttpResponse, AppError> {
    same_for_all(request, state, "text/calendar; charset=utf-8", address, |state| {
        let calendar = build(state)?;
        Ok((calendar.text.into_bytes(), Some(attached(&calendar.name, "ics"))))
    })
    .await
}

/// Answers with a file of Markdown; otherwise as [`json`].
///
/// # Errors
///
/// As [`html`].
pub async fn markdown(
    request: &HttpRequest,
    state: &Data<State>,
    address: String,
    build: impl FnOnce(&State) -> Result<Document, AppError> + Send + 'static,
) -> Result<HttpResponse, AppError> {
    same_for_all(request, state, "text/markdown; charset=utf-8", address, |state| {
        let document = build(state)?;
        Ok((document.text.into_bytes(), Some(attached(&document.name, "md"))))
    })
    .await
}

/// The header that makes a browser save what it gets.
fn attached(name: &str, ending: &str) -> (HeaderName, String) {
    (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\""))
}

async fn same_for_all(
    request: &HttpRequest,
    state: &Data<State>,
    content_type: &'static str,
    address: String,
    build: impl FnOnce(&State) -> Result<(Vec<u8>, Option<(HeaderName, String)>), AppError>
    + Send
    + 'static,
) -> Result<HttpResponse, AppError> {
    let page = if let Some(page) = state.kept_at_once(&address) {
        page
    } else {
        let (state, encoding) = (Data::clone(state), wanted_encoding(request));
        let made = web::block(move || {
            let revision = catalogue::revision(&state.database)?;
            if let Some(page) = state.kept(&address, revision) {
                return Ok(page);
            }
            let (body, header) = build(&state)?;
            let header = header.map(|(name, value)| Ok((name, HeaderValue::try_from(value)?)));
            let header = header.transpose();
            let header =
                header.map_err(|error: InvalidHeaderValue| AppError::Internal(error.into()));
            let body = Compressed::new(content_type, body, BROTLI_QUALITY);
            body.form(encoding);
            let page = Arc::new(CachedPage { revision, body, header: header? });
            state.kept.insert(address, Arc::clone(&page));
            Ok::<_, AppError>(page)
        });
        made.await??
    };
    let mut answer = page.body.respond(request, REVALIDATE, "Accept-Encoding");
    if let Some((name, value)) = &page.header {
        answer.headers_mut().insert(name.clone(), value.clone());
    }
    Ok(answer)
}

/// The bytes of a JSON body.
///
/// # Errors
///
/// If it can't be written as JSON, which no body of ours is.
pub fn written(body: &impl Serialize) -> Result<Vec<u8>, AppError> {
    serde_json::to_vec(body).map_err(|error| AppError::Internal(error.into()))
}

/// Answers one visitor with a page that nothing keeps.
///
/// # Errors
///
/// If the template fails.
pub fn uncached(status: StatusCode, page: &impl Template) -> Result<HttpResponse, AppError> {
    Ok(once(status, page.render()?))
}

fn once(status: StatusCode, body: String) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, PRIVATE))
        .content_type("text/html; charset=utf-8")
        .body(body)
}
