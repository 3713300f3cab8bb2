//! `/admin/professions/{slug}/ladder`: the whole ladder of a profession as one text.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::{Outcome, Outlook, must_publish, note_error, text_errors};
use crate::auth::{Publishing, SignedForm, SignedIn};
use crate::clean::folded;
use crate::error::AppError;
use crate::fields::{FieldError, Fields};
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::professions::{
    self, ConflictingGrade, GradeFate, LadderEdit, LadderPlan, SavedLadder, WholeLadder,
};
use crate::ladder::kind::{Mistyped, mistyped};
use crate::ladder::revision::Change as LineChange;
use crate::paths::admin::{self, Done, done};
use crate::russian::plural;
use crate::web::field_errors::{message, title};
use crate::web::{Head, blocking, filters, uncached};

/// What is said above the form.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/ladder.html")]
struct LadderPage {
    head: Head,
    token: String,
    ladder: WholeLadder,
    /// What stands in the fields.
    text: String,
    note: String,
    /// What becomes of the text, once it was read.
    plan: Option<LadderPlan>,
    outlook: Option<Outlook>,
    /// The ids of requirements that were said to be replaced by new ones.
    said_new: Vec<String>,
    /// Words of the text that look like labels.
    remarks: Vec<Mistyped>,
    /// Whether a save is to be confirmed.
    is_doubtful: bool,
    /// The grades that somebody else changed too.
    conflicts: Vec<ConflictingGrade>,
    message: Option<&'static str>,
    errors: Vec<FieldError>,
}

/// Answers with the form.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession.
pub async fn show(
    catalogue: Data<Catalogue>,
    session: SignedIn,
    slug: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let mut page = LadderPage::new(&session, whole(&catalogue, &slug).await?);
    page.message = match parameters.done {
        Some(Done::Saved) => Some("Лестница сохранена."),
        Some(Done::Unchanged) => Some("Всё это уже сохранено, менять нечего."),
        _ => None,
    };
    uncached(StatusCode::OK, &page)
}

/// Saves the grades that changed, or shows how the text is read.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession; [`AppError::BadRequest`] if the form does not tell
/// what its text grew from.
pub async fn send(
    catalogue: Data<Catalogue>,
    publishing: Data<Publishing>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let edit = read(&fields, &session)?;
    let mut errors = Vec::from_iter(note_error(&edit.note));
    if fields.get("action") != "save" || !errors.is_empty() {
        let mut page = LadderPage::new(&session, whole(&catalogue, &slug).await?);
        page.foresee(&catalogue, &edit).await?;
        page.errors.append(&mut errors);
        return page.with(edit).checked().respond();
    }
    must_publish(catalogue.database(), **publishing, &session, &slug).await?;
    let (shared, profession, wanted) = (Data::clone(&catalogue), slug.clone(), edit.clone());
    let saved = blocking(move || professions::save_whole(shared.database(), &profession, &wanted));
    let outcome = match saved.await?? {
        SavedLadder::Stored(_) => Outcome::Stored(done(&admin::whole_ladder(&slug), Done::Saved)),
        SavedLadder::Unchanged => {
            Outcome::Stored(done(&admin::whole_ladder(&slug), Done::Unchanged))
        }
        SavedLadder::Doubtful => {
            let mut page = LadderPage::new(&session, whole(&catalogue, &slug).await?);
            page.foresee(&catalogue, &edit).await?;
            page.is_doubtful = true;
            page.errors.push(FieldError {
                field: "text",
                message: "Проверьте и\u{a0}подтвердите: где-то описание исчезает или остаётся без \
                          требований."
                    .to_owned(),
            });
            page.with(edit).checked()
        }
        SavedLadder::Conflict(conflict) => {
            let mut page = LadderPage::new(&session, conflict.merged);
            page.conflicts = conflict.grades;
            (page.note, page.said_new) = (edit.note, edit.said_new);
            Outcome::Conflict(page)
        }
        SavedLadder::Invalid(refused) => {
            let mut page = LadderPage::new(&session, whole(&catalogue, &slug).await?);
            page.errors = text_errors(refused);
            page.with(edit).checked()
        }
    };
    outcome.respond()
}

async fn whole(catalogue: &Data<Catalogue>, slug: &str) -> Result<WholeLadder, AppError> {
    let (catalogue, slug) = (Data::clone(catalogue), slug.to_owned());
    Ok(blocking(move || professions::whole(catalogue.database(), &slug)).await??)
}

/// What the form wants to save.
fn read(fields: &Fields, session: &SignedIn) -> Result<LadderEdit, AppError> {
    let typed = fields.sent("text").ok_or(AppError::BadRequest("В форме не хватает текста."))?;
    let all = |wanted: &'static str| {
        fields.iter().filter(move |(name, _)| *name == wanted).map(|(_, value)| value)
    };
    let base = all("base").map(|pair| {
        let (id, version) = pair.split_once(':')?;
        Some((id.parse::<i32>().ok()?, version.parse::<i32>().ok()?))
    });
    let base = base.collect::<Option<Vec<_>>>();
    let base = base.ok_or(AppError::BadRequest("В форме не хватает номера версии."))?;
    Ok(LadderEdit {
        base,
        text: typed.replace("\r\n", "\n").trim_end().to_owned(),
        note: folded(fields.get("note")),
        said_new: all("new").map(str::to_owned).collect(),
        is_confirmed: !fields.get("confirmed").is_empty(),
        by: session.actor(),
    })
}

impl LadderPage {
    /// The form with the ladder as it is stored.
    fn new(session: &SignedIn, ladder: WholeLadder) -> Self {
        let heading = format!("Правка: {}: вся лестница", ladder.profession.fields.title);
        Self {
            head: session.head(heading),
            token: session.form_token(),
            text: ladder.text.clone(),
            ladder,
            note: String::new(),
            plan: None,
            outlook: None,
            said_new: Vec::new(),
            remarks: Vec::new(),
            is_doubtful: false,
            conflicts: Vec::new(),
            message: None,
            errors: Vec::new(),
        }
    }

    /// The same with what was typed, grown from what it grew from.
    fn with(mut self, edit: LadderEdit) -> Self {
        let LadderEdit { base, text, note, said_new, .. } = edit;
        self.ladder.base = base;
        Self { text, note, said_new, ..self }
    }

    /// Tells what becomes of a text, or what is wrong with it.
    async fn foresee(
        &mut self,
        catalogue: &Data<Catalogue>,
        edit: &LadderEdit,
    ) -> Result<(), AppError> {
        let (catalogue, edit) = (Data::clone(catalogue), edit.clone());
        let slug = self.ladder.profession.fields.slug.clone();
        self.remarks = mistyped(&edit.text);
        let read = blocking(move || {
            let (database, dictionary) = (catalogue.database(), catalogue.dictionary()?);
            let plan = professions::plan_whole(database, &dictionary, &slug, &edit)?;
            // Those that were said to be new are offered too, as they would be otherwise.
            let mut alike = Vec::new();
            if !edit.said_new.is_empty() && plan.is_ok() {
                let said = edit.said_new.clone();
                let edit = LadderEdit { said_new: Vec::new(), ..edit };
                let otherwise = professions::plan_whole(database, &dictionary, &slug, &edit)?;
                alike = otherwise.map(|plan| plan.pairs).unwrap_or_default();
                alike.retain(|pair| said.contains(&pair.former_id));
            }
            Ok::<_, AppError>((plan, alike))
        });
        match read.await?? {
            (Ok(plan), alike) => {
                self.outlook = Some(Outlook::new(plan.pairs.clone(), alike, plan.removed.clone()));
                self.plan = Some(plan);
            }
            (Err(refused), _) => self.errors = text_errors(refused),
        }
        Ok(())
    }

    /// The page, with what is wrong.
    fn checked(mut self) -> Outcome<Self> {
        self.head.title = title(&self.head.title, &self.errors);
        Outcome::checked(self, |page| page.errors.is_empty())
    }

    /// What was said to be new of requirements that no box on the page is about.
    fn carried_along(&self) -> Vec<&String> {
        let outlook = self.outlook.as_ref();
        let has_box = |id: &&String| outlook.is_some_and(|outlook| outlook.has_box(id));
        self.said_new.iter().filter(|id| !has_box(id)).collect()
    }

    /// What the button that saves says: how many grades, once that is known.
    fn save_words(&self) -> String {
        let changed = self.plan.iter().flat_map(|plan| &plan.grades);
        let changed = changed.filter(|grade| {
            matches!(grade.fate, GradeFate::Made | GradeFate::Changed | GradeFate::Emptied)
        });
        match changed.count() {
            0 => "Сохранить".to_owned(),
            count => {
                format!("Сохранить {count}\u{a0}{}", plural(count, "грейд", "грейда", "грейдов"))
            }
        }
    }

    /// Everything that is wrong with the text.
    fn text_messages(&self) -> impl Iterator<Item = &str> {
        let errors = self.errors.iter().filter(|error| error.field == "text");
        errors.map(|error| error.message.as_str())
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
