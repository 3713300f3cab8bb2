//! The rows of the catalogue as they stood after a saved change.

use std::collections::{HashMap, HashSet};
use std::mem;

use super::State;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::past::{DictionaryRows, LadderRows, LaterRow, first_later};
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::models::revisions::Kind;
use crate::graders::models::scales::ScaleRow;
use crate::graders::models::skills::{AliasRow, SkillRow};
use crate::graders::models::tracks::TrackRow;
use crate::graders::service::ServiceError;
use crate::graders::service::grades::Text;
use crate::graders::service::professions::Snapshot as ProfessionSnapshot;
use crate::graders::service::revisions::Snapshot;
use crate::graders::service::rules::{self, Rules};
use crate::graders::service::scales::Snapshot as ScaleSnapshot;
use crate::graders::service::skills::Snapshot as SkillSnapshot;
use crate::graders::service::tracks::Snapshot as TrackSnapshot;

/// Everything but skills, in which states differ.
const OF_LADDERS: [Kind; 5] =
    [Kind::Grade, Kind::Profession, Kind::Rules, Kind::Scale, Kind::Track];

/// Things of a kind that were changed after a state: how each was in it, `None` where it was not there.
type Changed<S> = HashMap<i32, Option<(S, i32)>>;

/// The first later changes, by kind.
pub struct Later(HashMap<String, Vec<LaterRow>>);

/// The rows of the dictionary after a revision, in the order of their keys.
pub fn dictionary(
    connection: &mut DbConnection,
    revision: i32,
) -> Result<DictionaryRows, ServiceError> {
    let mut rows = models::past::dictionary(connection)?;
    let mut later = Later::than(connection, &[Kind::Skill], revision)?;
    skills(&mut rows, later.changed(SkillSnapshot::cached)?);
    Ok(rows)
}

/// The first later changes of everything that the other rows are of.
pub fn later_of_ladders(
    connection: &mut DbConnection,
    state: &State,
) -> Result<Later, ServiceError> {
    Later::than(connection, &OF_LADDERS, state.revision)
}

/// The other rows in a state: as they are now, with what was before the first later changes. Those may have
/// been read afterwards, for each tells what was in the state; not before.
pub fn ladders(
    mut rows: LadderRows,
    mut later: Later,
    state: &State,
) -> Result<LadderRows, ServiceError> {
    rows.changed_at = state.at;
    tracks(&mut rows, later.changed(TrackSnapshot::read)?);
    scales(&mut rows, later.changed(ScaleSnapshot::read)?);
    // Each grade as the changes of its profession have it, and then its text: it has its own.
    let mut of_professions = later.changed(ProfessionSnapshot::read)?;
    // A draft is in no state: neither what is one now, nor what was one then.
    for was in of_professions.values_mut() {
        *was = was.take().filter(|(was, _)| !was.is_draft);
    }
    let drafts = rows.professions.iter().filter(|row| row.is_draft);
    let drafts = drafts.map(|row| row.id).collect::<HashSet<_>>();
    rows.professions.retain(|row| !drafts.contains(&row.id));
    rows.grades.retain(|row| !drafts.contains(&row.profession_id));
    professions(&mut rows, of_professions, state);
    texts(&mut rows, later.of(Kind::Grade))?;
    for change in later.of(Kind::Rules) {
        if let Some(before) = &change.before {
            rows.rules = Some(rules::row(&Rules::read(before)?, change.version - 1)?);
        }
    }
    Ok(rows)
}

impl Later {
    fn than(
        connection: &mut DbConnection,
        kinds: &[Kind],
        revision: i32,
    ) -> Result<Self, ServiceError> {
        let mut by_kind = HashMap::<_, Vec<_>>::new();
        for mut row in first_later(connection, kinds, revision)? {
            by_kind.entry(mem::take(&mut row.kind)).or_default().push(row);
        }
        Ok(Self(by_kind))
    }

    /// Those of a kind, which are taken out.
    fn of(&mut self, kind: Kind) -> Vec<LaterRow> {
        self.0.remove(kind.name()).unwrap_or_default()
    }

    fn changed<S: Snapshot>(
        &mut self,
        read: impl Fn(&str) -> Result<S, ServiceError>,
    ) -> Result<Changed<S>, ServiceError> {
        let before = |LaterRow { object_id, version, before, .. }| {
            let before = before.as_deref().map(&read).transpose()?;
            Ok((object_id, before.map(|before| (before, version - 1))))
        };
        self.of(S::KIND).into_iter().map(before).collect()
    }
}

/// Those that were there.
fn then<S>(changed: Changed<S>) -> impl Iterator<Item = (i32, S, i32)> {
    changed.into_iter().filter_map(|(id, before)| before.map(|(was, version)| (id, was, version)))
}

fn tracks(rows: &mut LadderRows, changed: Changed<TrackSnapshot>) {
    rows.tracks.retain(|row| !changed.contains_key(&row.id));
    rows.tracks.extend(then(changed).map(|(id, was, version)| {
        let TrackSnapshot { slug, title, position } = was;
        TrackRow { id, slug, title, position, version }
    }));
}

fn scales(rows: &mut LadderRows, changed: Changed<ScaleSnapshot>) {
    rows.scales.retain(|row| !changed.contains_key(&row.id));
    rows.levels.retain(|row| !changed.contains_key(&row.scale_id));
    rows.former_levels.retain(|row| !changed.contains_key(&row.scale_id));
    for (id, was, version) in then(changed) {
        rows.levels.extend(was.fields().rows(id));
        rows.former_levels.extend(was.former_rows(id));
        rows.scales.push(ScaleRow { id, slug: was.slug, title: was.title, version });
    }
}

fn skills(rows: &mut DictionaryRows, changed: Changed<SkillSnapshot>) {
    rows.skills.retain(|row| !changed.contains_key(&row.id));
    rows.aliases.retain(|row| !changed.contains_key(&row.skill_id));
    rows.former_slugs.retain(|(_, id)| !changed.contains_key(id));
    for (id, was, version) in then(changed) {
        let alias = |hidden| move |alias| AliasRow { skill_id: id, alias, hidden };
        rows.aliases.extend(was.aliases.into_iter().map(alias(false)));
        rows.aliases.extend(was.hidden_aliases.into_iter().map(alias(true)));
        rows.former_slugs.extend(was.former_slugs.into_iter().map(|slug| (slug, id)));
        let (slug, title, category, link) = (was.slug, was.title, was.category, was.link);
        rows.skills.push(SkillRow { id, slug, title, category, link, version });
    }
    // A merge notes the address of the other skill before the change that tells of it: what was a skill
    // then was no former address, and of two former owners one is as good as the other.
    let mut taken = rows.skills.iter().map(|row| row.slug.clone()).collect::<HashSet<_>>();
    rows.former_slugs.retain(|(slug, _)| taken.insert(slug.clone()));
    rows.skills.sort_by_key(|row| row.id);
    rows.aliases
        .sort_by(|one, other| (one.skill_id, &one.alias).cmp(&(other.skill_id, &other.alias)));
}

/// Needs the scales of the state.
fn professions(rows: &mut LadderRows, changed: Changed<ProfessionSnapshot>, state: &State) {
    rows.professions.retain(|row| !changed.contains_key(&row.id));
    rows.grades.retain(|row| !changed.contains_key(&row.profession_id));
    // Releases before the common history did not note former addresses.
    let notes_none = |id: &i32| match changed.get(id) {
        Some(Some((was, _))) => was.former_slugs.is_none(),
        Some(None) => false,
        None => true,
    };
    rows.former_slugs.retain(|(_, id)| notes_none(id));
    for (id, was, version) in then(changed) {
        let updated_at = state.at.unwrap_or(was.created_at);
        let scale = rows.scales.iter().find(|scale| Some(&scale.slug) == was.scale.as_ref());
        let scale_id = scale.map(|scale| scale.id);
        rows.former_slugs.extend(was.former_slugs.into_iter().flatten().map(|slug| (slug, id)));
        rows.grades.extend(was.grades.into_iter().map(|grade| GradeRow {
            grade_id: grade.id,
            profession_id: id,
            level_name: grade.level,
            description: grade.description,
            version: grade.version,
            updated_at,
        }));
        let (includes_id, up_to) =
            was.includes.map(|included| (included.id, included.up_to)).unzip();
        rows.professions.push(WholeProfessionRow {
            id,
            slug: was.slug,
            title: was.title,
            summary: was.summary,
            track: was.track,
            position: was.position,
            version,
            created_at: was.created_at,
            updated_at,
            includes_id,
            includes_up_to: up_to.flatten().map(Into::into),
            scale_id,
            is_draft: false,
        });
    }
    let ids = rows.professions.iter().map(|row| row.id).collect::<HashSet<_>>();
    for row in &mut rows.professions {
        if row.includes_id.is_some_and(|id| !ids.contains(&id)) {
            (row.includes_id, row.includes_up_to) = (None, None);
        }
    }
    let slugs = rows.professions.iter().map(|row| row.slug.as_str()).collect::<HashSet<_>>();
    rows.former_slugs.retain(|(slug, id)| ids.contains(id) && !slugs.contains(slug.as_str()));
}

fn texts(rows: &mut LadderRows, later: Vec<LaterRow>) -> Result<(), ServiceError> {
    let mut later = later.into_iter().map(|row| (row.object_id, row)).collect::<HashMap<_, _>>();
    for grade in &mut rows.grades {
        if let Some(LaterRow { version, before, .. }) = later.remove(&grade.grade_id) {
            let before = before.as_deref().map(Text::read).transpose()?;
            grade.description = before.map(|Text(text)| text);
            grade.version = version - 1;
        }
    }
    Ok(())
}
