//! What grades are. Pure: no database, no HTTP, no clock; values in, values out.

mod accumulation;
mod addresses;
pub mod article;
pub mod check;
pub mod comments;
mod commonmark;
pub mod comparison;
pub mod defence;
pub mod delta;
pub mod depth;
pub mod description;
mod effect;
#[cfg(test)]
mod examples;
pub mod excerpt;
mod html;
pub mod identity;
pub mod inherited;
pub mod kind;
pub mod level;
mod likeness;
mod lines;
mod markers;
pub mod matrix;
pub mod mentoring;
pub mod promotion;
pub mod revision;
pub mod rewording;
pub mod salary;
pub mod scale;
pub mod search;
pub mod self_check;
pub mod skill;
pub mod suggestion;
pub mod superseded;
mod tables;
pub mod texts;
pub mod words;

use std::sync::Arc;

pub use self::accumulation::{Asked, Included, Origin, Step};
pub use self::commonmark::as_commonmark;
pub use self::depth::Depth;
pub use self::description::{
    Block, Description, Example, Heading, InBlock, InlineHtml, NamedSkill, Note, Part, Requirement,
    by_block, lined_up,
};
pub use self::effect::Effect;
pub use self::kind::Kind;
pub use self::level::Level;
pub use self::scale::{LevelName, Scale};

/// The grades of one profession, lowest level first; no level twice.
///
/// Grades accumulate: each includes what all lower grades of its ladder require («Система грейдов
/// разработчика — общие положения»). A ladder may include another one.
#[derive(Clone, Debug)]
pub struct Ladder {
    grades: Vec<Grade>,
    scale: Arc<Scale>,
    included: Option<Included>,
}

/// One level of one profession.
#[derive(Clone, Debug)]
pub struct Grade {
    /// The level.
    pub level: Level,
    /// The level as the ladder's scale names it.
    pub name: LevelName,
    /// What the grade requires; `None` if it is not described yet.
    pub description: Option<Description>,
}

impl Ladder {
    /// Builds a ladder from grades in any order, on the standard scale. Of two grades with the same level
    /// the first is kept.
    #[must_use]
    pub fn new(mut grades: Vec<Grade>) -> Self {
        grades.sort_by_key(|grade| grade.level);
        grades.dedup_by_key(|grade| grade.level);
        Self { grades, scale: Scale::standard(), included: None }
    }

    /// The ladder with the names of a scale.
    #[must_use]
    pub fn on(mut self, scale: &Arc<Scale>) -> Self {
        for grade in &mut self.grades {
            grade.name = LevelName::new(scale, grade.level);
        }
        self.scale = Arc::clone(scale);
        self
    }

    /// The ladder with another one that it includes.
    #[must_use]
    pub fn including(mut self, included: Included) -> Self {
        self.included = Some(included);
        self
    }

    /// The scale that names its levels.
    #[must_use]
    pub const fn scale(&self) -> &Arc<Scale> {
        &self.scale
    }

    /// What it includes of another ladder.
    #[must_use]
    pub const fn included(&self) -> Option<&Included> {
        self.included.as_ref()
    }

    /// How its scale names a level.
    #[must_use]
    pub fn name(&self, level: Level) -> LevelName {
        LevelName::new(&self.scale, level)
    }

    /// The grades, lowest first.
    #[must_use]
    pub fn grades(&self) -> &[Grade] {
        &self.grades
    }

    /// The grade with this level, if the ladder has one.
    #[must_use]
    pub fn grade(&self, level: Level) -> Option<&Grade> {
        self.grades.iter().find(|grade| grade.level == level)
    }

    /// The nearest grade below a level.
    #[must_use]
    pub fn previous(&self, level: Level) -> Option<&Grade> {
        self.below(level).next()
    }

    /// The nearest grade above a level.
    #[must_use]
    pub fn next(&self, level: Level) -> Option<&Grade> {
        self.grades.iter().find(|grade| grade.level > level)
    }

    /// The grades below a level, the nearest first.
    pub fn below(&self, level: Level) -> impl Iterator<Item = &Grade> {
        self.grades.iter().rev().skip_while(move |grade| grade.level >= level)
    }
}

impl Grade {
    /// A grade under the standard name of its level.
    #[must_use]
    pub fn new(level: Level, description: Option<Description>) -> Self {
        Self { level, name: LevelName::standard(level), description }
    }

    /// The requirements of this grade itself; empty if it is not described.
    #[must_use]
    pub fn requirements(&self) -> &[Requirement] {
        self.description.as_ref().map_or(&[], |description| &description.requirements)
    }

    /// What its description says besides the summary, in the order of the text.
    #[must_use]
    pub fn blocks(&self) -> Vec<Block<'_>> {
        self.description.as_ref().map(Description::blocks).unwrap_or_default()
    }

    /// The requirements of this grade by block.
    #[must_use]
    pub fn requirements_by_block(&self) -> Vec<InBlock<'_, Requirement>> {
        by_block(self.requirements(), |requirement| requirement)
    }

    /// The grade in one sentence, if its description begins with it.
    #[must_use]
    pub fn summary(&self) -> Option<&Note> {
        self.description.as_ref()?.summary.as_ref()
    }

    /// Whether the grade has a description.
    #[must_use]
    pub fn is_described(&self) -> bool {
        self.description.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grade(level: Level, description: Option<&str>) -> Grade {
        Grade::new(level, description.map(Description::parse))
    }

    fn ladder() -> Ladder {
        Ladder::new(vec![
            grade(Level::Middle, Some("- d")),
            grade(Level::Junior, Some("- a\n- b")),
            grade(Level::MiddlePlus, None),
            grade(Level::JuniorPlus, Some("- c")),
        ])
    }

    #[test]
    fn grades_are_sorted_from_low_to_high() {
        let levels = ladder().grades().iter().map(|grade| grade.level).collect::<Vec<_>>();
        assert_eq!(levels, [Level::Junior, Level::JuniorPlus, Level::Middle, Level::MiddlePlus]);
    }

    #[test]
    fn next_and_previous_skip_levels_the_ladder_lacks() {
        let ladder = ladder();
        let level = |grade: Option<&Grade>| grade.map(|grade| grade.level);
        assert_eq!(level(ladder.next(Level::JuniorPlus)), Some(Level::Middle));
        assert_eq!(level(ladder.previous(Level::Middle)), Some(Level::JuniorPlus));
        assert_eq!(level(ladder.previous(Level::Junior)), None);
        assert_eq!(level(ladder.next(Level::MiddlePlus)), None);
    }

    #[test]
    fn what_is_in_force_includes_the_grades_below() {
        let ladder = ladder();
        assert_eq!(ladder.in_force_count(Level::Junior), 2);
        assert_eq!(ladder.in_force_count(Level::JuniorPlus), 3);
        assert_eq!(ladder.in_force_count(Level::Middle), 4);
        assert_eq!(ladder.in_force_count(Level::MiddlePlus), 4);
    }
}
