//! The professions with what is described of them, a page at a time.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::editors::reach::Reach;
use crate::error::AppError;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::professions::{self, ProfessionAddress};
use crate::graders::service::tracks::{self, PROFESSIONS_PER_PAGE};
use crate::graders::service::{ServiceError, findings};
use crate::ladder::LevelName;
use crate::paths::admin;
use crate::russian;

/// Which professions are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Shown {
    /// All.
    #[default]
    All,
    /// Those for editors alone.
    Drafts,
    /// Those without a grade.
    Empty,
    /// Those with grades that are not described.
    Undescribed,
    /// A name that this program does not write.
    #[serde(other)]
    Unknown,
}

/// A page of the professions.
pub(super) struct Ladders {
    shown: Shown,
    /// The names in addresses of all that the editor may change.
    pub slugs: HashSet<String>,
    /// Whether it is told how many findings there are: where all professions are shown.
    pub is_checked: bool,
    pub number: usize,
    /// How many pages there are.
    pub count: usize,
    /// How many professions are shown on all pages.
    pub total: usize,
    /// The professions of this page, those of a track together.
    pub professions: Vec<ProfessionAddress>,
    /// How many findings those with any have.
    pub findings: HashMap<String, usize>,
    /// The titles of the tracks, by their names in addresses.
    tracks: HashMap<String, String>,
    pub drafts: usize,
    pub empty: usize,
    /// How many grades are not described.
    pub undescribed: usize,
}

impl Shown {
    /// The name in addresses; `None` for all.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::All | Self::Unknown => None,
            Self::Drafts => Some("drafts"),
            Self::Empty => Some("empty"),
            Self::Undescribed => Some("undescribed"),
        }
    }

    /// The heading of those.
    pub const fn title(self) -> &'static str {
        match self {
            Self::All | Self::Unknown => "Профессии",
            Self::Drafts => "Черновики",
            Self::Empty => "Профессии без\u{a0}лестницы",
            Self::Undescribed => "Описаны не\u{a0}все грейды",
        }
    }

    fn has(self, profession: &ProfessionAddress) -> bool {
        match self {
            Self::All | Self::Unknown => true,
            Self::Drafts => profession.is_draft,
            Self::Empty => profession.levels.is_empty(),
            Self::Undescribed => undescribed(profession) > 0,
        }
    }
}

impl Ladders {
    /// A page of those that an editor may change.
    pub fn read(
        catalogue: &Catalogue,
        reach: &Reach,
        (shown, number): (Shown, usize),
    ) -> Result<Self, AppError> {
        let database = catalogue.database();
        let mut all = professions::addresses(database)?;
        all.retain(|profession| reach.has(&profession.track));
        let slugs = all.iter().map(|profession| profession.slug.clone()).collect();
        let drafts = all.iter().filter(|profession| profession.is_draft).count();
        let empty = all.iter().filter(|profession| profession.levels.is_empty()).count();
        let undescribed = all.iter().map(undescribed).sum();
        let mut found = all;
        found.retain(|profession| shown.has(profession));
        let total = found.len();
        let count = total.div_ceil(PROFESSIONS_PER_PAGE).max(1);
        if !(1..=count).contains(&number) {
            return Err(ServiceError::NoSuchPage.into());
        }
        let skipped = found.into_iter().skip((number - 1) * PROFESSIONS_PER_PAGE);
        let professions = skipped.take(PROFESSIONS_PER_PAGE).collect();
        let mut counts = HashMap::new();
        let is_checked = shown.name().is_none() && *reach == Reach::Everything;
        if is_checked {
            let checked = findings::page(catalogue, number)?.professions.into_iter();
            let counted = checked.map(|checked| (checked.profession.slug, checked.findings.len()));
            counts = counted.filter(|(_, count)| *count > 0).collect();
        }
        let tracks = tracks::all(database)?.into_iter().map(|track| (track.slug, track.title));
        Ok(Self {
            shown,
            slugs,
            is_checked,
            number,
            count,
            total,
            professions,
            findings: counts,
            tracks: tracks.collect(),
            drafts,
            empty,
            undescribed,
        })
    }

    pub fn title(&self) -> &'static str {
        self.shown.title()
    }

    /// Whether only some professions are shown.
    pub fn is_narrow(&self) -> bool {
        self.shown.name().is_some()
    }

    /// The professions of this page by track, each with the title of its track.
    pub fn by_track(&self) -> Vec<(&str, &[ProfessionAddress])> {
        let groups = self.professions.chunk_by(|one, other| one.track == other.track);
        let titled = groups.map(|group| {
            let slug = group.first().map_or("", |profession| profession.track.as_str());
            (self.tracks.get(slug).map_or(slug, String::as_str), group)
        });
        titled.collect()
    }

    /// How many findings a profession has, and the noun for that number; `None` if it has none.
    pub fn findings_of(&self, profession: &ProfessionAddress) -> Option<(usize, &'static str)> {
        let count = *self.findings.get(&profession.slug)?;
        Some((count, russian::plural(count, "замечание", "замечания", "замечаний")))
    }

    /// The address of another page of the same.
    pub fn address(&self, number: usize) -> String {
        admin::overview_page(self.shown.name(), number)
    }
}

/// Whether a grade is described.
pub(super) fn is_described(profession: &ProfessionAddress, level: &LevelName) -> bool {
    profession.described.iter().any(|described| described.level() == level.level())
}

fn undescribed(profession: &ProfessionAddress) -> usize {
    profession.levels.len() - profession.described.len()
}
