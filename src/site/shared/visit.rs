//! A visitor's request for a public page: what answering it takes, and what the page is built from.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use askama::Template;
use chrono::{NaiveDate, NaiveDateTime};

use crate::auth::cookies::session_token;
use crate::db::Database;
use crate::editors::service::{self as editors, Editor};
use crate::error::AppError;
use crate::graders::service::ServiceError;
use crate::graders::service::catalogue::{self, Catalogue};
use crate::graders::service::skills::SkillIndex;
use crate::ladder::skill::Dictionary;
use crate::web::{CachedPage, Clock, File, Head, PageCache, Section, Site, blocking, respond};

/// A request for a public page.
#[derive(Clone)]
pub struct Visitor {
    /// The request.
    pub request: HttpRequest,
    database: Data<Database>,
    catalogue: Data<Catalogue>,
    cache: Data<PageCache>,
    clock: Data<Clock>,
    site: Data<Site>,
}

/// What a page is built from, on a thread that may block.
pub struct Visit {
    /// The database.
    pub database: Data<Database>,
    /// Where visitors find the site.
    pub site: Data<Site>,
    /// The visitor, if signed in.
    pub editor: Option<Editor>,
    catalogue: Data<Catalogue>,
    /// The revision of the catalogue, or an earlier one.
    pub revision: i64,
    /// The time of the last change that visitors can see, in UTC.
    pub changed_at: Option<NaiveDateTime>,
}

impl FromRequest for Visitor {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = || {
            Some(Self {
                request: request.clone(),
                database: request.app_data::<Data<Database>>()?.clone(),
                catalogue: request.app_data::<Data<Catalogue>>()?.clone(),
                cache: request.app_data::<Data<PageCache>>()?.clone(),
                clock: request.app_data::<Data<Clock>>()?.clone(),
                site: request.app_data::<Data<Site>>()?.clone(),
            })
        };
        ready(found().ok_or_else(|| AppError::Internal("the application lacks its data".into())))
    }
}

impl Visitor {
    /// The time it is now, in UTC.
    pub fn now(&self) -> NaiveDateTime {
        self.clock.now().naive_utc()
    }

    /// The day it is now. A page that depends on it has it in the `address` it is cached under.
    pub fn today(&self) -> NaiveDate {
        self.clock.today()
    }

    /// Answers with an HTML page.
    ///
    /// `address` is the page's own path and parameters, without those it does not read. `build`
    /// reads the database and fills the page struct; for visitors who are not signed in it runs
    /// once a revision of the catalogue.
    ///
    /// # Errors
    ///
    /// What `build` returns; besides, if the database does not answer or the template fails.
    pub async fn html<T: Template>(
        &self,
        address: String,
        build: impl FnOnce(&Visit) -> Result<T, AppError> + Send + 'static,
    ) -> Result<HttpResponse, AppError> {
        self.form(address, |visit| Ok((StatusCode::OK, build(visit)?))).await
    }

    /// Answers with an HTML page with a form whose fields stand in the address; otherwise as
    /// [`Self::html`]. A page that `build` gives another status than 200 tells what is wrong with
    /// the fields and is not cached.
    ///
    /// # Errors
    ///
    /// As [`Self::html`].
    pub async fn form<T: Template>(
        &self,
        address: String,
        build: impl FnOnce(&Visit) -> Result<(StatusCode, T), AppError> + Send + 'static,
    ) -> Result<HttpResponse, AppError> {
        let token = session_token(&self.request);
        if token.is_none()
            && let Some(page) = self.cached(&address)
        {
            return Ok(respond::cached_page(&self.request, &page));
        }
        let last_change = self.last_change().await?;
        let (revision, _) = last_change;
        let editor = match token {
            Some(token) => {
                let database = self.database.clone();
                blocking(move || editors::signed_in(&database, &token)).await??
            }
            None => None,
        };
        if editor.is_none()
            && let Some(page) = self.cache.cached(&address, revision)
        {
            return Ok(respond::cached_page(&self.request, &page));
        }
        let visit = self.visit(editor, last_change);
        if visit.editor.is_none() {
            let render = move || build(&visit);
            let at = (address.as_str(), revision);
            return respond::public_page(&self.request, &self.cache, at, render).await;
        }
        let render = move || {
            let (status, page) = build(&visit)?;
            Ok::<_, AppError>((status, page.render()?))
        };
        Ok(match blocking(render).await?? {
            (StatusCode::OK, body) => respond::private_page(&self.request, body),
            (status, body) => respond::uncached_body(status, body),
        })
    }

    /// Answers with a file, which is the same for everybody and is made once a revision.
    ///
    /// # Errors
    ///
    /// As [`Self::html`].
    pub async fn file(
        &self,
        address: String,
        build: impl FnOnce(&Visit) -> Result<File, AppError> + Send + 'static,
    ) -> Result<HttpResponse, AppError> {
        if let Some(page) = self.cached(&address) {
            return Ok(respond::cached_file(&self.request, &page));
        }
        let last_change = self.last_change().await?;
        let (revision, _) = last_change;
        let visit = self.visit(None, last_change);
        let build = move || build(&visit);
        respond::file(&self.request, &self.cache, (&address, revision), build).await
    }

    /// Answers with a file that is made for each request.
    ///
    /// # Errors
    ///
    /// As [`Self::html`].
    pub async fn fresh_file(
        &self,
        build: impl FnOnce(&Visit) -> Result<File, AppError> + Send + 'static,
    ) -> Result<HttpResponse, AppError> {
        let visit = self.visit(None, self.last_change().await?);
        respond::fresh_file(&self.request, blocking(move || build(&visit)).await??)
    }

    /// The page at an address as it is now, if the cache has it and the revision is known at once.
    fn cached(&self, address: &str) -> Option<Arc<CachedPage>> {
        let revision = catalogue::try_revision_inline(&self.database)?;
        self.cache.cached(address, revision)
    }

    /// The revision of the catalogue now, and the time of its last change.
    async fn last_change(&self) -> Result<(i64, Option<NaiveDateTime>), AppError> {
        if let Some(last_change) = catalogue::try_last_change_inline(&self.database) {
            return Ok(last_change);
        }
        let database = self.database.clone();
        Ok(blocking(move || catalogue::last_change(&database)).await??)
    }

    fn visit(
        &self,
        editor: Option<Editor>,
        (revision, changed_at): (i64, Option<NaiveDateTime>),
    ) -> Visit {
        Visit {
            database: self.database.clone(),
            site: self.site.clone(),
            editor,
            catalogue: self.catalogue.clone(),
            revision,
            changed_at,
        }
    }
}

impl Visit {
    /// The skill dictionary as it is now.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn dictionary(&self) -> Result<Arc<Dictionary>, ServiceError> {
        self.catalogue.dictionary()
    }

    /// Which grades name which skills now.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn skill_index(&self) -> Result<Arc<SkillIndex>, ServiceError> {
        self.catalogue.skill_index()
    }

    /// The head of a page that is to be found at `path`.
    pub fn head(
        &self,
        path: &str,
        section: Section,
        title: impl Into<String>,
        description: impl Into<String>,
    ) -> Head {
        let address = self.site.address(path);
        Head {
            title: title.into(),
            description: description.into(),
            canonical: Some(address.clone().unwrap_or_else(|| path.to_owned())),
            address,
            changed_on: self.changed_at.map(|at| at.date()),
            section: Some(section),
            login: self.editor.as_ref().map(|editor| editor.login.clone()),
        }
    }

    /// The head of a page that is to be found at `path` and belongs to no menu item.
    pub fn head_outside_menu(
        &self,
        path: &str,
        title: impl Into<String>,
        description: impl Into<String>,
    ) -> Head {
        Head { section: None, ..self.head(path, Section::Professions, title, description) }
    }
}
