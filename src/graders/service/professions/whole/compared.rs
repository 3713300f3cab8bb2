//! Comparing the text of a whole ladder with the ladder, grade by grade.

use std::collections::{BTreeMap, BTreeSet};

use super::{GradeFate, LadderEdit, PlannedGrade, Refused, description, sorted};
use crate::db::{self, DbConnection};
use crate::graders::formats::{FileError, as_read_back, read_grades};
use crate::graders::models::grades::GradeRow;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::service::grades::Text;
use crate::graders::service::{ServiceError, level_names, revisions};
use crate::ladder::description::is_without_requirements;
use crate::ladder::identity::Change;
use crate::ladder::{Description, LevelName};

/// A grade that is stored, or that a text names.
pub struct Compared {
    pub name: LevelName,
    pub stored: Option<GradeRow>,
    pub verdict: Verdict,
}

/// What a text says of a grade.
pub enum Verdict {
    Same,
    LeftOut,
    Made(String),
    Changed(String),
    Conflicting { base: String, typed: String },
}

impl Compared {
    /// What is to be stored, if anything is.
    pub fn new_text(&self) -> Option<&str> {
        match &self.verdict {
            Verdict::Made(text) | Verdict::Changed(text) => Some(text),
            _ => None,
        }
    }

    pub fn text(&self) -> &str {
        let stored = self.stored.as_ref().map(description).unwrap_or_default();
        match &self.verdict {
            Verdict::Same | Verdict::LeftOut => stored,
            Verdict::Made(text) | Verdict::Changed(text) => text,
            Verdict::Conflicting { typed, .. } => typed,
        }
    }

    /// Whether it loses its description, or gets one of several lines without requirements.
    pub fn is_doubtful(&self) -> bool {
        let is_emptied = matches!(&self.verdict, Verdict::Changed(text) if text.is_empty());
        is_emptied || self.new_text().is_some_and(is_without_requirements)
    }

    /// The grade as it would be.
    pub fn after(&self, profession_id: i32) -> GradeRow {
        let description = Some(self.text().to_owned()).filter(|text| !text.is_empty());
        match &self.stored {
            Some(stored) => GradeRow { description, ..stored.clone() },
            None => GradeRow {
                grade_id: 0,
                profession_id,
                level_name: self.name.level(),
                description,
                version: 1,
                updated_at: db::now(),
            },
        }
    }

    pub fn planned(&self, before: &[GradeRow], change: &Change) -> PlannedGrade {
        let ids = |text: &str| {
            let read = Description::parse(text).requirements.into_iter();
            read.map(|requirement| requirement.id).collect::<BTreeSet<_>>()
        };
        let stored = self.stored.as_ref().map(description).unwrap_or_default();
        let (was, is) = (ids(stored), ids(self.text()));
        let elsewhere = before.iter().flat_map(|grade| ids(description(grade)));
        let elsewhere = elsewhere.collect::<BTreeSet<_>>();
        let reworded = change.pairs.iter().map(|pair| &pair.present_id).collect::<BTreeSet<_>>();
        let left = change.notes.iter().filter(|note| note.present_id.is_none());
        let left = left.map(|note| &note.former_id).collect::<BTreeSet<_>>();
        let came = is.difference(&was).collect::<Vec<_>>();
        let moved = came.iter().filter(|id| elsewhere.contains(**id)).count();
        let in_other_words = came.iter().filter(|id| reworded.contains(**id)).count();
        PlannedGrade {
            name: self.name.clone(),
            fate: match &self.verdict {
                Verdict::Same => GradeFate::Same,
                Verdict::LeftOut => GradeFate::LeftOut,
                Verdict::Made(_) => GradeFate::Made,
                Verdict::Changed(text) if text.is_empty() => GradeFate::Emptied,
                Verdict::Changed(_) => GradeFate::Changed,
                Verdict::Conflicting { .. } => GradeFate::Conflicting,
            },
            requirements: is.len(),
            added: came.len().saturating_sub(moved + in_other_words),
            reworded: in_other_words,
            moved,
            removed: was.difference(&is).filter(|id| left.contains(*id)).count(),
            is_without_requirements: self.new_text().is_some_and(is_without_requirements),
        }
    }
}

/// Compares a text with the ladder, grade by grade.
pub fn compare(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    edit: &LadderEdit,
) -> Result<Result<Vec<Compared>, Refused>, ServiceError> {
    let scale = level_names::of(connection, row.scale_id)?;
    let read = match read_grades(&edit.text, &scale) {
        Ok(read) => read,
        Err(refused) => return Ok(Err(refused)),
    };
    let lacking = read.iter().filter(|grade| scale.level(grade.level).is_none());
    let lacking = lacking.map(|grade| FileError {
        place: grade.place,
        message: format!("В шкале этой профессии нет уровня «{}».", grade.level.word()),
    });
    let lacking = lacking.collect::<Vec<_>>();
    if !lacking.is_empty() {
        return Ok(Err(lacking));
    }
    let base = edit.base.iter().copied().collect::<BTreeMap<_, _>>();
    let typed = read.into_iter().map(|grade| (grade.level, grade.description));
    let mut typed = typed.collect::<BTreeMap<_, _>>();
    let mut compared = Vec::new();
    for stored in sorted(connection, row.id)? {
        let name = LevelName::new(&scale, stored.level_name);
        let verdict = match typed.remove(&stored.level_name) {
            None => Verdict::LeftOut,
            Some(text) => {
                let read = base.get(&stored.grade_id).copied();
                verdict(connection, &stored, read, text.unwrap_or_default())?
            }
        };
        compared.push(Compared { name, stored: Some(stored), verdict });
    }
    let made = typed.into_iter().map(|(level, text)| Compared {
        name: LevelName::new(&scale, level),
        stored: None,
        verdict: Verdict::Made(text.unwrap_or_default()),
    });
    compared.extend(made);
    compared.sort_by_key(|grade| grade.name.level());
    Ok(Ok(compared))
}

/// What a text says of a grade that is stored and that was read in some version.
fn verdict(
    connection: &mut DbConnection,
    stored: &GradeRow,
    read: Option<i32>,
    typed: String,
) -> Result<Verdict, ServiceError> {
    if typed == as_read_back(description(stored)) {
        return Ok(Verdict::Same);
    }
    if read == Some(stored.version) {
        return Ok(Verdict::Changed(typed));
    }
    let base = match read {
        None => String::new(),
        Some(read) => match revisions::snapshot_at::<Text>(connection, stored.grade_id, read) {
            Err(ServiceError::NoSuchRevision) => String::new(),
            base => base?.map(|Text(text)| text).unwrap_or_default(),
        },
    };
    // Only the other editor changed it.
    if typed == as_read_back(&base) {
        return Ok(Verdict::Same);
    }
    Ok(Verdict::Conflicting { base, typed })
}
