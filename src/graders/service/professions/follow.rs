//! Inclusions that follow the grades they go up to.

use super::inclusion::nearest;
use super::snapshot::{GradeSnapshot, Recording, Snapshot};
use crate::audit::service::Actor;
use crate::db::{self, DbConnection};
use crate::graders::models;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::service::ServiceError;
use crate::ladder::Level;

/// Keeps the ladders right that include one up to a level, in the transaction of a change that gives
/// that level to no grade or to another one: they follow the grade to the level it has now, and if it is
/// gone, they end at the next lower level that is there. Without one, or if the whole profession goes
/// (`after` is `None`; then call it before), they no longer include it. Each gets a revision of its own.
pub fn follow(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    (before, after): (&[GradeSnapshot], Option<&[GradeSnapshot]>),
    (by, record): (&Actor, Recording),
) -> Result<(), ServiceError> {
    for including in models::professions::including(connection, row.id)? {
        let level = including.includes_up_to();
        let now = match (after, level) {
            (None, _) => None,
            (Some(_), None) => continue,
            (Some(after), Some(level)) => present_level(level, before, after),
        };
        if now.is_some() && now == level {
            continue;
        }
        let was = Snapshot::take(connection, &including)?;
        let changed = WholeProfessionRow {
            includes_id: now.and(including.includes_id),
            includes_up_to: now.map(Into::into),
            version: including.version + 1,
            updated_at: db::now(),
            ..including
        };
        models::professions::update(connection, &changed)?;
        let is = Snapshot::take(connection, &changed)?;
        let note = match now {
            Some(level) => format!("Включает лестницу «{}» до {}", row.title, level.genitive()),
            None => format!("Больше не включает «{}»", row.title),
        };
        record(connection, &changed, (Some(&was), Some(&is)), &note, by)?;
    }
    Ok(())
}

/// The level up to which a ladder is included after it changed.
fn present_level(level: Level, before: &[GradeSnapshot], after: &[GradeSnapshot]) -> Option<Level> {
    let grade = before.iter().find(|grade| grade.level == level);
    let same = grade.and_then(|grade| after.iter().find(|now| now.id == grade.id));
    let levels = after.iter().map(|grade| grade.level).collect::<Vec<_>>();
    same.map(|grade| grade.level).or(nearest(level, &levels))
}
