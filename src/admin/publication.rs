//! `…/publication`: asks once more before a draft is published, or a profession becomes a draft again.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::edit::{Outcome, change_profession};
use super::profession_errors::describe_all;
use crate::auth::{Publishing, SignedForm, SignedIn};
use crate::error::AppError;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::professions::{self, Change, Changed, EditableProfession};
use crate::paths::admin::{self, Done, done};
use crate::web::{Head, blocking, filters, person};

#[derive(Template)]
#[template(path = "admin/publication.html")]
struct PublicationPage {
    head: Head,
    token: String,
    profession: EditableProfession,
    /// Why the last form did nothing.
    failure: Option<String>,
}

/// Asks before a draft is published, or a published profession becomes a draft again.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession.
pub async fn ask(
    catalogue: Data<Catalogue>,
    session: SignedIn,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    Outcome::Shown(PublicationPage::read(&catalogue, &session, &slug).await?).respond()
}

/// Publishes a draft, or takes a profession back.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession; [`AppError::ReviewNeeded`].
pub async fn send(
    catalogue: Data<Catalogue>,
    publishing: Data<Publishing>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let (wanted, told) = match fields.get("action") {
        "publish" => {
            publishing.must_allow(&session.editor)?;
            (Change::Publish, Done::Published)
        }
        "take-back" => (Change::TakeBack, Done::TakenBack),
        _ => return ask(catalogue, session, slug).await,
    };
    let changed = change_profession(catalogue.database(), &session, &slug, &fields, wanted).await?;
    let failed = match changed {
        Changed::Stored { slug, .. } => {
            return Outcome::<PublicationPage>::Stored(done(&admin::profession(&slug), told))
                .respond();
        }
        Changed::Unchanged => {
            let address = done(&admin::profession(&slug), Done::Unchanged);
            return Outcome::<PublicationPage>::Stored(address).respond();
        }
        Changed::Invalid(invalid) => Err(describe_all(invalid)),
        Changed::Conflict(stored) => {
            Ok(format!("Только что профессию изменили: {}. Проверьте её.", person(&stored.author)))
        }
    };
    let mut page = PublicationPage::read(&catalogue, &session, &slug).await?;
    let outcome = match failed {
        Ok(conflict) => {
            page.failure = Some(conflict);
            Outcome::Conflict(page)
        }
        Err(invalid) => {
            page.failure = Some(invalid);
            Outcome::Invalid(page)
        }
    };
    outcome.respond()
}

impl PublicationPage {
    async fn read(
        catalogue: &Data<Catalogue>,
        session: &SignedIn,
        slug: &str,
    ) -> Result<Self, AppError> {
        let (catalogue, slug) = (Data::clone(catalogue), slug.to_owned());
        let read = blocking(move || professions::editable(catalogue.database(), &slug));
        let profession = read.await??;
        let title = if profession.is_draft {
            "Публикация"
        } else {
            "Снова в\u{a0}черновики"
        };
        Ok(Self {
            head: session.head(title),
            token: session.form_token(),
            profession,
            failure: None,
        })
    }

    fn described(&self) -> usize {
        self.profession.grades.iter().filter(|(_, is_described)| *is_described).count()
    }
}
