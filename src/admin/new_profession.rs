//! `/admin/new-profession`: a profession with its whole ladder at once.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use super::edit::{Outcome, digest, text_errors};
use super::profession_fields::{ProfessionForm, read};
use crate::auth::{Publishing, SignedForm, SignedIn};
use crate::error::AppError;
use crate::fields::Fields;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::grades::GradeFields;
use crate::graders::service::professions::{
    Changed, GradeFate, LadderPlan, ProfessionAddress, ProfessionFields,
};
use crate::graders::service::{professions, scales, texts, tracks};
use crate::ladder::kind::{Mistyped, mistyped};
use crate::ladder::{Level, LevelName};
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::title;
use crate::web::{Head, blocking, filters, uncached};

/// Ladders that many professions have, by the names of the buttons that choose them.
const PRESETS: [(&str, &str, &[Level]); 3] = [
    ("three", "Три", &[Level::Junior, Level::Middle, Level::Senior]),
    (
        "six",
        "Шесть",
        &[
            Level::Intern,
            Level::Junior,
            Level::JuniorPlus,
            Level::Middle,
            Level::MiddlePlus,
            Level::SeniorPlus,
        ],
    ),
    (
        "nine",
        "Девять",
        &[
            Level::Junior,
            Level::JuniorPlus,
            Level::JuniorPlusPlus,
            Level::Middle,
            Level::MiddlePlus,
            Level::MiddlePlusPlus,
            Level::Senior,
            Level::SeniorPlus,
            Level::SeniorPlusPlus,
        ],
    ),
];

#[derive(Template)]
#[template(path = "admin/new_profession.html")]
struct NewProfessionPage {
    head: Head,
    token: String,
    form: ProfessionForm,
    /// The levels that are ticked.
    levels: BTreeSet<Level>,
    /// The professions that have ladders, to take levels from.
    others: Vec<ProfessionAddress>,
    /// The address of the profession whose levels were taken.
    like: String,
    /// The ladder as one text.
    text: String,
    /// What becomes of that text, once it was read.
    plan: Option<LadderPlan>,
    /// Words of the text that look like labels.
    remarks: Vec<Mistyped>,
    /// Whether the profession is to be a draft.
    is_draft: bool,
    /// Whether the editor may make anything but a draft.
    may_publish: bool,
    /// Whether the text is to be looked at before anything is made.
    is_to_be_seen: bool,
}

/// Answers with the form.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show(
    catalogue: Data<Catalogue>,
    publishing: Data<Publishing>,
    session: SignedIn,
) -> Result<HttpResponse, AppError> {
    let mut page =
        NewProfessionPage::new(&catalogue, &session, ProfessionFields::default()).await?;
    page.may_publish = publishing.allows(&session.editor);
    uncached(StatusCode::OK, &page)
}

/// Makes a profession with its ladder, once the text of the ladder, if there is one, was seen as it is read.
///
/// # Errors
///
/// If the database does not answer.
pub async fn send(
    catalogue: Data<Catalogue>,
    publishing: Data<Publishing>,
    form: SignedForm,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let mut typed = read(&fields, ProfessionFields::default())?;
    if typed.slug.is_empty() {
        typed.slug = texts::proposed_slug(&typed.title);
    }
    let mut page = NewProfessionPage::new(&catalogue, &session, typed.clone()).await?;
    page.may_publish = publishing.allows(&session.editor);
    page.take(&fields);
    let ladder = page.read_text(&catalogue).await?;
    let is_seen = page.text.is_empty() || fields.get("seen") == digest(&page.text);
    let is_to_be_made = fields.get("action") == "save";
    let (Some(ladder), true) = (ladder, is_to_be_made && is_seen) else {
        page.is_to_be_seen = is_to_be_made && page.plan.is_some();
        return page.checked().respond();
    };
    let (shared, by) = (Data::clone(&catalogue), session.actor());
    let is_draft = page.is_draft;
    let made =
        blocking(move || professions::create(shared.database(), (&typed, is_draft), &ladder, &by));
    let made = made.await??;
    let outcome = match made {
        Changed::Stored { slug, .. } => {
            Outcome::Stored(done(&admin::profession(&slug), Done::Made))
        }
        Changed::Invalid(invalid) => {
            page.form.refuse(invalid);
            page.checked()
        }
        // A profession that was not there before has nobody else's changes.
        Changed::Unchanged | Changed::Conflict(_) => Outcome::Stored(admin::overview().to_owned()),
    };
    outcome.respond()
}

impl NewProfessionPage {
    async fn new(
        catalogue: &Data<Catalogue>,
        session: &SignedIn,
        typed: ProfessionFields,
    ) -> Result<Self, AppError> {
        let catalogue = Data::clone(catalogue);
        let known = blocking(move || {
            let database = catalogue.database();
            let tracks = tracks::all(database)?;
            let includable = professions::includable(database, None)?;
            let scales = scales::all(database)?;
            let mut others = professions::addresses(database)?;
            others.retain(|other| !other.levels.is_empty());
            Ok::<_, AppError>((tracks, includable, scales, others))
        });
        let (mut tracks, includable, scales, others) = known.await??;
        tracks.retain(|track| session.reach.has(&track.slug));
        let errors = Vec::new();
        Ok(Self {
            head: session.head("Новая профессия"),
            token: session.form_token(),
            form: ProfessionForm { typed, tracks, includable, scales, errors, is_new: true },
            levels: BTreeSet::new(),
            others,
            like: String::new(),
            text: String::new(),
            plan: None,
            remarks: Vec::new(),
            is_draft: false,
            may_publish: true,
            is_to_be_seen: false,
        })
    }

    /// Takes what was typed and ticked, and ticks the levels that a button chooses.
    fn take(&mut self, fields: &Fields) {
        let ticked = fields.iter().filter(|(name, _)| *name == "level");
        self.levels = ticked.filter_map(|(_, slug)| Level::from_slug(slug)).collect();
        self.is_draft = !fields.get("draft").is_empty() || !self.may_publish;
        fields.get("like").clone_into(&mut self.like);
        let text = fields.get("text").replace("\r\n", "\n");
        text.trim_end().clone_into(&mut self.text);
        let action = fields.get("action");
        if let Some((_, _, levels)) = PRESETS.iter().find(|(name, ..)| *name == action) {
            self.levels = levels.iter().copied().collect();
        }
        let other = self.others.iter().find(|other| other.slug == self.like);
        if let Some(other) = other.filter(|_| action == "like") {
            self.levels = other.levels.iter().map(LevelName::level).collect();
        }
    }

    /// Reads the ladder; `None` if its text can't be read.
    async fn read_text(
        &mut self,
        catalogue: &Data<Catalogue>,
    ) -> Result<Option<Vec<GradeFields>>, AppError> {
        let catalogue = Data::clone(catalogue);
        let (text, scale) = (self.text.clone(), self.form.typed.scale.clone());
        let levels = self.levels.iter().copied().collect::<Vec<_>>();
        let read = blocking(move || {
            professions::plan_of_new(catalogue.database(), &text, scale.as_deref(), &levels)
        });
        Ok(match read.await?? {
            Ok((plan, ladder)) => {
                if !self.text.is_empty() {
                    self.plan = Some(plan);
                    self.remarks = mistyped(&self.text);
                }
                Some(ladder)
            }
            Err(refused) => {
                self.form.errors.extend(text_errors(refused));
                None
            }
        })
    }

    /// The page, with what is wrong.
    fn checked(mut self) -> Outcome<Self> {
        self.head.title = title(&self.head.title, &self.form.errors);
        Outcome::checked(self, |page| page.form.errors.is_empty())
    }

    /// What the form tells of the text that was seen.
    fn seen(&self) -> String {
        self.plan.as_ref().map(|_| digest(&self.text)).unwrap_or_default()
    }

    fn is_ticked(&self, level: Level) -> bool {
        self.levels.contains(&level)
    }
}
