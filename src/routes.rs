//! Every URL in one list.

use actix_web::http::Method;
use actix_web::web::{ServiceConfig, resource, route, scope, to};
use actix_web::{FromRequest, Handler, Resource, Responder, Route, guard};

use crate::error::AppError;
use crate::graders::{document, handlers};
use crate::{admin, paths, site, web};

/// Adds every route.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(get("/", site::home::show))
        .service(get("/professions", site::home::moved))
        .service(get("/professions/{slug}", site::profession::show))
        .service(get("/professions/{slug}/{level}", site::grade::show))
        .service(
            resource("/compare")
                .route(
                    reading().guard(guard::fn_guard(site::across::is_asked)).to(site::across::show),
                )
                .route(reading().to(site::compare::show))
                .default_service(only("GET, HEAD")),
        )
        .service(get("/skills", site::skills::show))
        .service(get("/skills/{slug}", site::skill::show))
        .service(get("/search", site::search::show))
        .service(get("/matrix", site::matrix::show))
        .service(get("/matrix.csv", site::matrix::download))
        .service(get("/export/{format}", site::export::download))
        .service(get("/rules", site::rules::show))
        .service(get("/plan", site::plan::show))
        .service(get("/plan.ics", site::plan::download))
        .service(get("/salary", site::salary::show))
        .service(get("/choose", site::choice::show))
        .service(get("/check", site::check::show))
        .service(get("/check/pair", site::check_pair::show))
        .service(get("/defence", site::defence::show))
        .service(get("/defence.md", site::defence::download))
        .service(get("/changes", site::changes::show))
        .service(get("/changes.atom", site::changes::feed))
        .service(get("/changes/{id}", site::changes::show_one))
        .service(get("/mentoring", site::mentoring::show))
        .service(get("/releases", site::releases::list))
        .service(get("/releases/{name}", site::releases::show))
        .service(get("/releases/{name}/compare", site::releases::compare))
        .service(get("/learning", site::placeholders::learning))
        .service(get("/profile", site::placeholders::profile))
        .configure(editing)
        .service(get("/api", site::reference::show))
        .service(get("/api/v1/openapi.json", document::show))
        .service(scope(paths::api::ROOT).configure(graders))
        .service(get("/sitemap.xml", site::robots::sitemap))
        .service(get("/robots.txt", site::robots::rules))
        .service(get("/favicon.svg", web::assets::favicon))
        .service(get("/assets/{name}", web::assets::show))
        .service(get("/healthz", site::health::alive))
        .service(get("/readyz", site::health::ready))
        .default_service(to(site::unknown_address));
}

/// Adds the pages of editors.
fn editing(config: &mut ServiceConfig) {
    config
        .service(get("/admin", admin::overview::show))
        .service(form("/admin/sign-in", admin::sign_in::show, admin::sign_in::send))
        .service(form("/admin/setup/{token}", admin::setup::show, admin::setup::send))
        .service(form(
            "/admin/invitation/{token}",
            admin::invitation::show,
            admin::invitation::send,
        ))
        .service(form("/admin/account", admin::account::show, admin::account::send))
        .service(form("/admin/editors", admin::editors::show, admin::editors::send))
        .service(form("/admin/editors/{id}", admin::editor::show, admin::editor::send))
        .service(form(
            "/admin/editors/{id}/disable",
            admin::editor_disabling::ask,
            admin::editor_disabling::send,
        ))
        .service(form("/admin/tokens", admin::tokens::show, admin::tokens::send))
        .service(get("/admin/audit", admin::audit::show))
        .service(get("/admin/audit.csv", admin::audit::csv))
        .service(post("/admin/sign-out", admin::sign_in::sign_out))
        .service(form("/admin/check", admin::check::show, admin::check::send))
        .service(form("/admin/tracks", admin::tracks::show, admin::tracks::send))
        .service(form("/admin/tracks/{slug}", admin::track::show, admin::track::send))
        .service(form(
            "/admin/tracks/{slug}/history",
            admin::history::track::show,
            admin::history::track::restore,
        ))
        .service(form("/admin/rules", admin::rules::show, admin::rules::send))
        .service(form(
            "/admin/rules/history",
            admin::history::rules::show,
            admin::history::rules::restore,
        ))
        .service(form("/admin/releases", admin::releases::show, admin::releases::send))
        .service(form("/admin/changes/{id}", admin::change::show, admin::change::send))
        .service(get("/admin/scales", admin::scales::show))
        .service(form("/admin/new-scale", admin::scale::show_new, admin::scale::create))
        .service(form("/admin/scales/{slug}", admin::scale::show, admin::scale::send))
        .service(form(
            "/admin/scales/{slug}/history",
            admin::history::scale::show,
            admin::history::scale::restore,
        ))
        .service(form(
            "/admin/scales/{slug}/delete",
            admin::scale_removal::ask,
            admin::scale_removal::remove,
        ))
        .service(form("/admin/transfer", admin::transfer::show, admin::transfer::send))
        .service(get("/admin/transfer/template.csv", admin::upload_template::csv))
        .service(get("/admin/transfer/template.xlsx", admin::upload_template::xlsx))
        .service(form("/admin/transfer/{token}", admin::upload::show, admin::upload::apply))
        .service(form(
            "/admin/transfer/{token}/table",
            admin::upload_table::show,
            admin::upload_table::send,
        ))
        .service(form("/admin/trash", admin::trash::show, admin::trash::bring_back));
    editing_of_ladders(config);
}

/// Adds the pages of editors that are about professions, grades and skills.
fn editing_of_ladders(config: &mut ServiceConfig) {
    config
        .service(form("/admin/proposals/{id}", admin::proposal::show, admin::proposal::send))
        .service(form(
            "/admin/new-profession",
            admin::new_profession::show,
            admin::new_profession::send,
        ))
        .service(form(
            "/admin/professions/{slug}",
            admin::profession::show,
            admin::profession::send,
        ))
        .service(form(
            "/admin/professions/{slug}/history",
            admin::history::profession::show,
            admin::history::profession::restore,
        ))
        .service(form(
            "/admin/professions/{slug}/delete",
            admin::removal::ask_profession,
            admin::removal::remove_profession,
        ))
        .service(form(
            "/admin/professions/{slug}/publication",
            admin::publication::ask,
            admin::publication::send,
        ))
        .service(form("/admin/professions/{slug}/ladder", admin::ladder::show, admin::ladder::send))
        .service(form(
            "/admin/professions/{slug}/{level}/delete",
            admin::removal::ask_grade,
            admin::removal::remove_grade,
        ))
        .service(form("/admin/professions/{slug}/{level}", admin::grade::show, admin::grade::send))
        .service(form(
            "/admin/professions/{slug}/{level}/history",
            admin::history::grade::show,
            admin::history::grade::restore,
        ))
        .service(form("/admin/skills", admin::skills::show, admin::skills::undo))
        .service(form("/admin/new-skill", admin::skill::show_new, admin::skill::create))
        .service(get("/admin/formatting", admin::formatting::show))
        .service(form("/admin/without-skills", admin::unnamed::show, admin::unnamed::send))
        .service(form("/admin/skills/{slug}", admin::skill::show, admin::skill::send))
        .service(form(
            "/admin/skills/{slug}/history",
            admin::history::skill::show,
            admin::history::skill::restore,
        ))
        .service(form(
            "/admin/skills/{slug}/merge",
            admin::skill_merge::show,
            admin::skill_merge::send,
        ))
        .service(form(
            "/admin/skills/{slug}/delete",
            admin::skill_removal::ask,
            admin::skill_removal::remove,
        ));
}

/// Adds the JSON API.
fn graders(config: &mut ServiceConfig) {
    config
        .service(list("/levels", handlers::levels::levels))
        .service(list("/tracks", handlers::tracks::list_tracks))
        .service(list("/scales", handlers::scales::list_scales))
        .service(list("/releases", handlers::releases::list_releases))
        .service(collection(
            "/professions",
            handlers::professions::list_professions,
            handlers::professions::create_profession,
        ))
        .service(item(
            "/professions/{slug}",
            handlers::professions::profession,
            handlers::professions::change_profession,
            handlers::professions::delete_profession,
        ))
        .service(collection(
            "/professions/{slug}/grades",
            handlers::grades::grades_of,
            handlers::grades::create_grade_of,
        ))
        .service(collection(
            "/grades",
            handlers::grades::list_grades,
            handlers::grades::create_grade,
        ))
        .service(item(
            "/grades/{grade_id}",
            handlers::grades::grade,
            handlers::grades::change_grade,
            handlers::grades::delete_grade,
        ))
        .service(list("/grades/{grade_id}/revisions", handlers::grades::revisions))
        .service(list(
            "/professions/{slug}/requirements/{requirement_id}",
            handlers::requirements::requirement,
        ))
        .service(list("/changes", handlers::changes::list_changes))
        .service(list("/compare", handlers::compare::compare))
        .service(list("/search", handlers::search::search))
        .service(list("/skills", handlers::skills::list_skills))
        .service(list("/skills/{slug}", handlers::skills::skill));
}

/// What programs read.
fn list<F, A>(path: &str, read: F) -> Resource
where
    F: Handler<A>,
    F::Output: Responder + 'static,
    A: FromRequest + 'static,
{
    let allow = "GET, HEAD, OPTIONS";
    resource(path).route(reading().to(read)).route(options(allow)).default_service(only(allow))
}

/// What programs read and add to.
fn collection<F, A, G, B>(path: &str, read: F, create: G) -> Resource
where
    F: Handler<A>,
    F::Output: Responder + 'static,
    A: FromRequest + 'static,
    G: Handler<B>,
    G::Output: Responder + 'static,
    B: FromRequest + 'static,
{
    let allow = "GET, HEAD, OPTIONS, POST";
    resource(path)
        .route(reading().to(read))
        .route(actix_web::web::post().to(create))
        .route(options(allow))
        .default_service(only(allow))
}

/// What programs read, change and take away.
fn item<F, A, G, B, H, C>(path: &str, read: F, change: G, delete: H) -> Resource
where
    F: Handler<A>,
    F::Output: Responder + 'static,
    A: FromRequest + 'static,
    G: Handler<B>,
    G::Output: Responder + 'static,
    B: FromRequest + 'static,
    H: Handler<C>,
    H::Output: Responder + 'static,
    C: FromRequest + 'static,
{
    let allow = "DELETE, GET, HEAD, OPTIONS, PATCH";
    resource(path)
        .route(reading().to(read))
        .route(actix_web::web::patch().to(change))
        .route(actix_web::web::delete().to(delete))
        .route(options(allow))
        .default_service(only(allow))
}

fn options(allow: &'static str) -> Route {
    route().guard(guard::Options()).to(move || async move { handlers::options(allow) })
}

/// A page that answers GET and HEAD, and any other method with 405.
fn get<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    F::Output: Responder + 'static,
    Args: FromRequest + 'static,
{
    resource(path).route(reading().to(handler)).default_service(only("GET, HEAD"))
}

/// A form that GET shows and POST sends.
fn form<F, A, G, B>(path: &str, show: F, send: G) -> Resource
where
    F: Handler<A>,
    F::Output: Responder + 'static,
    A: FromRequest + 'static,
    G: Handler<B>,
    G::Output: Responder + 'static,
    B: FromRequest + 'static,
{
    resource(path)
        .route(reading().to(show))
        .route(actix_web::web::post().to(send))
        .default_service(only("GET, HEAD, POST"))
}

/// A form that stands on other pages.
fn post<F, A>(path: &str, send: F) -> Resource
where
    F: Handler<A>,
    F::Output: Responder + 'static,
    A: FromRequest + 'static,
{
    resource(path).route(actix_web::web::post().to(send)).default_service(only("POST"))
}

fn reading() -> Route {
    route().guard(guard::Any(guard::Get()).or(guard::Method(Method::HEAD)))
}

fn only(allow: &'static str) -> Route {
    to(move || async move { AppError::MethodNotAllowed { allow } })
}
