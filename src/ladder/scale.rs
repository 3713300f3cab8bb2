//! Scales: the names that ladders give to the ten ranks.

use std::fmt;
use std::sync::{Arc, LazyLock};

use super::Level;

/// The names of the ten levels that a ladder has without a scale of its own.
static STANDARD: LazyLock<Arc<Scale>> = LazyLock::new(|| {
    let level = |level: Level| ScaleLevel {
        level,
        title: level.title().to_owned(),
        slug: level.slug().to_owned(),
        is_base: level.base() == level,
    };
    Arc::new(Scale::new(String::new(), Level::ALL.map(level).to_vec()))
});

/// The names that the ladders of some professions give to the ranks they use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    title: String,
    levels: Vec<ScaleLevel>,
    former: Vec<(String, Level)>,
}

/// A rank as a scale names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaleLevel {
    /// The rank.
    pub level: Level,
    /// The name on pages: «TL2».
    pub title: String,
    /// The name in addresses: `tl2`.
    pub slug: String,
    /// Whether it opens a base level.
    pub is_base: bool,
}

impl Scale {
    /// The scale of ladders that choose none: the ten levels under their own names.
    #[must_use]
    pub fn standard() -> Arc<Self> {
        Arc::clone(&STANDARD)
    }

    /// A scale with these levels, in any order. Of two of the same rank the first is kept.
    #[must_use]
    pub fn new(title: String, mut levels: Vec<ScaleLevel>) -> Self {
        levels.sort_by_key(|named| named.level);
        levels.dedup_by_key(|named| named.level);
        Self { title, levels, former: Vec::new() }
    }

    /// The scale with the names in addresses that its levels had before.
    #[must_use]
    pub fn with_former(self, former: Vec<(String, Level)>) -> Self {
        Self { former, ..self }
    }

    /// The name of the scale; empty for the standard one.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The levels, lowest first.
    #[must_use]
    pub fn levels(&self) -> &[ScaleLevel] {
        &self.levels
    }

    /// Whether it is [`Self::standard`].
    #[must_use]
    pub fn is_standard(&self) -> bool {
        *self == **STANDARD
    }

    /// How the scale names a rank, if it uses it.
    #[must_use]
    pub fn level(&self, level: Level) -> Option<&ScaleLevel> {
        self.levels.iter().find(|named| named.level == level)
    }

    /// The rank with this name in addresses.
    #[must_use]
    pub fn at(&self, slug: &str) -> Option<Level> {
        self.levels.iter().find(|named| named.slug == slug).map(|named| named.level)
    }

    /// The rank that somebody means by a name: as addresses write it, as they did before, or as those of
    /// ladders without a scale of their own and everything else do.
    #[must_use]
    pub fn find(&self, typed: &str) -> Option<Level> {
        let former = || self.former.iter().find(|(slug, _)| slug == typed).map(|(_, level)| *level);
        let usual = || Level::from_slug(typed).or_else(|| typed.parse().ok());
        self.at(typed).or_else(former).or_else(usual)
    }

    /// The base level that a rank belongs to: the nearest one that opens a base level, at the rank or
    /// below it; the rank itself if there is none.
    #[must_use]
    pub fn base(&self, level: Level) -> Level {
        let below = self.levels.iter().rev().filter(|named| named.level <= level);
        below.into_iter().find(|named| named.is_base).map_or(level, |named| named.level)
    }
}

/// A level as the scale of its ladder names it.
#[derive(Clone)]
pub struct LevelName {
    level: Level,
    scale: Arc<Scale>,
}

impl LevelName {
    /// The name of a level; a level that the scale does not use has its standard name.
    #[must_use]
    pub fn new(scale: &Arc<Scale>, level: Level) -> Self {
        let scale = if scale.level(level).is_some() { scale } else { &*STANDARD };
        Self { level, scale: Arc::clone(scale) }
    }

    /// The name of a level in ladders without a scale of their own.
    #[must_use]
    pub fn standard(level: Level) -> Self {
        Self::new(&STANDARD, level)
    }

    /// The name of another level in the same ladder.
    #[must_use]
    pub fn beside(&self, level: Level) -> Self {
        Self::new(&self.scale, level)
    }

    /// The rank.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }

    /// The number of the rank, 1 to 10.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        self.level.rank()
    }

    /// The name where it stands by itself, in headings, tables and lists.
    #[must_use]
    pub fn title(&self) -> &str {
        self.own().map_or(self.level.title(), |named| &named.title)
    }

    /// The name in addresses.
    #[must_use]
    pub fn slug(&self) -> &str {
        self.own().map_or(self.level.slug(), |named| &named.slug)
    }

    /// The name inside a sentence: «джун+», «TL2».
    #[must_use]
    pub fn word(&self) -> &str {
        self.own().map_or(self.level.word(), |named| &named.title)
    }

    /// The name inside a sentence in the genitive: «до джуна+», «до грейда «TL2»». Names that a company
    /// chose are not declined.
    #[must_use]
    pub fn genitive(&self) -> String {
        self.own().map_or_else(
            || self.level.genitive().to_owned(),
            |named| format!("грейда «{}»", named.title),
        )
    }

    /// The name inside a sentence as what is defended or passed: «защищать джуна+», «защищать грейд «TL2»».
    #[must_use]
    pub fn accusative(&self) -> String {
        self.own().map_or_else(
            || self.level.genitive().to_owned(),
            |named| format!("грейд «{}»", named.title),
        )
    }

    /// Whether the ladder has a scale of its own that names the level.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.own().is_some()
    }

    /// The name in the scale, unless it is the standard one.
    fn own(&self) -> Option<&ScaleLevel> {
        let is_own = !Arc::ptr_eq(&self.scale, &STANDARD);
        self.scale.level(self.level).filter(|_| is_own)
    }
}

/// Two names are equal if they are read and written alike.
impl PartialEq for LevelName {
    fn eq(&self, other: &Self) -> bool {
        self.level == other.level && self.title() == other.title() && self.slug() == other.slug()
    }
}

impl Eq for LevelName {}

impl fmt::Debug for LevelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// Writes [`LevelName::title`].
impl fmt::Display for LevelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engineers() -> Arc<Scale> {
        let level = |level, title: &str, slug: &str, is_base| ScaleLevel {
            level,
            title: title.into(),
            slug: slug.into(),
            is_base,
        };
        Arc::new(Scale::new(
            "Инженеры".into(),
            vec![
                level(Level::Senior, "Ведущий", "lead", true),
                level(Level::Junior, "Инженер 1", "engineer-1", true),
                level(Level::Middle, "Инженер 2", "engineer-2", false),
            ],
        ))
    }

    #[test]
    fn the_standard_scale_names_the_levels_as_they_are() {
        for level in Level::ALL {
            let name = LevelName::standard(level);
            assert_eq!(
                (name.title(), name.slug(), name.word()),
                (level.title(), level.slug(), level.word())
            );
            assert_eq!(name.genitive(), level.genitive());
            assert_eq!(name.accusative(), level.genitive());
            assert_eq!(Scale::standard().base(level), level.base());
            assert_eq!(Scale::standard().at(level.slug()), Some(level));
        }
    }

    #[test]
    fn a_scale_gives_its_own_names_to_the_ranks_it_uses() {
        let scale = engineers();
        let name = LevelName::new(&scale, Level::Middle);
        assert_eq!((name.title(), name.slug(), name.rank()), ("Инженер 2", "engineer-2", 5));
        assert_eq!(name.genitive(), "грейда «Инженер 2»");
        assert_eq!(name.accusative(), "грейд «Инженер 2»");
        assert!(name.is_own() && !LevelName::new(&scale, Level::Intern).is_own());
        assert_eq!(LevelName::new(&scale, Level::Intern).title(), "Стажёр");
        assert_eq!(scale.at("lead"), Some(Level::Senior));
        assert_eq!(scale.at("senior"), None);
        assert_eq!(scale.levels()[0].level, Level::Junior);
    }

    #[test]
    fn present_addresses_are_found_before_former_and_usual_ones() {
        let scale = engineers();
        let scale = Scale::new(scale.title.clone(), scale.levels.clone())
            .with_former(vec![("lead".into(), Level::Junior), ("tl1".into(), Level::Middle)]);
        let found =
            ["lead", "tl1", "middle-plus", "middle++", "boss"].map(|typed| scale.find(typed));
        let (lead, former) = (Some(Level::Senior), Some(Level::Middle));
        assert_eq!(
            found,
            [lead, former, Some(Level::MiddlePlus), Some(Level::MiddlePlusPlus), None]
        );
    }

    #[test]
    fn inner_levels_belong_to_the_nearest_base_level_below() {
        let scale = engineers();
        assert_eq!(scale.base(Level::Middle), Level::Junior);
        assert_eq!(scale.base(Level::SeniorPlus), Level::Senior);
        assert_eq!(scale.base(Level::Intern), Level::Intern);
    }
}
