//! A visitor's request for a public page: what answering it takes, and what the page is built from.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use askama::Template;
use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::past::{At, InvalidState, Request, Shown};
use crate::auth::cookies::session_token;
use crate::db::Database;
use crate::editors::service::{self as editors, Editor};
use crate::error::AppError;
use crate::graders::service::catalogue::{Catalogue, Published};
use crate::graders::service::past::{PastCatalogues, State};
use crate::graders::service::skills::SkillIndex;
use crate::graders::service::texts::is_slug;
use crate::graders::service::{ServiceError, professions};
use crate::ladder::skill::Dictionary;
use crate::paths;
use crate::web::{
    Clock, File, Head, LastChange, PageCache, Revalidation, Section, Site, blocking, fresh, past,
    repeats, respond,
};

/// So many professions are looked for in an address.
const MOST_NAMED: usize = 16;

/// A request for a public page.
#[derive(Clone)]
pub struct Visitor {
    /// The request.
    pub request: HttpRequest,
    database: Data<Database>,
    /// With drafts.
    catalogue: Data<Catalogue>,
    published: Data<Published>,
    past: Data<PastCatalogues>,
    cache: Data<PageCache>,
    clock: Data<Clock>,
    revalidation: Data<Revalidation>,
    site: Data<Site>,
    looks_back: bool,
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
    past: Data<PastCatalogues>,
    /// The revision of the catalogue, or an earlier one.
    pub revision: i64,
    /// The time of the last change that visitors can see, in UTC.
    pub changed_at: Option<NaiveDateTime>,
    /// The time zone of the site.
    zone: Tz,
    /// Whether the page is one of a draft; nobody but editors gets any.
    pub is_draft: bool,
    /// The past state that the page shows; the database is that of the state then.
    pub shown: Option<Shown>,
}

/// What making a past state takes, if one is asked for.
struct Asked {
    at: Option<At>,
    /// Whether the page reads past states beside the present one.
    looks_back: bool,
    request: Request,
    clock: Data<Clock>,
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
                published: request.app_data::<Data<Published>>()?.clone(),
                past: request.app_data::<Data<PastCatalogues>>()?.clone(),
                cache: request.app_data::<Data<PageCache>>()?.clone(),
                clock: request.app_data::<Data<Clock>>()?.clone(),
                revalidation: request.app_data::<Data<Revalidation>>()?.clone(),
                site: request.app_data::<Data<Site>>()?.clone(),
                looks_back: false,
            })
        };
        ready(found().ok_or_else(|| AppError::Internal("the application lacks its data".into())))
    }
}

impl Visitor {
    /// The time it is now, in UTC.
    pub fn now(&self) -> NaiveDateTime {
        repeats::depends_on_time(&self.request);
        self.clock.now().naive_utc()
    }

    /// The day it is now. A page that depends on it has it in the `address` it is cached under.
    pub fn today(&self) -> NaiveDate {
        repeats::depends_on_time(&self.request);
        self.clock.today()
    }

    /// For a page that uses [`Visit::catalogue_in`], if it does.
    #[must_use]
    pub fn looking_back(&self, looks_back: bool) -> Self {
        Self { looks_back, ..self.clone() }
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
        let asked = match self.asked() {
            Ok(asked) => asked,
            Err(invalid) => return invalid.answer(),
        };
        let address = At::key(asked.at, address);
        let last_change = self.revalidation.last_change_for(&self.request).await?;
        let revision = last_change.revision;
        let editor = match session_token(&self.request) {
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
        let mut visit = self.visit(last_change);
        if editor.is_some() {
            visit = self.with_drafts(visit, editor).await?;
        }
        let is_public = visit.editor.is_none();
        let render = move || {
            let visit = visit.settled(&asked)?;
            let (status, page) = visit.explained(build(&visit))?;
            let page = page.render()?;
            Ok::<_, AppError>((
                status,
                match &visit.shown {
                    Some(shown) => past::kept(&page, &shown.notice.at),
                    None => page,
                },
            ))
        };
        if is_public {
            let at = (address.as_str(), revision);
            return respond::public_page(&self.request, &self.cache, at, render).await;
        }
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
        let asked = match self.asked() {
            Ok(asked) => asked,
            Err(invalid) => return invalid.answer(),
        };
        let address = At::key(asked.at, address);
        let last_change = self.revalidation.last_change_for(&self.request).await?;
        let revision = last_change.revision;
        if let Some(page) = self.cache.cached(&address, revision) {
            return Ok(respond::cached_file(&self.request, &page));
        }
        let visit = self.visit(last_change);
        let build = move || {
            let visit = visit.settled(&asked)?;
            visit.explained(build(&visit))
        };
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
        let asked = match self.asked() {
            Ok(asked) => asked,
            Err(invalid) => return invalid.answer(),
        };
        let visit = self.visit(self.revalidation.last_change_for(&self.request).await?);
        let build = move || {
            let visit = visit.settled(&asked)?;
            visit.explained(build(&visit))
        };
        respond::fresh_file(&self.request, fresh(build).await??)
    }

    /// What the request asks for.
    fn asked(&self) -> Result<Asked, Box<InvalidState>> {
        let at = At::of(&self.request, &self.clock)?;
        if at.is_some() {
            // A day is read by the clock.
            repeats::depends_on_time(&self.request);
        }
        let (request, clock) = (Request::from(&self.request), self.clock.clone());
        Ok(Asked { at, looks_back: self.looks_back, request, clock })
    }

    /// A visit of somebody, who sees no drafts.
    fn visit(&self, last_change: LastChange) -> Visit {
        let catalogue = Data::from(Arc::clone(&self.published.0));
        Visit {
            database: Data::new(catalogue.database().clone()),
            site: self.site.clone(),
            editor: None,
            catalogue,
            is_draft: false,
            past: self.past.clone(),
            revision: last_change.revision,
            changed_at: last_change.at,
            zone: self.clock.zone(),
            shown: None,
        }
    }

    /// The same visit of an editor, who sees what everybody does, and besides the pages of drafts: those whose
    /// address names one.
    async fn with_drafts(&self, visit: Visit, editor: Option<Editor>) -> Result<Visit, AppError> {
        let visit = Visit { editor, ..visit };
        let (database, slugs) = (self.database.clone(), professions_in(&self.request));
        if slugs.is_empty()
            || !blocking(move || professions::has_draft(&database, &slugs)).await??
        {
            return Ok(visit);
        }
        let (database, catalogue) = (self.database.clone(), self.catalogue.clone());
        Ok(Visit { database, catalogue, is_draft: true, ..visit })
    }
}

/// What may be names of professions in the address of a request, in its path and in its parameters.
fn professions_in(request: &HttpRequest) -> Vec<String> {
    let is_skill = request.match_pattern().is_some_and(|pattern| paths::is_of_skill(&pattern));
    let in_path = request.match_info().get("slug").filter(|_| !is_skill).map(str::to_owned);
    let parameters = url::form_urlencoded::parse(request.query_string().as_bytes());
    let in_query = parameters.filter_map(|(_, value)| Some(value.split('/').next()?.to_owned()));
    in_path.into_iter().chain(in_query).filter(|slug| is_slug(slug)).take(MOST_NAMED).collect()
}

impl Visit {
    /// The same visit in the past state that is asked for, or with everything as it is at this moment.
    fn settled(self, asked: &Asked) -> Result<Self, AppError> {
        match asked.at {
            Some(at) => self.in_state(at, asked),
            // It would wait for another connection while it has one.
            None if asked.looks_back => Ok(self),
            None => self.in_snapshot(),
        }
    }

    fn in_snapshot(self) -> Result<Self, AppError> {
        let catalogue = self.catalogue.snapshot()?;
        let database = Data::new(catalogue.database().clone());
        Ok(Self { database, catalogue: Data::new(catalogue), ..self })
    }

    fn in_state(self, at: At, asked: &Asked) -> Result<Self, AppError> {
        let shown = at.show(&asked.request, (&self.database, &self.past, &asked.clock))?;
        Ok(Self {
            database: Data::new(shown.catalogue.database().clone()),
            catalogue: Data::from(Arc::clone(&shown.catalogue)),
            changed_at: shown.state.at,
            is_draft: false,
            shown: Some(shown),
            ..self
        })
    }

    /// What came of building the page; why it can't be built, if only not in the past state.
    fn explained<T>(&self, built: Result<T, AppError>) -> Result<T, AppError> {
        built.map_err(|error| match &self.shown {
            Some(shown) => shown.explained(error),
            None => error,
        })
    }

    /// The number of the last saved change that the page shows.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn state_revision(&self) -> Result<i32, ServiceError> {
        match &self.shown {
            Some(shown) => Ok(shown.state.revision),
            None => Ok(State::now(&self.database)?.revision),
        }
    }

    /// The catalogue in a past state, for a visitor who is [`Visitor::looking_back`].
    ///
    /// # Errors
    ///
    /// As [`PastCatalogues::get`].
    pub fn catalogue_in(&self, state: &State) -> Result<Arc<Catalogue>, ServiceError> {
        self.past.get(state)
    }

    /// The catalogue, in the state that the page shows.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

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
        let past = self.shown.as_ref().map(|shown| shown.notice.clone());
        let address = past.as_ref().map(|past| paths::at(path, &past.at));
        Head {
            title: title.into(),
            description: description.into(),
            canonical: Some(path.to_owned()),
            address: Some(address.unwrap_or_else(|| path.to_owned())),
            public_url: self.site.public_url.clone(),
            past,
            changed_on: self.changed_at.map(|at| at.date()),
            zone: self.zone,
            section: Some(section),
            login: self.editor.as_ref().map(|editor| editor.login.clone()),
            is_draft: self.is_draft,
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
