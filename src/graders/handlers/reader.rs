//! A program's request to read: what answering it takes.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;

use crate::error::AppError;
use crate::graders::service::catalogue::{Catalogue, Published};
use crate::web::{File, PageCache, Revalidation, respond};

/// A request to read.
pub struct Reader {
    request: HttpRequest,
    published: Data<Published>,
    cache: Data<PageCache>,
    revalidation: Data<Revalidation>,
}

/// What a program is answered with.
pub struct Json<T> {
    /// The body.
    pub body: T,
    /// The header `Link` (RFC 8288), where the body is a part of a list.
    pub link: Option<String>,
}

impl FromRequest for Reader {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = || {
            Some(Self {
                request: request.clone(),
                published: request.app_data::<Data<Published>>()?.clone(),
                cache: request.app_data::<Data<PageCache>>()?.clone(),
                revalidation: request.app_data::<Data<Revalidation>>()?.clone(),
            })
        };
        ready(found().ok_or_else(|| AppError::Internal("the application lacks its data".into())))
    }
}

impl Reader {
    /// The path of the request, as it was sent.
    #[must_use]
    pub fn path(&self) -> &str {
        self.request.path()
    }

    /// Answers with JSON that is made once a revision of the catalogue. `address` is the path and the
    /// parameters, in one spelling.
    ///
    /// # Errors
    ///
    /// What `build` returns; besides, if the database does not answer.
    pub async fn json<T: Serialize>(
        &self,
        address: impl Into<String>,
        build: impl FnOnce(&Catalogue) -> Result<Json<T>, AppError> + Send + 'static,
    ) -> Result<HttpResponse, AppError> {
        let address = address.into();
        let published = self.published.clone();
        let revision = self.revalidation.last_change_for(&self.request).await?.revision;
        if let Some(page) = self.cache.cached(&address, revision) {
            return Ok(respond::cached_file(&self.request, &page));
        }
        let build = move || {
            let Json { body, link } = build(&published.0.snapshot()?)?;
            File::json(&body, link)
        };
        respond::file(&self.request, &self.cache, (&address, revision), build).await
    }
}
