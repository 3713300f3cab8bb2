//! A name for each request, by which a visitor's report is found in the log.

use std::fmt;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest};
use uuid::Uuid;

/// Eight hexadecimal digits: short enough to read out, and seldom the same twice in one log.
#[derive(Clone, Debug)]
pub struct RequestId(String);

impl RequestId {
    /// The id given to a request.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_else(Self::new)
    }

    fn new() -> Self {
        let mut digits = Uuid::new_v4().simple().to_string();
        digits.truncate(8);
        Self(digits)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Gives the request its id and names it in the header `X-Request-Id` of the answer.
///
/// # Errors
///
/// None of its own.
pub async fn assign(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = RequestId::new();
    request.extensions_mut().insert(id.clone());
    let mut answer = next.call(request).await?;
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        answer.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(answer)
}
