//! The skill dictionary: read, changed, and which grades name which skills.

mod dictionary;
mod editing;
mod effects;
mod fields;
mod index;
mod snapshot;

pub use self::dictionary::{DictionaryCache, current_slug, load_starting};
pub use self::editing::{
    Change, Changed, EditableSkill, RecentChange, categories, change, check, create, deleted,
    editable, history, recent, undo,
};
pub use self::effects::{Effects, MOST_SHOWN, Place, SkillEffect, preview};
pub use self::fields::{InvalidField, LONGEST_LINK, MOST_ALIASES, SkillFields};
pub use self::index::{Appearance, SkillIndex, SkillIndexCache, Unnamed};
