//! What files of every format hold.

use std::fmt;

use crate::ladder::Level;
use crate::ladder::promotion::Intervals;
use crate::ladder::salary::Weights;

/// A catalogue, or a part of it, as a file holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogueFile {
    /// What the file holds the whole of: what else is there can be taken away by it.
    pub covers: Covers,
    /// The scales of its professions, or all; without the default one.
    pub scales: Vec<FileScale>,
    /// The skill dictionary, if the file has one.
    pub skills: Option<Vec<FileSkill>>,
    /// How people move between grades, if the file tells.
    pub rules: Option<FileRules>,
    /// The tracks in their order.
    pub tracks: Vec<FileTrack>,
    /// The professions, in their order within each track.
    pub professions: Vec<FileProfession>,
}

/// What a file holds the whole of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Covers {
    /// The ladders of the professions that it names.
    #[default]
    Professions,
    /// The tracks that it names, with all their professions.
    Tracks,
    /// The catalogue.
    Everything,
}

impl Covers {
    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Professions => "professions",
            Self::Tracks => "tracks",
            Self::Everything => "everything",
        }
    }

    /// What a name in files stands for.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Professions, Self::Tracks, Self::Everything];
        all.into_iter().find(|covers| covers.name() == name)
    }
}

/// A track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileTrack {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// Where it stands.
    pub place: Option<Place>,
}

/// A profession with its ladder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileProfession {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// One phrase on what the profession works with; may be empty.
    pub summary: String,
    /// The name of its track in addresses; `None` where the file does not tell.
    pub track: Option<String>,
    /// The name of its scale in addresses; `None` for the default one.
    pub scale: Option<String>,
    /// Whether it is for editors alone.
    pub is_draft: bool,
    /// The ladder it includes.
    pub includes: Option<FileIncludes>,
    /// Its grades, lowest first.
    pub grades: Vec<FileGrade>,
    /// Where it stands.
    pub place: Option<Place>,
}

/// The ladder of another profession that is included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileIncludes {
    /// The name of the other profession in addresses.
    pub profession: String,
    /// Up to which of its levels; without one the whole ladder is.
    pub up_to: Option<Level>,
}

/// A grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileGrade {
    /// The level.
    pub level: Level,
    /// The description in Markdown; `None` if nobody wrote one yet.
    pub description: Option<String>,
    /// The requirements of the description that the file gives the ids of.
    pub row_ids: Vec<RowId>,
    /// Where it stands.
    pub place: Option<Place>,
}

/// A requirement that a file gives an id of, which it had when the file was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowId {
    /// The id in the file.
    pub id: String,
    /// The id that its words have in the file's description.
    pub present_id: String,
}

/// A scale.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileScale {
    /// The name in addresses.
    pub slug: String,
    /// The name that editors call it by.
    pub title: String,
    /// Rank, title, address, and whether it opens a base level; lowest first.
    pub levels: Vec<(Level, String, String, bool)>,
    /// Where it stands.
    pub place: Option<Place>,
}

/// A skill.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSkill {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// What it is one of.
    pub category: String,
    /// Where to read more.
    pub link: Option<String>,
    /// What else it is called.
    pub aliases: Vec<String>,
    /// Spellings that only help to find it.
    pub hidden_aliases: Vec<String>,
    /// Where it stands.
    pub place: Option<Place>,
}

/// How people move between grades.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRules {
    /// What is to be said in words, in Markdown.
    pub text: String,
    /// Months between defences.
    pub intervals: Intervals,
    /// Weights of the steps of pay.
    pub weights: Weights,
    /// Where they stand.
    pub place: Option<Place>,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, or the row of a sheet, from 1.
    pub line: usize,
    /// The character in the line, or the column of a sheet, from 1.
    pub column: usize,
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// Where, if it is at one place.
    pub place: Option<Place>,
    /// A sentence for the person whose file it is, in Russian.
    pub message: String,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(Place { line, column }) => write!(f, "{line}:{column}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}
