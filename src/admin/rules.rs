//! `/admin/rules`: the rules, to be changed by owners.

use std::ops::RangeInclusive;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::{self, Outcome, note_error, version};
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::fields::{FieldError, Fields};
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::rules::{
    self, Rules, RulesConflict, RulesEdit, SavedRules, StoredRules,
};
use crate::ladder::Level;
use crate::ladder::article::{self, Section};
use crate::ladder::promotion::Intervals;
use crate::ladder::revision::{Change as LineChange, ChangedLine, compare, merge};
use crate::ladder::salary::Weights;
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::{message, title};
use crate::web::{Head, blocking, filters, uncached};

/// The parameters of `/admin/rules`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/rules.html")]
struct RulesPage {
    head: Head,
    token: String,
    typed: Typed,
    /// What the last form did.
    message: Option<&'static str>,
    /// Why the last form did nothing, if that is not about a field.
    failure: Option<&'static str>,
    errors: Vec<FieldError>,
    preview: Option<(Rules, Vec<Section>)>,
    conflict: Option<ConflictView>,
}

/// What stands in the fields.
#[derive(Clone, Debug)]
struct Typed {
    months: String,
    top_months: String,
    top_level: String,
    retry_months: String,
    junior: String,
    middle: String,
    senior: String,
    base: String,
    text: String,
    note: String,
    /// The version the rules grew from.
    version: i32,
}

/// Two changes of the same rules, side by side.
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
/// [`AppError::OwnersOnly`]; if the database does not answer.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    let stored = blocking(move || rules::current(&database)).await??;
    let typed = Typed::of(&stored.rules, stored.version, String::new());
    let mut page = RulesPage::new(&session, typed);
    page.message = match parameters.done {
        Some(Done::Saved) => Some("Правила сохранены."),
        Some(Done::Unchanged) => Some("Такие правила уже сохранены, менять нечего."),
        Some(Done::Restored) => Some("Прежние правила возвращены."),
        _ => None,
    };
    uncached(StatusCode::OK, &page)
}

/// Saves, or shows how the rules will look, or goes on with what was typed before.
///
/// # Errors
///
/// As [`show`].
pub async fn send(catalogue: Data<Catalogue>, form: SignedForm) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    session.must_be_owner()?;
    let (typed, read) = Typed::read(&fields)?;
    let action = fields.get("action");
    let outcome = match read {
        Err(errors) => Outcome::Invalid(RulesPage::new(&session, typed).refused(errors)),
        Ok(rules) if action == "save" => {
            let Typed { note, version, .. } = typed;
            let edit = RulesEdit { version, rules, note, by: session.actor() };
            save(catalogue.database(), &session, edit).await?
        }
        Ok(rules) => {
            let mut page = RulesPage::new(&session, typed);
            if action == "preview" {
                let dictionary = blocking(move || catalogue.dictionary()).await??;
                let sections = article::read(&rules.text, &dictionary);
                page.preview = Some((rules, sections));
            }
            Outcome::Shown(page)
        }
    };
    outcome.respond()
}

/// Saves an edit.
async fn save(
    database: &Database,
    session: &SignedIn,
    edit: RulesEdit,
) -> Result<Outcome<RulesPage>, AppError> {
    let database = database.clone();
    let (saved, edit) =
        blocking(move || (rules::save(&database, &edit).map_err(AppError::from), edit)).await?;
    Ok(match saved {
        Ok(SavedRules::Stored) => Outcome::Stored(done(admin::rules(), Done::Saved)),
        Ok(SavedRules::Unchanged) => Outcome::Stored(done(admin::rules(), Done::Unchanged)),
        Ok(SavedRules::Conflict(conflict)) => {
            Outcome::Conflict(RulesPage::conflicting(session, *conflict, edit))
        }
        Err(AppError::Unavailable(error)) => {
            log::error!("the rules could not be saved: {error}");
            let typed = Typed::of(&edit.rules, edit.version, edit.note);
            let mut page = RulesPage::new(session, typed);
            page.failure = Some(
                "Сейчас сохранить не получилось. Набранное осталось ниже: подождите минуту и сохраните \
                 ещё раз.",
            );
            Outcome::Unavailable(page)
        }
        Err(error) => return Err(error),
    })
}

impl Typed {
    /// The rules as they stand in the fields.
    fn of(rules: &Rules, version: i32, note: String) -> Self {
        let Rules { text, intervals, weights } = rules;
        Self {
            months: intervals.months.to_string(),
            top_months: intervals.top_months.to_string(),
            top_level: intervals.top_level.slug().to_owned(),
            retry_months: intervals.retry_months.to_string(),
            junior: weights.junior.to_string(),
            middle: weights.middle.to_string(),
            senior: weights.senior.to_string(),
            base: weights.base.to_string(),
            text: text.clone(),
            note,
            version,
        }
    }

    /// What was typed, and the rules it makes or what is wrong with it.
    fn read(fields: &Fields) -> Result<(Self, Result<Rules, Vec<FieldError>>), AppError> {
        let version = version(fields, "version")?;
        let top_level = Level::from_slug(fields.get("top-level"))
            .ok_or(AppError::BadRequest("В форме нет уровня."))?;
        let mut errors = Vec::new();
        let months = |field, errors: &mut _| {
            let what = "Запишите, сколько месяцев ждать, целым числом";
            number(fields, field, what, &Intervals::MONTHS, errors)
        };
        let intervals = Intervals {
            months: months("months", &mut errors),
            top_months: months("top-months", &mut errors),
            top_level,
            retry_months: months("retry-months", &mut errors),
        };
        let before_weights = errors.len();
        let weight = |field, errors: &mut _| {
            number(fields, field, "Запишите вес шага целым числом", &Weights::RANGE, errors)
        };
        let weights = Weights {
            junior: weight("junior", &mut errors),
            middle: weight("middle", &mut errors),
            senior: weight("senior", &mut errors),
            base: weight("base", &mut errors),
        };
        if errors.len() == before_weights && !weights.are_rising() {
            let message = "Веса должны расти: джун, мидл, синьор, новый основной уровень.";
            errors.push(FieldError { field: "junior", message: message.to_owned() });
        }
        let text = edit::text(fields, &mut errors)?;
        let note = fields.get("note").trim().to_owned();
        errors.extend(note_error(&note));
        let field = |name| fields.get(name).trim().to_owned();
        let typed = Self {
            months: field("months"),
            top_months: field("top-months"),
            top_level: top_level.slug().to_owned(),
            retry_months: field("retry-months"),
            junior: field("junior"),
            middle: field("middle"),
            senior: field("senior"),
            base: field("base"),
            text: text.clone(),
            note,
            version,
        };
        let rules = Rules { text, intervals, weights };
        Ok((typed, if errors.is_empty() { Ok(rules) } else { Err(errors) }))
    }
}

/// The number in a field; beyond the bounds an error is added.
fn number(
    fields: &Fields,
    field: &'static str,
    what: &str,
    bounds: &RangeInclusive<u32>,
    errors: &mut Vec<FieldError>,
) -> u32 {
    let number = fields.get(field).trim().parse().ok().filter(|number| bounds.contains(number));
    number.unwrap_or_else(|| {
        let message = format!("{what} от {} до {}.", bounds.start(), bounds.end());
        errors.push(FieldError { field, message });
        *bounds.start()
    })
}

/// Of two changes the one that is there; of both, what was typed.
fn picked<T: Copy + PartialEq>(base: T, stored: T, typed: T) -> T {
    if typed == base { stored } else { typed }
}

impl RulesPage {
    fn new(session: &SignedIn, typed: Typed) -> Self {
        Self {
            head: session.head("Правка: правила"),
            token: session.form_token(),
            typed,
            message: None,
            failure: None,
            errors: Vec::new(),
            preview: None,
            conflict: None,
        }
    }

    /// The form with two changes brought together, ready to save over the stored one.
    fn conflicting(session: &SignedIn, conflict: RulesConflict, edit: RulesEdit) -> Self {
        let RulesConflict { base, stored: StoredRules { rules: stored, version, .. }, author } =
            conflict;
        let pick =
            |number: fn(&Rules) -> u32| picked(number(&base), number(&stored), number(&edit.rules));
        let top_level = |rules: &Rules| rules.intervals.top_level;
        let rules = Rules {
            text: merge(&base.text, &stored.text, &edit.rules.text).text,
            intervals: Intervals {
                months: pick(|rules| rules.intervals.months),
                top_months: pick(|rules| rules.intervals.top_months),
                top_level: picked(top_level(&base), top_level(&stored), top_level(&edit.rules)),
                retry_months: pick(|rules| rules.intervals.retry_months),
            },
            weights: Weights {
                junior: pick(|rules| rules.weights.junior),
                middle: pick(|rules| rules.weights.middle),
                senior: pick(|rules| rules.weights.senior),
                base: pick(|rules| rules.weights.base),
            },
        };
        let (base, stored, typed) = (base.lines(), stored.lines(), edit.rules.lines());
        let view = ConflictView {
            author,
            stored: compare(&base, &stored),
            typed: compare(&base, &typed),
            overlaps: merge(&base, &stored, &typed).overlaps,
        };
        let typed = Typed::of(&rules, version, edit.note);
        Self { conflict: Some(view), ..Self::new(session, typed) }
    }

    fn refused(mut self, errors: Vec<FieldError>) -> Self {
        self.head.title = title(&self.head.title, &errors);
        Self { errors, ..self }
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
