//! Every operation on the catalogue: the only way in for pages, forms and the API.

pub mod catalogue;
pub mod changes;
pub mod cleaning;
pub mod findings;
pub mod grades;
pub mod idempotency;
pub mod identity;
pub mod inclusions;
mod level_names;
pub mod listing;
pub mod named;
pub mod order;
pub mod outdated;
mod parallel;
pub mod past;
pub mod professions;
pub mod proposals;
mod reach;
pub mod releases;
pub mod revisions;
pub mod rules;
pub mod scales;
pub mod search;
pub mod skills;
pub mod starting;
pub mod tracks;
pub mod transfer;

use crate::db;
use crate::error::{AppError, Missing};
pub use crate::ladder::texts;
use crate::paths;

/// Why an operation was not done.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// No profession has this address.
    #[error("no such profession")]
    NoSuchProfession,
    /// The profession at this address has another one now.
    #[error("the profession is at {0} now")]
    Moved(String),
    /// A revision can't be written or read.
    #[error("revision: {0}")]
    Snapshot(String),
    /// The dictionary is too large to be searched for.
    #[error("dictionary: {0}")]
    Dictionary(#[from] aho_corasick::BuildError),
    /// The profession's ladder has no grade of this level.
    #[error("no such grade")]
    NoSuchGrade,
    /// No skill has this address.
    #[error("no such skill")]
    NoSuchSkill,
    /// No scale has this name in addresses.
    #[error("no such scale")]
    NoSuchScale,
    /// The grade has no revision of this number.
    #[error("no such revision")]
    NoSuchRevision,
    /// No proposal has this number.
    #[error("no such proposal")]
    NoSuchProposal,
    /// No part of the list begins at this cursor.
    #[error("invalid cursor")]
    InvalidCursor,
    /// No track that has professions has this name in addresses.
    #[error("no such track")]
    NoSuchTrack,
    /// The catalogue has fewer pages.
    #[error("no such page of the catalogue")]
    NoSuchPage,
    /// The author of a change is limited to other tracks.
    #[error("outside of the author's tracks")]
    OutsideTracks,
    /// The editor sent no files under this token, or too long ago.
    #[error("no such upload")]
    NoSuchUpload,
    /// No connection came free in time, or the database does not answer.
    #[error("no connection to the database: {0}")]
    Unavailable(#[from] r2d2::Error),
    /// The database refused a query.
    #[error("query failed: {0}")]
    Query(#[from] diesel::result::Error),
}

impl From<ServiceError> for AppError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::NoSuchProfession => {
                Self::NotFound(Missing::new("Такой профессии в каталоге нет."))
            }
            ServiceError::NoSuchPage => {
                Self::NotFound(Missing::new("Столько страниц в каталоге нет."))
            }
            ServiceError::NoSuchTrack => {
                Self::NotFound(Missing::new("Такого направления в каталоге нет."))
            }
            ServiceError::NoSuchScale => Self::NotFound(Missing {
                sentence: "Такой шкалы уровней нет.".into(),
                way_on: paths::admin::scales().into(),
                way_on_title: "Все шкалы".into(),
            }),
            ServiceError::NoSuchGrade => {
                Self::NotFound(Missing::new("Такого грейда в каталоге нет."))
            }
            ServiceError::Moved(slug) => Self::Moved(slug),
            ServiceError::InvalidCursor => {
                Self::NotFound(Missing::new("С такого места список не продолжается."))
            }
            ServiceError::NoSuchSkill => Self::NotFound(Missing {
                sentence: "Такого навыка в словаре нет.".into(),
                way_on: paths::skills().into(),
                way_on_title: "Все навыки".into(),
            }),
            ServiceError::NoSuchUpload => Self::NotFound(Missing {
                sentence: "Этих файлов больше нет: они хранятся сутки. Загрузите их ещё раз."
                    .into(),
                way_on: paths::admin::transfer().into(),
                way_on_title: "Файлы".into(),
            }),
            ServiceError::NoSuchProposal => Self::NotFound(Missing {
                sentence: "Такого предложения нет.".into(),
                way_on: paths::admin::overview().into(),
                way_on_title: "Управление".into(),
            }),
            ServiceError::OutsideTracks => Self::OutsideTracks,
            ServiceError::NoSuchRevision => Self::NotFound(Missing::new("Такой правки нет.")),
            ServiceError::Unavailable(_) => Self::Unavailable(error.into()),
            ServiceError::Query(ref query) if db::is_transient(query) => {
                Self::Unavailable(error.into())
            }
            ServiceError::Query(_) | ServiceError::Snapshot(_) | ServiceError::Dictionary(_) => {
                Self::Internal(error.into())
            }
        }
    }
}
