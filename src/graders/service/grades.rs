//! Grades: their descriptions read, listed for programs, and changed.

mod editing;
mod listing;
mod records;
mod text;

pub use self::editing::{
    Conflict, Edit, EditableGrade, GradeFields, Saved, editable, editable_with_id, history,
    restore, save, texts_of,
};
pub(super) use self::editing::{editable_row, found, insert, is_blank, save_locked, store};
pub use self::listing::{SortGrades, records, revisions};
pub use self::records::GradeRecord;
pub(super) use self::records::record_of;
pub(super) use self::text::Text;
