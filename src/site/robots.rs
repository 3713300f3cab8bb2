//! `/robots.txt` and `/sitemap.xml`: what search engines ask.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use askama::Template;

use super::visit::Visitor;
use super::{across, grade, profession, skill};
use crate::error::AppError;
use crate::graders::service::professions;
use crate::ladder::Level;
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
    let text =
        format!("User-agent: *\nDisallow: /admin/\n\nSitemap: {}/sitemap.xml\n", site.public_url);
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .content_type("text/plain; charset=utf-8")
        .body(text)
}

/// Answers with every page worth finding: pages of described ladders before those of grades.
///
/// # Errors
///
/// If the database does not answer.
pub async fn sitemap(visitor: Visitor) -> Result<HttpResponse, AppError> {
    visitor
        .file("/sitemap.xml".into(), |visit| {
            let catalogue = professions::addresses(&visit.database)?;
            let professions = catalogue.iter().map(|found| profession::address(&found.slug));
            let grades = catalogue.iter().flat_map(|found| {
                found.described.iter().map(|level| grade::address(&found.slug, *level))
            });
            let (dictionary, index) = (visit.dictionary()?, visit.skill_index()?);
            let asked = dictionary
                .skills()
                .iter()
                .filter(|found| !index.appearances(&found.slug).is_empty());
            let skills = asked.map(|found| skill::address(&found.slug));
            let is_described =
                |level: &Level| catalogue.iter().any(|found| found.described.contains(level));
            let levels = Level::ALL.into_iter().filter(is_described);
            let levels = levels.map(|level| across::address(level, None, 1));
            let single = [
                "/",
                "/rules",
                "/plan",
                "/salary",
                "/matrix",
                "/compare",
                "/check",
                "/defence",
                "/mentoring",
                "/skills",
                "/search",
                "/api",
            ];
            let addresses = single
                .map(str::to_owned)
                .into_iter()
                .chain(professions)
                .chain(levels)
                .chain(skills)
                .chain(grades)
                .take(MOST_ADDRESSES)
                .map(|path| format!("{}{path}", visit.site.public_url))
                .collect();
            let sitemap = Sitemap { addresses }.render()?;
            Ok(File::inline("application/xml; charset=utf-8", sitemap))
        })
        .await
}
