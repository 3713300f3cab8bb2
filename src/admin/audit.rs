//! `/admin/audit`: who did what, the newest first; `/admin/audit.csv`: the same as a file.

mod objects;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use self::objects::{Object, Objects};
use crate::audit::service::{self, Entry, Filter};
use crate::auth::SignedIn;
use crate::editors;
use crate::error::AppError;
use crate::fields::FieldError;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::named::Names;
use crate::paths::admin::{self, AuditQuery};
use crate::russian;
use crate::web::field_errors::{message, status, title};
use crate::web::{Clock, Head, Separator, Sheet, blocking, filters, uncached};

/// How many entries one page holds.
const ENTRIES_PER_PAGE: usize = 100;

/// A file has at most so many entries, the newest.
const MOST_IN_A_FILE: usize = 50_000;

/// More titles than these are not offered: the page would be large.
const MOST_TITLES: usize = 300;

/// The parameters of the log: what narrows it, as it was typed.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    #[serde(default)]
    login: String,
    #[serde(default)]
    object: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    before: Option<i32>,
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    head: Head,
    /// Every login that can be chosen.
    logins: Vec<String>,
    /// The titles that are offered; none if they are too many.
    titles: Vec<String>,
    /// What stands in the fields.
    typed: Parameters,
    entries: Vec<(Entry, Object)>,
    /// The address of the next older entries, if there are any.
    older: Option<String>,
    errors: Vec<FieldError>,
}

/// A part of the log, and what can be chosen from.
struct Found {
    logins: Vec<String>,
    titles: Vec<String>,
    entries: Vec<(Entry, Object)>,
    older: Option<i32>,
}

/// Answers with a page of the log.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; if the database does not answer.
pub async fn show(
    catalogue: Data<Catalogue>,
    clock: Data<Clock>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    let typed = parameters.into_inner().cleaned();
    let (errors, filter) = match typed.filter(&clock) {
        Ok(filter) => (Vec::new(), Some(filter)),
        Err(errors) => (errors, None),
    };
    let object = typed.object.clone();
    let read = blocking(move || Found::read(&catalogue, (filter, &object), ENTRIES_PER_PAGE));
    let Found { mut logins, titles, entries, older } = read.await??;
    if !typed.login.is_empty() && !logins.contains(&typed.login) {
        logins.push(typed.login.clone());
    }
    let page = AuditPage {
        head: session.head(title("Журнал", &errors)),
        logins,
        titles,
        older: older.map(|before| typed.address(Some(before))),
        typed,
        entries,
        errors,
    };
    uncached(status(&page.errors), &page)
}

/// Answers with the entries as a table for spreadsheets, the newest first, narrowed as the page.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; [`AppError::BadRequest`] if a day is none; if the database does not answer.
pub async fn csv(
    catalogue: Data<Catalogue>,
    clock: Data<Clock>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    let typed = parameters.into_inner().cleaned();
    let wrong = |_| AppError::BadRequest("Дни запишите как 22.11.2026: день, месяц, год.");
    let filter = Filter { before: None, ..typed.filter(&clock).map_err(wrong)? };
    let object = typed.object;
    let read = blocking(move || Found::read(&catalogue, (Some(filter), &object), MOST_IN_A_FILE));
    let Found { entries, older, .. } = read.await??;
    let head = [
        "Когда",
        "Кто",
        "Что сделано",
        "С чем",
        "Подробности",
        "Сетевой адрес",
        "Раз",
        "Последний раз",
    ];
    let stamp = |moment| russian::stamp(moment, clock.zone());
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(entries.into_iter().map(|(entry, object)| {
        let last_at = entry.last_at.map(stamp).unwrap_or_default();
        let (at, times) = (stamp(entry.at), entry.times.to_string());
        vec![
            at,
            entry.login,
            entry.words,
            object.title,
            entry.detail,
            entry.address,
            times,
            last_at,
        ]
    }));
    if older.is_some() {
        let mut last = vec![String::new(); head.len()];
        "Более ранние записи не вошли: выберите дни.".clone_into(&mut last[2]);
        rows.push(last);
    }
    let sheet = Sheet { name: "log".to_owned(), rows };
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"log.csv\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(sheet.written(Separator::Semicolon)?))
}

impl Found {
    /// The entries that a filter lets through, of those on what is called `object`; none without a filter.
    fn read(
        catalogue: &Catalogue,
        (filter, object): (Option<Filter>, &str),
        length: usize,
    ) -> Result<Self, AppError> {
        let database = catalogue.database();
        let accounts = editors::service::accounts(database)?;
        let objects = Objects::new(Names::read(catalogue)?, &accounts);
        let page = match filter {
            Some(mut filter) => {
                if !object.is_empty() {
                    filter.objects = objects.names.called(object);
                    filter.objects.push(object.to_owned());
                }
                Some(service::page(database, &filter, length)?)
            }
            None => None,
        };
        let (entries, older) = page.map_or((Vec::new(), None), |page| (page.entries, page.older));
        let about = |entry: Entry| {
            let object = objects.of(&entry);
            (entry, object)
        };
        let entries = entries.into_iter().map(about).collect();
        let titles = objects.names.titles();
        let titles = if titles.len() > MOST_TITLES { Vec::new() } else { titles };
        let titles = titles.into_iter().map(str::to_owned).collect();
        let logins = accounts.into_iter().map(|account| account.login).collect();
        Ok(Self { logins, titles, entries, older })
    }
}

impl Parameters {
    /// The same without what no login, object or day has; PostgreSQL refuses NUL.
    fn cleaned(self) -> Self {
        let clean = |text: String| text.replace(char::is_control, "").trim().to_owned();
        Self {
            login: clean(self.login),
            object: clean(self.object),
            from: clean(self.from),
            to: clean(self.to),
            before: self.before,
        }
    }

    /// What is asked for, but for the object, or what is wrong with it. A day without a year is the latest such
    /// day up to today.
    fn filter(&self, clock: &Clock) -> Result<Filter, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut day = |field, name: &str, text: &str| {
            if text.is_empty() {
                return None;
            }
            let day = russian::read_recent_day(text, clock.today());
            if day.is_none() {
                let message = russian::missing_day(text).unwrap_or_else(|| {
                    format!("{name} день запишите как 22.11.2026: день, месяц, год.")
                });
                errors.push(FieldError { field, message });
            }
            day
        };
        let (from, to) = (day("from", "Первый", &self.from), day("to", "Последний", &self.to));
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            let message = "Последний день раньше первого. Поменяйте их местами.".to_owned();
            errors.push(FieldError { field: "to", message });
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Filter {
            login: self.login.clone(),
            objects: Vec::new(),
            since: from.and_then(|day| day.pred_opt()).map(|day| clock.end_of(day)),
            until: to.map(|day| clock.end_of(day)),
            before: self.before,
        })
    }

    /// The address of all entries as a file, narrowed the same.
    fn file(&self) -> String {
        admin::audit_csv(&self.query(None))
    }

    /// Whether anything but the page is chosen.
    fn is_narrow(&self) -> bool {
        [&self.login, &self.object, &self.from, &self.to].iter().any(|text| !text.is_empty())
    }

    /// The address of the newest entries, narrowed the same.
    fn newest(&self) -> String {
        self.address(None)
    }

    /// The address of the entries before one, narrowed the same.
    fn address(&self, before: Option<i32>) -> String {
        admin::audit_of(&self.query(before))
    }

    fn query(&self, before: Option<i32>) -> AuditQuery<'_> {
        AuditQuery {
            login: &self.login,
            object: &self.object,
            from: &self.from,
            to: &self.to,
            before,
        }
    }
}

impl AuditPage {
    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
