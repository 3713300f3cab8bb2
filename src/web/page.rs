//! Pages rendered once a revision and answered from memory until the catalogue changes.

use std::error::Error;
use std::sync::Arc;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use super::compressed::Compressed;
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service;

/// Bytes that rendered pages may take.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// A page larger than one part of the cache is not kept; the sitemap of 3,000 professions has 3 MB.
const SHARDS: usize = 4;
/// Pages expected in that space, of about 10 KB with their compressed forms.
const EXPECTED_PAGES: usize = 1_600;

/// Pages must be asked for anew each time, so that none outlives an edit; the answer to an
/// unchanged one is a short 304.
const REVALIDATE: &str = "no-cache";

/// A page is compressed while a visitor waits.
const BROTLI_QUALITY: i32 = 5;

/// What handlers share.
pub struct State {
    /// The database.
    pub database: Database,
    /// Scheme, host and port that visitors see, without a slash at the end.
    pub public_url: String,
    pages: Cache<String, Arc<CachedPage>, ByteWeight>,
}

struct CachedPage {
    revision: i64,
    body: Compressed,
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
    pub fn new(database: Database, public_url: String) -> Result<Self, Box<dyn Error>> {
        let options = OptionsBuilder::new()
            .estimated_items_capacity(EXPECTED_PAGES)
            .weight_capacity(CACHE_BYTES)
            .shards(SHARDS)
            .build()?;
        let (hasher, lifecycle) = (DefaultHashBuilder::default(), DefaultLifecycle::default());
        let pages = Cache::with_options(options, ByteWeight, hasher, lifecycle);
        Ok(Self { database, public_url, pages })
    }
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
    build: impl FnOnce(&State) -> Result<T, AppError> + Send + 'static,
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
    build: impl FnOnce(&State) -> Result<T, AppError> + Send + 'static,
) -> Result<HttpResponse, AppError> {
    respond(request, state, "application/xml; charset=utf-8", address, build).await
}

async fn respond<T: Template>(
    request: &HttpRequest,
    state: &Data<State>,
    content_type: &'static str,
    address: String,
    build: impl FnOnce(&State) -> Result<T, AppError> + Send + 'static,
) -> Result<HttpResponse, AppError> {
    let state = Data::clone(state);
    let page = web::block(move || {
        // The revision is read before the page's data: a page rendered while somebody saves may
        // be newer than the revision it is kept under, but never older.
        let revision = service::revision(&state.database)?;
        if let Some(page) = state.pages.get(&address).filter(|page| page.revision == revision) {
            return Ok(page);
        }
        let body = build(&state)?.render()?.into_bytes();
        let body = Compressed::new(content_type, body, BROTLI_QUALITY);
        let page = Arc::new(CachedPage { revision, body });
        state.pages.insert(address, Arc::clone(&page));
        Ok::<_, AppError>(page)
    })
    .await??;
    Ok(page.body.respond(request, REVALIDATE))
}
