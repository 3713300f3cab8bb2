//! What a change of descriptions does to what is demanded.
//!
//! It is computed from the texts before and after, as far as these say it. That two requirements are the
//! same thought in other words is a guess by likeness ([`identity`]), so a requirement that only has
//! other words counts as reworded and never as the same demand; one that names fewer skills, or asks them
//! less deeply, counts as less only where a requirement before it is alike in everything else.

use std::collections::BTreeMap;

use strum::{EnumString, IntoStaticStr, VariantArray};

use super::identity::{asked_otherwise, pairs};
use super::skill::Dictionary;
use super::{Depth, Description, Grade, Ladder, Level, Requirement, depth};
use crate::variants;

/// Two lists of requirements of which one left and the other came are compared up to so many possible
/// pairs: the time grows with their number.
const MOST_PAIRS: usize = 20_000;

/// What a change does to what is demanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Effect {
    /// Something new is demanded, or something more deeply or at a lower level.
    More,
    /// Less is demanded, or something less deeply or at a higher level.
    Less,
    /// Both.
    #[strum(serialize = "more and less")]
    MoreAndLess,
    /// Other words, examples, notes or wishes; no demand came, left or changed its depth.
    Wording,
    /// The texts say the same as before.
    #[strum(serialize = "none")]
    Untouched,
}

impl Effect {
    /// All of them.
    pub const ALL: [Self; Self::VARIANTS.len()] = variants::all(Self::VARIANTS);

    /// The name in the database and in forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What pages say.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::More => "Требуется больше",
            Self::Less => "Требуется меньше",
            Self::MoreAndLess => "Одного требуется больше, другого меньше",
            Self::Wording => "Изменены формулировки",
            Self::Untouched => "Требования не затронуты",
        }
    }

    /// The effect of the opposite change.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::More => Self::Less,
            Self::Less => Self::More,
            Self::MoreAndLess | Self::Wording | Self::Untouched => self,
        }
    }

    /// Of a change of one description; `None` on either side if there was none. Returns `None` if so much
    /// changed at once that it can't be told.
    #[must_use]
    pub fn of_descriptions(
        before: Option<&str>,
        after: Option<&str>,
        dictionary: &Dictionary,
    ) -> Option<Self> {
        let read = |text: Option<&str>| {
            text.map(|text| Description::read(text, dictionary)).unwrap_or_default()
        };
        let (before, after) = (read(before), read(after));
        let demands = |description: &Description| {
            Demands::of(description.requirements.iter().map(|one| (Level::ALL[0], one)))
        };
        let tally = Tally::of(&demands(&before), &demands(&after), dictionary)?;
        Some(tally.effect(|| said(&before) != said(&after)))
    }

    /// Of a change of a ladder, with all that it includes. What another ladder demands before the first
    /// own grade is demanded from the lowest level on. Returns `None` if so much changed at once that it
    /// can't be told.
    #[must_use]
    pub fn of_ladders(before: &Ladder, after: &Ladder, dictionary: &Dictionary) -> Option<Self> {
        let demands = |ladder: &Ladder| {
            let mut demands = Demands::default();
            let mut count = 0;
            // The steps of a level are the first ones of those of the next.
            for level in Level::ALL {
                let steps = ladder.steps(level);
                for step in &steps[count..] {
                    demands.extend(step.grade.requirements().iter().map(|one| (level, one)));
                }
                count = steps.len();
            }
            demands
        };
        let texts = |ladder: &Ladder| {
            let said = |grade: &Grade| grade.description.as_ref().map(said).unwrap_or_default();
            ladder.grades().iter().map(said).filter(|said| !said.is_empty()).collect::<Vec<_>>()
        };
        let tally = Tally::of(&demands(before), &demands(after), dictionary)?;
        Some(tally.effect(|| texts(before) != texts(after)))
    }
}

/// What is asked, by ids without the number of a repetition, which asks nothing more.
#[derive(Default)]
struct Demands(BTreeMap<String, Demand>);

struct Demand {
    /// As one of the levels words it, under its id without a number.
    requirement: Requirement,
    /// The lowest level that demands it; `None` if it is desirable only.
    from: Option<Level>,
}

impl Demands {
    fn of<'a>(asked: impl IntoIterator<Item = (Level, &'a Requirement)>) -> Self {
        let mut demands = Self::default();
        demands.extend(asked);
        demands
    }

    /// Adds what is asked at some levels.
    fn extend<'a>(&mut self, asked: impl IntoIterator<Item = (Level, &'a Requirement)>) {
        for (level, requirement) in asked {
            let id = requirement.id.split('-').next().unwrap_or_default();
            let demand = self.0.entry(id.to_owned()).or_insert_with(|| Demand {
                requirement: Requirement { id: id.to_owned(), ..requirement.clone() },
                from: None,
            });
            if !requirement.is_optional {
                demand.from = Some(demand.from.map_or(level, |from| from.min(level)));
            }
        }
    }

    /// What is asked here and not there.
    fn without(&self, other: &Self) -> Vec<&Requirement> {
        let alone = self.0.iter().filter(|(id, _)| !other.0.contains_key(*id));
        alone.map(|(_, demand)| &demand.requirement).collect()
    }
}

/// What was found to become of the demands.
#[derive(Clone, Copy, Default)]
struct Tally {
    is_more: bool,
    is_less: bool,
}

impl Tally {
    fn of(before: &Demands, after: &Demands, dictionary: &Dictionary) -> Option<Self> {
        let mut tally = Self::default();
        for (id, demand) in &before.0 {
            if let Some(now) = after.0.get(id) {
                tally.compare_levels(demand, now);
            }
        }
        let (mut left, mut came) = (before.without(after), after.without(before));
        if left.len() * came.len() > MOST_PAIRS {
            return None;
        }
        for pairs in [pairs, asked_otherwise] {
            let found = pairs(&left, &came, dictionary);
            for (old, new) in &found {
                let (Some(old), Some(new)) = (before.0.get(old), after.0.get(new)) else {
                    continue;
                };
                tally.compare(old, new);
            }
            left.retain(|one| !found.contains_key(&one.id));
            came.retain(|one| !found.values().any(|id| *id == one.id));
        }
        let is_demanded = |demands: &Demands, one: &&Requirement| {
            demands.0.get(&one.id).is_some_and(|demand| demand.from.is_some())
        };
        tally.is_less |= left.iter().any(|one| is_demanded(before, one));
        tally.is_more |= came.iter().any(|one| is_demanded(after, one));
        Some(tally)
    }

    /// Compares a requirement with the one that took its place.
    fn compare(&mut self, old: &Demand, new: &Demand) {
        self.compare_levels(old, new);
        if old.from.is_none() || new.from.is_none() {
            return;
        }
        let (old, new) = (&old.requirement, &new.requirement);
        for named in &new.skills {
            match old.named(&named.slug) {
                None => self.is_more = true,
                Some(was) => {
                    self.is_more |= weight(named.depth) > weight(was.depth);
                    self.is_less |= weight(named.depth) < weight(was.depth);
                }
            }
        }
        self.is_less |= old.skills.iter().any(|named| new.named(&named.slug).is_none());
    }

    /// Compares from which level on something is demanded.
    fn compare_levels(&mut self, old: &Demand, new: &Demand) {
        match (old.from, new.from) {
            (None, Some(_)) => self.is_more = true,
            (Some(_), None) => self.is_less = true,
            (Some(old), Some(new)) => {
                self.is_more |= new < old;
                self.is_less |= new > old;
            }
            (None, None) => {}
        }
    }

    fn effect(self, says_other: impl FnOnce() -> bool) -> Effect {
        match (self.is_more, self.is_less) {
            (true, true) => Effect::MoreAndLess,
            (true, false) => Effect::More,
            (false, true) => Effect::Less,
            (false, false) if says_other() => Effect::Wording,
            (false, false) => Effect::Untouched,
        }
    }
}

/// How much a depth demands. Who states none may mean as little as an acquaintance, so neither of the two is
/// told to be more than the other.
fn weight(depth: Option<Depth>) -> u8 {
    depth::rank(depth).max(1)
}

/// All that a description says, whatever the order.
fn said(description: &Description) -> Vec<String> {
    let Description { summary, headings, requirements, notes } = description;
    let requirement = |one: &Requirement| {
        let block = one.block.as_ref().map_or("", |block| block.title.as_str());
        let wish = if one.is_optional { "желательно" } else { "" };
        let mut examples = one.examples.iter().map(|one| one.html.to_string()).collect::<Vec<_>>();
        examples.sort();
        let label = one.label().unwrap_or_default();
        [block, wish, label, &one.html.to_string(), &examples.join("\n")].join("\n")
    };
    let mut said = requirements.iter().map(requirement).collect::<Vec<_>>();
    said.extend(headings.iter().map(|heading| heading.html.to_string()));
    said.extend(summary.iter().chain(notes).map(|note| note.html.to_string()));
    said.sort();
    said
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, LazyLock};

    use proptest::prelude::*;

    use super::super::{Included, Origin, examples};
    use super::*;

    static DICTIONARY: LazyLock<Dictionary> =
        LazyLock::new(|| examples::dictionary(&["Docker", "Redis", "Git", "Kubernetes"]));

    fn effect(before: &str, after: &str) -> Effect {
        Effect::of_descriptions(Some(before), Some(after), &DICTIONARY).unwrap()
    }

    #[test]
    fn each_change_of_a_description_has_its_effect() {
        use Effect::{Less, More, MoreAndLess, Untouched, Wording};
        for (before, after, expected) in [
            ("- Git", "- Git\n- Печёт хлеб", More),
            ("- Git\n- Печёт хлеб", "- Git", Less),
            ("- Git\n- Печёт хлеб", "- Git\n- Водит трамвай", MoreAndLess),
            ("- Git\n- Redis", "- Redis\n- Git", Untouched),
            ("- Git", "- **Git**", Wording),
            ("- Git", "- Git\n  - ветки", Wording),
            ("- Git", "Кратко.\n\n- Git", Wording),
            ("- Git", "- Git\n- Git", Wording),
            ("- Знает основы Git", "- Владеет азами Git", Wording),
            ("- Знакомство: Git", "- Сильная экспертиза: Git", More),
            ("- Средний уровень: Git", "- Знакомство: Git", Less),
            ("- Git", "- Знакомство: Git", Wording),
            ("- Git", "- Сильная экспертиза: Git", More),
            ("- Средний уровень: Git", "- Git", Less),
            (
                "- Знакомство: запускает контейнеры в Docker",
                "- Средний уровень: запускает контейнеры в Docker",
                More,
            ),
            ("- Знает основы Git", "- Отлично знает Git", More),
            ("- Знает Docker", "- Знает Docker и Kubernetes", More),
            ("- Знает Docker и Kubernetes", "- Знает Docker", Less),
            ("- Знает Docker и Redis", "- Знает Docker и Git", MoreAndLess),
            ("- Желательно: Git", "- Git", More),
            ("- Git", "- Желательно: Git", Less),
            ("- Git", "- Git\n- Желательно: Docker", Wording),
            ("- Желательно: знакомство: Git", "- Желательно: сильная экспертиза: Git", Wording),
            ("- Git", "# Работа\n\n- Git", Wording),
            ("- Git\n<!-- спросить Анну -->", "- Git", Untouched),
            ("", "Кратко.", Wording),
            ("- Результат: запустил Docker", "- Результат: запустил Docker и Redis", More),
        ] {
            assert_eq!(effect(before, after), expected, "{before:?} → {after:?}");
        }
        let described = |text| Effect::of_descriptions(None, text, &DICTIONARY).unwrap();
        assert_eq!(described(Some("- Git")), More);
        assert_eq!(described(None), Untouched);
    }

    #[test]
    fn too_much_at_once_is_not_told() {
        let text = |start: usize| {
            let items = (start..start + 200).map(|number| format!("- слово{number}"));
            items.collect::<Vec<_>>().join("\n")
        };
        assert_eq!(Effect::of_descriptions(Some(&text(0)), Some(&text(200)), &DICTIONARY), None);
        assert_eq!(Effect::of_descriptions(None, Some(&text(0)), &DICTIONARY), Some(Effect::More));
    }

    fn ladder(grades: &[(Level, &str)]) -> Ladder {
        let grade = |(level, text): &(Level, &str)| {
            Grade::new(*level, Some(Description::read(text, &DICTIONARY)))
        };
        Ladder::new(grades.iter().map(grade).collect())
    }

    fn of_ladders(before: &Ladder, after: &Ladder) -> Effect {
        let effect = Effect::of_ladders(before, after, &DICTIONARY).unwrap();
        let back = Effect::of_ladders(after, before, &DICTIONARY).unwrap();
        assert_eq!(back, effect.opposite());
        effect
    }

    #[test]
    fn each_change_of_a_ladder_has_its_effect() {
        use Level::{Junior, Middle, Senior};
        let whole = ladder(&[(Junior, "- Git"), (Middle, "- Docker")]);
        for (other, expected) in [
            (ladder(&[(Junior, "- Git"), (Middle, "- Docker")]), Effect::Untouched),
            (ladder(&[(Junior, "- Git")]), Effect::Less),
            (ladder(&[(Junior, "- Git"), (Senior, "- Docker")]), Effect::Less),
            (ladder(&[(Junior, "- Git\n- Docker"), (Middle, "")]), Effect::More),
            (ladder(&[(Junior, "- Git"), (Middle, "- Git\n- Docker")]), Effect::Wording),
            (ladder(&[(Junior, "- Git"), (Middle, "- Docker"), (Senior, "")]), Effect::Untouched),
            (ladder(&[(Junior, "- Git"), (Middle, "- Docker"), (Senior, "- Redis")]), Effect::More),
            (ladder(&[(Junior, "- Docker"), (Middle, "- Git")]), Effect::MoreAndLess),
        ] {
            assert_eq!(of_ladders(&whole, &other), expected);
        }
        let including = |base: &Ladder, up_to| {
            let origin = Arc::new(Origin { slug: "base".into(), title: "База".into() });
            whole.clone().including(Included { origin, ladder: Arc::new(base.clone()), up_to })
        };
        let base = ladder(&[(Junior, "- Redis"), (Middle, "- Kubernetes")]);
        let (by_rank, fork) = (including(&base, None), including(&base, Some(Middle)));
        assert_eq!(of_ladders(&whole, &by_rank), Effect::More);
        assert_eq!(
            of_ladders(&whole, &including(&ladder(&[(Junior, "")]), None)),
            Effect::Untouched
        );
        assert_eq!(
            of_ladders(&whole, &including(&ladder(&[(Junior, "- Git")]), None)),
            Effect::Untouched
        );
        assert_eq!(of_ladders(&by_rank, &fork), Effect::More);
        assert_eq!(of_ladders(&including(&base, Some(Junior)), &fork), Effect::More);
    }

    /// Items of a description; some are alike, some wishes, some have examples.
    fn items() -> impl Strategy<Value = Vec<String>> {
        let item = (
            prop::sample::select(vec!["", "Желательно: ", "Знакомство: ", "Сильная экспертиза: "]),
            prop::sample::select(vec![
                "Git",
                "Docker",
                "Docker и Redis",
                "знает основы Git",
                "отлично знает Git",
                "запускает контейнеры в Docker",
                "запускает и чинит контейнеры в Docker",
                "печёт хлеб",
                "печёт свежий хлеб",
                "водит трамвай",
            ]),
            prop::sample::select(vec!["", "\n  - пример", "\n  - другой пример"]),
        );
        let item = item.prop_map(|(label, text, example)| format!("- {label}{text}{example}"));
        prop::collection::vec(item, 0..7)
    }

    proptest! {
        #[test]
        fn the_opposite_change_has_the_opposite_effect(before in items(), after in items()) {
            let (before, after) = (before.join("\n"), after.join("\n"));
            prop_assert_eq!(effect(&after, &before), effect(&before, &after).opposite());
        }

        #[test]
        fn another_order_touches_nothing(
            (items, shuffled) in items().prop_flat_map(|items| (Just(items.clone()), Just(items).prop_shuffle())),
        ) {
            prop_assert_eq!(effect(&items.join("\n"), &shuffled.join("\n")), Effect::Untouched);
        }

        #[test]
        fn another_requirement_is_always_more(items in items(), place in 0_usize..7) {
            let mut with = items.clone();
            with.insert(place.min(items.len()), "- Пишет стихи о море".to_owned());
            prop_assert_eq!(effect(&items.join("\n"), &with.join("\n")), Effect::More);
        }

        #[test]
        fn every_effect_is_read_under_its_name(at in 0..Effect::ALL.len()) {
            let effect = Effect::ALL[at];
            prop_assert_eq!(effect.name().parse(), Ok(effect));
        }
    }
}
