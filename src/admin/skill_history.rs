//! `/admin/skills/{slug}/history`: every saved change of a skill, compared and brought back.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::{self, change_skill};
use super::skill_errors;
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::revisions::History;
use crate::graders::service::skills::{self, Change, Changed, EditableSkill};
use crate::ladder::revision::{Change as LineChange, ChangedLine, compare};
use crate::paths::admin::{self, Done, done};
use crate::web::{Head, blocking, filters, see_other, uncached};

/// The parameters of the page: the versions to compare.
#[derive(Debug, Default, Deserialize)]
pub struct Parameters {
    from: Option<i32>,
    to: Option<i32>,
}

#[derive(Template)]
#[template(path = "admin/skill_history.html")]
struct SkillHistoryPage {
    head: Head,
    token: String,
    skill: EditableSkill,
    history: History,
    from: i32,
    to: i32,
    compared: Vec<ChangedLine>,
    /// Why the last form did nothing.
    failure: Option<String>,
}

/// Answers with the history, and two versions compared: the last change unless others are named.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such skill or version.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    slug: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let page = SkillHistoryPage::new(&database, &session, &slug, &parameters).await?;
    uncached(StatusCode::OK, &page)
}

/// Brings back the words of an earlier version.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such skill or version.
pub async fn restore(
    database: Data<Database>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let wanted = Change::Restore(edit::version(&fields, "restore")?);
    let (status, failure) = match change_skill(&database, &session, &slug, &fields, wanted).await? {
        Changed::Stored { slug } => {
            return Ok(see_other(&done(&admin::skill(&slug), Done::Restored)));
        }
        Changed::Unchanged => {
            return Ok(see_other(&done(&admin::skill(&slug), Done::Unchanged)));
        }
        Changed::Conflict => (
            StatusCode::CONFLICT,
            "Только что навык изменили. Посмотрите на последнюю правку и повторите.".to_owned(),
        ),
        Changed::Invalid(invalid) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("Вернуть эту версию не получится. {}", skill_errors::describe_all(invalid)),
        ),
    };
    let page = SkillHistoryPage::new(&database, &session, &slug, &Parameters::default()).await?;
    uncached(status, &SkillHistoryPage { failure: Some(failure), ..page })
}

impl SkillHistoryPage {
    async fn new(
        database: &Data<Database>,
        session: &SignedIn,
        slug: &str,
        parameters: &Parameters,
    ) -> Result<Self, AppError> {
        let (database, slug) = (Data::clone(database), slug.to_owned());
        let read = blocking(move || {
            let history = skills::history(&database, &slug)?;
            Ok::<_, AppError>((skills::editable(&database, &slug)?, history))
        });
        let (skill, history) = read.await??;
        let to = parameters.to.unwrap_or(skill.version);
        let from = parameters.from.unwrap_or(to.saturating_sub(1));
        let compared = if history.revisions.is_empty() {
            Vec::new()
        } else {
            compare(history.text(from)?, history.text(to)?)
        };
        Ok(Self {
            head: Head::editing(format!("История: {}", skill.fields.title), &session.editor.login),
            token: session.form_token(),
            skill,
            history,
            from,
            to,
            compared,
            failure: None,
        })
    }

    /// Every version there was, the newest first.
    fn versions(&self) -> Vec<i32> {
        self.history.versions().collect()
    }
}
