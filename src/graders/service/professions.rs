//! Professions and their ladders: read, listed for programs, changed, and brought back.

mod addresses;
mod editing;
mod effects;
mod fields;
mod follow;
mod inclusion;
mod ladder;
mod left_out;
mod listing;
mod merging;
mod placing;
mod programs;
mod reading;
mod records;
mod scale;
mod snapshot;
mod trash;
mod whole;

pub(super) use self::editing::store;
pub use self::editing::{
    Change, Changed, EditableProfession, brought_together, change, create, editable, history,
};
pub use self::effects::{InclusionEffect, LadderEffect, Planned, effects, effects_of_fields};
pub(super) use self::fields::find_or_follow;
pub use self::fields::{InvalidField, ProfessionFields};
pub(super) use self::follow::follow;
pub(super) use self::inclusion::IncludedSnapshot;
pub use self::inclusion::{Includable, Inclusion, InvalidInclusion, includable};
pub(super) use self::left_out::noting;
pub use self::listing::{SortProfessions, records};
pub use self::merging::{Field, Merge};
pub use self::placing::{PlacedProfession, of_track, reorder, track_levels};
pub use self::programs::{
    Conflict, GradeChange, Owner, ProfessionChange, Refusal, create_grade, create_with_ladder,
    delete, delete_grade, patch, patch_grade,
};
pub use self::reading::{
    CataloguePage, Profession, ProfessionAddress, addresses, at_level, each, has_draft, level,
    page, profession,
};
pub use self::records::{ProfessionRecord, grade_record, record};
pub(super) use self::snapshot::{GradeSnapshot, Snapshot, store as store_revision};
pub use self::trash::{
    BroughtBack, Deleted, DeletedGrade, PresentGrade, bring_back, bring_back_grade, deleted,
    deleted_grades,
};
pub use self::whole::{
    ConflictingGrade, GradeFate, LadderConflict, LadderEdit, LadderPlan, PlannedGrade, Refused,
    SavedLadder, WholeLadder, plan_of_new, plan_whole, save_whole, whole,
};
