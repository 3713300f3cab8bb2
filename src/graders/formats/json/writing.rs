//! Writing JSON in the order of the API's fields.

use serde::Serialize;

use crate::graders::formats::{
    CatalogueFile, FileGrade, FileIncludes, FileProfession, FileRules, FileScale, FileSkill,
};
use crate::ladder::Level;
use crate::ladder::promotion::Intervals;
use crate::ladder::salary::Weights;

#[derive(Serialize)]
struct File<'a> {
    covers: &'static str,
    tracks: Vec<Track<'a>>,
    scales: Vec<Scale<'a>>,
    professions: Vec<Profession<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skills: Option<Vec<Skill<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<Rules<'a>>,
}

#[derive(Serialize)]
struct Track<'a> {
    slug: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
struct Scale<'a> {
    slug: &'a str,
    title: &'a str,
    levels: Vec<ScaleLevel<'a>>,
}

#[derive(Serialize)]
struct ScaleLevel<'a> {
    level_name: Level,
    title: &'a str,
    slug: &'a str,
    is_base: bool,
}

#[derive(Serialize)]
struct Profession<'a> {
    slug: &'a str,
    title: &'a str,
    summary: &'a str,
    track: Option<&'a str>,
    includes: Option<Includes<'a>>,
    scale: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_draft: bool,
    grades: Vec<Grade<'a>>,
}

#[derive(Serialize)]
struct Includes<'a> {
    slug: &'a str,
    up_to: Option<Level>,
}

#[derive(Serialize)]
struct Grade<'a> {
    level_name: Level,
    description: Option<&'a str>,
}

#[derive(Serialize)]
struct Skill<'a> {
    slug: &'a str,
    title: &'a str,
    category: &'a str,
    link: Option<&'a str>,
    aliases: &'a [String],
    hidden_aliases: &'a [String],
}

#[derive(Serialize)]
struct Rules<'a> {
    text: &'a str,
    intervals: Intervals,
    weights: Weights,
}

/// The file.
///
/// # Errors
///
/// If it can't be written as JSON, which no catalogue is.
pub fn write(file: &CatalogueFile) -> Result<Vec<u8>, String> {
    let tracks = file.tracks.iter().map(|track| Track { slug: &track.slug, title: &track.title });
    let written = File {
        covers: file.covers.name(),
        tracks: tracks.collect(),
        scales: file.scales.iter().map(Scale::from).collect(),
        professions: file.professions.iter().map(Profession::from).collect(),
        skills: file.skills.as_ref().map(|skills| skills.iter().map(Skill::from).collect()),
        rules: file.rules.as_ref().map(Rules::from),
    };
    let mut bytes = serde_json::to_vec_pretty(&written).map_err(|error| error.to_string())?;
    bytes.push(b'\n');
    Ok(bytes)
}

impl<'a> From<&'a FileScale> for Scale<'a> {
    fn from(scale: &'a FileScale) -> Self {
        let level = |(level, title, slug, is_base): &'a (Level, String, String, bool)| ScaleLevel {
            level_name: *level,
            title,
            slug,
            is_base: *is_base,
        };
        let levels = scale.levels.iter().map(level).collect();
        Self { slug: &scale.slug, title: &scale.title, levels }
    }
}

impl<'a> From<&'a FileProfession> for Profession<'a> {
    fn from(profession: &'a FileProfession) -> Self {
        let includes = |includes: &'a FileIncludes| Includes {
            slug: &includes.profession,
            up_to: includes.up_to,
        };
        Self {
            slug: &profession.slug,
            title: &profession.title,
            summary: &profession.summary,
            track: profession.track.as_deref(),
            includes: profession.includes.as_ref().map(includes),
            scale: profession.scale.as_deref(),
            is_draft: profession.is_draft,
            grades: profession.grades.iter().map(Grade::from).collect(),
        }
    }
}

impl<'a> From<&'a FileGrade> for Grade<'a> {
    fn from(grade: &'a FileGrade) -> Self {
        Self { level_name: grade.level, description: grade.description.as_deref() }
    }
}

impl<'a> From<&'a FileSkill> for Skill<'a> {
    fn from(skill: &'a FileSkill) -> Self {
        let FileSkill { slug, title, category, link, aliases, hidden_aliases, .. } = skill;
        Self { slug, title, category, link: link.as_deref(), aliases, hidden_aliases }
    }
}

impl<'a> From<&'a FileRules> for Rules<'a> {
    fn from(rules: &'a FileRules) -> Self {
        Self { text: &rules.text, intervals: rules.intervals, weights: rules.weights }
    }
}
