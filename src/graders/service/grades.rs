//! Grades: their descriptions read, listed for programs, and changed.

mod editing;
mod listing;
mod records;

pub use self::editing::{
    Conflict, Edit, EditableGrade, GradeFields, RecentRevision, Revision, Saved, editable, history,
    recent, save,
};
pub(super) use self::editing::{insert, of_level, store};
pub use self::listing::{SortGrades, records, revisions};
pub use self::records::GradeRecord;
pub(super) use self::records::record_of;
