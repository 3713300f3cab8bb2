//! Comparing files with the catalogue: what an import is to do, and what is wrong with the files.

use super::files::{Faults, Of, Wanted, WantedProfession};
use super::plan::{Fate, Item, Kind, Mode, Plan};
use super::present::Present;
use super::sentences;
use crate::clean::is_name;
use crate::db::DbConnection;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::models::scales::ScaleRow;
use crate::graders::models::skills::SkillRow;
use crate::graders::models::tracks::TrackRow;
use crate::graders::service::catalogue::{Covers, FileRules, FileScale, FileTrack};
use crate::graders::service::grades::GradeFields;
use crate::graders::service::professions::ProfessionFields;
use crate::graders::service::revisions::Snapshot as _;
use crate::graders::service::rules::{Rules, StoredRules};
use crate::graders::service::scales::{self, LevelFields, ScaleFields};
use crate::graders::service::skills::SkillFields;
use crate::graders::service::texts::{LONGEST_TITLE, is_slug};
use crate::graders::service::{ServiceError, tracks};
use crate::ladder::Level;
use crate::ladder::promotion::Intervals;
use crate::ladder::salary::Weights;

/// Where professions go whose files do not tell.
const NO_TRACK: (&str, &str) = ("bez-napravleniya", "Без направления");

/// What an import is to do.
#[derive(Default)]
pub(super) struct Work {
    pub new_scales: Vec<(String, ScaleFields)>,
    pub changed_scales: Vec<(ScaleRow, ScaleFields)>,
    pub gone_scales: Vec<ScaleRow>,
    pub new_skills: Vec<SkillFields>,
    pub changed_skills: Vec<(SkillRow, SkillFields)>,
    pub gone_skills: Vec<SkillRow>,
    /// Whether the files have a dictionary, be it empty.
    pub has_skills: bool,
    pub rules: Option<(Option<StoredRules>, Rules)>,
    /// With their positions.
    pub new_tracks: Vec<(FileTrack, i32)>,
    pub changed_tracks: Vec<(TrackRow, TrackRow)>,
    pub gone_tracks: Vec<TrackRow>,
    pub professions: Vec<ProfessionWork>,
    pub gone_professions: Vec<WholeProfessionRow>,
}

/// What is to be done to a profession.
pub(super) struct ProfessionWork {
    /// As it is; `None` if it is new.
    pub row: Option<WholeProfessionRow>,
    /// As it is to be.
    pub fields: ProfessionFields,
    pub position: i32,
    /// Whether it is a draft, or is to be made as one: files publish nothing, and take nothing back.
    pub is_draft: bool,
    /// Whether anything of it is to change.
    pub is_changed: bool,
    pub new_grades: Vec<GradeFields>,
    pub new_texts: Vec<NewText>,
    pub gone_levels: Vec<Level>,
}

/// Another description of a grade that is there; an empty one takes it away.
pub(super) struct NewText {
    pub level: Level,
    pub text: String,
    /// Ids that the requirements had in the file's ladder, with those that their words have now.
    pub pairs: Vec<(String, String)>,
}

/// How many things are told of with their texts.
#[derive(Clone, Copy, Debug)]
pub struct Detail {
    /// Of those whose descriptions change.
    pub changed: usize,
    /// Of those that are new.
    pub made: usize,
}

/// A comparison under way.
pub(super) struct Comparison<'a> {
    pub present: &'a Present,
    pub mode: Mode,
    pub covers: Covers,
    pub detail: Detail,
    pub faults: Faults,
    pub work: Work,
    pub plan: Plan,
}

/// Compares files with the catalogue as it is.
pub(super) fn compare(
    connection: &mut DbConnection,
    present: &Present,
    wanted: Wanted,
    mode: Mode,
    detail: Detail,
) -> Result<(Work, Plan, Faults), ServiceError> {
    let Wanted { covers, scales, skills, rules, tracks, professions, faults } = wanted;
    let mut comparison = Comparison {
        present,
        mode,
        covers,
        detail,
        faults,
        work: Work::default(),
        plan: Plan::new(present.revision, mode),
    };
    let tracks = comparison.with_track_for_all(tracks, &professions);
    comparison.tracks(&tracks);
    comparison.scales(scales);
    if let Some(skills) = skills {
        comparison.skills(connection, skills)?;
    }
    if let Some(rules) = rules {
        comparison.rules(rules);
    }
    comparison.professions(connection, &tracks, professions)?;
    Ok((comparison.work, comparison.plan, comparison.faults))
}

impl Comparison<'_> {
    /// Whether things that are there may change.
    pub fn may_change(&self) -> bool {
        self.mode != Mode::Add
    }

    /// Whether the files hold all there is to be.
    pub fn is_whole(&self) -> bool {
        self.mode == Mode::Replace && self.covers == Covers::Everything
    }

    /// Adds a thing that is there and that the files want otherwise; `true` if it is to change.
    pub fn differs(&mut self, item: Item, sentences: Vec<String>) -> bool {
        let fate = if self.may_change() { Fate::Changed } else { Fate::Left };
        self.plan.add(Item { fate, ..item }.told(sentences));
        self.may_change()
    }

    /// The tracks of the files, and one for new professions of which the files tell no track.
    fn with_track_for_all(
        &mut self,
        mut tracks: Vec<Of<FileTrack>>,
        professions: &[WantedProfession],
    ) -> Vec<Of<FileTrack>> {
        let is_there = |slug: &str| {
            self.present.by_slug.contains_key(slug)
                || self.present.by_former_slug.contains_key(slug)
        };
        let lost = professions.iter().find(|profession| {
            profession.fields.track.is_none() && !is_there(&profession.fields.slug)
        });
        if let Some(lost) = lost
            && tracks.len() != 1
        {
            let (slug, title) = NO_TRACK;
            if !tracks.iter().any(|track| track.thing.slug == slug) {
                let thing = FileTrack { slug: slug.into(), title: title.into(), place: None };
                tracks.push(Of { file: lost.file, thing });
            }
        }
        tracks
    }

    /// The track of a profession of which the files tell none.
    pub fn track_for_lost(tracks: &[Of<FileTrack>]) -> String {
        match tracks {
            [only] => only.thing.slug.clone(),
            _ => NO_TRACK.0.to_owned(),
        }
    }

    fn tracks(&mut self, wanted: &[Of<FileTrack>]) {
        let present = self.present;
        let find = |slug: &str| present.tracks.iter().find(|row| row.slug == slug);
        let positions = present.tracks.iter().map(|row| row.position);
        let mut last = if self.is_whole() { 0 } else { positions.max().unwrap_or(0) };
        for Of { file, thing } in wanted {
            let place = thing.place;
            if !is_slug(&thing.slug) {
                self.faults.add(*file, place, sentences::slug(&thing.slug));
            }
            if !is_name(&thing.title, LONGEST_TITLE) {
                self.faults.add(*file, place, sentences::title());
            }
            let in_files = wanted
                .iter()
                .find(|other| other.thing.slug != thing.slug && other.thing.title == thing.title);
            let stays = |row: &&TrackRow| {
                row.slug != thing.slug && !wanted.iter().any(|other| other.thing.slug == row.slug)
            };
            let stored = present.tracks.iter().filter(stays).find(|row| row.title == thing.title);
            if in_files.is_some() || stored.is_some() && !self.is_whole() {
                let message = format!("Направление «{}» уже есть под другим адресом.", thing.title);
                self.faults.add(*file, place, message);
            }
            let row = find(&thing.slug);
            let position = match row {
                Some(row) if !self.is_whole() => row.position,
                Some(row) if row.position > last => row.position,
                _ => last.saturating_add(1),
            };
            last = position.max(last);
            match row {
                None => {
                    self.plan.add(Item::new(Kind::Track, &thing.slug, &thing.title, Fate::Made));
                    self.work.new_tracks.push((thing.clone(), position));
                }
                Some(row) if row.title == thing.title && row.position == position => {
                    self.plan.same(Kind::Track);
                }
                Some(row) => {
                    let after = TrackRow { title: thing.title.clone(), position, ..row.clone() };
                    let changes =
                        tracks::Snapshot::from(row).changes(&tracks::Snapshot::from(&after));
                    let item = Item::new(Kind::Track, &row.slug, &row.title, Fate::Changed);
                    if self.differs(item, changes) {
                        self.work.changed_tracks.push((row.clone(), after));
                    }
                }
            }
        }
    }

    fn scales(&mut self, wanted: Vec<Of<FileScale>>) {
        let present = self.present;
        let slugs = wanted.iter().map(|scale| scale.thing.slug.clone()).collect::<Vec<_>>();
        let titles = wanted.iter().map(|scale| scale.thing.title.clone()).collect::<Vec<_>>();
        for (at, Of { file, thing }) in wanted.into_iter().enumerate() {
            let FileScale { slug, title, levels, place } = thing;
            let level = |(level, title, slug, is_base)| LevelFields { level, title, slug, is_base };
            let fields = ScaleFields { title, levels: levels.into_iter().map(level).collect() };
            let fields = fields.completed();
            if !is_slug(&slug) {
                self.faults.add(file, place, sentences::slug(&slug));
            }
            for fault in scales::own_faults(&fields) {
                self.faults.add(file, place, sentences::scale(fault));
            }
            let stored = present.scales.iter().filter(|(row, _)| !slugs.contains(&row.slug));
            let mut taken = stored.map(|(row, _)| &row.title).filter(|_| !self.is_whole());
            let is_same = |other: &&String| scales::same(other, &fields.title);
            if taken.any(|other| is_same(&other))
                || titles[..at].iter().any(|other| is_same(&other))
            {
                let message = format!("Шкала «{}» уже есть под другим адресом.", fields.title);
                self.faults.add(file, place, message);
            }
            match present.scales.iter().find(|(row, _)| row.slug == slug) {
                None => {
                    self.plan.add(Item::new(Kind::Scale, &slug, &fields.title, Fate::Made));
                    self.work.new_scales.push((slug, fields));
                }
                Some((_, stored)) if *stored == fields => self.plan.same(Kind::Scale),
                Some((row, stored)) => {
                    let snapshot = |fields| scales::Snapshot::of(&slug, fields, Vec::new());
                    let changes = snapshot(stored).changes(&snapshot(&fields));
                    let item = Item::new(Kind::Scale, &slug, &stored.title, Fate::Changed);
                    if self.differs(item, changes) {
                        self.work.changed_scales.push((row.clone(), fields));
                    }
                }
            }
        }
        if self.is_whole() {
            let gone = present.scales.iter().filter(|(row, _)| !slugs.contains(&row.slug));
            // Drafts stay, and so does what they use.
            let is_used = |id| {
                let mut drafts = present.professions.iter().filter(|row| row.is_draft);
                drafts.any(|row| row.scale_id == Some(id))
            };
            for (row, _) in gone.filter(|(row, _)| !is_used(row.id)) {
                self.plan.add(Item::new(Kind::Scale, &row.slug, &row.title, Fate::Gone));
                self.work.gone_scales.push(row.clone());
            }
        }
    }

    fn rules(&mut self, Of { file, thing }: Of<FileRules>) {
        let FileRules { text, intervals, weights, place } = thing;
        let rules = Rules { text, intervals, weights };
        let Intervals { months, top_months, retry_months, .. } = rules.intervals;
        if [months, top_months, retry_months].iter().any(|it| !Intervals::MONTHS.contains(it)) {
            let message = "Сроки в правилах — от 1 до 60 месяцев.";
            self.faults.add(file, place, message);
        }
        let Weights { junior, middle, senior, base } = rules.weights;
        let is_within = [junior, middle, senior, base].iter().all(|it| Weights::RANGE.contains(it));
        if !is_within || !rules.weights.are_rising() {
            let message = "Веса шагов оплаты — от 1 до 100, и каждый следующий больше прежнего.";
            self.faults.add(file, place, message);
        }
        if crate::graders::service::texts::normalise(&rules.text).is_err() {
            let message = "Текст правил длиннее 20 000 знаков или с управляющими знаками.";
            self.faults.add(file, place, message);
        }
        let item = |fate| Item::new(Kind::Rules, "", "", fate);
        match &self.present.rules {
            None => {
                self.plan.add(item(Fate::Made));
                self.work.rules = Some((None, rules));
            }
            Some(stored) if stored.rules == rules => self.plan.same(Kind::Rules),
            Some(stored) => {
                let changes = stored.rules.changes(&rules);
                if self.differs(item(Fate::Changed), changes) {
                    self.work.rules = Some((Some(stored.clone()), rules));
                }
            }
        }
    }
}
