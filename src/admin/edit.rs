//! What becomes of a form: it is stored and leads on, or it comes back with everything that was
//! typed.

mod order;
mod outlook;
mod typed;

use std::hash::{DefaultHasher, Hash, Hasher};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

pub(super) use self::order::OrderForm;
pub(super) use self::outlook::Outlook;
pub use self::typed::keep_typed;
use crate::auth::{Publishing, SignedIn};
use crate::clean::is_line;
use crate::db::Database;
use crate::error::{AppError, Missing};
use crate::fields::{FieldError, Fields};
use crate::graders::service::catalogue::FileError;
use crate::graders::service::texts::{self, InvalidText};
use crate::graders::service::{ServiceError, professions, skills};
use crate::ladder::{Level, LevelName};
use crate::web::{blocking, see_other, uncached};

/// What became of a form whose page is `Page`.
#[derive(Debug)]
pub(super) enum Outcome<Page> {
    /// Done: the browser goes on to this address, which it may load again without harm.
    Stored(String),
    /// Not sent to be stored, as for a preview.
    Shown(Page),
    /// Somebody else changed the same thing since the form was opened; nothing is stored.
    Conflict(Page),
    /// Some fields can't be stored; nothing is.
    Invalid(Page),
    /// The database can't store anything just now.
    Unavailable(Page),
    /// The thing is gone; the page offers another use of what was typed.
    Gone(Page),
}

impl<Page: Template> Outcome<Page> {
    /// A form that comes back because it has errors, or only to be seen.
    pub(super) fn checked(page: Page, is_valid: impl FnOnce(&Page) -> bool) -> Self {
        if is_valid(&page) { Self::Shown(page) } else { Self::Invalid(page) }
    }

    /// The answer to the form.
    ///
    /// # Errors
    ///
    /// If the page can't be rendered.
    pub(super) fn respond(self) -> Result<HttpResponse, AppError> {
        let (status, page) = match self {
            Self::Stored(address) => return Ok(see_other(&address)),
            Self::Shown(page) => (StatusCode::OK, page),
            Self::Conflict(page) => (StatusCode::CONFLICT, page),
            Self::Invalid(page) => (StatusCode::UNPROCESSABLE_ENTITY, page),
            Self::Unavailable(page) => (StatusCode::SERVICE_UNAVAILABLE, page),
            Self::Gone(page) => (StatusCode::NOT_FOUND, page),
        };
        uncached(status, &page)
    }
}

/// The version of a thing that a form was opened for, or another number the form carries along.
///
/// # Errors
///
/// [`AppError::BadRequest`] if the form has no such number, as after somebody tampered with it.
pub(super) fn version(fields: &Fields, name: &str) -> Result<i32, AppError> {
    let version = fields.get(name).parse::<i32>();
    version.map_err(|_| AppError::BadRequest("В форме не хватает номера версии."))
}

/// The grade that an address of an editing page names. `address` makes the addresses of such pages.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such level; [`AppError::MovedTo`] if the profession calls it
/// otherwise now.
pub(super) async fn grade_at(
    database: &Database,
    path: &(String, String),
    address: fn(&str, &LevelName) -> String,
) -> Result<(String, LevelName), AppError> {
    let (database, (slug, level)) = (database.clone(), path.clone());
    let found = blocking(move || professions::level(&database, &slug, &level)).await?;
    let (slug, level) = path;
    match found {
        Ok(Some(name)) if name.slug() == level => Ok((slug.clone(), name)),
        Ok(Some(name)) => Err(AppError::MovedTo(address(slug, &name))),
        // The page says what became of the profession.
        Err(ServiceError::NoSuchProfession | ServiceError::Moved(_)) => {
            let level = Level::from_slug(level).map(LevelName::standard);
            Ok((slug.clone(), level.ok_or_else(no_level)?))
        }
        Ok(None) => Err(no_level()),
        Err(error) => Err(error.into()),
    }
}

fn no_level() -> AppError {
    AppError::NotFound(Missing::new("Такого уровня нет."))
}

/// What is wrong with a change note, beside the field `note`.
pub(super) fn note_error(note: &str) -> Option<FieldError> {
    (!is_line(note, texts::LONGEST_NOTE)).then(|| FieldError {
        field: "note",
        message: "В пояснении может быть не больше 200 знаков в одной строке.".to_owned(),
    })
}

/// What tells a text from others, for a form that carries it along.
pub(super) fn digest(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// What is wrong with a ladder as one text, beside the field `text`.
pub(super) fn text_errors(refused: Vec<FileError>) -> Vec<FieldError> {
    let message = |fault: FileError| match fault.place {
        Some(place) => format!("Строка {}. {}", place.line, fault.message),
        None => fault.message,
    };
    let messages = refused.into_iter().map(message);
    messages.map(|message| FieldError { field: "text", message }).collect()
}

/// The text in the field `text` as it is stored; what is wrong with it is added to the errors, and
/// what is left of it can be shown again.
///
/// # Errors
///
/// [`AppError::BadRequest`] if the form has no such field: it would pass for one that was emptied.
pub(super) fn text(fields: &Fields, errors: &mut Vec<FieldError>) -> Result<String, AppError> {
    let typed = fields.sent("text").ok_or(AppError::BadRequest("В форме не хватает текста."))?;
    Ok(texts::normalise(typed).unwrap_or_else(|(why, left)| {
        let message = match why {
            InvalidText::TooLong => "Здесь больше 20 000 знаков. Сократите текст.",
            InvalidText::ControlCharacters => {
                "Из текста убраны невидимые управляющие знаки. Проверьте его и сохраните."
            }
        };
        errors.push(FieldError { field: "text", message: message.to_owned() });
        left
    }))
}

/// Lets nobody past but those who may publish descriptions of the profession at an address alone; those of a
/// draft are nobody's business but editors'.
///
/// # Errors
///
/// [`AppError::ReviewNeeded`].
pub(super) async fn must_publish(
    database: &Database,
    publishing: Publishing,
    session: &SignedIn,
    slug: &str,
) -> Result<(), AppError> {
    if publishing.allows(&session.editor) {
        return Ok(());
    }
    let (database, slugs) = (database.clone(), vec![slug.to_owned()]);
    if blocking(move || professions::has_draft(&database, &slugs)).await?? {
        return Ok(());
    }
    Err(AppError::ReviewNeeded)
}

/// Changes a skill that the form's version was read of.
pub(super) async fn change_skill(
    database: &Database,
    session: &SignedIn,
    slug: &str,
    fields: &Fields,
    wanted: skills::Change,
) -> Result<skills::Changed, AppError> {
    let read = version(fields, "version")?;
    let (database, slug) = (database.clone(), slug.to_owned());
    let by = session.actor();
    let changed = blocking(move || skills::change(&database, &slug, read, &wanted, &by));
    Ok(changed.await??)
}

/// Changes a profession that the form's version was read of.
pub(super) async fn change_profession(
    database: &Database,
    session: &SignedIn,
    slug: &str,
    fields: &Fields,
    wanted: professions::Change,
) -> Result<professions::Changed, AppError> {
    let read = version(fields, "version")?;
    let (database, slug) = (database.clone(), slug.to_owned());
    let by = session.actor();
    let changed = blocking(move || professions::change(&database, &slug, read, &wanted, &by));
    Ok(changed.await??)
}
