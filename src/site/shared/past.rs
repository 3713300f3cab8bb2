//! The past state that a request asks for.

use std::fmt;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use crate::db::Database;
use crate::error::{AppError, Missing};
use crate::fields::FieldError;
use crate::graders::service::ServiceError;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::past::{self, Moment, PastCatalogues, State};
use crate::paths;
use crate::russian;
use crate::web::{Clock, Head, Past, filters, uncached};

/// A state as addresses name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The end of a day.
    Day(NaiveDate),
    /// Just after a saved change.
    Revision(i32),
}

/// A past state that is shown.
pub struct Shown {
    /// The catalogue in it.
    pub catalogue: Arc<Catalogue>,
    /// Which one it is.
    pub state: State,
    /// What pages say of it.
    pub notice: Past,
    /// The slug in the address, or the profession that a parameter names.
    named: Option<(bool, String)>,
}

/// What cannot be shown.
#[derive(Template)]
#[template(path = "site/no_such_state.html")]
pub struct InvalidState {
    head: Head,
    errors: Vec<FieldError>,
    typed: String,
    /// The page as it is now.
    now: String,
    /// Its path, and the other parameters.
    path: String,
    others: Vec<(String, String)>,
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Revision(revision) => revision.fmt(f),
        }
    }
}

impl At {
    /// What a request asks for; `None` if that is the present, or a page that has no past.
    pub fn of(request: &HttpRequest, clock: &Clock) -> Result<Option<Self>, Box<InvalidState>> {
        let query = request.query_string();
        let Some(typed) = paths::state_in(query).filter(|_| paths::has_past(request.path())) else {
            return Ok(None);
        };
        let revision = typed.parse().ok().filter(|_| typed.bytes().all(|b| b.is_ascii_digit()));
        let why = match (revision, russian::read_day(&typed)) {
            (Some(revision), _) => return Ok(Some(Self::Revision(revision))),
            (None, Some(day)) if day <= clock.today() => return Ok(Some(Self::Day(day))),
            (None, Some(_)) => "Этот день ещё не наступил. Выберите сегодняшний или прошедший.",
            (None, None) => "Запишите день как 22.11.2026: день, месяц, год.",
        };
        let path = request.path();
        let others = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        Err(Box::new(InvalidState {
            head: Head::unlisted("Такого дня показать нельзя"),
            errors: vec![FieldError { field: paths::AT, message: why.into() }],
            typed,
            now: paths::present(path, query),
            path: path.to_owned(),
            others: others.filter(|(name, _)| name != paths::AT).collect(),
        }))
    }

    /// The key that a page in this state is cached under, behind the key of the present one.
    pub fn key(at: Option<Self>, address: String) -> String {
        match at {
            Some(at) => format!("{address}#at={at}"),
            None => address,
        }
    }

    /// Makes the state.
    pub fn show(
        self,
        request: &Request,
        (database, catalogues, clock): (&Database, &PastCatalogues, &Clock),
    ) -> Result<Shown, AppError> {
        let moment = match self {
            Self::Day(day) => Moment::Before(clock.end_of(day)),
            Self::Revision(revision) => Moment::After(revision),
        };
        let (state, release) = match moment.state(database) {
            Err(ServiceError::NoSuchRevision) => {
                return Err(missing(format!("Правки № {self} ещё нет."), &request.now));
            }
            found => found?,
        };
        let notice = Past {
            when: self.when(&state, clock),
            release,
            now: request.now.clone(),
            at: self.to_string(),
        };
        let catalogue = catalogues.get(&state)?;
        Ok(Shown { catalogue, state, notice, named: request.named.clone() })
    }

    fn when(self, state: &State, clock: &Clock) -> String {
        let Some(at) = state.at else { return "до первой правки".into() };
        let year = |day| format!("{} года", russian::day(day));
        match self {
            Self::Day(day) => year(day),
            Self::Revision(_) => {
                let day = clock.day_of(at);
                format!("после правки №\u{a0}{}, {}", state.revision, year(day))
            }
        }
    }
}

/// What is kept of a request for a thread that may block.
pub struct Request {
    now: String,
    named: Option<(bool, String)>,
}

impl From<&HttpRequest> for Request {
    fn from(request: &HttpRequest) -> Self {
        let (path, query) = (request.path(), request.query_string());
        let is_skill = request.match_pattern().is_some_and(|pattern| paths::is_of_skill(&pattern));
        let in_path = request.match_info().get("slug").map(str::to_owned);
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let in_query = || Some(pairs.find(|(name, _)| name == "profession")?.1.into_owned());
        let named = in_path.or_else(in_query).map(|slug| (is_skill, slug));
        Self { now: paths::present(path, query), named }
    }
}

impl Shown {
    /// An error of a page that is there now, perhaps, and was not there then; or its address then.
    pub fn explained(&self, error: AppError) -> AppError {
        let then = self.catalogue.database();
        let (AppError::NotFound(_), Some(origin)) = (&error, then.origin()) else { return error };
        if let Some((is_skill, slug)) = &self.named {
            let database = &origin.database;
            let found = if *is_skill {
                past::skill_slug_then(database, then, slug)
            } else {
                past::slug_then(database, then, slug)
            };
            match found {
                Ok(Some(then)) => return AppError::Moved(then),
                Ok(None) => {}
                Err(error) => return error.into(),
            }
        }
        let when = russian::capitalized(&self.notice.when);
        missing(format!("{when} такой страницы не было."), &self.notice.now)
    }
}

fn missing(sentence: String, now: &str) -> AppError {
    AppError::NotFound(Missing {
        sentence,
        way_on: now.to_owned(),
        way_on_title: "Как сейчас".into(),
    })
}

impl InvalidState {
    pub fn answer(&self) -> Result<HttpResponse, AppError> {
        uncached(StatusCode::UNPROCESSABLE_ENTITY, self)
    }
}
