//! Searching the catalogue. Its index is kept up to date in the transaction of every change.

mod answer;
mod index;
mod key;

pub use self::answer::{
    Breadth, Found, FoundProfession, HITS_PER_PAGE, Hit, LONGEST_QUESTION, MOST_HITS, Search,
    search,
};
pub use self::index::bring_up_to_date;
pub(super) use self::index::{index_grade, index_profession, index_skill};
pub use self::key::Kind;
