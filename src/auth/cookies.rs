//! The cookies of editors.
//!
//! One keeps a session. The other stays when the session has ended, and tells that somebody signed in with
//! the browser before: its attempts to sign in are counted apart from everybody else's (OWASP, «Slow down
//! online guessing attacks with device cookies»), and what was typed in it is kept.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, CookieBuilder, SameSite};
use actix_web::web::Data;
use secrecy::{ExposeSecret as _, SecretString};

use crate::editors::service::{self, CookieKey, Device};
use crate::web::Site;

/// How long a browser is known: the longest that browsers keep a cookie (RFC 6265bis, section 5.5).
const DEVICE_LIFETIME: Duration = Duration::days(400);

/// The token in the session cookie, if the browser sent one.
#[must_use]
pub fn session_token(request: &HttpRequest) -> Option<String> {
    let site = request.app_data::<Data<Site>>()?;
    request.cookie(session_name(site)).map(|cookie| cookie.value().to_owned())
}

/// The cookie that keeps a session in a browser.
#[must_use]
pub fn of_session(site: &Site, token: &SecretString) -> Cookie<'static> {
    let seconds = service::SESSION_LIFETIME.num_seconds();
    built(site, session_name(site), token.expose_secret().to_owned())
        .max_age(Duration::seconds(seconds))
        .finish()
}

/// The cookie that makes a browser forget its session.
#[must_use]
pub fn of_no_session(site: &Site) -> Cookie<'static> {
    built(site, session_name(site), String::new()).max_age(Duration::ZERO).finish()
}

/// The cookie for a browser in which somebody has just signed in.
#[must_use]
pub fn of_device(site: &Site, value: &SecretString) -> Cookie<'static> {
    built(site, device_name(site), value.expose_secret().to_owned())
        .max_age(DEVICE_LIFETIME)
        .finish()
}

/// Who signed in before in the browser that sends a request.
#[must_use]
pub fn device(request: &HttpRequest) -> Option<Device> {
    let site = request.app_data::<Data<Site>>()?;
    let key = request.app_data::<Data<CookieKey>>()?;
    key.device(request.cookie(device_name(site))?.value())
}

/// Whether a request without a session comes from a browser that had one.
#[must_use]
pub fn had_session(request: &HttpRequest) -> bool {
    let key = request.app_data::<Data<CookieKey>>();
    let token = session_token(request);
    key.zip(token).is_some_and(|(key, token)| key.was_session(&token)) || device(request).is_some()
}

/// A cookie that no script and no form of another site has, for the whole site.
fn built(site: &Site, name: &'static str, value: String) -> CookieBuilder<'static> {
    Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(site.is_https())
}

/// Over https the prefix keeps other hosts of the domain from setting the cookie (RFC 6265bis,
/// section 4.1.3.2).
fn session_name(site: &Site) -> &'static str {
    if site.is_https() { "__Host-session" } else { "session" }
}

/// As the one of a session.
fn device_name(site: &Site) -> &'static str {
    if site.is_https() { "__Host-device" } else { "device" }
}
