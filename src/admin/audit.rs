//! `/admin/audit`: who did what, the newest first.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::audit::service::{self, Entry, Filter};
use crate::auth::SignedIn;
use crate::db::Database;
use crate::editors;
use crate::error::AppError;
use crate::fields::FieldError;
use crate::paths::admin::{self, AuditQuery};
use crate::russian;
use crate::web::field_errors::{message, status, title};
use crate::web::{Head, blocking, filters, uncached};

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
    /// What stands in the fields.
    typed: Parameters,
    entries: Vec<Entry>,
    /// The address of the next older entries, if there are any.
    older: Option<String>,
    errors: Vec<FieldError>,
}

/// Answers with a page of the log.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; if the database does not answer.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    let typed = parameters.into_inner().cleaned();
    let mut errors = Vec::new();
    let mut day = |field, name: &str, text: &str| {
        date(text).unwrap_or_else(|()| {
            let message = russian::missing_day(text).unwrap_or_else(|| {
                format!("{name} день запишите как 22.11.2026: день, месяц, год.")
            });
            errors.push(FieldError { field, message });
            None
        })
    };
    let from = day("from", "Первый", &typed.from);
    let to = day("to", "Последний", &typed.to);
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        let message = "Последний день раньше первого. Поменяйте их местами.".to_owned();
        errors.push(FieldError { field: "to", message });
    }
    let filter = Filter {
        login: typed.login.clone(),
        object: typed.object.clone(),
        from,
        to,
        before: typed.before,
    };
    let is_clear = errors.is_empty();
    let found = blocking(move || {
        let accounts = editors::service::accounts(&database)?;
        let page = is_clear.then(|| service::page(&database, &filter)).transpose()?;
        Ok::<_, AppError>((accounts, page))
    });
    let (accounts, page) = found.await??;
    let mut logins = accounts.into_iter().map(|account| account.login).collect::<Vec<_>>();
    if !typed.login.is_empty() && !logins.contains(&typed.login) {
        logins.push(typed.login.clone());
    }
    let (entries, older) = page.map_or((Vec::new(), None), |page| (page.entries, page.older));
    let page = AuditPage {
        head: Head::editing(title("Журнал", &errors), &session.editor.login),
        logins,
        older: older.map(|before| typed.address(Some(before))),
        typed,
        entries,
        errors,
    };
    uncached(status(&page.errors), &page)
}

/// The day that was typed, if any; an error if it is none.
fn date(text: &str) -> Result<Option<NaiveDate>, ()> {
    if text.is_empty() {
        return Ok(None);
    }
    russian::read_day(text).map(Some).ok_or(())
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
        admin::audit_of(&AuditQuery {
            login: &self.login,
            object: &self.object,
            from: &self.from,
            to: &self.to,
            before,
        })
    }
}

impl AuditPage {
    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
