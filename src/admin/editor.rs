//! `/admin/editors/{id}`: what an owner may change about an editor.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use chrono::NaiveDateTime;
use serde::Deserialize;

use super::account_errors::field_errors;
use super::link::Link;
use crate::auth::{Publishing, SignedForm, SignedIn};
use crate::db::{self, Database};
use crate::editors::service::{self, Account, AccountError, NewInvitation, Role, TrackChoice};
use crate::error::AppError;
use crate::fields::{FieldError, Fields};
use crate::paths::admin::{self, Done};
use crate::web::field_errors::{message, status, title};
use crate::web::{Head, Site, blocking, filters, see_other, uncached};

/// The parameters of an editor's page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/editor.html")]
struct EditorPage {
    head: Head,
    token: String,
    account: Account,
    publishing: Publishing,
    /// The tracks that the editor may be limited to.
    tracks: Vec<TrackChoice>,
    now: NaiveDateTime,
    /// Whether the account is the visitor's own.
    is_own: bool,
    /// The link that was just made.
    link: Option<Link>,
    /// What stands in the fields.
    name: String,
    role: Role,
    /// What the last form did.
    message: Option<&'static str>,
    errors: Vec<FieldError>,
}

/// What a form did.
enum Made {
    /// Something that the page says.
    Done(Done),
    /// A link, which only the page that answers shows.
    Link(NewInvitation),
}

/// Answers with the forms.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; [`AppError::NotFound`] if there is no such editor.
pub async fn show(
    (database, publishing): (Data<Database>, Data<Publishing>),
    session: SignedIn,
    id: Path<i32>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    let mut page = EditorPage::new(&database, &session, *id, **publishing).await?;
    page.message = match parameters.done {
        Some(Done::Named) => Some("Имя сохранено."),
        Some(Done::Limited) => Some("Направления сохранены."),
        Some(Done::Role) => Some("Роль сменена."),
        Some(Done::Withdrawn) => Some("Ссылка отозвана."),
        Some(Done::Ended) => Some("Сеансы завершены."),
        Some(Done::Disabled) => Some("Редактор отключён, его сеансы завершены."),
        Some(Done::Enabled) => Some("Редактор включён."),
        _ => None,
    };
    uncached(StatusCode::OK, &page)
}

/// Changes name, role or tracks, makes a link for a password or takes it back, takes a password away, ends sessions, or
/// enables.
///
/// # Errors
///
/// As [`show`].
pub async fn send(
    (database, site, publishing): (Data<Database>, Data<Site>, Data<Publishing>),
    form: SignedForm,
    id: Path<i32>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    session.must_be_owner()?;
    let (shared, id) = (Data::clone(&database), *id);
    let account = blocking(move || service::account(&shared, id)).await??;
    let action = fields.get("action").to_owned();
    let role = match Role::from_name(fields.get("role")) {
        Some(role) => role,
        None if action == "role" => return Err(AppError::BadRequest("В форме нет роли.")),
        None => account.role,
    };
    let is_own = account.login == session.editor.login;
    if is_own && matches!(&*action, "invite" | "reset" | "withdraw" | "end") {
        // One's own password and sessions stand on a page where the present password is asked for.
        return Ok(see_other(admin::account()));
    }
    let name = fields.sent("display-name").unwrap_or(&account.name).to_owned();
    let (shared, by, called) = (Data::clone(&database), session.actor(), name.clone());
    let (chosen, tracks) = (action.clone(), numbers(&fields, "track"));
    let changed = blocking(move || {
        let database = &shared;
        let done = |done| move |()| Made::Done(done);
        let made = match &*chosen {
            "name" => service::rename(database, id, &called, &by).map(done(Done::Named)),
            "role" => service::change_role(database, id, role, &by).map(done(Done::Role)),
            "tracks" => service::limit(database, id, &tracks, &by).map(done(Done::Limited)),
            "invite" => service::renew_invitation(database, id, &by).map(Made::Link),
            "reset" => service::reset_password(database, id, &by).map(Made::Link),
            "withdraw" => {
                service::withdraw_invitation(database, id, &by).map(done(Done::Withdrawn))
            }
            "end" => service::end_sessions_of(database, id, &by).map(|_| Made::Done(Done::Ended)),
            "enable" => service::enable(database, id, &by).map(done(Done::Enabled)),
            _ => return Ok(None),
        };
        made.map(Some)
    });
    let errors = match changed.await? {
        // Whoever is no owner any more can't see this page.
        Ok(Some(_)) if is_own && action == "role" => return Ok(see_other(admin::overview())),
        Ok(Some(Made::Done(done))) => {
            return Ok(see_other(&admin::done(&admin::editor(id), done)));
        }
        Ok(Some(Made::Link(invitation))) => {
            let mut page = EditorPage::new(&database, &session, id, **publishing).await?;
            page.link = Some(Link::new(&site, &invitation));
            return uncached(StatusCode::OK, &page);
        }
        Ok(None) => Vec::new(),
        Err(AccountError::Refused(objections)) => field_errors(&objections),
        Err(error) => return Err(error.into()),
    };
    let page = EditorPage::new(&database, &session, id, **publishing).await?;
    let page = EditorPage { name, role, ..page };
    uncached(status(&errors), &page.refused(errors))
}

/// The numbers in the fields with a name.
fn numbers(fields: &Fields, name: &str) -> Vec<i32> {
    let named = fields.iter().filter(|(found, _)| *found == name);
    named.filter_map(|(_, value)| value.parse().ok()).collect()
}

impl EditorPage {
    async fn new(
        database: &Data<Database>,
        session: &SignedIn,
        id: i32,
        publishing: Publishing,
    ) -> Result<Self, AppError> {
        let database = Data::clone(database);
        let read = blocking(move || {
            let account = service::account(&database, id)?;
            Ok::<_, AccountError>((account, service::track_choices(&database, id)?))
        });
        let (account, tracks) = read.await??;
        Ok(Self {
            head: session.head(format!("Редактор {}", account.login)),
            token: session.form_token(),
            is_own: account.login == session.editor.login,
            publishing,
            tracks,
            now: db::now(),
            link: None,
            name: account.name.clone(),
            role: account.role,
            account,
            message: None,
            errors: Vec::new(),
        })
    }

    fn refused(mut self, errors: Vec<FieldError>) -> Self {
        self.head.title = title(&self.head.title, &errors);
        Self { errors, ..self }
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
