//! What an import does, as people read it before and after.

use std::collections::BTreeMap;

use strum::VariantArray;

use crate::ladder::LevelName;
use crate::ladder::identity::{Rewording, Words};
use crate::ladder::revision::ChangedLine;

/// What an import may do to things that are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Nothing: only what is missing is made.
    Add,
    /// Change them.
    #[default]
    Update,
    /// Change them, and take away what the files lack of what they cover.
    Replace,
}

/// Something that files hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, VariantArray)]
pub enum Kind {
    /// A profession.
    Profession,
    /// A grade.
    Grade,
    /// A track.
    Track,
    /// A skill.
    Skill,
    /// A scale.
    Scale,
    /// The rules.
    Rules,
}

/// What becomes of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It is new.
    Made,
    /// It is there and says something else.
    Changed,
    /// It is taken away.
    Gone,
    /// It differs from the files and stays as it is.
    Left,
}

/// How many things of a kind come to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// New ones.
    pub made: usize,
    /// Those that change.
    pub changed: usize,
    /// Those that are taken away.
    pub gone: usize,
    /// Those that differ from the files and stay as they are.
    pub left: usize,
    /// Those that are as in the files.
    pub same: usize,
}

/// Every difference between files and the catalogue.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The revision of the catalogue that the files were compared with.
    pub revision: i64,
    /// What the import may do.
    pub mode: Mode,
    /// The things that differ: tracks, scales, skills, rules, and then professions in the order of the files.
    pub items: Vec<Item>,
    counts: BTreeMap<Kind, Counts>,
}

/// A thing that differs.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Its name in addresses; empty for the rules.
    pub slug: String,
    /// Its name on pages.
    pub title: String,
    /// What becomes of it.
    pub fate: Fate,
    /// What changes, in sentences.
    pub changes: Vec<String>,
    /// What stays as it is although the files say something else, in sentences.
    pub left: Vec<String>,
    /// The grades that differ, lowest first.
    pub grades: Vec<GradeItem>,
    /// The requirements that say the same in other words from then on.
    pub reworded: Vec<Rewording>,
    /// The requirements that leave the ladder.
    pub removed: Vec<Words>,
    /// How many requirements are new.
    pub added: usize,
}

/// A grade that differs.
#[derive(Clone, Debug)]
pub struct GradeItem {
    /// The level as the profession's scale names it.
    pub name: LevelName,
    /// What becomes of it.
    pub fate: Fate,
    /// The description, line by line; empty if it is not shown.
    pub lines: Vec<ChangedLine>,
}

impl Mode {
    /// All modes.
    pub const ALL: [Self; 3] = [Self::Add, Self::Update, Self::Replace];

    /// The name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Update => "update",
            Self::Replace => "replace",
        }
    }

    /// The mode with a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// What it does, in words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Add => "Добавить то, чего нет",
            Self::Update => "Добавить и изменить",
            Self::Replace => "Добавить, изменить и убрать то, чего нет в файлах",
        }
    }
}

impl Kind {
    /// All kinds, in the order in which they are counted.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// One, two and five of them.
    #[must_use]
    pub const fn forms(self) -> [&'static str; 3] {
        match self {
            Self::Profession => ["профессия", "профессии", "профессий"],
            Self::Grade => ["грейд", "грейда", "грейдов"],
            Self::Track => ["направление", "направления", "направлений"],
            Self::Skill => ["навык", "навыка", "навыков"],
            Self::Scale => ["шкала", "шкалы", "шкал"],
            Self::Rules => ["правила", "правил", "правил"],
        }
    }

    /// What all of them are called.
    #[must_use]
    pub const fn plural_title(self) -> &'static str {
        match self {
            Self::Profession => "Профессии",
            Self::Grade => "Грейды",
            Self::Track => "Направления",
            Self::Skill => "Навыки",
            Self::Scale => "Шкалы",
            Self::Rules => "Правила",
        }
    }

    /// What it is called where it stands before a name.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Profession => "Профессия",
            Self::Grade => "Грейд",
            Self::Track => "Направление",
            Self::Skill => "Навык",
            Self::Scale => "Шкала",
            Self::Rules => "Правила",
        }
    }
}

impl Plan {
    pub(super) fn new(revision: i64, mode: Mode) -> Self {
        Self { revision, mode, ..Self::default() }
    }

    /// How many things of a kind come to what.
    #[must_use]
    pub fn counts(&self, kind: Kind) -> Counts {
        self.counts.get(&kind).copied().unwrap_or_default()
    }

    /// Whether it would change nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.values().all(|counts| counts.made + counts.changed + counts.gone == 0)
    }

    /// The kinds of which the files hold something, or something is taken away, each with its counts.
    #[must_use]
    pub fn summary(&self) -> Vec<(Kind, Counts)> {
        let all = Kind::ALL.iter().map(|kind| (*kind, self.counts(*kind)));
        all.filter(|(_, counts)| *counts != Counts::default()).collect()
    }

    pub(super) fn same(&mut self, kind: Kind) {
        self.counts.entry(kind).or_default().same += 1;
    }

    pub(super) fn count(&mut self, kind: Kind, fate: Fate) {
        let counts = self.counts.entry(kind).or_default();
        match fate {
            Fate::Made => counts.made += 1,
            Fate::Changed => counts.changed += 1,
            Fate::Gone => counts.gone += 1,
            Fate::Left => counts.left += 1,
        }
    }

    pub(super) fn add(&mut self, item: Item) {
        self.count(item.kind, item.fate);
        self.items.push(item);
    }
}

impl Item {
    pub(super) fn new(kind: Kind, slug: &str, title: &str, fate: Fate) -> Self {
        Self {
            kind,
            slug: slug.to_owned(),
            title: title.to_owned(),
            fate,
            changes: Vec::new(),
            left: Vec::new(),
            grades: Vec::new(),
            reworded: Vec::new(),
            removed: Vec::new(),
            added: 0,
        }
    }

    /// What the item says of a thing that is there and that the files want otherwise.
    pub(super) fn told(mut self, sentences: Vec<String>) -> Self {
        match self.fate {
            Fate::Left => self.left = sentences,
            _ => self.changes = sentences,
        }
        self
    }
}
