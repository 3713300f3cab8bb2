//! The catalogue, or a part of it, as files hold it.

use std::collections::{BTreeSet, HashMap};

use super::super::ServiceError;
use super::super::catalogue::{
    CatalogueFile, Covers, FileGrade, FileIncludes, FileProfession, FileRules, FileScale,
    FileSkill, FileTrack,
};
use super::super::professions::find_or_follow;
use super::super::rules::{self, Rules};
use super::super::skills::shown_and_hidden;
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::models::skills::AliasRow;

/// What to put into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The catalogue, its scales, the skill dictionary and the rules.
    Everything,
    /// A track by its name in addresses, with its professions and their scales.
    Track(String),
    /// A profession by its name in addresses, with its track and its scale.
    Profession(String),
}

/// The catalogue or a part of it, as it is at one moment; of the same catalogue always the same.
///
/// # Errors
///
/// [`ServiceError::NoSuchTrack`]; [`ServiceError::NoSuchProfession`]; [`ServiceError::Moved`] if the
/// profession has another name in addresses now; if the database does not answer.
pub fn export(database: &Database, scope: &Scope) -> Result<CatalogueFile, ServiceError> {
    database.read(|connection| {
        let mut tracks = models::tracks::all(connection)?;
        let (covers, rows) = match scope {
            Scope::Everything => {
                let mut rows = Vec::new();
                for track in &tracks {
                    rows.extend(models::professions::of_track(connection, &track.slug)?);
                }
                (Covers::Everything, rows)
            }
            Scope::Track(slug) => {
                tracks.retain(|track| track.slug == *slug);
                if tracks.is_empty() {
                    return Err(ServiceError::NoSuchTrack);
                }
                (Covers::Tracks, models::professions::of_track(connection, slug)?)
            }
            Scope::Profession(slug) => {
                let row = find_or_follow(connection, slug)?;
                tracks.retain(|track| track.slug == row.track);
                (Covers::Professions, vec![row])
            }
        };
        let is_all = covers == Covers::Everything;
        let track = |row: models::tracks::TrackRow| FileTrack {
            slug: row.slug,
            title: row.title,
            place: None,
        };
        Ok(CatalogueFile {
            covers,
            scales: scales(connection, (!is_all).then_some(&rows))?,
            skills: is_all.then(|| skills(connection)).transpose()?,
            rules: if is_all { rules_if_any(connection)? } else { None },
            tracks: tracks.into_iter().map(track).collect(),
            professions: professions(connection, rows)?,
        })
    })
}

fn professions(
    connection: &mut DbConnection,
    rows: Vec<WholeProfessionRow>,
) -> Result<Vec<FileProfession>, ServiceError> {
    let scales = models::scales::all(connection)?.into_iter();
    let scales = scales.map(|row| (row.id, row.slug)).collect::<HashMap<_, _>>();
    let included = rows.iter().filter_map(|row| row.includes_id).collect::<BTreeSet<_>>();
    let mut slugs = HashMap::new();
    let mut grades = HashMap::<i32, Vec<FileGrade>>::new();
    for ids in included.into_iter().collect::<Vec<_>>().chunks(MOST_IDS) {
        let rows = models::professions::with_ids(connection, ids)?;
        slugs.extend(rows.into_iter().map(|row| (row.id, row.slug)));
    }
    for rows in rows.chunks(MOST_IDS) {
        let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
        for row in models::grades::of(connection, &ids)? {
            grades.entry(row.profession_id).or_default().push(FileGrade {
                level: row.level_name,
                description: row.description,
                row_ids: Vec::new(),
                place: None,
            });
        }
    }
    let profession = |row: WholeProfessionRow| {
        let mut grades = grades.remove(&row.id).unwrap_or_default();
        grades.sort_by_key(|grade| grade.level);
        let up_to = row.includes_up_to();
        let base = row.includes_id.and_then(|id| slugs.get(&id));
        FileProfession {
            includes: base.map(|slug| FileIncludes { profession: slug.clone(), up_to }),
            scale: row.scale_id.and_then(|id| scales.get(&id)).cloned(),
            slug: row.slug,
            title: row.title,
            summary: row.summary,
            track: Some(row.track),
            is_draft: row.is_draft,
            grades,
            place: None,
        }
    };
    Ok(rows.into_iter().map(profession).collect())
}

/// Ids in one query: databases take only so many parameters.
const MOST_IDS: usize = 500;

/// Every scale, or those that some professions use, by their names in addresses.
fn scales(
    connection: &mut DbConnection,
    of: Option<&Vec<WholeProfessionRow>>,
) -> Result<Vec<FileScale>, ServiceError> {
    let mut rows = models::scales::all(connection)?;
    if let Some(professions) = of {
        rows.retain(|row| professions.iter().any(|other| other.scale_id == Some(row.id)));
    }
    let mut scales = Vec::new();
    for row in rows {
        let mut levels = models::scales::levels_of(connection, row.id)?;
        levels.sort_by_key(|level| level.level_name);
        let level = |level: models::scales::LevelRow| {
            (level.level_name, level.title, level.slug, level.is_base)
        };
        let levels = levels.into_iter().map(level).collect();
        scales.push(FileScale { slug: row.slug, title: row.title, levels, place: None });
    }
    // Databases order words each in its own way.
    scales.sort_by(|one, other| one.slug.cmp(&other.slug));
    Ok(scales)
}

/// The dictionary in the order of its starting file: by category and title.
fn skills(connection: &mut DbConnection) -> Result<Vec<FileSkill>, ServiceError> {
    let mut aliases = HashMap::<i32, Vec<AliasRow>>::new();
    for alias in models::skills::aliases(connection)? {
        aliases.entry(alias.skill_id).or_default().push(alias);
    }
    let skill = |row: models::skills::SkillRow| {
        let own = aliases.remove(&row.id).unwrap_or_default();
        let (mut aliases, mut hidden_aliases) = shown_and_hidden(own);
        aliases.sort();
        hidden_aliases.sort();
        let models::skills::SkillRow { slug, title, category, link, .. } = row;
        FileSkill { slug, title, category, link, aliases, hidden_aliases, place: None }
    };
    let rows = models::skills::skills(connection)?;
    let mut skills = rows.into_iter().map(skill).collect::<Vec<_>>();
    let key = |skill: &FileSkill| (skill.category.clone(), skill.title.clone(), skill.slug.clone());
    skills.sort_by_cached_key(key);
    Ok(skills)
}

/// The rules; a database that was never served has none.
fn rules_if_any(connection: &mut DbConnection) -> Result<Option<FileRules>, ServiceError> {
    if models::rules::rules(connection)?.is_none() {
        return Ok(None);
    }
    let Rules { text, intervals, weights } = rules::stored(connection)?.rules;
    Ok(Some(FileRules { text, intervals, weights, place: None }))
}
