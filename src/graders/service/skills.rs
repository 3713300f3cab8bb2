//! The skill dictionary: read, changed, and which grades name which skills.

mod dictionary;
mod editing;
mod effects;
mod fields;
mod index;
mod snapshot;
mod starting;
mod trash;

pub use self::dictionary::{DictionaryCache, current_slug, load_starting, starting};
pub(super) use self::dictionary::{dictionary_of, stored_for as dictionary_for};
pub use self::editing::{
    Change, Changed, EditableSkill, categories, change, check, create, editable, history,
};
pub use self::effects::{Effects, MOST_SHOWN, Place, SkillEffect, preview};
pub(super) use self::fields::shown_and_hidden;
pub use self::fields::{AliasList, InvalidField, LONGEST_LINK, MOST_ALIASES, SkillFields};
pub(super) use self::fields::{insert_aliases, own_faults, same};
pub use self::index::{Appearance, SkillIndex, SkillIndexCache, Unnamed};
pub(super) use self::snapshot::Snapshot;
pub(super) use self::starting::{correct, texts};
pub use self::trash::{RecentChange, deleted, recent, undo};
