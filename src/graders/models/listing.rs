//! Queries of lists that programs read a page at a time: filtered, sorted, and continued after the
//! last item of the page before.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::grades::GradeRow;
use super::professions::WholeProfessionRow;
use crate::db::DbConnection;
use crate::db::schema::{grades, profession, tracks};
use crate::ladder::Level;

/// Which to load; what is `None` does not narrow them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Narrowing<'a> {
    pub profession: Option<&'a str>,
    pub track: Option<&'a str>,
    pub level: Option<Level>,
    /// Changed at this time or later.
    pub since: Option<NaiveDateTime>,
}

/// A place between two times, or between two changes at the same time.
pub type Moment = (NaiveDateTime, i32);

/// The order of professions, and after which one the list begins.
#[derive(Clone, Debug)]
pub enum ProfessionOrder {
    /// As on the home page, after the position of the track, its name, the position of the
    /// profession and its id.
    Catalogue(Option<(i32, String, i32, i32)>),
    Slug(Option<String>),
    SlugDescending(Option<String>),
    Changed(Option<Moment>),
    ChangedDescending(Option<Moment>),
}

/// The order of grades, and after which one the list begins.
#[derive(Clone, Copy, Debug)]
pub enum GradeOrder {
    Id(Option<i32>),
    Changed(Option<Moment>),
    ChangedDescending(Option<Moment>),
}

/// Some professions, each with the position of its track.
pub fn professions(
    connection: &mut DbConnection,
    narrowing: Narrowing<'_>,
    order: ProfessionOrder,
    limit: i64,
) -> QueryResult<Vec<(WholeProfessionRow, i32)>> {
    let mut query = profession::table
        .inner_join(tracks::table)
        .select((WholeProfessionRow::as_select(), tracks::position))
        .into_boxed();
    if let Some(track) = narrowing.track {
        query = query.filter(profession::track.eq(track));
    }
    if let Some(level) = narrowing.level {
        let with_level =
            grades::table.filter(grades::level_name.eq(level.name())).select(grades::profession_id);
        query = query.filter(profession::id.eq_any(with_level));
    }
    if let Some(since) = narrowing.since {
        query = query.filter(profession::updated_at.ge(since));
    }
    let query = match order {
        ProfessionOrder::Catalogue(after) => {
            if let Some((track_position, track, position, id)) = after {
                let later_in_track = profession::position
                    .gt(position)
                    .or(profession::position.eq(position).and(profession::id.gt(id)));
                let later_track =
                    tracks::slug.gt(track.clone()).or(tracks::slug.eq(track).and(later_in_track));
                query = query.filter(
                    tracks::position
                        .gt(track_position)
                        .or(tracks::position.eq(track_position).and(later_track)),
                );
            }
            query.order((tracks::position, tracks::slug, profession::position, profession::id))
        }
        ProfessionOrder::Slug(after) => {
            if let Some(slug) = after {
                query = query.filter(profession::slug.gt(slug));
            }
            query.order(profession::slug)
        }
        ProfessionOrder::SlugDescending(after) => {
            if let Some(slug) = after {
                query = query.filter(profession::slug.lt(slug));
            }
            query.order(profession::slug.desc())
        }
        ProfessionOrder::Changed(after) => {
            if let Some((at, id)) = after {
                let same = profession::updated_at.eq(at).and(profession::id.gt(id));
                query = query.filter(profession::updated_at.gt(at).or(same));
            }
            query.order((profession::updated_at, profession::id))
        }
        ProfessionOrder::ChangedDescending(after) => {
            if let Some((at, id)) = after {
                let same = profession::updated_at.eq(at).and(profession::id.lt(id));
                query = query.filter(profession::updated_at.lt(at).or(same));
            }
            query.order((profession::updated_at.desc(), profession::id.desc()))
        }
    };
    query.limit(limit).load(connection)
}

/// Some grades, each with the name of its profession in addresses and with its scale.
pub fn grades(
    connection: &mut DbConnection,
    narrowing: Narrowing<'_>,
    order: GradeOrder,
    limit: i64,
) -> QueryResult<Vec<(GradeRow, String, Option<i32>)>> {
    let mut query = grades::table
        .inner_join(profession::table)
        .select((GradeRow::as_select(), profession::slug, profession::scale_id))
        .into_boxed();
    if let Some(slug) = narrowing.profession {
        query = query.filter(profession::slug.eq(slug));
    }
    if let Some(track) = narrowing.track {
        query = query.filter(profession::track.eq(track));
    }
    if let Some(level) = narrowing.level {
        query = query.filter(grades::level_name.eq(level.name()));
    }
    if let Some(since) = narrowing.since {
        query = query.filter(grades::updated_at.ge(since));
    }
    let query = match order {
        GradeOrder::Id(after) => {
            if let Some(id) = after {
                query = query.filter(grades::grade_id.gt(id));
            }
            query.order(grades::grade_id)
        }
        GradeOrder::Changed(after) => {
            if let Some((at, id)) = after {
                let same = grades::updated_at.eq(at).and(grades::grade_id.gt(id));
                query = query.filter(grades::updated_at.gt(at).or(same));
            }
            query.order((grades::updated_at, grades::grade_id))
        }
        GradeOrder::ChangedDescending(after) => {
            if let Some((at, id)) = after {
                let same = grades::updated_at.eq(at).and(grades::grade_id.lt(id));
                query = query.filter(grades::updated_at.lt(at).or(same));
            }
            query.order((grades::updated_at.desc(), grades::grade_id.desc()))
        }
    };
    query.limit(limit).load(connection)
}
