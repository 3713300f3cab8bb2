//! The cookie of a browser in which somebody signed in before: its attempts to sign in are counted apart
//! from everybody else's (OWASP, «Slow down online guessing attacks with device cookies»), and what was
//! typed in it is kept when its session has ended.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use actix_web::web::Data;

use super::session::{built, session_token};
use crate::db::Database;
use crate::editors::service::{self, Device};
use crate::error::AppError;
use crate::web::{Site, blocking};

/// The longest that browsers keep a cookie (RFC 6265bis, section 5.5).
const LIFETIME: Duration = Duration::days(400);

/// The cookie for a browser in which somebody has just signed in.
#[must_use]
pub fn cookie(site: &Site, value: String) -> Cookie<'static> {
    built(site, cookie_name(site), value).max_age(LIFETIME).finish()
}

/// Who signed in before in the browser that sends a request.
///
/// # Errors
///
/// If the database does not answer.
pub async fn device(request: &HttpRequest) -> Result<Option<Device>, AppError> {
    let (Some(site), Some(database)) =
        (request.app_data::<Data<Site>>(), request.app_data::<Data<Database>>().cloned())
    else {
        return Ok(None);
    };
    let Some(cookie) = request.cookie(cookie_name(site)) else { return Ok(None) };
    let found = blocking(move || service::device(&database, cookie.value()));
    Ok(found.await??)
}

/// Whether a request without a session comes from a browser that had one.
///
/// # Errors
///
/// If the database does not answer.
pub async fn had_session(request: &HttpRequest) -> Result<bool, AppError> {
    let database = request.app_data::<Data<Database>>().cloned();
    if let (Some(database), Some(token)) = (database, session_token(request)) {
        let found = blocking(move || service::was_session(&database, &token));
        if found.await?? {
            return Ok(true);
        }
    }
    Ok(device(request).await?.is_some())
}

/// As the one of a session.
fn cookie_name(site: &Site) -> &'static str {
    if site.is_https() { "__Host-device" } else { "device" }
}
