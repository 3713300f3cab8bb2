//! `/admin/new-scale`, `/admin/scales/{slug}`: a scale, its levels and what they are called; for owners.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::{Outcome, note_error, version};
use super::scale_errors::{describe, named, slug_field, title_field};
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::fields::{FieldError, Fields};
use crate::graders::service::ServiceError;
use crate::graders::service::scales::{
    self, Change, Changed, EditableScale, InvalidField, LevelFields, ScaleFields,
};
use crate::ladder::Level;
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::{message, title};
use crate::web::{Head, blocking, filters, person, uncached};

/// The parameters of a scale's page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/scale.html")]
struct ScalePage {
    head: Head,
    token: String,
    /// The scale as it is stored; `None` for a new one.
    stored: Option<EditableScale>,
    /// What stands in the fields.
    typed: ScaleFields,
    note: String,
    message: Option<&'static str>,
    failure: Option<String>,
    errors: Vec<FieldError>,
}

/// Answers with the form of a new scale.
///
/// # Errors
///
/// [`AppError::OwnersOnly`].
pub async fn show_new(session: SignedIn) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    uncached(StatusCode::OK, &ScalePage::new(&session, None))
}

/// Makes a scale, or shows how it will read.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; if the database does not answer.
pub async fn create(database: Data<Database>, form: SignedForm) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    session.must_be_owner()?;
    let typed = read(&fields);
    let outcome = if is_only_shown(&fields, &typed) {
        ScalePage::checked(&database, &session, None, typed).await?
    } else {
        let (shared, by, wanted) = (Data::clone(&database), session.actor(), typed.clone());
        let made = blocking(move || scales::create(&shared, &wanted.0, &wanted.1, &by)).await??;
        match made {
            Changed::Stored { slug } => Outcome::Stored(done(&admin::scale(&slug), Done::Made)),
            Changed::Invalid(invalid) => {
                Outcome::Invalid(ScalePage::new(&session, None).refused(typed, invalid))
            }
            // A scale that was not there before has nobody else's changes.
            Changed::Unchanged | Changed::Conflict(_) | Changed::Used(_) => {
                Outcome::Stored(admin::scales().to_owned())
            }
        }
    };
    outcome.respond()
}

/// Answers with the form of a scale.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; [`AppError::NotFound`] if there is no such scale.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    slug: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    let stored = blocking(move || scales::editable(&database, &slug)).await??;
    let mut page = ScalePage::new(&session, Some(stored));
    page.message = match parameters.done {
        Some(Done::Made) => Some("Шкала создана. Её можно выбрать в форме профессии."),
        Some(Done::Saved) => Some("Сохранено."),
        Some(Done::Unchanged) => Some("Всё это уже сохранено, менять нечего."),
        Some(Done::Restored) => Some("Прежняя версия возвращена."),
        Some(Done::Back) => Some("Возвращено из корзины."),
        _ => None,
    };
    uncached(StatusCode::OK, &page)
}

/// Changes a scale, or shows how it will read.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; if the database does not answer.
pub async fn send(
    database: Data<Database>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    session.must_be_owner()?;
    let typed = read(&fields);
    let outcome = if is_only_shown(&fields, &typed) {
        ScalePage::checked(&database, &session, Some(&slug), typed.clone()).await
    } else {
        save(&database, &session, &slug, version(&fields, "version")?, typed.clone()).await
    };
    match outcome {
        // What was typed for a scale that is gone can become a new one.
        Err(AppError::NotFound(_)) => {
            let mut page = ScalePage::new(&session, None);
            (page.typed, page.note) = typed;
            page.failure = Some(
                "Пока вы правили, шкалу удалили. Набранное сохранилось: из него можно создать новую."
                    .to_owned(),
            );
            Outcome::Gone(page).respond()
        }
        outcome => outcome?.respond(),
    }
}

async fn save(
    database: &Data<Database>,
    session: &SignedIn,
    slug: &str,
    read: i32,
    typed: (ScaleFields, String),
) -> Result<Outcome<ScalePage>, AppError> {
    let (shared, name, by) = (Data::clone(database), slug.to_owned(), session.actor());
    let wanted = Change::Fields(typed.0.clone(), typed.1.clone());
    let changed = blocking(move || scales::change(&shared, &name, read, &wanted, &by)).await??;
    Ok(match changed {
        Changed::Stored { slug } => Outcome::Stored(done(&admin::scale(&slug), Done::Saved)),
        Changed::Unchanged | Changed::Used(_) => {
            Outcome::Stored(done(&admin::scale(slug), Done::Unchanged))
        }
        Changed::Invalid(invalid) => {
            let (shared, slug) = (Data::clone(database), slug.to_owned());
            let stored = blocking(move || scales::editable(&shared, &slug)).await??;
            Outcome::Invalid(ScalePage::new(session, Some(stored)).refused(typed, invalid))
        }
        Changed::Conflict(stored) => {
            let mut page = ScalePage::new(session, Some(stored));
            (page.typed, page.note) = typed;
            page.tell_conflict();
            Outcome::Conflict(page)
        }
    })
}

/// Whether a form is sent only to see how the scale will read, or can't be stored for its note.
fn is_only_shown(fields: &Fields, typed: &(ScaleFields, String)) -> bool {
    fields.get("action") != "save" || note_error(&typed.1).is_some()
}

/// What was typed about a scale, and the note. A rank with neither a title nor an address is left out.
fn read(fields: &Fields) -> (ScaleFields, String) {
    let field = |name| fields.get(name).trim().to_owned();
    let level = |level: Level| LevelFields {
        level,
        title: field(title_field(level)),
        slug: field(slug_field(level)),
        is_base: !fields.get(&base_field(level)).is_empty(),
    };
    let is_named = |level: &LevelFields| !level.title.is_empty() || !level.slug.is_empty();
    let levels = Level::ALL.into_iter().map(level).filter(is_named).collect();
    (ScaleFields { title: field("title"), levels }, field("note"))
}

/// The id of the box that makes a level a base level.
fn base_field(level: Level) -> String {
    format!("base-{}", level.slug())
}

impl ScalePage {
    fn new(session: &SignedIn, stored: Option<EditableScale>) -> Self {
        let title = match &stored {
            Some(stored) => format!("Правка: {}", stored.fields.title),
            None => "Новая шкала".to_owned(),
        };
        Self {
            head: session.head(title),
            token: session.form_token(),
            typed: stored.as_ref().map(|stored| stored.fields.clone()).unwrap_or_default(),
            stored,
            note: String::new(),
            message: None,
            failure: None,
            errors: Vec::new(),
        }
    }

    /// The form again, with what was typed and what is wrong with it.
    async fn checked(
        database: &Data<Database>,
        session: &SignedIn,
        slug: Option<&str>,
        typed: (ScaleFields, String),
    ) -> Result<Outcome<Self>, AppError> {
        let (shared, slug) = (Data::clone(database), slug.map(str::to_owned));
        let wanted = typed.0.clone().completed();
        let known = blocking(move || {
            let stored = slug.as_deref().map(|slug| scales::editable(&shared, slug)).transpose()?;
            Ok::<_, ServiceError>((stored, scales::check(&shared, slug.as_deref(), &wanted)?))
        });
        let (stored, invalid) = known.await??;
        let page = Self::new(session, stored).refused(typed, invalid);
        Ok(Outcome::checked(page, |page| page.errors.is_empty()))
    }

    fn refused(mut self, typed: (ScaleFields, String), invalid: Vec<InvalidField>) -> Self {
        self.errors = invalid.into_iter().map(describe).collect();
        self.errors.extend(note_error(&typed.1));
        self.head.title = title(&self.head.title, &self.errors);
        self.typed = typed.0.completed();
        self.note = typed.1;
        self
    }

    fn tell_conflict(&mut self) {
        let Some(stored) = &self.stored else { return };
        let level = |level: &LevelFields| {
            let base = if level.is_base { ", основной" } else { "" };
            format!("{} — «{}» ({}{base})", level.level.rank(), level.title, level.slug)
        };
        let levels = stored.fields.levels.iter().map(level).collect::<Vec<_>>().join(", ");
        self.failure = Some(format!(
            "Пока вы правили, шкалу изменили: {}. Сейчас сохранено: «{}», ранги: {levels}. \
             Проверьте поля и повторите.",
            person(&stored.author),
            stored.fields.title,
        ));
    }

    /// Where the form goes: a scale that is gone can only be made anew.
    fn address(&self) -> String {
        match &self.stored {
            Some(stored) => admin::scale(&stored.slug),
            None => admin::new_scale().to_owned(),
        }
    }

    /// The professions that use the scale, by name.
    fn users(&self) -> String {
        let used = self.stored.iter().flat_map(|stored| &stored.professions);
        named(&used.map(|(_, title)| title.clone()).collect::<Vec<_>>())
    }

    fn level_title(&self, level: Level) -> &str {
        self.typed.level(level).map_or("", |level| &level.title)
    }

    fn level_slug(&self, level: Level) -> &str {
        self.typed.level(level).map_or("", |level| &level.slug)
    }

    fn is_base(&self, level: Level) -> bool {
        self.typed.level(level).is_some_and(|level| level.is_base)
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
