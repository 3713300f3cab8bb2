//! `/robots.txt` and `/sitemap.xml`: what search engines ask.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use askama::Template;

use super::shared::Visitor;
use crate::error::{AppError, Missing};
use crate::graders::service::professions;
use crate::ladder::Level;
use crate::paths;
use crate::web::{File, Site};

/// The most addresses one file may hold (sitemaps.org protocol).
const MOST_ADDRESSES: usize = 50_000;

#[derive(Template)]
#[template(path = "site/sitemap.xml")]
struct Sitemap {
    addresses: Vec<String>,
}

/// Answers with the rules for robots.
pub async fn rules(site: Data<Site>) -> HttpResponse {
    let sitemap = site.address(paths::sitemap());
    let sitemap = sitemap.map(|address| format!("\nSitemap: {address}\n")).unwrap_or_default();
    let text = format!("User-agent: *\nDisallow: {}/\n{sitemap}", paths::admin::overview());
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .content_type("text/plain; charset=utf-8")
        .body(text)
}

/// Answers with every page worth finding: pages of described ladders before those of grades.
///
/// # Errors
///
/// [`AppError::NotFound`] if it is not known where visitors find the site: a sitemap holds full addresses
/// (sitemaps.org protocol). Besides, if the database does not answer.
pub async fn sitemap(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, AppError> {
    if site.public_url.is_none() {
        return Err(AppError::NotFound(Missing::new("Карты сайта нет: адрес сайта не задан.")));
    }
    visitor
        .file(paths::sitemap().into(), |visit| {
            let catalogue = professions::addresses(&visit.database)?;
            let professions = catalogue.iter().map(|found| paths::profession(&found.slug));
            let grades = catalogue.iter().flat_map(|found| {
                found.described.iter().map(|level| paths::grade(&found.slug, level))
            });
            let (dictionary, index) = (visit.dictionary()?, visit.skill_index()?);
            let asked = dictionary
                .skills()
                .iter()
                .filter(|found| !index.appearances(&found.slug).is_empty());
            let skills = asked.map(|found| paths::skill(&found.slug));
            let is_described =
                |level: &Level| catalogue.iter().any(|found| found.is_described(*level));
            let levels = Level::ALL.into_iter().filter(is_described);
            let levels = levels.map(|level| paths::across(level, None, 1));
            let single: [String; 15] = [
                paths::home(1),
                paths::rules().into(),
                paths::plan_form().into(),
                paths::salary_form().into(),
                paths::matrix_form().into(),
                paths::compare_form().into(),
                paths::check_form().into(),
                paths::pair_form().into(),
                paths::defence_form().into(),
                paths::mentoring(1),
                paths::releases().into(),
                paths::changes(None, None),
                paths::skills().into(),
                paths::search_form().into(),
                paths::api::reference().into(),
            ];
            let addresses = single
                .into_iter()
                .chain(professions)
                .chain(levels)
                .chain(skills)
                .chain(grades)
                .take(MOST_ADDRESSES)
                .filter_map(|path| visit.site.address(&path))
                .collect();
            let sitemap = Sitemap { addresses }.render()?;
            Ok(File::inline("application/xml; charset=utf-8", sitemap))
        })
        .await
}
