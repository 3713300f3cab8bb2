//! `/admin/professions/{slug}/{level}`: the description of a grade, to be changed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::note_error;
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::{AppError, Missing};
use crate::fields::FieldError;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::grades::{Conflict, Edit, EditableGrade, Saved};
use crate::graders::service::texts::InvalidText;
use crate::graders::service::{grades, texts};
use crate::ladder::revision::{Change as LineChange, ChangedLine, compare, merge};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Description, Level};
use crate::paths::admin::{self, Done};
use crate::web::field_errors::{message, status, title};
use crate::web::{Head, blocking, filters, see_other, uncached};

/// The parameters of a grade's editing page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/grade.html")]
struct EditingPage {
    head: Head,
    token: String,
    grade: EditableGrade,
    /// What stands in the fields.
    text: String,
    note: String,
    /// The version the text grew from.
    version: i32,
    /// What the last form did.
    message: Option<&'static str>,
    /// Why the last form did nothing, if that is not about a field.
    failure: Option<&'static str>,
    errors: Vec<FieldError>,
    preview: Option<Preview>,
    conflict: Option<ConflictView>,
}

/// What was typed into the form of a grade that is gone.
#[derive(Template)]
#[template(path = "admin/lost.html")]
struct LostPage {
    head: Head,
    edit: Edit,
}

/// Two changes of one text, side by side.
struct ConflictView {
    author: String,
    stored: Vec<ChangedLine>,
    typed: Vec<ChangedLine>,
    overlaps: bool,
}

/// Answers with the form.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such grade.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    path: Path<(String, String)>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let (slug, level) = address(&path)?;
    let grade = blocking(move || grades::editable(&database, &slug, level)).await??;
    let mut page = EditingPage::new(&session, grade);
    page.message = match parameters.done {
        Some(Done::Saved) => Some("Описание сохранено."),
        Some(Done::Unchanged) => Some("Этот текст уже сохранён, менять нечего."),
        Some(Done::Restored) => Some("Прежний текст возвращён."),
        _ => None,
    };
    uncached(StatusCode::OK, &page)
}

/// How a text is understood.
struct Preview {
    description: Description,
    /// The titles of the skills it names.
    skills: Vec<String>,
    /// The requirements that name none.
    without_skills: Vec<String>,
}

impl Preview {
    fn new(text: &str, dictionary: &Dictionary) -> Self {
        let description = Description::read(text, dictionary);
        let mut slugs = Vec::<&String>::new();
        for slug in description.requirements.iter().flat_map(|requirement| &requirement.skills) {
            if !slugs.contains(&slug) {
                slugs.push(slug);
            }
        }
        let titles = slugs.into_iter().filter_map(|slug| dictionary.skill(slug));
        let skills = titles.map(|skill| skill.title.clone()).collect();
        let without = description.requirements.iter().filter(|asked| asked.skills.is_empty());
        let without_skills = without.map(|asked| asked.text.clone()).collect();
        Self { description, skills, without_skills }
    }
}

/// Saves, or shows how the text is understood, or goes on with what was typed before.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such grade.
pub async fn send(
    catalogue: Data<Catalogue>,
    form: SignedForm,
    path: Path<(String, String)>,
) -> Result<HttpResponse, AppError> {
    let (slug, level) = address(&path)?;
    let SignedForm { session, fields } = form;
    let version = fields
        .get("version")
        .parse()
        .map_err(|_| AppError::BadRequest("В форме не хватает номера версии."))?;
    let mut errors = Vec::new();
    let text = texts::normalise(fields.get("text")).unwrap_or_else(|(why, left)| {
        let message = match why {
            InvalidText::TooLong => "В описании больше 20 000 знаков. Сократите его.",
            InvalidText::ControlCharacters => {
                "Из текста убраны невидимые управляющие знаки. Проверьте его и сохраните."
            }
        };
        errors.push(FieldError { field: "text", message: message.to_owned() });
        left
    });
    let note = fields.get("note").trim().to_owned();
    errors.extend(note_error(&note));
    let grade_id = fields.get("grade").parse().ok();
    let edit = Edit { grade_id, version, text, note, by: session.actor() };
    if !errors.is_empty() || fields.get("action") != "save" {
        let read = blocking(move || {
            let grade = match grade_id {
                Some(id) => grades::editable_with_id(catalogue.database(), id)?,
                None => grades::editable(catalogue.database(), &slug, level)?,
            };
            if grade.slug != slug || grade.level != level {
                return Err(AppError::MovedTo(admin::grade(&grade.slug, grade.level)));
            }
            Ok::<_, AppError>((grade, catalogue.dictionary()?))
        });
        let (grade, dictionary) = read.await??;
        let status = status(&errors);
        let mut page = EditingPage::typed(&session, grade, edit);
        if errors.is_empty() && fields.get("action") == "preview" {
            page.preview = Some(Preview::new(&page.text, &dictionary));
        }
        page.refuse(errors);
        return uncached(status, &page);
    }
    save(catalogue.database(), &session, &slug, level, edit, Done::Saved).await
}

/// Saves an edit and answers with what became of it.
pub(super) async fn save(
    database: &Database,
    session: &SignedIn,
    slug: &str,
    level: Level,
    edit: Edit,
    done: Done,
) -> Result<HttpResponse, AppError> {
    let edit_address = admin::grade(slug, level);
    let (database, slug) = (database.clone(), slug.to_owned());
    let (saved, edit, found) = blocking(move || {
        let saved = grades::save(&database, &slug, level, &edit).map_err(AppError::from);
        // A text that could not be stored is shown again if the grade can be read at least.
        let found = match &saved {
            Err(AppError::Unavailable(_)) => grades::editable(&database, &slug, level).ok(),
            _ => None,
        };
        (saved, edit, found)
    })
    .await?;
    match (saved, found) {
        (Ok(saved), _) => outcome(session, &edit_address, saved, edit, done),
        (Err(error), Some(grade)) => {
            log::error!("a description could not be saved: {error}");
            let mut page = EditingPage::typed(session, grade, edit);
            page.failure = Some(
                "Сейчас сохранить не получилось. Текст ниже цел: подождите минуту и сохраните \
                 ещё раз.",
            );
            uncached(StatusCode::SERVICE_UNAVAILABLE, &page)
        }
        // Somebody took the grade away meanwhile: its text must not go with it.
        (Err(AppError::NotFound(_)), None) => {
            let page = LostPage {
                head: Head::editing("Грейд удалён", &session.editor.login),
                edit,
            };
            uncached(StatusCode::NOT_FOUND, &page)
        }
        (Err(error), None) => Err(error),
    }
}

/// The answer to an edit that the database did not refuse.
pub(super) fn outcome(
    session: &SignedIn,
    address: &str,
    saved: Saved,
    edit: Edit,
    done: Done,
) -> Result<HttpResponse, AppError> {
    match saved {
        Saved::Stored => Ok(see_other(&admin::done(address, done))),
        Saved::Unchanged => Ok(see_other(&admin::done(address, Done::Unchanged))),
        Saved::Conflict(conflict) => {
            uncached(StatusCode::CONFLICT, &EditingPage::conflicting(session, *conflict, edit))
        }
        Saved::Moved(grade) => Err(AppError::MovedTo(admin::grade(&grade.slug, grade.level))),
    }
}

/// The grade an address of an editing page names.
pub(super) fn address(path: &(String, String)) -> Result<(String, Level), AppError> {
    let (slug, level) = path;
    match Level::from_slug(level) {
        Some(level) => Ok((slug.clone(), level)),
        None => Err(AppError::NotFound(Missing::new("Такого уровня нет."))),
    }
}

impl EditingPage {
    /// The form with the text as it is stored.
    fn new(session: &SignedIn, grade: EditableGrade) -> Self {
        Self {
            head: Head::editing(
                format!("Правка: {}: {}", grade.profession, grade.level),
                &session.editor.login,
            ),
            token: session.form_token(),
            text: grade.text.clone(),
            note: String::new(),
            version: grade.version,
            grade,
            message: None,
            failure: None,
            errors: Vec::new(),
            preview: None,
            conflict: None,
        }
    }

    /// The form with the text as it was typed.
    fn typed(session: &SignedIn, grade: EditableGrade, edit: Edit) -> Self {
        let Edit { version, text, note, .. } = edit;
        Self { text, note, version, ..Self::new(session, grade) }
    }

    /// The form with two changes brought together, ready to save over the stored one.
    fn conflicting(session: &SignedIn, conflict: Conflict, edit: Edit) -> Self {
        let Conflict { base, stored, author } = conflict;
        let merged = merge(&base, &stored.text, &edit.text);
        let view = ConflictView {
            author,
            stored: compare(&base, &stored.text),
            typed: compare(&base, &edit.text),
            overlaps: merged.overlaps,
        };
        let version = stored.version;
        let edit = Edit { version, text: merged.text, ..edit };
        Self { conflict: Some(view), ..Self::typed(session, stored, edit) }
    }

    fn refuse(&mut self, errors: Vec<FieldError>) {
        self.head.title = title(&self.head.title, &errors);
        self.errors = errors;
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
