//! Keeps other sites from sending this one's forms.

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName};
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::error::AppError;
use crate::web::Site;

/// Refuses a request that changes something and comes from a page of another site. (That it comes
/// from a page of the same session, [`super::SignedForm`] sees to.)
///
/// # Errors
///
/// None of its own.
pub async fn refuse(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if !request.method().is_safe() && comes_from_elsewhere(&request) {
        return Ok(request.error_response(AppError::CrossSite));
    }
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

/// Every browser in use tells where a request comes from: by Sec-Fetch-Site, older ones by Origin.
/// What sends neither is no browser, and has no cookie another site could abuse.
fn comes_from_elsewhere(request: &ServiceRequest) -> bool {
    let value = |name: HeaderName| request.headers().get(name).map(header::HeaderValue::as_bytes);
    match (value(HeaderName::from_static("sec-fetch-site")), value(header::ORIGIN)) {
        (Some(site), _) => site != b"same-origin" && site != b"none",
        (None, Some(origin)) => {
            let origin = String::from_utf8_lossy(origin);
            let host = origin.split_once("://").map_or("", |(_, host)| host);
            // Behind a proxy the host asked for may be another than the one visitors see.
            let site = request.app_data::<Data<Site>>();
            let public = site.and_then(|site| site.public_url.as_deref());
            value(header::HOST) != Some(host.as_bytes()) && public != Some(&*origin)
        }
        (None, None) => false,
    }
}
