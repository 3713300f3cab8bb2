//! The catalogue as files: one TOML file a track.

use serde::Deserialize;

use crate::ladder::Level;

/// The starting catalogue, embedded: the tracks in their order.
const STARTING: [&str; 4] = [
    include_str!("../../../assets/catalogue/python.toml"),
    include_str!("../../../assets/catalogue/databases.toml"),
    include_str!("../../../assets/catalogue/web.toml"),
    include_str!("../../../assets/catalogue/apps.toml"),
];

/// One file: a track and its professions in their order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrackFile {
    /// The track.
    pub track: Track,
    /// Its professions.
    #[serde(rename = "profession")]
    pub professions: Vec<Profession>,
}

/// The table `[track]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Track {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
}

/// A table `[[profession]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profession {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// One phrase on what the profession works with.
    pub summary: String,
    /// Its ladder; empty if nobody made one yet.
    #[serde(default, rename = "grade")]
    pub grades: Vec<Grade>,
}

/// A table `[[profession.grade]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// The level, by its name: `junior+`.
    pub level: Level,
    /// The description in Markdown; left out if nobody wrote one yet.
    pub description: Option<String>,
}

/// Reads the starting catalogue.
///
/// # Errors
///
/// If an embedded file is no valid catalogue, which a test rules out.
pub fn starting() -> Result<Vec<TrackFile>, toml::de::Error> {
    STARTING.into_iter().map(toml::from_str).collect()
}
