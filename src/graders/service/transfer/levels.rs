//! Comparing the grades of files with those of a ladder.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::comparison::{Comparison, NewText};
use super::files::Of;
use super::plan::{Fate, GradeItem, Item, Kind, Mode};
use crate::db::DbConnection;
use crate::graders::models::grades::GradeRow;
use crate::graders::service::catalogue::FileGrade;
use crate::graders::service::grades::GradeFields;
use crate::graders::service::{ServiceError, identity};
use crate::ladder::comments::without_comments;
use crate::ladder::identity::{Rewording, Words};
use crate::ladder::revision::compare;
use crate::ladder::skill::Dictionary;
use crate::ladder::{Level, LevelName, Scale};

/// What becomes of the grades of a ladder.
#[derive(Default)]
pub(super) struct Levels {
    pub fates: BTreeMap<Level, Fate>,
    pub same: usize,
    pub new_grades: Vec<GradeFields>,
    pub new_texts: Vec<NewText>,
    pub left_texts: Vec<(Level, String)>,
    pub gone: Vec<Level>,
}

impl Comparison<'_> {
    /// Compares the grades of a ladder.
    pub(super) fn grades(
        &self,
        levels: &mut Levels,
        stored: &[GradeRow],
        wanted: Vec<Of<FileGrade>>,
    ) {
        let wanted_levels = wanted.iter().map(|grade| grade.thing.level).collect::<BTreeSet<_>>();
        for Of { thing, .. } in wanted {
            let FileGrade { level, description, row_ids, .. } = thing;
            let Some(row) = stored.iter().find(|row| row.level_name == level) else {
                levels.fates.insert(level, Fate::Made);
                levels.new_grades.push(GradeFields { level, description });
                continue;
            };
            let text = description.unwrap_or_default();
            let known = row.description.as_deref().unwrap_or_default();
            let is_same = known == text || !text.is_empty() && without_comments(known) == text;
            let may = match (known.is_empty(), text.is_empty()) {
                (true, _) => true,
                (false, true) => self.mode == Mode::Replace,
                (false, false) => self.may_change(),
            };
            if is_same {
                levels.same += 1;
            } else if may {
                let pairs = row_ids.into_iter().map(|row| (row.id, row.present_id));
                let pairs = pairs.filter(|(former, present)| former != present).collect();
                levels.fates.insert(level, Fate::Changed);
                levels.new_texts.push(NewText { level, text, pairs });
            } else {
                levels.fates.insert(level, Fate::Left);
                levels.left_texts.push((level, text));
            }
        }
        let lacking = stored.iter().map(|row| row.level_name);
        for level in lacking.filter(|level| !wanted_levels.contains(level)) {
            let fate = if self.mode == Mode::Replace {
                levels.gone.push(level);
                Fate::Gone
            } else {
                Fate::Left
            };
            levels.fates.insert(level, fate);
        }
        levels.new_grades.sort_by_key(|grade| grade.level);
    }

    /// Tells what becomes of the grades.
    pub(super) fn describe_grades(
        &mut self,
        item: &mut Item,
        scale: &Arc<Scale>,
        stored: &[GradeRow],
        levels: &Levels,
    ) {
        let text_of = |level: Level| {
            let row = stored.iter().find(|row| row.level_name == level);
            row.and_then(|row| row.description.as_deref()).unwrap_or_default()
        };
        let budget =
            if item.fate == Fate::Made { &mut self.detail.made } else { &mut self.detail.changed };
        let is_shown = *budget > 0;
        *budget = budget.saturating_sub(1);
        for (level, fate) in &levels.fates {
            let new = match fate {
                Fate::Made => {
                    let grade = levels.new_grades.iter().find(|grade| grade.level == *level);
                    grade.and_then(|grade| grade.description.as_deref())
                }
                Fate::Changed => {
                    let text = levels.new_texts.iter().find(|text| text.level == *level);
                    text.map(|text| text.text.as_str())
                }
                Fate::Left => {
                    let text = levels.left_texts.iter().find(|(left, _)| left == level);
                    text.map(|(_, text)| text.as_str())
                }
                Fate::Gone => Some(""),
            };
            let lines = match new {
                Some(new) if is_shown => compare(text_of(*level), new),
                _ => Vec::new(),
            };
            let name = LevelName::new(scale, *level);
            match (fate, new) {
                // A grade that the files lack and that stays needs no word unless something else differs.
                (Fate::Left, None) => {
                    item.left.push(format!("Грейд {} остаётся: в файле его нет", name.word()));
                }
                (Fate::Left, Some("")) => {
                    item.left
                        .push(format!("Описание грейда {} остаётся: в файле его нет", name.word()));
                }
                _ => item.grades.push(GradeItem { name, fate: *fate, lines }),
            }
            self.plan.count(Kind::Grade, *fate);
        }
    }
}

impl Levels {
    pub fn has_work(&self) -> bool {
        !(self.new_grades.is_empty() && self.new_texts.is_empty() && self.gone.is_empty())
    }
}

pub(super) type Requirements = (Vec<Rewording>, Vec<Words>, usize);

/// What becomes of the requirements of a ladder.
pub(super) fn change_of(
    connection: &mut DbConnection,
    id: i32,
    stored: &[GradeRow],
    levels: &Levels,
    dictionary: &Dictionary,
) -> Result<Requirements, ServiceError> {
    let stays = stored.iter().filter(|row| !levels.gone.contains(&row.level_name));
    let mut after = stays.cloned().collect::<Vec<_>>();
    for row in &mut after {
        if let Some(new) = levels.new_texts.iter().find(|new| new.level == row.level_name) {
            row.description = Some(new.text.clone()).filter(|text| !text.is_empty());
        }
    }
    for grade in &levels.new_grades {
        let Some(like) = stored.first() else { continue };
        let (level_name, description) = (grade.level, grade.description.clone());
        after.push(GradeRow { level_name, description, ..like.clone() });
    }
    let pairs = levels.new_texts.iter().flat_map(|text| text.pairs.clone()).collect::<Vec<_>>();
    let (change, added) = identity::outlook(connection, id, (stored, &after), &pairs, dictionary)?;
    let reworded = change.pairs.into_iter().map(|pair| pair.words).collect();
    Ok((reworded, change.removed, added))
}
