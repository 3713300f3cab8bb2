//! `/admin/check`: what an editor should look at, ladder by ladder, to be mended or dismissed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::auth::{SignedForm, SignedIn};
use crate::error::AppError;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::findings::{self, CheckedPage};
use crate::ladder::check::Finding;
use crate::paths::admin;
use crate::web::{Head, blocking, filters, see_other, uncached};

/// The parameters of the page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "admin/check.html")]
struct CheckPage {
    head: Head,
    token: String,
    number: usize,
    checked: CheckedPage,
}

/// Answers with the findings in one page of the catalogue.
///
/// # Errors
///
/// [`AppError::NotFound`] past the last page.
pub async fn show(
    catalogue: Data<Catalogue>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let number = parameters.page.unwrap_or(1);
    let checked = blocking(move || findings::page(&catalogue, number)).await??;
    let head = session.head("Проверка лестниц");
    uncached(StatusCode::OK, &CheckPage { head, token: session.form_token(), number, checked })
}

/// Dismisses a finding, or returns one to the list.
///
/// # Errors
///
/// [`AppError::NotFound`] if the profession is gone.
pub async fn send(catalogue: Data<Catalogue>, form: SignedForm) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let dismissed = fields.sent("dismiss").map(|key| (key.to_owned(), true));
    let returned = || fields.sent("return").map(|key| (key.to_owned(), false));
    let wanted = dismissed.or_else(returned);
    let (key, is_dismissed) =
        wanted.ok_or(AppError::BadRequest("В форме не хватает замечания."))?;
    let slug = fields.get("profession").to_owned();
    let to = admin::check_at(fields.get("page").parse().unwrap_or(1), &slug);
    let by = session.actor();
    blocking(move || findings::dismiss(&catalogue, &slug, (&key, is_dismissed), &by)).await??;
    Ok(see_other(&to))
}

impl CheckPage {
    /// Whether there is nothing to look at.
    fn is_clear(&self) -> bool {
        self.checked.professions.iter().all(|checked| checked.findings.is_empty())
    }
}

/// The address of a page.
fn address(number: usize) -> String {
    admin::check_page(number)
}
