//! A name for each request, by which a visitor's report is found in the log.

use std::fmt;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::BlockingError;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use uuid::Uuid;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// Eight hexadecimal digits: short enough to read out, and seldom the same twice in one log.
#[derive(Clone, Debug)]
pub struct RequestId(String);

impl RequestId {
    /// The id of the request that is being answered here; `None` outside any request.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Self::clone).ok()
    }

    /// An id for a request that no middleware sees.
    pub(super) fn new() -> Self {
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
    let header = HeaderValue::from_str(&id.0);
    let mut answer = CURRENT.scope(id, next.call(request)).await?;
    if let Ok(value) = header {
        answer.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(answer)
}

/// Runs `work` on a thread that may block, under the id of the present request.
///
/// # Errors
///
/// If the thread is gone, as at the end of the program.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, BlockingError> {
    let id = RequestId::current();
    actix_web::web::block(move || match id {
        Some(id) => CURRENT.sync_scope(id, work),
        None => work(),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn work_on_another_thread_belongs_to_its_request() {
        let name = || RequestId::current().map(|id| id.to_string());
        assert_eq!(blocking(name).await.unwrap(), None);
        let id = RequestId::new();
        let named = CURRENT.scope(id.clone(), blocking(name)).await.unwrap();
        assert_eq!(named, Some(id.to_string()));
    }
}
