//! What a request may cost before it is looked at.

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;

use crate::error::AppError;

/// Bytes of path and query: what RFC 9110, section 4.1, asks every server to read at least.
const LONGEST_ADDRESS: usize = 8_000;

/// Refuses addresses that are too long.
///
/// # Errors
///
/// None of its own.
pub async fn refuse_long_addresses(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let length = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if length > LONGEST_ADDRESS {
        return Ok(request.error_response(AppError::AddressTooLong));
    }
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

/// Refuses bodies in a content coding: none is read, so that a small body never becomes a large one.
///
/// # Errors
///
/// None of its own.
pub async fn refuse_encoded_bodies(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut encodings = request.headers().get_all(header::CONTENT_ENCODING);
    let is_plain = |value: &header::HeaderValue| {
        let mut codings = value.to_str().unwrap_or("?").split(',').map(str::trim);
        codings.all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case("identity"))
    };
    // Of other methods no body is read.
    let has_body = [Method::POST, Method::PUT, Method::PATCH].contains(request.method());
    if has_body && !encodings.all(is_plain) {
        return Ok(request.error_response(AppError::EncodedBody));
    }
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}
