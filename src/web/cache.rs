//! Pages rendered once a revision of what they are made of, and answered from memory until the next.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use super::request_id::{fresh, in_time};
use super::{Compressed, Counter};
use crate::error::AppError;

/// Bytes that rendered pages may take.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// A page larger than one shard of the cache is not kept; the sitemap of 3,000 professions has 3 MB.
const SHARDS: usize = 4;
/// Pages expected in that space, of about 10 KB with their compressed forms.
const EXPECTED_PAGES: usize = 1_600;

/// Rendered pages by their addresses.
pub struct PageCache {
    pages: Cache<String, Arc<CachedPage>, ByteWeight>,
    /// Requests that were answered from it.
    pub hits: Counter,
    /// Requests for which a page had to be rendered.
    pub misses: Counter,
}

/// A rendered page.
pub struct CachedPage {
    revision: i64,
    /// The page.
    pub body: Compressed,
    /// A header of this page alone.
    pub header: Option<(HeaderName, HeaderValue)>,
}

/// What rendering came to.
#[expect(clippy::large_enum_variant, reason = "lives for one rendering, in one place")]
pub enum Rendered {
    /// The page, and a header of this page alone.
    Page(Compressed, Option<(HeaderName, HeaderValue)>),
    /// A page that tells what is wrong with the request; it is not cached.
    Refusal(StatusCode, String),
}

/// What a request gets.
pub enum Answer {
    /// A page from the cache, or one that is cached from now on.
    Cached(Arc<CachedPage>),
    /// As [`Rendered::Refusal`].
    Refusal(StatusCode, String),
}

impl CachedPage {
    /// The revision that it was rendered under.
    pub(super) fn revision(&self) -> i64 {
        self.revision
    }
}

#[derive(Clone)]
struct ByteWeight;

impl Weighter<String, Arc<CachedPage>> for ByteWeight {
    fn weight(&self, address: &String, page: &Arc<CachedPage>) -> u64 {
        address.len() as u64 + page.body.size()
    }
}

impl PageCache {
    /// An empty cache.
    ///
    /// # Errors
    ///
    /// If the sizes above do not fit together, which every start would tell.
    pub fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let options = OptionsBuilder::new()
            .estimated_items_capacity(EXPECTED_PAGES)
            .weight_capacity(CACHE_BYTES)
            .shards(SHARDS)
            .build()?;
        let (hasher, lifecycle) = (DefaultHashBuilder::default(), DefaultLifecycle::default());
        let pages = Cache::with_options(options, ByteWeight, hasher, lifecycle);
        Ok(Self { pages, hits: Counter::default(), misses: Counter::default() })
    }

    /// The page at an address under a revision, if it is cached.
    #[must_use]
    pub fn cached(&self, address: &str, revision: i64) -> Option<Arc<CachedPage>> {
        let page = self.pages.get(address).filter(|page| page.revision == revision)?;
        self.hits.count();
        Some(page)
    }

    /// The page at an address under a revision, rendered on a thread that may block if it is not
    /// cached. Of requests that miss it at the same time one renders and the others wait for it.
    ///
    /// Read `revision` before the data that `render` reads: a page rendered while somebody saves
    /// may be newer than the revision it is cached under, but never older.
    ///
    /// # Errors
    ///
    /// What `render` returns; nothing is cached then, and the next request that waits renders.
    pub async fn get_or_render(
        &self,
        address: &str,
        revision: i64,
        render: impl FnOnce() -> Result<Rendered, AppError> + Send + 'static,
    ) -> Result<Answer, AppError> {
        let guard = loop {
            match in_time(self.pages.get_value_or_guard_async(address)).await? {
                Ok(page) if page.revision == revision => {
                    self.hits.count();
                    return Ok(Answer::Cached(page));
                }
                Ok(_) => drop(self.pages.remove_if(address, |page| page.revision != revision)),
                Err(guard) => break guard,
            }
        };
        log::debug!("rendering {address}");
        let rendered = fresh(render).await?;
        self.misses.count();
        match rendered? {
            Rendered::Page(body, header) => {
                let page = Arc::new(CachedPage { revision, body, header });
                // The guard gives the page back where somebody has emptied the cache meanwhile.
                drop(guard.insert(Arc::clone(&page)));
                Ok(Answer::Cached(page))
            }
            Rendered::Refusal(status, body) => Ok(Answer::Refusal(status, body)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    fn page(text: &str) -> Rendered {
        Rendered::Page(Compressed::new("text/plain", text.into(), 3), None)
    }

    /// Asks for one address many times at once; how often it was rendered.
    async fn renderings(cache: &Arc<PageCache>, revision: i64, requests: usize) -> usize {
        let count = Arc::new(AtomicUsize::new(0));
        let asked = (0..requests).map(|_| {
            let (cache, count) = (Arc::clone(cache), Arc::clone(&count));
            actix_web::rt::spawn(async move {
                let render = move || {
                    count.fetch_add(1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(20));
                    Ok(page(&revision.to_string()))
                };
                let answer = cache.get_or_render("/", revision, render).await.unwrap();
                let Answer::Cached(page) = answer else { panic!("a page was rendered") };
                assert_eq!(page.revision, revision);
            })
        });
        for asked in asked.collect::<Vec<_>>() {
            asked.await.unwrap();
        }
        count.load(Ordering::SeqCst)
    }

    #[actix_web::test]
    async fn requests_at_the_same_time_render_a_page_once_for_each_revision() {
        let cache = Arc::new(PageCache::new().unwrap());
        assert_eq!(renderings(&cache, 1, 64).await, 1);
        assert_eq!(renderings(&cache, 1, 64).await, 0);
        assert_eq!(renderings(&cache, 2, 64).await, 1);
    }

    #[actix_web::test]
    async fn an_error_and_a_refusal_are_not_cached() {
        let cache = PageCache::new().unwrap();
        let refuse = || Ok(Rendered::Refusal(StatusCode::UNPROCESSABLE_ENTITY, "no".into()));
        let fail = || Err(AppError::BadRequest("no"));
        assert!(matches!(
            cache.get_or_render("/", 1, refuse).await,
            Ok(Answer::Refusal(StatusCode::UNPROCESSABLE_ENTITY, _))
        ));
        assert!(cache.get_or_render("/", 1, fail).await.is_err());
        assert!(cache.cached("/", 1).is_none());
        assert!(cache.get_or_render("/", 1, || Ok(page("yes"))).await.is_ok());
        assert!(cache.cached("/", 1).is_some() && cache.cached("/", 2).is_none());
    }
}
