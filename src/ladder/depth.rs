//! How deep a requirement asks to know its skills.

use std::ops::Range;

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

use super::Kind;
use super::words::{Word, words};
use crate::variants;

/// How deep a skill must be known; ordered from shallow to deep. A depth that is not stated is `None` of
/// an `Option<Depth>`, which is less than any stated one.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, IntoStaticStr, VariantArray,
)]
#[serde(into = "&'static str")]
#[strum(serialize_all = "snake_case")]
pub enum Depth {
    /// Знакомство.
    Acquaintance,
    /// Средний уровень.
    #[strum(serialize = "working_knowledge")]
    Working,
    /// Сильная экспертиза.
    #[strum(serialize = "strong_expertise")]
    Strong,
}

/// Words that state a depth wherever they stand.
const WORDS: [(&str, Depth); 13] = [
    ("основы", Depth::Acquaintance),
    ("основ", Depth::Acquaintance),
    ("основам", Depth::Acquaintance),
    ("основами", Depth::Acquaintance),
    ("основах", Depth::Acquaintance),
    ("базово", Depth::Acquaintance),
    ("начинает", Depth::Acquaintance),
    ("поверхностно", Depth::Acquaintance),
    ("уверенно", Depth::Working),
    ("хорошо", Depth::Working),
    ("отлично", Depth::Strong),
    ("глубоко", Depth::Strong),
    ("продвинуто", Depth::Strong),
];

/// Adjectives, without their endings, that state a depth wherever they stand.
const ADJECTIVES: [(&str, Depth); 2] =
    [("базов", Depth::Acquaintance), ("продвинут", Depth::Strong)];

/// Adjectives, without their endings, that state a depth beside a word for knowledge: «хорошее знание»,
/// but not «хороший тест».
const BESIDE_KNOWLEDGE: [(&str, Depth); 7] = [
    ("начальн", Depth::Acquaintance),
    ("средн", Depth::Working),
    ("уверенн", Depth::Working),
    ("хорош", Depth::Working),
    ("отличн", Depth::Strong),
    ("глубок", Depth::Strong),
    ("экспертн", Depth::Strong),
];

/// Beginnings of the words for knowledge.
const KNOWLEDGE: [&str; 8] =
    ["знани", "владени", "понимани", "навык", "умени", "уровень", "уровн", "пользовател"];

const ENDINGS: [&str; 22] = [
    "ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие", "ого", "его", "ому", "ему", "ую", "юю",
    "ым", "им", "ом", "ем", "ых", "их", "ыми",
];

/// Who or what is acquainted, before «с».
const ACQUAINTED: [&str; 7] =
    ["знаком", "знакома", "знакомы", "знакомство", "знакомства", "знакомится", "знакомиться"];

/// A preposition this many words after such a word belongs to it: «знаком на практике с Git».
const FAR: usize = 3;

impl Depth {
    /// All depths, from shallow to deep.
    pub const ALL: [Self; Self::VARIANTS.len()] = variants::all(Self::VARIANTS);

    /// The name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The name on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Acquaintance => "знакомство",
            Self::Working => "средний уровень",
            Self::Strong => "сильная экспертиза",
        }
    }

    /// The depth that a label states, if it states one.
    #[must_use]
    pub const fn of_label(kind: Option<Kind>) -> Option<Self> {
        match kind {
            Some(Kind::Acquaintance) => Some(Self::Acquaintance),
            Some(Kind::WorkingKnowledge) => Some(Self::Working),
            Some(Kind::StrongExpertise) => Some(Self::Strong),
            _ => None,
        }
    }
}

/// The rank of a depth, 1 (acquaintance) to 3 (strong); 0 if it is not stated.
#[must_use]
pub fn rank(depth: Option<Depth>) -> u8 {
    depth.map_or(0, |depth| depth as u8 + 1)
}

/// What pages say of a skill that is asked for.
#[must_use]
pub fn label(depth: Option<Depth>) -> &'static str {
    depth.map_or("нужен", Depth::label)
}

/// The same in narrow columns.
#[must_use]
pub const fn short_label(depth: Option<Depth>) -> &'static str {
    match depth {
        None => "нужен",
        Some(Depth::Acquaintance) => "знакомство",
        Some(Depth::Working) => "средний",
        Some(Depth::Strong) => "сильная",
    }
}

/// Words that add nothing to skills and their depths.
const FILLERS: [&str; 21] = [
    "и",
    "а",
    "но",
    "или",
    "также",
    "еще",
    "лишь",
    "с",
    "со",
    "в",
    "во",
    "на",
    "по",
    "для",
    "знает",
    "владеет",
    "пользуется",
    "понимает",
    "умеет",
    "работает",
    "экспертиза",
];

/// The fillers that are verbs.
const VERBS: [&str; 6] = ["знает", "владеет", "пользуется", "понимает", "умеет", "работает"];

/// Words that begin a clause.
const CONJUNCTIONS: [&str; 4] = ["и", "а", "но", "или"];

/// Words before a word of depth that take it back: «без глубокого знания», «выше базового уровня».
const TAKEN_BACK: [&str; 7] = ["не", "ни", "без", "выше", "лучше", "больше", "глубже"];

/// So many words before a word of depth may take it back: «не очень уверенно».
const TAKEN_BACK_FROM: usize = 3;

/// Words after a word of depth that make it a wish or deny it: «хорошо бы», «хорошо, если», «основы не
/// нужны».
const WISHED: [&str; 3] = ["бы", "если", "не"];

/// A part of a sentence.
#[derive(Default)]
struct Clause {
    sentence: usize,
    /// Where its words of depth begin, with their depths.
    stated: Vec<(usize, Depth)>,
    /// Where the last word of its last skill begins.
    last_name: Option<usize>,
    /// Whether it has more than skills, words of depth and fillers.
    has_more: bool,
    /// Whether it has a verb of its own among the fillers, so that it continues no clause before it.
    has_verb: bool,
}

/// What the words of a text say about the skills it mentions.
pub(super) struct Said {
    /// For each mention the depth that is stated for it.
    pub(super) depths: Vec<Option<Depth>>,
    /// Whether there is more in the text than skills and depths.
    pub(super) is_more: bool,
}

/// Reads the words around the skills that a text mentions at these ranges.
///
/// In its clause a skill has the depth of the nearest word of depth before it, else of the first one
/// after it: «уверенно пользуется Git, знает основы SQL», «HTML (основы), CSS (отлично)». A clause that
/// only continues an enumeration has the depth of what it continues: «отлично знает HTML, CSS и Sass»,
/// «знает Git и SQL на базовом уровне». Otherwise the depth is not stated: «отлично работает в команде,
/// применяет Docker».
pub(super) fn said_in(text: &str, mentions: &[Range<usize>]) -> Said {
    if mentions.is_empty() {
        return Said { depths: Vec::new(), is_more: true };
    }
    let words = words(text);
    let places = places(text, &words);
    let mut clauses = Vec::<Clause>::new();
    let mut is_more = false;
    for (index, (word, (sentence, clause))) in words.iter().zip(&places).enumerate() {
        if clauses.len() <= *clause {
            clauses.push(Clause { sentence: *sentence, ..Clause::default() });
        }
        let Some(clause) = clauses.last_mut() else { continue };
        let start = word.range.start;
        // A skill may be called «глубокое обучение».
        let is_name = mentions.iter().any(|name| name.start < word.range.end && start < name.end);
        let letters = word.letters.as_str();
        if is_name {
            clause.last_name = Some(start);
        } else if let Some(depth) = depth_of_word(&words, &places, index) {
            clause.stated.push((start, depth));
        } else {
            let is_filler = FILLERS.contains(&letters)
                || KNOWLEDGE.iter().any(|known| letters.starts_with(known));
            is_more |= !is_filler;
            clause.has_more |= !is_filler;
            clause.has_verb |= VERBS.contains(&letters);
        }
    }
    let depth = |mention: &Range<usize>| {
        let first = words.partition_point(|word| word.range.end <= mention.start);
        let place = places.get(first)?.1;
        let clause = &clauses[place];
        let before = clause.stated.iter().rfind(|(start, _)| *start < mention.start);
        if let Some((_, depth)) = before.or_else(|| clause.stated.first()) {
            return Some(*depth);
        }
        if clause.has_more {
            return None;
        }
        let near = |other: &&Clause| other.sentence == clause.sentence;
        // Back over clauses that only enumerate, to one that states a depth.
        let back = clauses[..place].iter().rev().take_while(near);
        let back = back.map_while(continued(|clause| clause.stated.last()));
        if !clause.has_verb
            && let Some(depth) = back.flatten().next()
        {
            return Some(depth);
        }
        // On to a clause whose depth stands behind its skill, or that names none.
        let on = clauses[place + 1..].iter().take_while(near);
        let on = on.map_while(continued(|clause| {
            let behind = |(start, _): &&(usize, Depth)| Some(*start) > clause.last_name;
            let is_of_skills = clause.last_name.is_some() || !clause.has_more;
            clause.stated.first().filter(behind).filter(|_| is_of_skills)
        }));
        on.flatten().next()
    };
    Said { depths: mentions.iter().map(depth).collect(), is_more }
}

/// Of a clause on the way: the depth it states, or `Some(None)` if it only enumerates; `None` ends the
/// way.
fn continued<'a>(
    stated: impl Fn(&'a Clause) -> Option<&'a (usize, Depth)>,
) -> impl Fn(&'a Clause) -> Option<Option<Depth>> {
    move |clause| match stated(clause) {
        Some((_, depth)) => Some(Some(*depth)),
        None if clause.stated.is_empty() && !clause.has_more && !clause.has_verb => Some(None),
        None => None,
    }
}

/// For each word the numbers of its sentence and of its clause. A clause ends at a comma, a colon and a
/// conjunction.
fn places(text: &str, words: &[Word]) -> Vec<(usize, usize)> {
    let (mut sentence, mut clause, mut end) = (0, 0, 0);
    let place = |word: &Word| {
        let between = &text[end..word.range.start];
        let is_first = end == 0;
        end = word.range.end;
        // The dot of «Node.js» ends nothing.
        let is_spaced = between.contains(char::is_whitespace);
        let is_end = is_spaced && between.contains(['.', '!', '?', ';', '…']);
        let is_conjunction = CONJUNCTIONS.contains(&word.letters.as_str());
        if !is_first {
            sentence += usize::from(is_end);
            let is_break = is_spaced && between.contains([',', ':']);
            clause += usize::from(is_end || is_break || is_conjunction);
        }
        (sentence, clause)
    };
    words.iter().map(place).collect()
}

/// The depth that a word states among the words of its clause.
fn depth_of_word(words: &[Word], places: &[(usize, usize)], index: usize) -> Option<Depth> {
    let beside = |other: Option<usize>| {
        let other = other.filter(|other| places.get(*other) == Some(&places[index]))?;
        Some(words.get(other)?.letters.as_str())
    };
    let (before, after) = (beside(index.checked_sub(1)), beside(Some(index + 1)));
    let earlier = (1..=TAKEN_BACK_FROM).map_while(|back| beside(index.checked_sub(back)));
    let is_wished =
        words.get(index + 1).is_some_and(|next| WISHED.contains(&next.letters.as_str()));
    if is_wished || earlier.into_iter().any(|word| TAKEN_BACK.contains(&word)) {
        return None;
    }
    let word = words[index].letters.as_str();
    let stated = |known: &[(&str, Depth)], is_it: &dyn Fn(&str) -> bool| {
        known.iter().find(|(known, _)| is_it(known)).map(|(_, depth)| *depth)
    };
    let is_adjective = |base: &str| {
        word.strip_prefix(base).is_some_and(|ending| ENDINGS.contains(&ending) || ending == "ими")
    };
    let is_knowledge = |other: Option<&str>| {
        other.is_some_and(|other| KNOWLEDGE.iter().any(|beginning| other.starts_with(beginning)))
    };
    match word {
        "эксперт" => Some(Depth::Strong),
        // «Вместе с экспертом» speaks of another person.
        "экспертом" if !matches!(before, Some("с" | "со" | "перед" | "под" | "над")) => {
            Some(Depth::Strong)
        }
        _ if ACQUAINTED.contains(&word) => {
            let mut near = (index + 1..=index + FAR).filter_map(|other| beside(Some(other)));
            near.any(|other| matches!(other, "с" | "со")).then_some(Depth::Acquaintance)
        }
        _ if is_adjective("сильн") => {
            after.filter(|after| after.starts_with("экспертиз")).map(|_| Depth::Strong)
        }
        _ => stated(&WORDS, &|known| known == word)
            .or_else(|| stated(&ADJECTIVES, &is_adjective))
            .or_else(|| {
                let is_beside = is_knowledge(before) || is_knowledge(after);
                stated(&BESIDE_KNOWLEDGE, &is_adjective).filter(|_| is_beside)
            }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Description, examples};
    use super::*;

    /// The skills that a requirement names, each with its depth.
    fn named(text: &str) -> Vec<(String, Option<Depth>)> {
        let skills = ["Git", "SQL", "Docker", "Node.js", "Глубокое обучение", "Процессы"];
        let dictionary = examples::dictionary(&skills);
        let description = Description::read(&format!("- {text}"), &dictionary);
        let named = description.requirements[0].skills.clone();
        named.into_iter().map(|named| (named.slug, named.depth)).collect()
    }

    /// The depths of the skills that a requirement names.
    fn depths(text: &str) -> Vec<Option<Depth>> {
        named(text).into_iter().map(|(_, depth)| depth).collect()
    }

    #[test]
    fn the_label_decides() {
        for (text, depth) in [
            ("Сильная экспертиза: основы Git", Some(Depth::Strong)),
            ("Средний уровень: Git", Some(Depth::Working)),
            ("Знакомство: отличный Git", Some(Depth::Acquaintance)),
            ("Книга: основы Git", None),
            ("Опыт: уверенно пользуется Git", None),
            ("Результат: отлично настроенный Git", None),
        ] {
            assert_eq!(depths(text), [depth], "{text}");
        }
        assert!(Depth::ALL.is_sorted());
    }

    #[test]
    fn without_a_label_whole_words_state_the_depth() {
        for (text, depth) in [
            ("Знает основы Git", Depth::Acquaintance),
            ("Базовые команды Git", Depth::Acquaintance),
            ("Базово владеет Git", Depth::Acquaintance),
            ("Знаком на практике с Git", Depth::Acquaintance),
            ("Начинает работать с Git", Depth::Acquaintance),
            ("Git — на начальном уровне", Depth::Acquaintance),
            ("Уверенно пользуется Git", Depth::Working),
            ("Хорошо знает Git", Depth::Working),
            ("Хорошее знание Git", Depth::Working),
            ("Git на среднем уровне", Depth::Working),
            ("Отлично владеет Git", Depth::Strong),
            ("Глубоко разбирается в Git", Depth::Strong),
            ("Глубокие знания Git", Depth::Strong),
            ("Продвинутый Git", Depth::Strong),
            ("Эксперт по Git", Depth::Strong),
            ("Имеет сильную экспертизу в Git", Depth::Strong),
        ] {
            assert_eq!(depths(text), [Some(depth)], "{text}");
        }
    }

    #[test]
    fn no_depth_is_read_where_none_is_stated() {
        for text in [
            "Пользуется Git",
            "Понимает процессы основного проекта",
            "Строит процессы на основе Git",
            "Основательно переносит код в Git",
            "Знакомит коллег и Git",
            "Учит новичков Git, не знаком с нагрузкой",
            "Не уверенно, но пользуется",
            "Хорошие сообщения в Git",
            "Хорошо бы знать Git",
            "Хороший код лежит в Git",
            "Разбирается в Git вместе с экспертом",
            "Глубина истории Git",
            "Глубокое обучение",
            "Представляет, как устроен Git",
            "Отлично работает в команде, применяет Docker",
            "Глубоко понимает бизнес, настраивает Git",
            "Хорошо разбирается в продукте и применяет Docker",
            "Начинает с малого: пишет на SQL",
            "Знаком с командой и пользуется Docker",
            "Освоил основы, дальше применяет Docker",
            "Пользуется Git, отлично работает в команде",
            "Без глубокого знания Git",
            "Не очень уверенно владеет Git",
            "Не обязательно отлично знать Git",
            "Не только основы Git",
            "Выше базового уровня знает Git",
            "Хорошо, если знает Git",
            "Основы не нужны: Git",
            "Базируется на Git",
            "Отличает Git от других",
        ] {
            assert!(depths(text).iter().all(Option::is_none), "{text}: {:?}", depths(text));
        }
    }

    #[test]
    fn each_word_of_depth_speaks_for_its_part_of_the_sentence() {
        use Depth::{Acquaintance, Strong, Working};
        for (text, expected) in [
            ("Уверенно пользуется Git, знает основы SQL", vec![Some(Working), Some(Acquaintance)]),
            ("Уверенно пользуется Git и знаком с Docker", vec![Some(Working), Some(Acquaintance)]),
            ("SQL на базовом уровне, Git на продвинутом", vec![Some(Acquaintance), Some(Strong)]),
            ("Отлично знает Git, SQL и Docker", vec![Some(Strong); 3]),
            ("Git, SQL: базовый уровень", vec![Some(Acquaintance); 2]),
            (
                "Отлично знает Node.js и Git. Применяет Docker",
                vec![Some(Strong), Some(Strong), None],
            ),
            ("Уверенно знает основы Git", vec![Some(Acquaintance)]),
            (
                "Git — основы, SQL — отлично, Docker — уверенно",
                vec![Some(Acquaintance), Some(Strong), Some(Working)],
            ),
            ("Знает Git (основы), SQL (отлично)", vec![Some(Acquaintance), Some(Strong)]),
            (
                "Знает Git на хорошем уровне, SQL — на базовом",
                vec![Some(Working), Some(Acquaintance)],
            ),
            (
                "Отлично знает Git, SQL и основы Docker",
                vec![Some(Strong), Some(Strong), Some(Acquaintance)],
            ),
            ("Знает Git и SQL на базовом уровне", vec![Some(Acquaintance); 2]),
            ("Уверенно пользуется Git, но не знаком с Docker", vec![Some(Working), None]),
            ("Пользуется Git, отлично знает SQL", vec![None, Some(Strong)]),
            ("Отлично знает Git, применяет Docker", vec![Some(Strong), None]),
            (
                "Отлично: Git, SQL; основы: Docker",
                vec![Some(Strong), Some(Strong), Some(Acquaintance)],
            ),
        ] {
            assert_eq!(depths(text), expected, "{text}");
        }
    }
}
