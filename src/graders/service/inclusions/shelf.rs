//! Ladders with what they include, read in a number of queries that does not depend on how many they
//! are.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::QueryResult;

use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::professions::ProfessionRow;
use crate::graders::service::level_names::{self, Scales};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Description, Grade, Included, Ladder, Origin};

/// Professions with their grades, and all those whose ladders they include.
pub struct Shelf {
    pub rows: HashMap<i32, ProfessionRow>,
    pub grades: HashMap<i32, Vec<Grade>>,
    scales: Scales,
}

impl Shelf {
    /// Reads the grades of some professions, and all that these include.
    pub fn read(
        connection: &mut DbConnection,
        dictionary: &Dictionary,
        rows: &[ProfessionRow],
    ) -> QueryResult<Self> {
        let mut rows = rows.iter().map(|row| (row.id, row.clone())).collect::<HashMap<_, _>>();
        let missing = missing(connection, &rows)?;
        if !missing.is_empty() {
            let found = models::professions::with_ids(connection, &missing)?;
            rows.extend(found.into_iter().map(|row| (row.id, row)));
        }
        let ids = rows.keys().copied().collect::<Vec<_>>();
        let mut grades = HashMap::<i32, Vec<Grade>>::new();
        for row in models::grades::of(connection, &ids)? {
            let description = row.description.as_deref();
            let description = description.map(|text| Description::read(text, dictionary));
            let grade = Grade::new(row.level_name, description);
            grades.entry(row.profession_id).or_default().push(grade);
        }
        let scales = level_names::load_for(connection, rows.values().map(|row| row.scale_id))?;
        Ok(Self { rows, grades, scales })
    }

    /// All professions of the catalogue with the levels that they have, without descriptions.
    fn of_levels(connection: &mut DbConnection, rows: &[ProfessionRow]) -> QueryResult<Self> {
        let mut grades = HashMap::<i32, Vec<Grade>>::new();
        for (profession_id, level, _) in models::grades::levels(connection)? {
            grades.entry(profession_id).or_default().push(Grade::new(level.into(), None));
        }
        let scales = level_names::load_for(connection, rows.iter().map(|row| row.scale_id))?;
        let rows = rows.iter().map(|row| (row.id, row.clone())).collect();
        Ok(Self { rows, grades, scales })
    }

    /// The number of a profession and of those it includes.
    pub fn lineage(&self, id: i32) -> Vec<i32> {
        let mut lineage = vec![id];
        let base = |id: &i32| self.rows.get(id).and_then(|row| row.includes_id);
        while let Some(next) = lineage.last().and_then(base).filter(|next| !lineage.contains(next))
        {
            lineage.push(next);
        }
        lineage
    }

    /// The ladders of all professions on it.
    pub fn ladders(mut self) -> HashMap<i32, Arc<Ladder>> {
        let mut ladders = HashMap::with_capacity(self.rows.len());
        for id in self.rows.keys().copied().collect::<Vec<_>>() {
            self.build(id, &mut Vec::new(), &mut ladders);
        }
        ladders
    }

    /// Builds the ladder of a profession after the one it includes; `above` are those it is built for,
    /// so that whatever is stored, there is an end.
    fn build(&mut self, id: i32, above: &mut Vec<i32>, ladders: &mut HashMap<i32, Arc<Ladder>>) {
        let Some(row) = self.rows.get(&id).filter(|_| !ladders.contains_key(&id)) else { return };
        let base = row.includes_id.filter(|base| *base != id && !above.contains(base));
        let (up_to, scale_id) = (row.includes_up_to(), row.scale_id);
        if let Some(base) = base {
            above.push(id);
            self.build(base, above, ladders);
            above.pop();
        }
        let mut ladder =
            Ladder::new(self.grades.remove(&id).unwrap_or_default()).on(&self.scales.of(scale_id));
        let included = base.and_then(|base| {
            let (row, ladder) = (self.rows.get(&base)?, Arc::clone(ladders.get(&base)?));
            let origin = Origin { slug: row.slug.clone(), title: row.title.clone() };
            Some(Included { origin: Arc::new(origin), ladder, up_to })
        });
        if let Some(included) = included {
            ladder = ladder.including(included);
        }
        ladders.insert(id, Arc::new(ladder));
    }
}

/// The ladders of all professions of the catalogue with what they include, without descriptions.
pub fn undescribed_ladders(
    connection: &mut DbConnection,
    all: &[ProfessionRow],
) -> QueryResult<HashMap<i32, Arc<Ladder>>> {
    Ok(Shelf::of_levels(connection, all)?.ladders())
}

/// The professions that some include, directly or through others, and that are not among them.
fn missing(
    connection: &mut DbConnection,
    rows: &HashMap<i32, ProfessionRow>,
) -> QueryResult<Vec<i32>> {
    // Most catalogues have no inclusions.
    if rows.values().all(|row| row.includes_id.is_none()) {
        return Ok(Vec::new());
    }
    let all = models::professions::inclusions(connection)?.into_iter().collect::<HashMap<_, _>>();
    let mut missing = Vec::new();
    for row in rows.values() {
        let mut next = row.includes_id;
        while let Some(id) = next
            && !rows.contains_key(&id)
            && !missing.contains(&id)
        {
            missing.push(id);
            next = all.get(&id).copied();
        }
    }
    Ok(missing)
}
