//! Headers on every answer that keep a browser from doing what the site never asks of it.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;

use super::Site;

/// The name and the value of each, also without TLS.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Other sites learn which site a visitor came from, not which page.
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
    (header::PERMISSIONS_POLICY, PERMISSIONS_POLICY),
    // For browsers too old to know `frame-ancestors`.
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// For a year from the last visit on a browser asks for the site over TLS only (RFC 6797). Other hosts of
/// the domain are not for this one to bind.
const STRICT_TRANSPORT_SECURITY: &str = "max-age=31536000";

/// Built up from nothing.
const CONTENT_SECURITY_POLICY: &str = concat!(
    // Nothing is allowed that is not named below; scripts, above all, are not.
    "default-src 'none'; ",
    // The stylesheets.
    "style-src 'self'; ",
    // The icon.
    "img-src 'self'; ",
    // Forms go to this site only.
    "form-action 'self'; ",
    // Page auditors fetch robots.txt from inside the page.
    "connect-src 'self'; ",
    // No text may move the base of relative addresses.
    "base-uri 'none'; ",
    // No other site may show this one inside its own.
    "frame-ancestors 'none'"
);

/// The site needs nothing of the device.
const PERMISSIONS_POLICY: &str = concat!(
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), ",
    "fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), ",
    "payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), ",
    "usb=(), xr-spatial-tracking=()"
);

/// The name and the value of each header, of a site over TLS or not.
pub(super) fn of_site(is_https: bool) -> impl Iterator<Item = (HeaderName, &'static str)> {
    let strict = (header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY);
    HEADERS.into_iter().chain(is_https.then_some(strict))
}

/// Adds the headers to every answer.
///
/// # Errors
///
/// None of its own.
pub async fn protect(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_https = request.app_data::<Data<Site>>().is_some_and(|site| site.is_https());
    let mut answer = next.call(request).await?;
    for (name, value) in of_site(is_https) {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(answer)
}
