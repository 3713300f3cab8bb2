//! Every URL in one list.

use actix_web::http::Method;
use actix_web::web::{ServiceConfig, resource, route, to};
use actix_web::{FromRequest, Handler, Resource, Responder, guard};

use crate::error::AppError;
use crate::{site, web};

/// Adds every route.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(get("/", site::home::show))
        .service(get("/professions", site::home::moved))
        .service(get("/professions/{slug}", site::profession::show))
        .service(get("/professions/{slug}/{level}", site::grade::show))
        .service(get("/learning", site::placeholders::learning))
        .service(get("/profile", site::placeholders::profile))
        .service(get("/sitemap.xml", site::robots::sitemap))
        .service(get("/robots.txt", site::robots::rules))
        .service(get("/favicon.svg", web::assets::favicon))
        .service(get("/assets/{name}", web::assets::show))
        .service(get("/healthz", site::health::alive))
        .service(get("/readyz", site::health::ready))
        .default_service(to(site::unknown_address));
}

/// A page that answers GET and HEAD, and any other method with 405.
fn get<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    F::Output: Responder + 'static,
    Args: FromRequest + 'static,
{
    resource(path)
        .route(route().guard(guard::Any(guard::Get()).or(guard::Method(Method::HEAD))).to(handler))
        .default_service(to(async || AppError::MethodNotAllowed { allow: "GET, HEAD" }))
}
