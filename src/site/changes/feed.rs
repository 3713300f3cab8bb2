//! The newest changes as a feed in Atom (RFC 4287).

use askama::Template;
use chrono::{NaiveDateTime, SecondsFormat};
use url::Url;

use super::super::shared::Visit;
use crate::error::{AppError, Missing};
use crate::graders::service::changes::{self, Changes, PublicChange};
use crate::ladder::excerpt::Place;
use crate::paths;
use crate::web::{File, SITE_NAME, filters};

#[derive(Template)]
#[template(path = "site/changes/feed.xml")]
struct Feed {
    id: String,
    title: String,
    updated: String,
    /// The full address of the feed.
    address: String,
    /// The full address of the page with the same changes.
    page: String,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    title: String,
    updated: String,
    /// The full address of the change.
    page: String,
    /// What it says, in HTML.
    content: String,
}

#[derive(Template)]
#[template(path = "site/changes/entry.html")]
struct Content<'a> {
    change: &'a PublicChange,
}

/// The feed; of one profession, if one is named. There is none unless it is known where visitors find the
/// site: what tells its entries from those of other sites is the host (RFC 4287, section 4.2.6).
pub(super) fn file(visit: &Visit, slug: Option<&str>) -> Result<File, AppError> {
    let none = || AppError::NotFound(Missing::new("Ленты нет: адрес сайта не задан."));
    let public_url = visit.site.public_url.as_ref().ok_or_else(none)?;
    let full = |path: String| format!("{public_url}{path}");
    let dictionary = visit.dictionary()?;
    let Changes { profession, items, .. } =
        changes::list(&visit.database, &dictionary, slug, None)?;
    let authority = authority(public_url);
    let whose = profession.as_ref().map(|owner| format!("profession-{}-", owner.id));
    let title = profession.as_ref().map_or("изменения", |owner| owner.title.as_str());
    let newest = items.first().map(|change| change.at);
    let feed = Feed {
        // The form of tags has a day on which the site had its name (RFC 4151); the first of a year
        // stands for itself.
        id: format!("tag:{authority},2026:{}changes", whose.unwrap_or_default()),
        title: format!("{SITE_NAME}: {title}"),
        updated: moment(newest.or(visit.changed_at).unwrap_or_default()),
        address: full(paths::changes_atom(slug)),
        page: full(paths::changes(slug, None)),
        entries: items
            .iter()
            .map(|change| {
                Ok(Entry {
                    id: format!("tag:{authority},{}:revision/{}", change.at.date(), change.id),
                    title: change.subject.title.clone(),
                    updated: moment(change.at),
                    page: full(paths::change(change.id)),
                    content: Content { change }.render()?,
                })
            })
            .collect::<Result<_, AppError>>()?,
    };
    let text = feed.render()?;
    Ok(File::inline("application/atom+xml; charset=utf-8", of_xml(&text)))
}

/// The host as tags name it: a port and the colons of an address are none of it.
fn authority(public_url: &str) -> String {
    let url = Url::parse(public_url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or("localhost");
    host.trim_matches(['[', ']']).replace(':', "-")
}

/// A time as RFC 3339 writes it.
fn moment(at: NaiveDateTime) -> String {
    at.and_utc().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A text without the characters that XML 1.0 does not allow (section 2.2).
fn of_xml(text: &str) -> String {
    let is_allowed = |letter: &char| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(is_allowed).collect()
}
