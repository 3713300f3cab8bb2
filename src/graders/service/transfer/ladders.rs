//! Comparing the professions of files with those that are there.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::comparison::{Comparison, ProfessionWork};
use super::files::{Of, WantedProfession};
use super::levels::{Levels, change_of};
use super::plan::{Fate, Item, Kind, Mode};
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::service::ServiceError;
use crate::graders::service::catalogue::{Covers, FileProfession, FileTrack};
use crate::graders::service::professions::{Inclusion, ProfessionFields, Snapshot};
use crate::graders::service::revisions::Snapshot as _;
use crate::ladder::Scale;
use crate::ladder::skill::Dictionary;

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
        self.check_scales(&shared);
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
        let (place, told_draft) = (told.place, told.is_draft);
        let stored = row.map(|row| self.fields_of(row));
        let wanted_fields = self.wanted_fields(shared, told, stored.as_ref());
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
            is_draft: row.map_or(told_draft, |row| row.is_draft),
            is_changed: fate != Fate::Left,
            fields,
            new_grades: levels.new_grades,
            new_texts: levels.new_texts,
            gone_levels: levels.gone,
        });
        Ok(())
    }

    /// What the files want a profession to say of itself. What they do not tell stays, and so does what they
    /// leave empty, unless they are to take away what they lack.
    fn wanted_fields(
        &self,
        shared: &Shared<'_>,
        told: FileProfession,
        stored: Option<&ProfessionFields>,
    ) -> ProfessionFields {
        let is_told_whole = told.track.is_some();
        let may_empty = self.mode == Mode::Replace && is_told_whole;
        let includes = told.includes.map(|includes| Inclusion {
            slug: self.present_slug(shared, &includes.profession),
            up_to: includes.up_to,
        });
        match stored {
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

    /// Takes away the professions that the files lack of what they cover. Drafts stay: the files that everybody can
    /// download lack them all.
    fn gone_professions(&mut self, tracks: &[Of<FileTrack>], taken: &HashMap<i32, String>) {
        if self.mode != Mode::Replace || self.covers == Covers::Professions {
            return;
        }
        let present = self.present;
        let lacking = present.professions.iter().filter(|row| !taken.contains_key(&row.id));
        for row in lacking.filter(|row| !row.is_draft) {
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
        let drafts = self.present.professions.iter().filter(|row| row.is_draft);
        let used = self.work.professions.iter().map(|work| work.fields.track.clone());
        let used = used.chain(drafts.map(|row| row.track.clone()));
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
