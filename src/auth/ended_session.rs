//! What a request gets that needs a session and has none: the page for signing in, with what was
//! typed.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpRequest, HttpResponse};

use super::SignInPage;
use crate::editors::service::CookieKey;
use crate::error::AppError;
use crate::fields::Fields;
use crate::paths;
use crate::web::{multipart, uncached};

/// Answers [`AppError::SignedOut`] with the way to sign in.
///
/// # Errors
///
/// None of its own.
pub async fn ask_to_sign_in(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let answer = next.call(request).await?;
    let error = answer.response().error().and_then(Error::as_error::<AppError>);
    let page = match error {
        Some(AppError::SignedOut { to, typed })
            if !paths::api::contains(answer.request().path()) =>
        {
            sign_in(answer.request(), to, typed)
        }
        _ => return Ok(answer.map_into_boxed_body()),
    };
    Ok(ServiceResponse::new(answer.into_parts().0, page))
}

/// Redirects a request that only reads; shows the form in place where something was typed, so that
/// the typed fields can be sent along.
fn sign_in(request: &HttpRequest, to: &str, typed: &Fields) -> HttpResponse {
    if request.method().is_safe() {
        return HttpResponse::SeeOther()
            .insert_header((header::LOCATION, paths::admin::sign_in_to(to)))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish();
    }
    let page = SignInPage::new(to);
    let page = match request.app_data::<Data<CookieKey>>() {
        Some(key) if !typed.is_empty() => page.with_typed(typed, key),
        _ if multipart::is_sent(request) => page.refused(
            "",
            "Сеанс закончился, и файлы не сохранились. Войдите и загрузите их ещё раз.",
        ),
        _ => page.refused("", "Ничего не изменено: эту форму отправляют редакторы. Войдите."),
    };
    uncached(StatusCode::UNAUTHORIZED, &page).unwrap_or_else(HttpResponse::from_error)
}
