//! `/admin/professions/{slug}/{level}`: the description of a grade, to be changed.

mod beside;
mod conflict;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use self::beside::Beside;
use self::conflict::{Choice, ConflictView};
use super::edit::{self, Outcome, Outlook, digest, grade_at, note_error, version};
use crate::auth::{Publishing, SignedForm, SignedIn};
use crate::clean::folded;
use crate::db::Database;
use crate::editors::service::Editor;
use crate::error::AppError;
use crate::fields::{FieldError, Fields};
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::grades::{self, Conflict, Edit, EditableGrade, Saved};
use crate::graders::service::proposals::{self, Proposal, Proposed, Published, WholeProposal};
use crate::graders::service::{ServiceError, identity};
use crate::ladder::description::is_without_requirements;
use crate::ladder::revision::Stretch;
use crate::ladder::skill::Dictionary;
use crate::ladder::{Description, Level, LevelName, Requirement};
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::{message, title};
use crate::web::{Head, blocking, filters, uncached};

/// The parameters of a grade's editing page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
    /// A proposal to go on with.
    proposal: Option<i32>,
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
    /// Whether the description would be taken away, and nobody has confirmed that.
    is_emptied: bool,
    preview: Option<Preview>,
    /// What a save would do to requirements, beside a preview.
    outlook: Option<Outlook>,
    /// The ids of requirements that were said to be replaced by new ones.
    said_new: Vec<String>,
    conflict: Option<ConflictView>,
    beside: Beside,
    /// The proposal that the text comes from.
    proposal: Option<i32>,
    /// Those of the grade of which something is to be done.
    proposals: Vec<Proposal>,
    /// Whether the editor may save, and not only propose.
    may_save: bool,
}

/// What a save would do to the requirements of the ladder.
fn foresee(
    catalogue: &Catalogue,
    dictionary: &Dictionary,
    grade_id: i32,
    (text, said_new): (&str, &[String]),
) -> Result<Outlook, AppError> {
    let preview = |said_new: &[String]| {
        let said_new = said_new.iter().cloned().collect();
        identity::preview(catalogue.database(), dictionary, grade_id, text, &said_new)
    };
    let change = preview(said_new)?;
    let mut alike = Vec::new();
    if !said_new.is_empty() {
        alike = preview(&[])?.pairs;
        alike.retain(|pair| said_new.contains(&pair.former_id));
    }
    Ok(Outlook::new(change.pairs, alike, change.removed))
}

/// Answers with the form.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such grade.
pub async fn show(
    catalogue: Data<Catalogue>,
    publishing: Data<Publishing>,
    session: SignedIn,
    path: Path<(String, String)>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let (slug, name) = grade_at(catalogue.database(), &path, admin::grade).await?;
    let shared = Data::clone(&catalogue);
    let proposal = parameters.proposal;
    let read = blocking(move || {
        let grade = grades::editable(shared.database(), &slug, name.level())?;
        let proposal = proposal.map(|id| proposals::one(shared.database(), id)).transpose()?;
        Ok::<_, ServiceError>((grade, proposal))
    });
    let (grade, proposal) = read.await??;
    let is_of_this = |whole: &WholeProposal| {
        whole.grade.grade_id == grade.grade_id && whole.proposal.state.is_open()
    };
    let mut page = match proposal.filter(is_of_this) {
        Some(whole) => EditingPage::proposed(&session, whole),
        None => EditingPage::new(&session, grade),
    };
    page.look_beside(&catalogue, (**publishing, &session.editor)).await?;
    page.message = match parameters.done {
        Some(Done::Saved) => Some("Описание сохранено."),
        Some(Done::SavedBelow) => Some("Прежний грейд сохранён, вот следующий."),
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

/// Saves, or shows how the text is understood, or goes on with what was typed before.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such grade.
pub async fn send(
    catalogue: Data<Catalogue>,
    publishing: Data<Publishing>,
    form: SignedForm,
    path: Path<(String, String)>,
) -> Result<HttpResponse, AppError> {
    let (slug, name) = grade_at(catalogue.database(), &path, admin::grade).await?;
    let level = name.level();
    let SignedForm { session, fields } = form;
    let version = version(&fields, "version")?;
    let mut errors = Vec::new();
    let text = edit::text(&fields, &mut errors)?;
    let conflict = conflict(&catalogue, &fields, version).await?;
    let text = match &conflict {
        // What was corrected by hand stays as it is.
        Some(view) if digest(&text) == fields.get("shown") => view.text(),
        _ => text,
    };
    let note = folded(fields.get("note"));
    errors.extend(note_error(&note));
    let grade_id = fields.get("grade").parse().ok();
    let is_unread = is_without_requirements(&text) && fields.get("confirmed").is_empty();
    let is_save = matches!(fields.get("action"), "save" | "save-next");
    let is_proposal = fields.get("action") == "propose";
    let proposal = fields.get("proposal").parse().ok();
    let rights = (**publishing, &session.editor);
    if is_save && !may_save(&catalogue, rights, (&slug, level), proposal).await? {
        let message = "Сохранить сразу здесь может только владелец. Нажмите «Предложить».";
        errors.push(FieldError { field: "text", message: message.to_owned() });
    }
    if (is_save || is_proposal) && is_unread {
        let message = "Ни одна строка не похожа на пункт списка, требований в тексте нет. Начните \
                       каждый пункт с дефиса или подтвердите ниже, что требований не будет.";
        errors.push(FieldError { field: "text", message: message.to_owned() });
    }
    let is_emptied = (is_save || is_proposal)
        && text.is_empty()
        && is_described(&catalogue, &slug, level).await?
        && fields.get("confirmed").is_empty();
    if is_emptied {
        let message = "Описание исчезнет. Если так и\u{a0}нужно, подтвердите ниже и\u{a0}сохраните \
                       ещё раз.";
        errors.push(FieldError { field: "text", message: message.to_owned() });
    }
    let said_new = fields.iter().filter(|(name, _)| *name == "new");
    let said_new = said_new.map(|(_, id)| id.to_owned()).collect();
    let edit = Edit { grade_id, version, text, note, said_new, by: session.actor() };
    if errors.is_empty() && is_save {
        let goes_on = fields.get("action") == "save-next";
        let wanted = Wanted { edit, proposal, goes_on };
        return save(&catalogue, (**publishing, &session), (&slug, &name), wanted).await?.respond();
    }
    if errors.is_empty() && is_proposal {
        return propose(&catalogue, (&slug, &name), edit, proposal).await?.respond();
    }
    let is_preview = errors.is_empty() && fields.get("action") == "preview";
    let (page_text, ids) = (edit.text.clone(), edit.said_new.clone());
    let shared = Data::clone(&catalogue);
    let read = blocking(move || {
        let catalogue = shared;
        let grade = match grade_id {
            Some(id) => grades::editable_with_id(catalogue.database(), id)?,
            None => grades::editable(catalogue.database(), &slug, level)?,
        };
        if grade.slug != slug || grade.level != level {
            return Err(AppError::MovedTo(admin::grade(&grade.slug, &grade.name)));
        }
        let dictionary = catalogue.dictionary()?;
        let seen = is_preview.then(|| {
            let outlook = foresee(&catalogue, &dictionary, grade.grade_id, (&page_text, &ids))?;
            Ok::<_, AppError>((Preview::new(&page_text, &dictionary), outlook))
        });
        Ok::<_, AppError>((grade, seen.transpose()?))
    });
    let (grade, seen) = read.await??;
    let mut page = EditingPage::typed(&session, grade, edit);
    page.proposal = proposal;
    page.look_beside(&catalogue, rights).await?;
    page.conflict = conflict;
    (page.preview, page.outlook) = seen.unzip();
    page.is_without_requirements = is_unread;
    page.is_emptied = is_emptied;
    page.head.title = title(&page.head.title, &errors);
    page.errors = errors;
    Outcome::checked(page, |page| page.errors.is_empty()).respond()
}

/// Two changes that a form brings together, with what it chooses of them; `version` is that of the other one.
async fn conflict(
    catalogue: &Data<Catalogue>,
    fields: &Fields,
    version: i32,
) -> Result<Option<ConflictView>, AppError> {
    let Some(mine) = fields.sent("mine") else { return Ok(None) };
    let grew_from = edit::version(fields, "mine-version")?;
    let grade_id = edit::version(fields, "grade")?;
    let catalogue = Data::clone(catalogue);
    let read =
        blocking(move || grades::texts_of(catalogue.database(), grade_id, (grew_from, version)));
    let (base, other, author) = read.await??;
    let mine = mine.replace("\r\n", "\n");
    let view = ConflictView::new(author, (&base, &other), (mine.trim_end(), grew_from));
    Ok(Some(view.chosen(fields)))
}

/// Whether a grade has a description. One that is gone has none.
async fn is_described(
    catalogue: &Data<Catalogue>,
    slug: &str,
    level: Level,
) -> Result<bool, AppError> {
    let (catalogue, slug) = (Data::clone(catalogue), slug.to_owned());
    let read = blocking(move || grades::editable(catalogue.database(), &slug, level));
    Ok(read.await?.is_ok_and(|grade| !grade.text.is_empty()))
}

/// Whether an editor may save the description of the grade at an address: alone, of a draft, or what somebody else
/// has proposed.
async fn may_save(
    catalogue: &Data<Catalogue>,
    (publishing, editor): (Publishing, &Editor),
    (slug, level): (&str, Level),
    proposal: Option<i32>,
) -> Result<bool, AppError> {
    if publishing.allows(editor) {
        return Ok(true);
    }
    let (catalogue, slug) = (Data::clone(catalogue), slug.to_owned());
    let read = blocking(move || {
        let database = catalogue.database();
        let grade = grades::editable(database, &slug, level)?;
        let proposals = proposals::open_of(database, grade.grade_id)?;
        Ok::<_, ServiceError>((grade.is_draft, proposals))
    });
    let (is_draft, proposals) = read.await??;
    Ok(is_draft || is_of_other(&proposals, proposal, editor))
}

/// Whether somebody else than an editor has made the proposal with a number.
fn is_of_other(proposals: &[Proposal], id: Option<i32>, editor: &Editor) -> bool {
    let found = proposals.iter().find(|proposal| Some(proposal.id) == id);
    found.is_some_and(|proposal| proposal.author != editor.login)
}

/// Proposes an edit.
async fn propose(
    catalogue: &Data<Catalogue>,
    (slug, name): (&str, &LevelName),
    edit: Edit,
    proposal: Option<i32>,
) -> Result<Outcome<EditingPage>, AppError> {
    let (address, level) = (admin::grade(slug, name), name.level());
    let (catalogue, slug) = (Data::clone(catalogue), slug.to_owned());
    let proposed =
        blocking(move || proposals::propose(catalogue.database(), (&slug, level), &edit, proposal));
    match proposed.await?? {
        Proposed::Stored(id) => Ok(Outcome::Stored(done(&admin::proposal(id), Done::Proposed))),
        Proposed::Unchanged => Ok(Outcome::Stored(done(&address, Done::Unchanged))),
        Proposed::Moved(grade) => Err(AppError::MovedTo(admin::grade(&grade.slug, &grade.name))),
    }
}

/// What is to be saved.
struct Wanted {
    edit: Edit,
    /// The proposal that it comes from.
    proposal: Option<i32>,
    /// Whether the form of the next grade is to follow.
    goes_on: bool,
}

/// Saves an edit, and with it ends the proposal it comes from. One that somebody has decided on meanwhile is an
/// edit like any other.
fn store(
    database: &Database,
    publishing: (Publishing, &Editor),
    (slug, level): (&str, Level),
    (edit, proposal): (&Edit, Option<i32>),
) -> Result<Saved, AppError> {
    if let Some(id) = proposal {
        match proposals::publish(database, (id, None), (slug, level), edit) {
            Ok(Published::Saved(saved)) => return Ok(saved),
            Ok(Published::Conflict) | Err(ServiceError::NoSuchProposal) => {
                publishing.0.must_allow(publishing.1)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(grades::save(database, slug, level, edit)?)
}

/// Saves an edit.
async fn save(
    catalogue: &Data<Catalogue>,
    (publishing, session): (Publishing, &SignedIn),
    (slug, name): (&str, &LevelName),
    Wanted { edit, proposal, goes_on }: Wanted,
) -> Result<Outcome<EditingPage>, AppError> {
    let (address, level) = (admin::grade(slug, name), name.level());
    let (shared, slug) = (Data::clone(catalogue), slug.to_owned());
    let editor = session.editor.clone();
    let (saved, edit, found, next) = blocking(move || {
        let database = shared.database();
        let saved = store(database, (publishing, &editor), (&slug, level), (&edit, proposal));
        // A text that could not be stored is shown again if the grade can be read at least.
        let found = match &saved {
            Err(AppError::Unavailable(_)) => grades::editable(database, &slug, level).ok(),
            _ => None,
        };
        let beside = goes_on.then(|| Beside::read(&shared, &slug, level).ok()).flatten();
        let next = beside.and_then(|beside| beside.next(level).cloned());
        (saved, edit, found, next.map(|next| admin::grade(&slug, &next)))
    })
    .await?;
    let mut outcome = match (saved, found) {
        (Ok(Saved::Stored), _) => Outcome::Stored(match next {
            Some(next) => done(&next, Done::SavedBelow),
            None => done(&address, Done::Saved),
        }),
        (Ok(Saved::Unchanged), _) => {
            Outcome::Stored(next.unwrap_or_else(|| done(&address, Done::Unchanged)))
        }
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
    };
    if let Outcome::Conflict(page) | Outcome::Unavailable(page) = &mut outcome {
        page.proposal = proposal;
        // The text matters more than what stands beside it.
        if let Err(error) = page.look_beside(catalogue, (publishing, &session.editor)).await {
            log::warn!("nothing could be read beside a description: {error}");
        }
    }
    Ok(outcome)
}

impl EditingPage {
    /// The form with the text as it is stored.
    fn new(session: &SignedIn, grade: EditableGrade) -> Self {
        Self {
            head: session.head(format!("Правка: {}: {}", grade.profession, grade.name)),
            token: session.form_token(),
            text: grade.text.clone(),
            note: String::new(),
            version: grade.version,
            grade,
            message: None,
            failure: None,
            errors: Vec::new(),
            is_without_requirements: false,
            is_emptied: false,
            preview: None,
            outlook: None,
            said_new: Vec::new(),
            conflict: None,
            beside: Beside::default(),
            proposal: None,
            proposals: Vec::new(),
            may_save: true,
        }
    }

    /// Reads what stands beside the text, and what the editor may do with it.
    async fn look_beside(
        &mut self,
        catalogue: &Data<Catalogue>,
        (publishing, editor): (Publishing, &Editor),
    ) -> Result<(), AppError> {
        let (catalogue, slug) = (Data::clone(catalogue), self.grade.slug.clone());
        let (level, id) = (self.grade.level, self.grade.grade_id);
        let read = blocking(move || {
            let beside = Beside::read(&catalogue, &slug, level)?;
            Ok::<_, AppError>((beside, proposals::open_of(catalogue.database(), id)?))
        });
        (self.beside, self.proposals) = read.await??;
        self.may_save = publishing.allows(editor)
            || self.grade.is_draft
            || is_of_other(&self.proposals, self.proposal, editor);
        Ok(())
    }

    /// The form with a proposed text; brought together with the stored one, if that was changed meanwhile.
    fn proposed(session: &SignedIn, whole: WholeProposal) -> Self {
        let is_outrun = whole.is_outrun();
        let WholeProposal { proposal, grade, base, author, .. } = whole;
        let edit = proposal.edit(grade.grade_id, session.actor());
        let page = if is_outrun {
            Self::conflicting(session, Conflict { base, stored: grade, author }, edit)
        } else {
            Self::typed(session, grade, edit)
        };
        Self { proposal: Some(proposal.id), ..page }
    }

    /// The proposals of the grade but for the one that the text comes from.
    fn other_proposals(&self) -> impl Iterator<Item = &Proposal> {
        self.proposals.iter().filter(|proposal| Some(proposal.id) != self.proposal)
    }

    /// The form with the text as it was typed.
    fn typed(session: &SignedIn, grade: EditableGrade, edit: Edit) -> Self {
        let Edit { version, text, note, said_new, .. } = edit;
        Self { text, note, version, said_new, ..Self::new(session, grade) }
    }

    /// The form with two changes brought together, ready to save over the stored one.
    fn conflicting(session: &SignedIn, conflict: Conflict, edit: Edit) -> Self {
        let Conflict { base, stored, author } = conflict;
        let view = ConflictView::new(author, (&base, &stored.text), (&edit.text, edit.version));
        let edit = Edit { version: stored.version, text: view.text(), ..edit };
        Self { conflict: Some(view), ..Self::typed(session, stored, edit) }
    }

    /// What tells whether the text was corrected by hand.
    fn shown(&self) -> String {
        digest(&self.text)
    }

    /// What was said to be new of requirements that no box on the page is about.
    fn carried_along(&self) -> Vec<&String> {
        let outlook = self.outlook.as_ref();
        let has_box = |id: &&String| outlook.is_some_and(|outlook| outlook.has_box(id));
        self.said_new.iter().filter(|id| !has_box(id)).collect()
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
