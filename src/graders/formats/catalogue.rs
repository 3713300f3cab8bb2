//! The starting catalogue: one TOML file a track.

use super::{CatalogueFile, FileError, toml};
use crate::ladder::Level;

/// The starting catalogue, embedded: the tracks in their order.
const STARTING: [&str; 4] = [
    include_str!("../../../assets/catalogue/python.toml"),
    include_str!("../../../assets/catalogue/databases.toml"),
    include_str!("../../../assets/catalogue/web.toml"),
    include_str!("../../../assets/catalogue/apps.toml"),
];

/// One file: a track and its professions in their order.
#[derive(Debug)]
pub struct TrackFile {
    /// The track.
    pub track: Track,
    /// Its professions.
    pub professions: Vec<Profession>,
}

/// The table `[track]`.
#[derive(Debug)]
pub struct Track {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
}

/// A table `[[profession]]`.
#[derive(Debug)]
pub struct Profession {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// One phrase on what the profession works with.
    pub summary: String,
    /// Its ladder; empty if nobody made one yet.
    pub grades: Vec<Grade>,
}

/// A table `[[profession.grade]]`.
#[derive(Debug)]
pub struct Grade {
    /// The level, by its name: `junior+`.
    pub level: Level,
    /// The description in Markdown; left out if nobody wrote one yet.
    pub description: Option<String>,
}

impl TrackFile {
    /// Reads a file of one track.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn read(text: &str) -> Result<Self, Vec<FileError>> {
        let CatalogueFile { mut tracks, professions, .. } = toml::read(text)?;
        let Some(track) = tracks.pop().filter(|_| tracks.is_empty()) else {
            let message = "В файле должно быть одно направление.".to_owned();
            return Err(vec![FileError { place: None, message }]);
        };
        let professions = professions.into_iter().map(|profession| Profession {
            slug: profession.slug,
            title: profession.title,
            summary: profession.summary,
            grades: profession
                .grades
                .into_iter()
                .map(|grade| Grade { level: grade.level, description: grade.description })
                .collect(),
        });
        let track = Track { slug: track.slug, title: track.title };
        Ok(Self { track, professions: professions.collect() })
    }
}

/// Reads the starting catalogue.
///
/// # Errors
///
/// If an embedded file is no valid catalogue, which a test rules out.
pub fn starting() -> Result<Vec<TrackFile>, FileError> {
    let read = |text| TrackFile::read(text).map_err(first);
    STARTING.into_iter().map(read).collect()
}

/// Reads an embedded file of what a site starts with.
///
/// # Errors
///
/// If it is no valid file, which a test rules out.
pub fn starting_file(text: &str) -> Result<CatalogueFile, FileError> {
    toml::read(text).map_err(first)
}

/// The first of the faults.
fn first(errors: Vec<FileError>) -> FileError {
    let none = FileError { place: None, message: String::new() };
    errors.into_iter().next().unwrap_or(none)
}
