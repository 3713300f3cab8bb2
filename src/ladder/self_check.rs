//! The self-check: which requirements of a grade a person meets in their own judgement.

use std::collections::{BTreeMap, HashMap};

use strum::VariantArray;

use super::comparison::depths;
use super::superseded::InForce;
use super::{
    Asked, Depth, Heading, InBlock, Kind, Ladder, Level, NamedSkill, Requirement, by_block,
    description,
};
use crate::variants;

/// How far a person meets a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, VariantArray)]
pub enum Answer {
    /// Not at all.
    No,
    /// Not fully.
    Partly,
    /// Fully.
    Yes,
    /// It can't be met: there is no such project or technology.
    NotApplicable,
}

impl Answer {
    /// All answers, in the order they are offered.
    pub const ALL: [Self; Self::VARIANTS.len()] = variants::all(Self::VARIANTS);

    /// The name on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::No => "нет",
            Self::Partly => "частично",
            Self::Yes => "есть",
            Self::NotApplicable => "неприменимо",
        }
    }
}

/// Answers by the ids of requirements. A requirement without an answer, such as one added later,
/// counts as not met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<String, Answer>);

impl Answers {
    /// Records an answer; of two answers to the same requirement the lower one in the order of
    /// [`Answer::ALL`] counts. `false` if `id` does not have the form of an id.
    pub fn give(&mut self, id: &str, answer: Answer) -> bool {
        let is_id = description::is_id(id);
        if is_id {
            let given = self.0.entry(id.to_owned()).or_insert(answer);
            *given = answer.min(*given);
        }
        is_id
    }

    /// Forgets the answer to a requirement.
    pub fn take_back(&mut self, id: &str) {
        self.0.remove(id);
    }

    /// The answer to a requirement.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Answer> {
        self.0.get(id).copied()
    }

    /// The ids of the requirements with this answer, in order.
    pub fn with(&self, answer: Answer) -> impl Iterator<Item = &str> {
        let ids = self.0.iter().filter(move |(_, given)| **given == answer);
        ids.map(|(id, _)| id.as_str())
    }

    /// The answers by ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Answer)> {
        self.0.iter().map(|(id, answer)| (id.as_str(), *answer))
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// A requirement with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The requirement and its level.
    pub asked: Asked,
    /// The answer, if one was given.
    pub answer: Option<Answer>,
    /// What lower grades ask less deeply of the same skills, which is not asked again.
    pub superseded: Vec<Asked>,
}

/// The requirements of a grade and all grades below it with their answers.
#[derive(Clone, Debug)]
pub struct SelfCheck {
    /// What is in force, lowest level first; a requirement of two grades appears once, at the lower one.
    pub items: Vec<Checked>,
    /// The number of answers to requirements that the grade does not have.
    pub unasked: usize,
    /// The answers to superseded requirements.
    superseded: Answers,
}

/// The unmet requirements of one grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gaps<'a> {
    /// One of its requirements, which tells the grade.
    pub of: &'a Asked,
    /// By block in the order of the text; where the grade has no blocks, by kind, those without a label
    /// first.
    pub groups: Vec<(Group<'a>, Vec<&'a Checked>)>,
}

/// What some requirements of a grade have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group<'a> {
    /// The kind.
    Kind(Option<Kind>),
    /// The block; `None` for those before the first heading.
    Block(Option<&'a Heading>),
}

impl Checked {
    /// Whether it is required and unmet: answered «нет», «частично» or not at all.
    #[must_use]
    pub fn is_gap(&self) -> bool {
        !self.asked.requirement.is_optional && self.is_open()
    }

    /// Whether it is unmet, required or not.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.answer, None | Some(Answer::No | Answer::Partly))
    }

    /// Items of one grade by block.
    #[must_use]
    pub fn by_block(items: &[Self]) -> Vec<InBlock<'_, Self>> {
        by_block(items, |item| &item.asked.requirement)
    }
}

impl SelfCheck {
    /// Applies answers to the requirements of a grade.
    #[must_use]
    pub fn new((ladder, level): (&Ladder, Level), answers: &Answers) -> Self {
        let mut items = Vec::<Checked>::new();
        let mut places = HashMap::new();
        for InForce { asked, mut superseded } in ladder.in_force(level) {
            let id = asked.requirement.id.clone();
            let place = *places.entry(id).or_insert(items.len());
            if let Some(item) = items.get_mut(place) {
                item.superseded.append(&mut superseded);
            } else {
                let answer = answers.get(&asked.requirement.id);
                items.push(Checked { asked, answer, superseded });
            }
        }
        let known = places;
        let superseded = items.iter().flat_map(|item| &item.superseded);
        let superseded = superseded.filter_map(|lower| {
            let id = &lower.requirement.id;
            Some((id.clone(), answers.get(id).filter(|_| !known.contains_key(id))?))
        });
        let superseded = Answers(superseded.collect());
        let is_known = |id: &str| known.contains_key(id) || superseded.get(id).is_some();
        let unasked = answers.ids().filter(|id| !is_known(id)).count();
        Self { items, unasked, superseded }
    }

    /// Answers everything that the first so many of the grades that accumulate ask with «есть», but for
    /// what is answered already.
    pub fn meet_first(&mut self, steps: usize) {
        let asked = self.items.iter().flat_map(|item| &item.superseded);
        let lower = asked.filter(|lower| lower.step < steps);
        let lower = lower.map(|lower| lower.requirement.id.clone()).collect::<Vec<_>>();
        for item in self.items.iter_mut().filter(|item| item.asked.step < steps) {
            item.answer.get_or_insert(Answer::Yes);
        }
        for id in lower {
            if !self.items.iter().any(|item| item.asked.requirement.id == id) {
                self.superseded.0.entry(id).or_insert(Answer::Yes);
            }
        }
    }

    /// How many of the required requirements have an answer.
    #[must_use]
    pub fn answered_count(&self) -> usize {
        self.required().filter(|item| item.answer.is_some()).count()
    }

    /// The answers to requirements of the grade, superseded ones too.
    #[must_use]
    pub fn answers(&self) -> Answers {
        let given = self
            .items
            .iter()
            .filter_map(|item| Some((item.asked.requirement.id.clone(), item.answer?)));
        Answers(given.chain(self.superseded.0.clone()).collect())
    }

    /// The answer to a superseded requirement, if one was given.
    #[must_use]
    pub fn superseded_answer(&self, lower: &Asked) -> Option<Answer> {
        self.superseded.get(&lower.requirement.id)
    }

    /// The number of requirements with this answer, without optional ones; with `None` of unanswered
    /// ones.
    #[must_use]
    pub fn count(&self, answer: Option<Answer>) -> usize {
        self.required().filter(|item| item.answer == answer).count()
    }

    /// All but the optional requirements.
    pub fn required(&self) -> impl Iterator<Item = &Checked> {
        self.items.iter().filter(|item| !item.asked.requirement.is_optional)
    }

    /// The optional requirements that are unmet.
    #[must_use]
    pub fn open_wishes(&self) -> Vec<&Checked> {
        let wishes = self.items.iter().filter(|item| item.asked.requirement.is_optional);
        wishes.filter(|item| item.is_open()).collect()
    }

    /// Whether a requirement stands in a block.
    #[must_use]
    pub fn has_blocks(&self) -> bool {
        self.items.iter().any(|item| item.asked.requirement.block.is_some())
    }

    /// The number of unmet requirements.
    #[must_use]
    pub fn gap_count(&self) -> usize {
        self.items.iter().filter(|item| item.is_gap()).count()
    }

    /// The requirements grouped by grade, lowest first, each group with its first requirement.
    #[must_use]
    pub fn by_grade(&self) -> Vec<(&Asked, &[Checked])> {
        let grades = self.items.chunk_by(|one, next| one.asked.step == next.asked.step);
        grades.filter_map(|items| Some((&items.first()?.asked, items))).collect()
    }

    /// The unmet requirements, grouped by grade, and by block or kind.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gaps<'_>> {
        let gaps = self.by_grade().into_iter().map(|(of, items)| {
            let has_blocks = items.iter().any(|item| item.asked.requirement.block.is_some());
            let groups = if has_blocks { gaps_by_block(items) } else { gaps_by_kind(items) };
            Gaps { of, groups }
        });
        gaps.filter(|gaps| !gaps.groups.is_empty()).collect()
    }

    /// The skills mentioned by requirements answered with «есть», superseded ones too.
    #[must_use]
    pub fn confirmed(&self) -> ConfirmedSkills {
        let met = self.items.iter().filter(|item| item.answer == Some(Answer::Yes));
        let met = met.map(|item| &item.asked);
        let superseded = self.items.iter().flat_map(|item| &item.superseded);
        let superseded = superseded
            .filter(|lower| self.superseded.get(&lower.requirement.id) == Some(Answer::Yes));
        ConfirmedSkills(depths(&met.chain(superseded).cloned().collect::<Vec<_>>()))
    }
}

fn gaps_by_kind(items: &[Checked]) -> Vec<(Group<'_>, Vec<&Checked>)> {
    let of_kind = |kind| {
        let gaps = items.iter().filter(|item| item.is_gap());
        (Group::Kind(kind), gaps.filter(|item| item.asked.requirement.kind == kind).collect())
    };
    let kinds = std::iter::once(None).chain(Kind::ALL.map(Some)).map(of_kind);
    kinds.filter(|(_, gaps): &(_, Vec<_>)| !gaps.is_empty()).collect()
}

fn gaps_by_block(items: &[Checked]) -> Vec<(Group<'_>, Vec<&Checked>)> {
    let blocks = Checked::by_block(items).into_iter().map(|(_, items)| {
        let block = items.first().and_then(|item| item.asked.requirement.block.as_deref());
        (Group::Block(block), items.iter().filter(|item| item.is_gap()).collect())
    });
    blocks.filter(|(_, gaps): &(_, Vec<_>)| !gaps.is_empty()).collect()
}

/// The skills a person has confirmed: the greatest confirmed depth by slug, if one is stated.
#[derive(Clone, Debug)]
pub struct ConfirmedSkills(HashMap<String, Option<Depth>>);

impl ConfirmedSkills {
    /// The answer that follows for a requirement of another ladder: «есть» if all its skills are
    /// confirmed as deep as it asks, «частично» if some are. Only requirements of knowledge follow
    /// from skills; something that has to be done, such as a publication, does not.
    #[must_use]
    pub fn answer(&self, requirement: &Requirement) -> Option<Answer> {
        if requirement.is_deed() {
            return None;
        }
        let enough = requirement.skills.iter().filter(|skill| {
            let confirmed = self.0.get(&skill.slug);
            confirmed.is_some_and(|confirmed| match (skill.depth, confirmed) {
                // An acquaintance is too little to answer for what does not say how deep it is.
                (None, Some(Depth::Acquaintance)) => false,
                (wanted, confirmed) => *confirmed >= wanted,
            })
        });
        match enough.count() {
            0 => None,
            all if all == requirement.skills.len() => Some(Answer::Yes),
            _ => Some(Answer::Partly),
        }
    }

    /// Whether all skills of a requirement are confirmed, but not all as deep as it states.
    #[must_use]
    pub fn falls_short(&self, requirement: &Requirement) -> bool {
        let is_deeper = |skill: &NamedSkill| {
            self.0.get(&skill.slug).is_some_and(|confirmed| skill.depth > *confirmed)
        };
        !requirement.is_deed()
            && requirement.slugs().all(|slug| self.0.contains_key(slug))
            && requirement.skills.iter().any(is_deeper)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Description, Grade, examples};
    use super::*;

    fn ladder(grades: &[(Level, &str)]) -> Ladder {
        let dictionary = examples::dictionary(&["Git", "React", "SQL"]);
        let grade = |(level, text): &(Level, &str)| {
            Grade::new(*level, Some(Description::read(text, &dictionary)))
        };
        Ladder::new(grades.iter().map(grade).collect())
    }

    /// Answers to the requirements of a ladder with these words.
    fn answers(ladder: &Ladder, given: &[(&str, Answer)]) -> Answers {
        let mut answers = Answers::default();
        for asked in ladder.accumulated(Level::SeniorPlusPlus) {
            let same = given.iter().find(|(text, _)| *text == asked.requirement.text);
            if let Some((_, answer)) = same {
                assert!(answers.give(&asked.requirement.id, *answer));
            }
        }
        answers
    }

    #[test]
    fn gaps_are_grouped_by_level_and_kind() {
        let ladder = ladder(&[
            (Level::Junior, "- Опыт: год\n- Git\n- SSH"),
            (Level::Middle, "- Принцип: DRY\n- Сеть\n- Книга: о коде"),
        ]);
        let given = [
            ("год", Answer::No),
            ("Git", Answer::Yes),
            ("DRY", Answer::Partly),
            ("Сеть", Answer::NotApplicable),
        ];
        let check = SelfCheck::new((&ladder, Level::Middle), &answers(&ladder, &given));
        let gaps = check.gaps().into_iter().map(|Gaps { of, groups }| {
            let groups = groups.into_iter().map(|(group, items)| {
                let texts = items.into_iter().map(|item| item.asked.requirement.text.as_str());
                let kind = match group {
                    Group::Kind(kind) => kind,
                    Group::Block(block) => panic!("{block:?}"),
                };
                (kind, texts.collect::<Vec<_>>())
            });
            (of.level, groups.collect::<Vec<_>>())
        });
        assert_eq!(
            gaps.collect::<Vec<_>>(),
            [
                (Level::Junior, vec![(None, vec!["SSH"]), (Some(Kind::Experience), vec!["год"])]),
                (
                    Level::Middle,
                    vec![(Some(Kind::Principle), vec!["DRY"]), (Some(Kind::Book), vec!["о коде"])]
                ),
            ]
        );
        assert_eq!(check.gap_count(), 4);
        assert_eq!(check.count(None), 2);
        assert_eq!(check.count(Some(Answer::NotApplicable)), 1);
        assert_eq!(check.unasked, 0);
    }

    #[test]
    fn what_lower_grades_ask_is_met_at_once_but_for_what_is_answered() {
        let ladder = ladder(&[
            (Level::Junior, "- Сеть\n- Знакомство: React\n- SSH"),
            (Level::JuniorPlus, "- Git"),
            (Level::Middle, "- Сильная экспертиза: React\n- DRY"),
        ]);
        let given = answers(&ladder, &[("SSH", Answer::No)]);
        let mut check = SelfCheck::new((&ladder, Level::Middle), &given);
        check.meet_first(ladder.steps(Level::Junior).len());
        let found =
            check.items.iter().map(|item| (item.asked.requirement.text.as_str(), item.answer));
        let expected = [
            ("Сеть", Some(Answer::Yes)),
            ("SSH", Some(Answer::No)),
            ("Git", None),
            ("React", None),
            ("DRY", None),
        ];
        assert_eq!(found.collect::<Vec<_>>(), expected);
        assert_eq!(check.answered_count(), 2);
        // What is asked more deeply above is confirmed as deep as it was asked below.
        let lower = check.items[3].superseded[0].clone();
        assert_eq!(check.superseded_answer(&lower), Some(Answer::Yes));
    }

    #[test]
    fn gaps_of_a_grade_with_blocks_are_grouped_by_block_without_optional_ones() {
        let ladder = ladder(&[(
            Level::Junior,
            "- Git\n# Технологии\n- SQL\n- Желательно: React\n# Влияние\n- Желательно: SSH\n# Люди\n- a",
        )]);
        let check = SelfCheck::new(
            (&ladder, Level::Junior),
            &answers(&ladder, &[("React", Answer::No), ("SSH", Answer::Yes), ("Git", Answer::Yes)]),
        );
        let gaps = check.gaps();
        let groups = gaps[0].groups.iter().map(|(group, items)| {
            let title = match group {
                Group::Block(block) => block.map(|heading| heading.title.as_str()),
                Group::Kind(kind) => panic!("{kind:?}"),
            };
            (title, items.len())
        });
        assert_eq!(groups.collect::<Vec<_>>(), [(Some("Технологии"), 1), (Some("Люди"), 1)]);
        assert_eq!(
            (check.gap_count(), check.count(None), check.count(Some(Answer::No))),
            (2, 2, 0)
        );
        let wishes = check.open_wishes();
        assert_eq!(wishes.len(), 1);
        assert_eq!(wishes[0].asked.requirement.text, "React");
    }

    #[test]
    fn answers_survive_changes_of_other_requirements() {
        let before = ladder(&[(Level::Junior, "- Git\n- SSH\n- Опыт: год")]);
        let given = [("Git", Answer::Yes), ("SSH", Answer::Partly), ("год", Answer::No)];
        let given = answers(&before, &given);
        let after = ladder(&[(Level::Junior, "- Docker\n- Опыт: **год**\n- git")]);
        let check = SelfCheck::new((&after, Level::Junior), &given);
        let answers = check.items.iter().map(|item| item.answer).collect::<Vec<_>>();
        assert_eq!(answers, [None, Some(Answer::No), Some(Answer::Yes)]);
        assert_eq!(check.unasked, 1);
    }

    #[test]
    fn a_requirement_of_two_grades_is_answered_once() {
        let twice = ladder(&[(Level::Junior, "- Git"), (Level::Middle, "- git\n- SSH")]);
        let check = SelfCheck::new((&twice, Level::Middle), &Answers::default());
        let levels = check.items.iter().map(|item| item.asked.level).collect::<Vec<_>>();
        assert_eq!(levels, [Level::Junior, Level::Middle]);
        // What its repetition supersedes is folded under it.
        let again = ladder(&[
            (Level::Junior, "- Сильная экспертиза: Git"),
            (Level::JuniorPlus, "- Средний уровень: Git"),
            (Level::Middle, "- Сильная экспертиза: Git"),
        ]);
        let check = SelfCheck::new((&again, Level::Middle), &Answers::default());
        assert_eq!((check.items.len(), check.items[0].superseded.len()), (1, 1));
        assert_eq!(again.in_force_count(Level::Middle), 1);
    }

    #[test]
    fn a_superseded_requirement_is_not_asked_and_keeps_its_answer() {
        let ladder = ladder(&[
            (Level::Junior, "- Средний уровень: React\n- Git"),
            (Level::Middle, "- Сильная экспертиза: React"),
        ]);
        let given = answers(&ladder, &[("Git", Answer::No)]);
        let below = SelfCheck::new((&ladder, Level::Junior), &given);
        let mut given = given;
        assert!(given.give(&below.items[0].asked.requirement.id, Answer::Yes));
        let check = SelfCheck::new((&ladder, Level::Middle), &given);
        let asked = check.items.iter().map(|item| item.asked.level).collect::<Vec<_>>();
        assert_eq!(asked, [Level::Junior, Level::Middle]);
        assert_eq!(check.items[1].superseded, [below.items[0].asked.clone()]);
        assert_eq!((check.answers(), check.unasked), (given, 0));
        let working = &below.items[0].asked.requirement;
        assert_eq!(check.confirmed().answer(working), Some(Answer::Yes));
    }

    #[test]
    fn a_confirmed_skill_answers_for_knowledge_but_not_for_deeds() {
        let from =
            ladder(&[(Level::Junior, "- Сильная экспертиза: React\n- Знает основы SQL\n- Git")]);
        let given =
            [("React", Answer::Yes), ("Знает основы SQL", Answer::Yes), ("Git", Answer::Partly)];
        let check = SelfCheck::new((&from, Level::Junior), &answers(&from, &given));
        let confirmed = check.confirmed();
        for (text, answer) in [
            ("Средний уровень: React", Some(Answer::Yes)),
            ("Сильная экспертиза: React на деле", Some(Answer::Yes)),
            ("Создаёт компоненты React", Some(Answer::Yes)),
            ("React, SQL", Some(Answer::Partly)),
            ("Знакомство: React, SQL", Some(Answer::Yes)),
            ("Базовый SQL", Some(Answer::Yes)),
            ("SQL", None),
            ("Хорошо знает SQL", None),
            ("Git", None),
            ("Без навыков", None),
            ("Пакет: для React", None),
            ("Опыт: React", None),
        ] {
            let to = ladder(&[(Level::Junior, &format!("- {text}"))]);
            let asked = to.accumulated(Level::Junior);
            assert_eq!(confirmed.answer(&asked[0].requirement), answer, "{text}");
        }
        for (text, falls_short) in [
            ("Хорошо знает SQL", true),
            ("React, SQL", false),
            ("Git, SQL", false),
            ("React", false),
        ] {
            let to = ladder(&[(Level::Junior, &format!("- {text}"))]);
            let asked = to.accumulated(Level::Junior);
            assert_eq!(confirmed.falls_short(&asked[0].requirement), falls_short, "{text}");
        }
    }

    #[test]
    fn of_two_answers_the_lower_one_counts() {
        let mut answers = Answers::default();
        assert!(answers.give("abc123", Answer::Yes) && answers.give("abc123", Answer::No));
        assert!(answers.give("abc123", Answer::Partly) && answers.give("abc123-2", Answer::Yes));
        assert_eq!(answers.get("abc123"), Some(Answer::No));
        assert_eq!(answers.with(Answer::Yes).collect::<Vec<_>>(), ["abc123-2"]);
        for other in ["x", "ABC123", "abc12i", "abc123-", "abc123-1", ""] {
            assert!(!answers.give(other, Answer::Yes), "{other}");
        }
    }
}
