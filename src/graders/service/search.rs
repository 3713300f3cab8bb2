//! Searching the catalogue. Its index is kept up to date in the transaction of every change.

mod answer;
mod index;
mod key;
mod many;

pub use self::answer::{
    Breadth, Found, FoundProfession, HITS_PER_PAGE, Hit, LONGEST_QUESTION, MOST_HITS, PastEntries,
    PastSkillEntries, Search, search,
};
pub(super) use self::index::{index_grade, index_profession, index_skill, mark_indexed};
pub use self::key::Kind;
pub use self::many::bring_up_to_date;
pub(super) use self::many::index_professions;
