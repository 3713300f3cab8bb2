//! Which ladders include another one, directly or through others: a change of it changes them as well.

use std::collections::HashMap;

use diesel::QueryResult;

use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::professions::ProfessionRow;
use crate::graders::service::ServiceError;
use crate::ladder::Level;

/// A profession whose ladder includes another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Including {
    /// The number of the profession.
    pub id: i32,
    /// The profession's name in addresses.
    pub slug: String,
    /// The profession's name on pages.
    pub title: String,
    /// The level from which it goes on, if it includes the other ladder itself and forks there.
    pub goes_on_from: Option<Level>,
    /// The highest level of the other ladder that counts in it; `None` if none does.
    last: Option<Level>,
}

impl Including {
    /// Whether a level of the other ladder counts in it.
    #[must_use]
    pub fn counts(&self, level: Level) -> bool {
        self.last.is_some_and(|last| level <= last)
    }
}

/// The professions that include the ladder at an address, in the order of the catalogue; of one level,
/// if one is named, those in which that level counts.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; if the database does not answer.
pub fn touched(
    database: &Database,
    slug: &str,
    level: Option<Level>,
) -> Result<Vec<Including>, ServiceError> {
    database.read(|connection| {
        let row = models::professions::at(connection, slug)?;
        let id = row.ok_or(ServiceError::NoSuchProfession)?.id;
        let mut all = including(connection, id)?;
        all.retain(|other| level.is_none_or(|level| other.counts(level)));
        Ok(all)
    })
}

/// The professions that include the ladder with a number, in the order of the catalogue.
pub fn including(connection: &mut DbConnection, id: i32) -> QueryResult<Vec<Including>> {
    Ok(including_any(connection, &[id])?.remove(&id).unwrap_or_default())
}

/// The professions that include each of some ladders, in the order of the catalogue.
pub fn including_any(
    connection: &mut DbConnection,
    ids: &[i32],
) -> QueryResult<HashMap<i32, Vec<Including>>> {
    let rows = models::professions::all_including(connection)?;
    if !rows.iter().any(|row| row.includes_id.is_some_and(|id| ids.contains(&id))) {
        return Ok(HashMap::new());
    }
    let including = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let mut ends = HashMap::<i32, (Level, Level)>::new();
    for (profession, level) in models::grades::levels_of(connection, &including)? {
        let level = Level::from(level);
        let (lowest, top) = ends.entry(profession).or_insert((level, level));
        (*lowest, *top) = (level.min(*lowest), level.max(*top));
    }
    let of = |id: &i32| {
        let mut search = Search { rows: &rows, ends: &ends, root: *id, found: HashMap::new() };
        search.find(*id, None);
        (*id, rows.iter().filter_map(|row| search.found.remove(&row.id)).collect())
    };
    Ok(ids.iter().map(of).collect())
}

/// A search for the ladders that include one.
struct Search<'a> {
    /// Every profession that includes a ladder.
    rows: &'a [ProfessionRow],
    /// The lowest and the highest level that these have themselves.
    ends: &'a HashMap<i32, (Level, Level)>,
    root: i32,
    found: HashMap<i32, Including>,
}

impl Search<'_> {
    /// Finds those that include the ladder with a number. `below` is `None` as long as all are included
    /// whole, level by level; behind a fork it is the level of that ladder from which all before the fork
    /// counts, and the highest level of the root that does.
    fn find(&mut self, id: i32, below: Option<(Level, Option<Level>)>) {
        for row in self.rows.iter().filter(|row| row.includes_id == Some(id)) {
            let (up_to, own) = (row.includes_up_to(), self.ends.get(&row.id));
            // A ladder that is included whole counts only as far as the other one goes.
            let reached = own.map(|(_, top)| up_to.unwrap_or(*top));
            let last = match below {
                Some((from, last)) => last.filter(|_| reached >= Some(from)),
                None => reached,
            };
            let including = Including {
                id: row.id,
                slug: row.slug.clone(),
                title: row.title.clone(),
                goes_on_from: up_to.filter(|_| id == self.root),
                last,
            };
            if self.found.insert(row.id, including).is_none() {
                let lowest = own.map_or(Level::Intern, |(lowest, _)| *lowest);
                let below = if up_to.is_some() { Some((lowest, last)) } else { below };
                self.find(row.id, below);
            }
        }
    }
}
