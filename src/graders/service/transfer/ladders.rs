//! Comparing the professions of files with those that are there.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::comparison::{Comparison, NewText, ProfessionWork};
use super::files::{Of, WantedProfession};
use super::plan::{Fate, GradeItem, Item, Kind, Mode};
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::service::catalogue::{Covers, FileGrade, FileTrack};
use crate::graders::service::grades::GradeFields;
use crate::graders::service::professions::{Inclusion, ProfessionFields, Snapshot};
use crate::graders::service::revisions::Snapshot as _;
use crate::graders::service::{ServiceError, identity};
use crate::ladder::comments::without_comments;
use crate::ladder::identity::{Change, Rewording, Words};
use crate::ladder::revision::compare;
use crate::ladder::skill::Dictionary;
use crate::ladder::{Level, LevelName, Scale};

/// Ladders that are read at once.
const AT_ONCE: usize = 64;

/// What the comparison of all professions shares.
pub(super) struct Shared<'a> {
    tracks: &'a [Of<FileTrack>],
    /// The titles of all tracks as they are to be.
    pub track_titles: HashMap<String, String>,
    /// The scales as they are to be.
    pub scales: HashMap<String, Arc<Scale>>,
    /// The last position that is taken in each track.
    positions: HashMap<String, i32>,
    dictionary: Option<Dictionary>,
    /// The addresses of those that are there and in the files, by the addresses in the files.
    present_slugs: HashMap<String, String>,
}

impl Comparison<'_> {
    pub(super) fn professions(
        &mut self,
        connection: &mut DbConnection,
        tracks: &[Of<FileTrack>],
        wanted: Vec<WantedProfession>,
    ) -> Result<(), ServiceError> {
        let present = self.present;
        let mut shared = Shared {
            tracks,
            track_titles: self.track_titles(),
            scales: self.scales_to_be(),
            positions: self.last_positions(),
            dictionary: None,
            present_slugs: HashMap::new(),
        };
        // Which is which, before anything is compared.
        let mut matched = Vec::with_capacity(wanted.len());
        let mut taken = HashMap::<i32, String>::new();
        for profession in &wanted {
            let slug = &profession.fields.slug;
            let at =
                present.by_slug.get(slug).or_else(|| present.by_former_slug.get(slug)).copied();
            if let Some(at) = at {
                let row = &present.professions[at];
                shared.present_slugs.insert(slug.clone(), row.slug.clone());
                if let Some(other) = taken.insert(row.id, slug.clone()) {
                    let message = format!(
                        "Адрес «{slug}» раньше был у профессии «{}», а она в файле есть под адресом «{other}».",
                        row.title
                    );
                    self.faults.add(profession.file, profession.fields.place, message);
                }
            }
            matched.push(at);
        }
        self.gone_professions(tracks, &taken);
        let places = wanted
            .iter()
            .map(|profession| (profession.file, profession.fields.place))
            .collect::<Vec<_>>();
        let mut wanted = wanted.into_iter().zip(matched);
        loop {
            let part = wanted.by_ref().take(AT_ONCE).collect::<Vec<_>>();
            if part.is_empty() {
                break;
            }
            let ids = part.iter().filter_map(|(_, at)| Some(present.professions[(*at)?].id));
            let ids = ids.collect::<Vec<_>>();
            let mut grades = HashMap::<i32, Vec<GradeRow>>::new();
            if !ids.is_empty() {
                for row in models::grades::of(connection, &ids)? {
                    grades.entry(row.profession_id).or_default().push(row);
                }
            }
            for (profession, at) in part {
                let row = at.map(|at| &present.professions[at]);
                let mut grades = row.and_then(|row| grades.remove(&row.id)).unwrap_or_default();
                grades.sort_by_key(|grade| grade.level_name);
                self.profession(connection, &mut shared, profession, row, &grades)?;
            }
        }
        self.check_inclusions(&places);
        self.gone_tracks(tracks);
        Ok(())
    }

    /// Compares one; what is new of it goes into the work to do.
    fn profession(
        &mut self,
        connection: &mut DbConnection,
        shared: &mut Shared<'_>,
        wanted: WantedProfession,
        row: Option<&WholeProfessionRow>,
        grades: &[GradeRow],
    ) -> Result<(), ServiceError> {
        let WantedProfession { file, fields: told, grades: wanted_grades } = wanted;
        let place = told.place;
        let is_told_whole = told.track.is_some();
        let stored = row.map(|row| self.fields_of(row));
        let may_empty = self.mode == Mode::Replace && is_told_whole;
        let includes = told.includes.map(|includes| Inclusion {
            slug: self.present_slug(shared, &includes.profession),
            up_to: includes.up_to,
        });
        let wanted_fields = match &stored {
            None => ProfessionFields {
                title: told.title,
                slug: told.slug.clone(),
                summary: told.summary,
                track: told.track.unwrap_or_else(|| Self::track_for_lost(shared.tracks)),
                includes,
                scale: told.scale,
            },
            Some(stored) => ProfessionFields {
                title: if told.title.is_empty() { stored.title.clone() } else { told.title },
                slug: stored.slug.clone(),
                summary: if told.summary.is_empty() && !may_empty {
                    stored.summary.clone()
                } else {
                    told.summary
                },
                track: told.track.unwrap_or_else(|| stored.track.clone()),
                includes: includes.or_else(|| stored.includes.clone().filter(|_| !may_empty)),
                scale: told.scale.or_else(|| stored.scale.clone().filter(|_| !may_empty)),
            },
        };
        let fields = match &stored {
            Some(stored) if !self.may_change() => stored.clone(),
            _ => wanted_fields.clone(),
        };
        self.check_fields(shared, (file, place), &fields);
        let scale = shared.scale(fields.scale.as_deref());
        let mut levels = Levels::default();
        self.grades(&mut levels, grades, wanted_grades);
        self.check_levels((file, place), &fields, &scale, grades, &levels);

        let position = self.position(shared, row, &fields);
        let before = row.map(|row| self.snapshot(row, stored.as_ref(), grades, &scale));
        let sentences = |wanted: &ProfessionFields| {
            let (before, row) = (before.as_ref()?, row?);
            let after = self.snapshot(row, Some(wanted), grades, &scale);
            let after = Snapshot { position, ..after };
            Some(
                before
                    .clone()
                    .with_track_titles(&shared.track_titles)
                    .changes(&after.with_track_titles(&shared.track_titles)),
            )
        };
        let field_changes = sentences(&wanted_fields).unwrap_or_default();
        let fate = match row {
            None => Fate::Made,
            Some(row)
                if stored.as_ref() != Some(&fields)
                    || position != row.position
                    || levels.has_work() =>
            {
                Fate::Changed
            }
            Some(_) => Fate::Left,
        };
        let title = stored.as_ref().map_or(&fields.title, |stored| &stored.title);
        let mut item = Item::new(Kind::Profession, &fields.slug, title, fate);
        match (row.is_some(), self.may_change()) {
            (true, true) => item.changes = field_changes,
            (true, false) => item.left = field_changes,
            (false, _) => {}
        }
        self.describe_grades(&mut item, &scale, grades, &levels);
        for _ in 0..levels.same {
            self.plan.same(Kind::Grade);
        }
        if let Some(row) = row
            && !levels.new_texts.is_empty()
        {
            if shared.dictionary.is_none() {
                shared.dictionary = Some(self.work.dictionary(self.present)?);
            }
            if let Some(dictionary) = &shared.dictionary {
                let change = change_of(connection, row.id, grades, &levels, dictionary)?;
                (item.reworded, item.removed, item.added) = change;
            }
        }
        let is_same = fate == Fate::Left && item.left.is_empty() && item.grades.is_empty();
        if is_same {
            self.plan.same(Kind::Profession);
        } else {
            self.plan.add(item);
        }
        self.work.professions.push(ProfessionWork {
            row: row.cloned(),
            position,
            is_changed: fate != Fate::Left,
            fields,
            new_grades: levels.new_grades,
            new_texts: levels.new_texts,
            gone_levels: levels.gone,
        });
        Ok(())
    }

    /// Compares the grades of a ladder.
    fn grades(&self, levels: &mut Levels, stored: &[GradeRow], wanted: Vec<Of<FileGrade>>) {
        let wanted_levels = wanted.iter().map(|grade| grade.thing.level).collect::<BTreeSet<_>>();
        for Of { thing, .. } in wanted {
            let FileGrade { level, description, row_ids, .. } = thing;
            let Some(row) = stored.iter().find(|row| row.level_name == level) else {
                levels.fates.insert(level, Fate::Made);
                levels.new_grades.push(GradeFields { level, description });
                continue;
            };
            let text = description.unwrap_or_default();
            let known = row.description.as_deref().unwrap_or_default();
            let is_same = known == text || !text.is_empty() && without_comments(known) == text;
            let may = match (known.is_empty(), text.is_empty()) {
                (true, _) => true,
                (false, true) => self.mode == Mode::Replace,
                (false, false) => self.may_change(),
            };
            if is_same {
                levels.same += 1;
            } else if may {
                let pairs = row_ids.into_iter().map(|row| (row.id, row.present_id));
                let pairs = pairs.filter(|(former, present)| former != present).collect();
                levels.fates.insert(level, Fate::Changed);
                levels.new_texts.push(NewText { level, text, pairs });
            } else {
                levels.fates.insert(level, Fate::Left);
                levels.left_texts.push((level, text));
            }
        }
        let lacking = stored.iter().map(|row| row.level_name);
        for level in lacking.filter(|level| !wanted_levels.contains(level)) {
            let fate = if self.mode == Mode::Replace {
                levels.gone.push(level);
                Fate::Gone
            } else {
                Fate::Left
            };
            levels.fates.insert(level, fate);
        }
        levels.new_grades.sort_by_key(|grade| grade.level);
    }

    /// Tells what becomes of the grades.
    fn describe_grades(
        &mut self,
        item: &mut Item,
        scale: &Arc<Scale>,
        stored: &[GradeRow],
        levels: &Levels,
    ) {
        let text_of = |level: Level| {
            let row = stored.iter().find(|row| row.level_name == level);
            row.and_then(|row| row.description.as_deref()).unwrap_or_default()
        };
        let budget =
            if item.fate == Fate::Made { &mut self.detail.made } else { &mut self.detail.changed };
        let is_shown = *budget > 0;
        *budget = budget.saturating_sub(1);
        for (level, fate) in &levels.fates {
            let new = match fate {
                Fate::Made => {
                    let grade = levels.new_grades.iter().find(|grade| grade.level == *level);
                    grade.and_then(|grade| grade.description.as_deref())
                }
                Fate::Changed => {
                    let text = levels.new_texts.iter().find(|text| text.level == *level);
                    text.map(|text| text.text.as_str())
                }
                Fate::Left => {
                    let text = levels.left_texts.iter().find(|(left, _)| left == level);
                    text.map(|(_, text)| text.as_str())
                }
                Fate::Gone => Some(""),
            };
            let lines = match new {
                Some(new) if is_shown => compare(text_of(*level), new),
                _ => Vec::new(),
            };
            let name = LevelName::new(scale, *level);
            match (fate, new) {
                // A grade that the files lack and that stays needs no word unless something else differs.
                (Fate::Left, None) => {
                    item.left.push(format!("Грейд {} остаётся: в файле его нет", name.word()));
                }
                (Fate::Left, Some("")) => {
                    item.left
                        .push(format!("Описание грейда {} остаётся: в файле его нет", name.word()));
                }
                _ => item.grades.push(GradeItem { name, fate: *fate, lines }),
            }
            self.plan.count(Kind::Grade, *fate);
        }
    }

    /// The address that a profession has whose address in the files may be a former one.
    fn present_slug(&self, shared: &Shared<'_>, slug: &str) -> String {
        if let Some(present) = shared.present_slugs.get(slug) {
            return present.clone();
        }
        let former = self.present.by_former_slug.get(slug);
        let former = former.filter(|_| !self.present.by_slug.contains_key(slug));
        former.map_or_else(|| slug.to_owned(), |at| self.present.professions[*at].slug.clone())
    }

    /// Takes away the professions that the files lack of what they cover.
    fn gone_professions(&mut self, tracks: &[Of<FileTrack>], taken: &HashMap<i32, String>) {
        if self.mode != Mode::Replace || self.covers == Covers::Professions {
            return;
        }
        let present = self.present;
        for row in present.professions.iter().filter(|row| !taken.contains_key(&row.id)) {
            let is_covered = self.covers == Covers::Everything
                || tracks.iter().any(|track| track.thing.slug == row.track);
            if is_covered {
                self.plan.add(Item::new(Kind::Profession, &row.slug, &row.title, Fate::Gone));
                for _ in present.levels_of(row.id) {
                    self.plan.count(Kind::Grade, Fate::Gone);
                }
                self.work.gone_professions.push(row.clone());
            }
        }
    }

    /// Takes away the tracks that the files lack and that no profession needs.
    fn gone_tracks(&mut self, tracks: &[Of<FileTrack>]) {
        if !self.is_whole() {
            return;
        }
        let used = self.work.professions.iter().map(|work| work.fields.track.clone());
        let used = used.collect::<BTreeSet<_>>();
        let in_files = |slug: &str| tracks.iter().any(|track| track.thing.slug == slug);
        let present = self.present;
        let gone = present.tracks.iter().filter(|row| !in_files(&row.slug));
        for row in gone.filter(|row| !used.contains(&row.slug)) {
            self.plan.add(Item::new(Kind::Track, &row.slug, &row.title, Fate::Gone));
            self.work.gone_tracks.push(row.clone());
        }
    }

    /// Whether the files tell the order of the professions of their tracks.
    fn tells_order(&self) -> bool {
        self.mode == Mode::Replace && self.covers >= Covers::Tracks
    }

    /// The last position that is taken in each track, by those that the files do not put in order.
    fn last_positions(&self) -> HashMap<String, i32> {
        let mut last = HashMap::new();
        if !self.tells_order() {
            for row in &self.present.professions {
                let last = last.entry(row.track.clone()).or_insert(0);
                *last = row.position.max(*last);
            }
        }
        last
    }

    /// The place of a profession in its track: behind the last one if it is new there, or in the order of
    /// the files.
    fn position(
        &self,
        shared: &mut Shared<'_>,
        row: Option<&WholeProfessionRow>,
        fields: &ProfessionFields,
    ) -> i32 {
        let last = shared.positions.entry(fields.track.clone()).or_insert(0);
        match row.filter(|row| row.track == fields.track) {
            Some(row) if !self.tells_order() => row.position,
            Some(row) if row.position > *last => {
                *last = row.position;
                row.position
            }
            _ => {
                *last = last.saturating_add(1);
                *last
            }
        }
    }
}

impl Shared<'_> {
    pub fn scale(&self, slug: Option<&str>) -> Arc<Scale> {
        slug.and_then(|slug| self.scales.get(slug)).map_or_else(Scale::standard, Arc::clone)
    }
}

/// What becomes of the grades of a ladder.
#[derive(Default)]
pub(super) struct Levels {
    fates: BTreeMap<Level, Fate>,
    same: usize,
    pub new_grades: Vec<GradeFields>,
    new_texts: Vec<NewText>,
    left_texts: Vec<(Level, String)>,
    pub gone: Vec<Level>,
}

impl Levels {
    fn has_work(&self) -> bool {
        !(self.new_grades.is_empty() && self.new_texts.is_empty() && self.gone.is_empty())
    }
}

type Requirements = (Vec<Rewording>, Vec<Words>, usize);

/// What becomes of the requirements of a ladder.
fn change_of(
    connection: &mut DbConnection,
    id: i32,
    stored: &[GradeRow],
    levels: &Levels,
    dictionary: &Dictionary,
) -> Result<Requirements, ServiceError> {
    let stays = stored.iter().filter(|row| !levels.gone.contains(&row.level_name));
    let mut after = stays.cloned().collect::<Vec<_>>();
    for row in &mut after {
        if let Some(new) = levels.new_texts.iter().find(|new| new.level == row.level_name) {
            row.description = Some(new.text.clone()).filter(|text| !text.is_empty());
        }
    }
    for grade in &levels.new_grades {
        let Some(like) = stored.first() else { continue };
        let (level_name, description) = (grade.level, grade.description.clone());
        after.push(GradeRow { level_name, description, ..like.clone() });
    }
    let pairs = levels.new_texts.iter().flat_map(|text| text.pairs.clone()).collect::<Vec<_>>();
    let (change, added): (Change, usize) =
        identity::outlook(connection, id, (stored, &after), &pairs, dictionary)?;
    let reworded = change.pairs.into_iter().map(|pair| pair.words).collect();
    Ok((reworded, change.removed, added))
}
