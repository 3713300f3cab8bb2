//! What differs between two states of the catalogue.

use std::collections::HashMap;

use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::level_names::{self, Scales};
use crate::graders::service::{ServiceError, identity};
use crate::ladder::delta::Delta;
use crate::ladder::identity::Listed;
use crate::ladder::{Level, LevelName};

/// What differs in a profession.
#[derive(Debug)]
pub struct Difference {
    /// The profession in the earlier state, if it was there.
    pub was: Option<Side>,
    /// The same in the later one.
    pub now: Option<Side>,
    /// What differs in its own requirements.
    pub delta: Delta,
}

/// A profession in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// The grades it has, lowest first.
    pub levels: Vec<LevelName>,
}

/// The professions of a state in order, each with its grades.
type Read = Vec<(i32, Side, Vec<GradeRow>)>;

impl Difference {
    /// The grades that only the later state has, of a profession that both have.
    pub fn added_levels(&self) -> impl Iterator<Item = &LevelName> {
        only_in(self.now.as_ref(), self.was.as_ref())
    }

    /// The grades that only the earlier state has, of a profession that both have.
    pub fn removed_levels(&self) -> impl Iterator<Item = &LevelName> {
        only_in(self.was.as_ref(), self.now.as_ref())
    }

    /// How a level was called, or else is.
    #[must_use]
    pub fn name(&self, level: Level) -> LevelName {
        let sides = self.now.iter().chain(&self.was);
        let mut levels = sides.flat_map(|side| &side.levels);
        let found = levels.find(|name| name.level() == level);
        found.cloned().unwrap_or_else(|| LevelName::standard(level))
    }

    /// The profession as it is, or else as it was.
    #[must_use]
    pub fn title(&self) -> &str {
        self.now.as_ref().or(self.was.as_ref()).map_or("", |side| &side.title)
    }

    fn is_empty(&self) -> bool {
        let same = |side: &Option<Side>| {
            side.as_ref().map(|side| {
                let levels = side.levels.iter().map(LevelName::level).collect::<Vec<_>>();
                (side.title.clone(), levels)
            })
        };
        self.delta.is_empty() && same(&self.was) == same(&self.now)
    }
}

fn only_in<'a>(
    one: Option<&'a Side>,
    other: Option<&'a Side>,
) -> impl Iterator<Item = &'a LevelName> {
    let both = one.zip(other);
    both.into_iter().flat_map(|(one, other)| {
        let there = |name: &&LevelName| other.levels.iter().any(|it| it.level() == name.level());
        one.levels.iter().filter(move |name| !there(name))
    })
}

/// What differs, in the order of the later state; what is gone stands at the end.
///
/// # Errors
///
/// If the database does not answer.
pub fn differences(
    earlier: &Catalogue,
    later: &Catalogue,
) -> Result<Vec<Difference>, ServiceError> {
    let dictionary = later.dictionary()?;
    let was = earlier.database().read(read)?;
    let mut was = was.into_iter().map(|row| (row.0, (row.1, row.2))).collect::<HashMap<_, _>>();
    let mut differences = Vec::new();
    for (id, now, grades) in later.database().read(read)? {
        let Some((side, former)) = was.remove(&id) else {
            differences.push(Difference { was: None, now: Some(now), delta: Delta::default() });
            continue;
        };
        let mut difference =
            Difference { was: Some(side), now: Some(now), delta: Delta::default() };
        if texts(&former) != texts(&grades) {
            let listed = |rows: &[GradeRow]| Listed::of(texts(rows), &dictionary);
            let aliases = identity::aliases(later.database(), &[id])?;
            difference.delta =
                Delta::between(&listed(&former), &listed(&grades), &aliases, &dictionary);
        }
        if !difference.is_empty() {
            differences.push(difference);
        }
    }
    let mut gone = was.into_iter().collect::<Vec<_>>();
    gone.sort_by_key(|(id, _)| *id);
    let gone = gone.into_iter().map(|(_, (side, _))| Difference {
        was: Some(side),
        now: None,
        delta: Delta::default(),
    });
    differences.extend(gone);
    Ok(differences)
}

fn texts(rows: &[GradeRow]) -> Vec<(Level, &str)> {
    let texts = rows.iter().filter_map(|row| Some((row.level_name, row.description.as_deref()?)));
    texts.collect()
}

fn read(connection: &mut DbConnection) -> Result<Read, ServiceError> {
    let scales: Scales = level_names::load(connection)?;
    let rows = models::professions::in_order(connection, 0, i64::MAX)?;
    let mut grades = HashMap::<i32, Vec<GradeRow>>::new();
    let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    for grade in models::grades::of(connection, &ids)? {
        grades.entry(grade.profession_id).or_default().push(grade);
    }
    let read = rows.into_iter().map(|row| {
        let mut grades = grades.remove(&row.id).unwrap_or_default();
        grades.sort_by_key(|grade| grade.level_name);
        let name = |grade: &GradeRow| scales.name(row.scale_id, grade.level_name);
        let levels = grades.iter().map(name).collect();
        (row.id, Side { slug: row.slug, title: row.title, levels }, grades)
    });
    Ok(read.collect())
}
