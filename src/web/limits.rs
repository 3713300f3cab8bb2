//! What a request may cost before it is looked at.

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
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
