//! The catalogue as it is stored, without its texts: what an import is compared with, read in a number of
//! queries that does not depend on how large it is.

use std::collections::{BTreeSet, HashMap};

use super::super::ServiceError;
use super::super::rules::{self, StoredRules};
use super::super::scales::{LevelFields, ScaleFields};
use super::super::skills::SkillFields;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::models::scales::ScaleRow;
use crate::graders::models::skills::SkillRow;
use crate::graders::models::tracks::TrackRow;
use crate::ladder::Level;

pub(super) struct Present {
    pub revision: i64,
    pub tracks: Vec<TrackRow>,
    pub scales: Vec<(ScaleRow, ScaleFields)>,
    pub skills: Vec<(SkillRow, SkillFields)>,
    pub rules: Option<StoredRules>,
    pub professions: Vec<WholeProfessionRow>,
    /// The professions by the addresses they have and had, as indexes.
    pub by_slug: HashMap<String, usize>,
    pub by_id: HashMap<i32, usize>,
    pub by_former_slug: HashMap<String, usize>,
    /// Which levels each profession has.
    pub levels: HashMap<i32, BTreeSet<Level>>,
}

impl Present {
    pub fn read(connection: &mut DbConnection) -> Result<Self, ServiceError> {
        let professions = models::professions::all_whole(connection)?;
        let indexed = || professions.iter().enumerate();
        let by_slug = indexed().map(|(at, row)| (row.slug.clone(), at)).collect();
        let by_id = indexed().map(|(at, row)| (row.id, at)).collect::<HashMap<_, _>>();
        let former = models::professions::all_former_slugs(connection)?;
        let former = former.into_iter().filter_map(|(slug, id)| Some((slug, *by_id.get(&id)?)));
        let mut levels = HashMap::<i32, BTreeSet<Level>>::new();
        for (id, level, _) in models::grades::levels(connection)? {
            levels.entry(id).or_default().insert(level.into());
        }
        let rules = match rules::stored(connection) {
            Ok(rules) => Some(rules),
            Err(ServiceError::Query(diesel::NotFound)) => None,
            Err(error) => return Err(error),
        };
        Ok(Self {
            revision: models::catalogue::revision(connection)?,
            tracks: models::tracks::all(connection)?,
            scales: scales(connection)?,
            skills: skills(connection)?,
            rules,
            by_slug,
            by_former_slug: former.collect(),
            by_id,
            professions,
            levels,
        })
    }

    pub fn levels_of(&self, id: i32) -> BTreeSet<Level> {
        self.levels.get(&id).cloned().unwrap_or_default()
    }

    pub fn scale_slug(&self, id: Option<i32>) -> Option<&str> {
        let found = self.scales.iter().find(|(row, _)| Some(row.id) == id);
        found.map(|(row, _)| row.slug.as_str())
    }

    pub fn profession(&self, id: i32) -> Option<&WholeProfessionRow> {
        self.by_id.get(&id).map(|at| &self.professions[*at])
    }
}

fn scales(connection: &mut DbConnection) -> Result<Vec<(ScaleRow, ScaleFields)>, ServiceError> {
    let mut levels = HashMap::<i32, Vec<LevelFields>>::new();
    for row in models::scales::levels(connection)? {
        levels.entry(row.scale_id).or_default().push(row.into());
    }
    let scale = |row: ScaleRow| {
        let mut levels = levels.remove(&row.id).unwrap_or_default();
        levels.sort_by_key(|level| level.level);
        let fields = ScaleFields { title: row.title.clone(), levels };
        (row, fields)
    };
    Ok(models::scales::all(connection)?.into_iter().map(scale).collect())
}

fn skills(connection: &mut DbConnection) -> Result<Vec<(SkillRow, SkillFields)>, ServiceError> {
    let mut aliases = HashMap::<i32, (Vec<String>, Vec<String>)>::new();
    for row in models::skills::aliases(connection)? {
        let (shown, hidden) = aliases.entry(row.skill_id).or_default();
        if row.hidden { hidden.push(row.alias) } else { shown.push(row.alias) }
    }
    let skill = |row: SkillRow| {
        let (mut aliases, mut hidden_aliases) = aliases.remove(&row.id).unwrap_or_default();
        aliases.sort();
        hidden_aliases.sort();
        let fields = SkillFields {
            title: row.title.clone(),
            slug: row.slug.clone(),
            category: row.category.clone(),
            link: row.link.clone().unwrap_or_default(),
            aliases,
            hidden_aliases,
        };
        (row, fields)
    };
    Ok(models::skills::skills(connection)?.into_iter().map(skill).collect())
}
