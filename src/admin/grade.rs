//! `/admin/professions/{slug}/{level}`: the description of a grade, to be changed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::{self, Outcome, grade_at, note_error, version};
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::fields::FieldError;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::grades::{self, Conflict, Edit, EditableGrade, Saved};
use crate::graders::service::identity;
use crate::ladder::identity::{Pair, Words};
use crate::ladder::revision::{Change as LineChange, ChangedLine, compare, merge};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Description, LevelName, Requirement};
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::{message, title};
use crate::web::{Head, blocking, filters, uncached};

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
    /// Whether the text has several lines and none of them is a requirement.
    is_without_requirements: bool,
    preview: Option<Preview>,
    /// What a save would do to requirements, beside a preview.
    outlook: Option<Outlook>,
    /// The ids of requirements that were said to be replaced by new ones.
    said_new: Vec<String>,
    conflict: Option<ConflictView>,
}

/// What a save would do to the requirements of the ladder.
struct Outlook {
    /// Those in other words, each with whether it is said to be a new one.
    pairs: Vec<(Pair, bool)>,
    /// The words of those that leave.
    removed: Vec<Words>,
}

impl Outlook {
    fn new(
        catalogue: &Catalogue,
        dictionary: &Dictionary,
        grade_id: i32,
        (text, said_new): (&str, &[String]),
    ) -> Result<Self, AppError> {
        let preview = |said_new: &[String]| {
            let said_new = said_new.iter().cloned().collect();
            identity::preview(catalogue.database(), dictionary, grade_id, text, &said_new)
        };
        let change = preview(said_new)?;
        let mut pairs = change.pairs.into_iter().map(|pair| (pair, false)).collect::<Vec<_>>();
        if !said_new.is_empty() {
            let alike = preview(&[])?.pairs.into_iter();
            let alike = alike.filter(|pair| said_new.contains(&pair.former_id));
            pairs.extend(alike.map(|pair| (pair, true)));
        }
        Ok(Self { pairs, removed: change.removed })
    }
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
    let (slug, name) = grade_at(&database, &path, admin::grade).await?;
    let grade = blocking(move || grades::editable(&database, &slug, name.level())).await??;
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
        let mut slugs = Vec::<&str>::new();
        for slug in description.requirements.iter().flat_map(Requirement::slugs) {
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

/// Whether a text has several lines and not one requirement: more likely a list that is not understood
/// than a comment.
fn is_without_requirements(text: &str) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.count() > 1 && Description::parse(text).requirements.is_empty()
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
    let (slug, name) = grade_at(catalogue.database(), &path, admin::grade).await?;
    let level = name.level();
    let SignedForm { session, fields } = form;
    let version = version(&fields, "version")?;
    let mut errors = Vec::new();
    let text = edit::text(&fields, &mut errors)?;
    let note = fields.get("note").trim().to_owned();
    errors.extend(note_error(&note));
    let grade_id = fields.get("grade").parse().ok();
    let is_unread = is_without_requirements(&text) && fields.get("confirmed").is_empty();
    if fields.get("action") == "save" && is_unread {
        let message = "Ни одна строка не похожа на пункт списка, требований в тексте нет. Начните \
                       каждый пункт с дефиса или подтвердите ниже, что требований не будет.";
        errors.push(FieldError { field: "text", message: message.to_owned() });
    }
    let said_new = fields.iter().filter(|(name, _)| *name == "new");
    let said_new = said_new.map(|(_, id)| id.to_owned()).collect();
    let edit = Edit { grade_id, version, text, note, said_new, by: session.actor() };
    if errors.is_empty() && fields.get("action") == "save" {
        return save(catalogue.database(), &session, (&slug, &name), edit).await?.respond();
    }
    let is_preview = errors.is_empty() && fields.get("action") == "preview";
    let (page_text, ids) = (edit.text.clone(), edit.said_new.clone());
    let read = blocking(move || {
        let grade = match grade_id {
            Some(id) => grades::editable_with_id(catalogue.database(), id)?,
            None => grades::editable(catalogue.database(), &slug, level)?,
        };
        if grade.slug != slug || grade.level != level {
            return Err(AppError::MovedTo(admin::grade(&grade.slug, &grade.name)));
        }
        let dictionary = catalogue.dictionary()?;
        let seen = is_preview.then(|| {
            let outlook =
                Outlook::new(&catalogue, &dictionary, grade.grade_id, (&page_text, &ids))?;
            Ok::<_, AppError>((Preview::new(&page_text, &dictionary), outlook))
        });
        Ok::<_, AppError>((grade, seen.transpose()?))
    });
    let (grade, seen) = read.await??;
    let mut page = EditingPage::typed(&session, grade, edit);
    (page.preview, page.outlook) = seen.unzip();
    page.is_without_requirements = is_unread;
    page.head.title = title(&page.head.title, &errors);
    page.errors = errors;
    Outcome::checked(page, |page| page.errors.is_empty()).respond()
}

/// Saves an edit.
async fn save(
    database: &Database,
    session: &SignedIn,
    (slug, name): (&str, &LevelName),
    edit: Edit,
) -> Result<Outcome<EditingPage>, AppError> {
    let (address, level) = (admin::grade(slug, name), name.level());
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
    Ok(match (saved, found) {
        (Ok(Saved::Stored), _) => Outcome::Stored(done(&address, Done::Saved)),
        (Ok(Saved::Unchanged), _) => Outcome::Stored(done(&address, Done::Unchanged)),
        (Ok(Saved::Conflict(conflict)), _) => {
            Outcome::Conflict(EditingPage::conflicting(session, *conflict, edit))
        }
        (Ok(Saved::Moved(grade)), _) => {
            return Err(AppError::MovedTo(admin::grade(&grade.slug, &grade.name)));
        }
        (Err(error), Some(grade)) => {
            log::error!("a description could not be saved: {error}");
            let mut page = EditingPage::typed(session, grade, edit);
            page.failure = Some(
                "Сейчас сохранить не получилось. Набранное осталось ниже: подождите минуту и сохраните \
                 ещё раз.",
            );
            Outcome::Unavailable(page)
        }
        (Err(error), None) => return Err(error),
    })
}

impl EditingPage {
    /// The form with the text as it is stored.
    fn new(session: &SignedIn, grade: EditableGrade) -> Self {
        Self {
            head: Head::editing(
                format!("Правка: {}: {}", grade.profession, grade.name),
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
            is_without_requirements: false,
            preview: None,
            outlook: None,
            said_new: Vec::new(),
            conflict: None,
        }
    }

    /// The form with the text as it was typed.
    fn typed(session: &SignedIn, grade: EditableGrade, edit: Edit) -> Self {
        let Edit { version, text, note, said_new, .. } = edit;
        Self { text, note, version, said_new, ..Self::new(session, grade) }
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

    /// What was said to be new of requirements that no box on the page is about.
    fn carried_along(&self) -> Vec<&String> {
        let has_box = |id: &String| {
            let pairs = self.outlook.iter().flat_map(|outlook| &outlook.pairs);
            pairs.into_iter().any(|(pair, _)| pair.former_id == *id)
        };
        self.said_new.iter().filter(|id| !has_box(id)).collect()
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
