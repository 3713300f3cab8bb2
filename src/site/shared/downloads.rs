//! Links to files on pages.

use crate::graders::service::transfer::Format;
use crate::paths;

/// A link to a file.
pub struct Download {
    /// Where it is.
    pub address: String,
    /// What the page calls it.
    pub title: &'static str,
}

/// The files of the catalogue, or of a track.
pub fn of_track(track: Option<&str>) -> Vec<Download> {
    downloads(|format| paths::export(format, track, None))
}

/// The files of a profession.
pub fn of_profession(slug: &str) -> Vec<Download> {
    downloads(|format| paths::export(format, None, Some(slug)))
}

fn downloads(address: impl Fn(&str) -> String) -> Vec<Download> {
    let download =
        |format: Format| Download { address: address(format.name()), title: format.title() };
    Format::ALL.map(download).into()
}
