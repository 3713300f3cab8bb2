//! Which ladders a change of another one touches: those that include it, directly or through others.

use std::collections::{BTreeSet, HashMap};

use diesel::QueryResult;

use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::professions::ProfessionRow;
use crate::graders::service::ServiceError;
use crate::ladder::Level;

/// A profession whose ladder includes another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The profession's name in addresses.
    pub slug: String,
    /// The profession's name on pages.
    pub title: String,
}

/// The ladders that a change of a ladder touches, or of its grade of one level, in the order of the
/// catalogue.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; if the database does not answer.
pub fn touched(
    database: &Database,
    slug: &str,
    level: Option<Level>,
) -> Result<Vec<Touched>, ServiceError> {
    database.read(|connection| {
        let row = models::professions::at(connection, slug)?;
        let id = row.ok_or(ServiceError::NoSuchProfession)?.id;
        let touched = including(connection, id, level)?.into_iter();
        Ok(touched.map(|row| Touched { slug: row.slug, title: row.title }).collect())
    })
}

/// The professions that include the ladder with a number, directly or through others, or its grade of
/// one level, in the order of the catalogue.
pub fn including(
    connection: &mut DbConnection,
    id: i32,
    level: Option<Level>,
) -> QueryResult<Vec<ProfessionRow>> {
    let mut rows = models::professions::all_including(connection)?;
    if !rows.iter().any(|row| row.includes_id == Some(id)) {
        return Ok(Vec::new());
    }
    let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let mut tops = HashMap::<i32, Level>::new();
    for (profession, level) in models::grades::levels_of(connection, &ids)? {
        let level = Level::from(level);
        tops.entry(profession).and_modify(|top| *top = level.max(*top)).or_insert(level);
    }
    let mut found = BTreeSet::new();
    find(&rows, &tops, (id, level), &mut found);
    rows.retain(|row| found.contains(&row.id));
    Ok(rows)
}

fn find(
    rows: &[ProfessionRow],
    tops: &HashMap<i32, Level>,
    (id, level): (i32, Option<Level>),
    found: &mut BTreeSet<i32>,
) {
    for row in rows.iter().filter(|row| row.includes_id == Some(id)) {
        let up_to = row.includes_up_to();
        // A ladder that is included whole counts only as far as the other one goes.
        let last = up_to.or(tops.get(&row.id).copied());
        if level.is_none_or(|level| last.is_some_and(|last| level <= last)) && found.insert(row.id)
        {
            // What a ladder goes on from belongs to each of its grades.
            find(rows, tops, (row.id, level.filter(|_| up_to.is_none())), found);
        }
    }
}
