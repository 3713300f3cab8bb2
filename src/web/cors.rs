//! What pages of other sites may do with the API: read it, and nothing else.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;

use crate::paths;

const HEADERS: [(HeaderName, &str); 5] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    // A browser that asks first learns that it may read and not write.
    (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
    (header::ACCESS_CONTROL_ALLOW_HEADERS, "If-None-Match"),
    (header::ACCESS_CONTROL_EXPOSE_HEADERS, "ETag, Link, Location, Retry-After, X-Request-Id"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"),
];

/// Opens what the API answers to reading, refusals too, to pages of any site.
///
/// # Errors
///
/// None of its own.
pub async fn open_reads(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let is_open = reads && paths::api::contains(request.path());
    let mut answer = next.call(request).await?;
    if is_open {
        for (name, value) in HEADERS {
            answer.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    Ok(answer)
}
