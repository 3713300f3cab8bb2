//! What programs send and receive: JSON bodies and parameters of addresses, in the words of the
//! tables `profession` and `grades`.
//!
//! The API's document is made of these types, and requests are held against it: what a type does
//! not allow never reaches a handler. The comments on types and fields here are the texts of the
//! document and of its page, so they are in the language of the visitors.

mod changes;
mod compare;
mod grades;
mod headers;
mod levels;
mod lists;
mod professions;
mod releases;
mod requirements;
mod revisions;
mod scales;
mod search;
mod skills;
mod texts;
mod tracks;

pub use self::changes::{ChangeKind, ChangesBody, ChangesQuery, LadderChange};
pub use self::compare::{
    AddedRequirement, CompareQuery, ComparedSkill, Comparison, Deed, DeedChange, GradeName,
};
pub use self::grades::{
    Grade, GradeOfLadder, GradePatch, GradePath, GradeQuery, GradesQuery, GradesSort, NewGrade,
};
pub use self::headers::{IdempotencyKey, IfMatch};
pub use self::levels::LevelBody;
pub use self::lists::List;
pub use self::professions::{
    Includes, NewProfession, Profession, ProfessionInList, ProfessionPatch, ProfessionPath,
    ProfessionsQuery, ProfessionsSort,
};
pub use self::releases::Release;
pub use self::requirements::{
    AccumulatedRequirement, FoundRequirement, Requirement, RequirementPath, RequirementStatus,
    SupersededRequirement,
};
pub use self::revisions::{Revision, RevisionsQuery};
pub use self::scales::{Scale, ScaleLevel};
pub use self::search::{FoundBody, HitKind, SearchQuery};
pub use self::skills::{Appearance, SkillBody, SkillInList, SkillPath, Step};
pub use self::texts::{Cursor, Note, Question, RequirementId, Slug, Summary, Text, Title};
pub use self::tracks::Track;
