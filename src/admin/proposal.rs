//! `/admin/proposals/{id}`: a proposed description beside the published one, to be published, returned or withdrawn.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::{Outcome, version};
use crate::auth::{Publishing, SignedForm, SignedIn};
use crate::error::AppError;
use crate::fields::FieldError;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::grades::Saved;
use crate::graders::service::proposals::{
    self, Decided, Decision, Published, State, WholeProposal,
};
use crate::graders::service::texts::normalise;
use crate::ladder::revision::{Change as LineChange, ChangedLine, compare};
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::{message, title};
use crate::web::{Head, blocking, filters, uncached};

/// Characters a remark may have.
const LONGEST_REMARK: usize = 2_000;

/// The parameters of a proposal's page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/proposal.html")]
struct ProposalPage {
    head: Head,
    token: String,
    whole: WholeProposal,
    /// From the published description to the proposed one; from the one that it grew from, if that was changed.
    compared: Vec<ChangedLine>,
    is_own: bool,
    /// Whether the editor may publish it.
    may_publish: bool,
    /// What was typed.
    remark: String,
    message: Option<&'static str>,
    failure: Option<&'static str>,
    errors: Vec<FieldError>,
}

/// Answers with a proposal.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such proposal.
pub async fn show(
    catalogue: Data<Catalogue>,
    publishing: Data<Publishing>,
    session: SignedIn,
    id: Path<i32>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let mut page = ProposalPage::read(&catalogue, **publishing, &session, *id).await?;
    page.message = match parameters.done {
        Some(Done::Proposed) => Some("Предложено. Описание изменится, когда правку опубликуют."),
        Some(Done::Returned) => Some("Возвращено автору."),
        Some(Done::Withdrawn) => Some("Предложение отозвано."),
        Some(Done::Saved) => Some("Замечание записано."),
        _ => None,
    };
    uncached(StatusCode::OK, &page)
}

/// Publishes, returns or withdraws a proposal, or writes down what is said of it.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such proposal; [`AppError::ReviewNeeded`] if the editor may not publish it.
pub async fn send(
    catalogue: Data<Catalogue>,
    publishing: Data<Publishing>,
    form: SignedForm,
    id: Path<i32>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let read = version(&fields, "version")?;
    let mut page = ProposalPage::read(&catalogue, **publishing, &session, *id).await?;
    let remark = fields.get("remark").replace("\r\n", "\n");
    remark.trim().clone_into(&mut page.remark);
    let (decision, told) = match fields.get("action") {
        "publish" => return publish(&catalogue, page, (&session, read)).await?.respond(),
        "return" if page.may_publish && !page.is_own => {
            (Decision::Return(page.remark.clone()), Done::Returned)
        }
        "withdraw" if page.is_own => (Decision::Withdraw, Done::Withdrawn),
        "note" => (Decision::Note(page.remark.clone()), Done::Saved),
        _ => return Err(AppError::BadRequest("Так с этим предложением поступить нельзя.")),
    };
    if let (Decision::Note(_) | Decision::Return(_), Some(error)) = (&decision, page.wrong()) {
        page.errors.push(FieldError { field: "remark", message: error.to_owned() });
        page.head.title = title(&page.head.title, &page.errors);
        return Outcome::Invalid(page).respond();
    }
    let (shared, by, id) = (Data::clone(&catalogue), session.actor(), *id);
    let decided =
        blocking(move || proposals::decide(shared.database(), (id, read), &decision, &by));
    let outcome = match decided.await?? {
        Decided::Stored => Outcome::Stored(done(&admin::proposal(id), told)),
        Decided::Conflict => page.outrun(&catalogue, **publishing, &session).await?,
    };
    outcome.respond()
}

/// Saves the proposed description. If the published one was changed meanwhile, the form of the grade brings both
/// together.
async fn publish(
    catalogue: &Data<Catalogue>,
    page: ProposalPage,
    (session, read): (&SignedIn, i32),
) -> Result<Outcome<ProposalPage>, AppError> {
    if !page.may_publish {
        return Err(AppError::ReviewNeeded);
    }
    let (id, grade) = (page.whole.proposal.id, &page.whole.grade);
    let form = admin::grade(&grade.slug, &grade.name);
    let (slug, level) = (grade.slug.clone(), grade.level);
    let edit = page.whole.proposal.edit(grade.grade_id, session.actor());
    let shared = Data::clone(catalogue);
    let published = blocking(move || {
        proposals::publish(shared.database(), (id, Some(read)), (&slug, level), &edit)
    });
    Ok(match published.await?? {
        Published::Saved(Saved::Stored | Saved::Unchanged) => {
            Outcome::Stored(done(&form, Done::Saved))
        }
        Published::Saved(Saved::Conflict(_)) => Outcome::Stored(admin::with_proposal(&form, id)),
        Published::Saved(Saved::Moved(grade)) => {
            return Err(AppError::MovedTo(admin::grade(&grade.slug, &grade.name)));
        }
        Published::Conflict => {
            let failure = Some("Предложение только что изменили. Посмотрите на него ещё раз.");
            Outcome::Conflict(ProposalPage { failure, ..page })
        }
    })
}

impl ProposalPage {
    async fn read(
        catalogue: &Data<Catalogue>,
        publishing: Publishing,
        session: &SignedIn,
        id: i32,
    ) -> Result<Self, AppError> {
        let shared = Data::clone(catalogue);
        let whole = blocking(move || proposals::one(shared.database(), id)).await??;
        session.must_reach(catalogue.database(), &whole.grade.slug).await?;
        let WholeProposal { proposal, grade, base, .. } = &whole;
        let name = format!("Предложение: {}: {}", grade.profession, grade.name);
        Ok(Self {
            head: session.head(name),
            token: session.form_token(),
            compared: compare(base, &proposal.text),
            is_own: proposal.author == session.editor.login,
            may_publish: proposal.state.is_open()
                && publishing.allows_of(&session.editor, &proposal.author),
            whole,
            remark: String::new(),
            message: None,
            failure: None,
            errors: Vec::new(),
        })
    }

    /// The page as it is now, after somebody else has decided; what was typed stays.
    async fn outrun(
        self,
        catalogue: &Data<Catalogue>,
        publishing: Publishing,
        session: &SignedIn,
    ) -> Result<Outcome<Self>, AppError> {
        let page = Self::read(catalogue, publishing, session, self.whole.proposal.id).await?;
        let failure = Some("Предложение только что изменили. Посмотрите на него ещё раз.");
        Ok(Outcome::Conflict(Self { failure, remark: self.remark, ..page }))
    }

    /// What is wrong with the remark.
    fn wrong(&self) -> Option<&'static str> {
        if self.remark.is_empty() {
            return Some("Напишите замечание.");
        }
        let is_too_long = self.remark.chars().count() > LONGEST_REMARK;
        (is_too_long || normalise(&self.remark).is_err())
            .then_some("Замечание — не больше 2 000 знаков, без управляющих.")
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }

    /// The address of the form of the grade.
    fn form(&self) -> String {
        admin::grade(&self.whole.grade.slug, &self.whole.grade.name)
    }
}
