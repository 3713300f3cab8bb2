//! What a mentoring requirement asks of the mentee, read from its words.

use super::words::{Word, words};
use super::{Kind, Ladder, Level, Requirement};

/// How far a mentee must grow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raising {
    /// From one of these levels, lowest first, to this one.
    Between(Vec<Level>, Level),
    /// To this level, from any lower one.
    UpTo(Level),
    /// By this number of grades.
    By(usize),
    /// Its words state no level.
    Other,
}

/// Beginnings of words that name a base level, in the normalized spelling of [`Word`]: without
/// «ё».
const NAMES: [(&str, Level); 10] = [
    ("стажер", Level::Intern),
    ("intern", Level::Intern),
    ("джун", Level::Junior),
    ("junior", Level::Junior),
    ("мидл", Level::Middle),
    ("миддл", Level::Middle),
    ("middle", Level::Middle),
    ("синьор", Level::Senior),
    ("сеньор", Level::Senior),
    ("senior", Level::Senior),
];

/// Whether the next level is where the growth begins or ends.
#[derive(Clone, Copy)]
enum End {
    From,
    To,
}

impl Raising {
    /// Reads a requirement; `None` if its kind is not «Наставничество».
    #[must_use]
    pub fn of(requirement: &Requirement) -> Option<Self> {
        (requirement.kind == Some(Kind::Mentoring)).then(|| Self::read(&requirement.text))
    }

    /// Reads «ученик вырос с джуна+ или джуна++ до мидла», «повышение ученика с джуна на мидл»,
    /// «ученик вырос на 2 грейда».
    #[must_use]
    pub fn read(text: &str) -> Self {
        let words = words(text);
        let (mut from, mut to, mut end) = (Vec::new(), None, None);
        for word in &words {
            match (level(word), end) {
                (Some(level), Some(End::From)) => from.push(level),
                (Some(level), Some(End::To)) => to = to.max(Some(level)),
                // A level without a preposition before it.
                (Some(_), None) => {}
                (None, _) => match word.letters.as_str() {
                    "с" | "со" | "от" | "из" => end = Some(End::From),
                    "до" | "на" | "в" => end = Some(End::To),
                    // «Ученик», «уровень» and the like stand between a preposition and its levels.
                    _ => {}
                },
            }
        }
        let Some(to) = to else { return steps(&words).map_or(Self::Other, Self::By) };
        from.retain(|level| *level < to);
        from.sort_unstable();
        from.dedup();
        if from.is_empty() { Self::UpTo(to) } else { Self::Between(from, to) }
    }

    /// Whether a person at this level can be the mentee: at one of the levels named or between them
    /// and the final one. For [`Self::By`] wherever the ladder has so many grades above.
    #[must_use]
    pub fn can_begin_at(&self, level: Level, ladder: &Ladder) -> bool {
        match self {
            Self::Between(from, to) => from.iter().any(|from| *from <= level) && level < *to,
            Self::UpTo(to) => level < *to,
            Self::By(steps) => {
                let grades = ladder.grades().iter();
                grades.filter(|grade| grade.level > level).count() >= *steps
            }
            Self::Other => false,
        }
    }
}

/// The level that a word names.
fn level(word: &Word) -> Option<Level> {
    let name = word.letters.trim_end_matches('+');
    let pluses = word.letters.len() - name.len();
    let (_, base) = NAMES.into_iter().find(|(opening, _)| name.starts_with(opening))?;
    let inner = Level::ALL.into_iter().skip_while(|level| *level != base).nth(pluses)?;
    // Not every base level has inner levels: there is no «стажёр+».
    inner.name().starts_with(base.name()).then_some(inner)
}

/// The number before «грейд», «уровень» or «ступень» in any grammatical case.
fn steps(words: &[Word]) -> Option<usize> {
    words.windows(2).find_map(|pair| {
        let is_step =
            ["грейд", "уров", "ступен"].iter().any(|opening| pair[1].letters.starts_with(opening));
        let number = match pair[0].letters.as_str() {
            "один" | "одну" => Some(1),
            "два" | "две" => Some(2),
            "три" => Some(3),
            digits => digits.parse().ok(),
        };
        number.filter(|number| is_step && (1..Level::ALL.len()).contains(number))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Description, Grade};
    use super::*;

    #[test]
    fn levels_are_read_in_all_spellings_of_the_texts() {
        use Level::{
            Junior, JuniorPlus, JuniorPlusPlus, Middle, MiddlePlus, MiddlePlusPlus, Senior,
        };
        for (text, raising) in [
            ("ученик вырос с мидла до мидла++", Raising::Between(vec![Middle], MiddlePlusPlus)),
            (
                "ученик вырос до мидла с джуна+ или джуна++",
                Raising::Between(vec![JuniorPlus, JuniorPlusPlus], Middle),
            ),
            ("повышение ученика с Junior на Middle+", Raising::Between(vec![Junior], MiddlePlus)),
            (
                "повысил стажёра от уровня джуниор+ до уровня миддл",
                Raising::Between(vec![JuniorPlus], Middle),
            ),
            ("довёл ученика до сеньора", Raising::UpTo(Senior)),
            ("ученик вырос на 2 грейда", Raising::By(2)),
            ("ученик вырос на две ступени", Raising::By(2)),
            ("ведёт 2 и более человек, проводит ревью их кода", Raising::Other),
            ("помогает коллегам расти", Raising::Other),
            ("ведёт джунов и мидлов", Raising::Other),
            ("ученик вырос с мидла до джуна", Raising::UpTo(Junior)),
            ("вырос на 100 грейдов до стажёра+", Raising::Other),
        ] {
            assert_eq!(Raising::read(text), raising, "{text}");
        }
    }

    #[test]
    fn only_mentoring_requirements_are_read() {
        let of = |text: &str| Raising::of(&Description::parse(text).requirements[0]);
        assert_eq!(of("- Наставничество: ученик вырос на 2 грейда"), Some(Raising::By(2)));
        assert_eq!(of("- ученик вырос на 2 грейда"), None);
    }

    #[test]
    fn a_mentee_is_at_a_first_level_or_below_the_last() {
        let ladder = |levels: &[Level]| {
            let grade = |level: &Level| Grade::new(*level, None);
            Ladder::new(levels.iter().map(grade).collect())
        };
        let whole = ladder(&Level::ALL);
        let in_ladder = |text: &str, ladder: &Ladder| {
            let raising = Raising::read(text);
            Level::ALL
                .into_iter()
                .filter(|level| raising.can_begin_at(*level, ladder))
                .map(Level::name)
                .collect::<Vec<_>>()
        };
        let at = |text| in_ladder(text, &whole);
        assert_eq!(at("с мидла до мидла++"), ["middle", "middle+"]);
        assert_eq!(at("до мидла с джуна+ или джуна++"), ["junior+", "junior++"]);
        assert_eq!(at("до джуна+"), ["intern", "junior"]);
        assert_eq!(at("на 2 грейда").last(), Some(&"senior"));
        assert_eq!(at("на 2 грейда").len(), 8);
        let short = ladder(&[Level::Junior, Level::Middle, Level::SeniorPlus]);
        assert_eq!(in_ladder("на 2 грейда", &short).last(), Some(&"junior++"));
        assert_eq!(in_ladder("на 3 грейда", &short), ["intern"]);
        assert!(in_ladder("на 4 грейда", &short).is_empty());
        assert!(at("помогает расти").is_empty());
    }

    proptest! {
        #[test]
        fn any_two_levels_are_read(from in 0_usize..10, to in 0_usize..10, on in prop::bool::ANY) {
            prop_assume!(from < to);
            let (from, to) = (Level::ALL[from], Level::ALL[to]);
            let preposition = if on { "на" } else { "до" };
            let text = format!("повышение ученика с {} {preposition} {}", from.title(), to.title());
            prop_assert_eq!(Raising::read(&text), Raising::Between(vec![from], to));
        }

        #[test]
        fn no_text_makes_an_invalid_range(text in ".{0,60}") {
            if let Raising::Between(from, to) = Raising::read(&text) {
                prop_assert!(!from.is_empty() && from.iter().all(|from| *from < to));
            }
        }
    }
}
