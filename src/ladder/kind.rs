//! The kinds of requirements, and the labels that state them.

use std::sync::LazyLock;

use pulldown_cmark::Event;
use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

use super::words::in_cyrillic;
use crate::variants;

/// More characters than any label has, with spaces between its words.
const LONGEST_LABEL: usize = 60;

/// What a label may be followed by and still be one.
const PREPOSITIONS: [&str; 15] =
    ["в", "во", "для", "из", "к", "на", "над", "о", "об", "по", "при", "с", "со", "у", "через"];

/// The kind of a requirement, stated by the label it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, IntoStaticStr, VariantArray)]
#[serde(into = "&'static str")]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// «Сильная экспертиза:»
    StrongExpertise,
    /// «Средний уровень:»
    WorkingKnowledge,
    /// «Знакомство:»
    Acquaintance,
    /// «Принцип:», such as KISS.
    Principle,
    /// «Опыт:», such as years of work.
    Experience,
    /// «Результат:», something built or made faster.
    Result,
    /// «Пакет:», published for others to use.
    Package,
    /// «Публикация:», an article.
    Publication,
    /// «Выступление:», a talk.
    Talk,
    /// «Наставничество:»
    Mentoring,
    /// «Книга:»
    Book,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; Self::VARIANTS.len()] = variants::all(Self::VARIANTS);

    /// The label without its colon: «Сильная экспертиза».
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::StrongExpertise => "Сильная экспертиза",
            Self::WorkingKnowledge => "Средний уровень",
            Self::Acquaintance => "Знакомство",
            Self::Principle => "Принцип",
            Self::Experience => "Опыт",
            Self::Result => "Результат",
            Self::Package => "Пакет",
            Self::Publication => "Публикация",
            Self::Talk => "Выступление",
            Self::Mentoring => "Наставничество",
            Self::Book => "Книга",
        }
    }

    /// What may stand behind the label, as an example to editors; no grade of the starting catalogue asks it.
    #[must_use]
    pub const fn example(self) -> &'static str {
        match self {
            Self::StrongExpertise => "Go, gRPC",
            Self::WorkingKnowledge => "SQL, оконные функции",
            Self::Acquaintance => "Kubernetes",
            Self::Principle => "явное лучше неявного",
            Self::Experience => "год с высокими нагрузками",
            Self::Result => "отчёт строится вдвое быстрее",
            Self::Package => "библиотека для соседних команд",
            Self::Publication => "статья о разборе аварии",
            Self::Talk => "доклад на внутренней встрече",
            Self::Mentoring => "ученик вырос на грейд",
            Self::Book => "прочитал и рассказал команде",
        }
    }

    /// Whether it asks for something done, rather than for knowledge.
    #[must_use]
    pub const fn is_deed(self) -> bool {
        match self {
            Self::StrongExpertise
            | Self::WorkingKnowledge
            | Self::Acquaintance
            | Self::Principle => false,
            Self::Experience
            | Self::Result
            | Self::Package
            | Self::Publication
            | Self::Talk
            | Self::Mentoring
            | Self::Book => true,
        }
    }

    /// The name in the API: `strong_expertise`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The kind with this label, in any case, with any spaces, in quotation marks or not; Latin letters
    /// stand for the Cyrillic ones they look like.
    #[must_use]
    pub fn named(label: &str) -> Option<Self> {
        let label = compared(label);
        SMALL.iter().find(|(small, _)| *small == label).map(|(_, kind)| *kind)
    }

    /// The kind whose label opens a text and is followed by a preposition: «Сильная экспертиза в
    /// технологиях».
    #[must_use]
    pub fn opening(text: &str) -> Option<Self> {
        let text = compared(text);
        let opens = |small: &str| {
            let rest = text.strip_prefix(small);
            let next = rest.and_then(|rest| rest.strip_prefix(' ')?.split(' ').next());
            next.is_some_and(|next| PREPOSITIONS.contains(&next))
        };
        SMALL.iter().find(|(small, _)| opens(small)).map(|(_, kind)| *kind)
    }
}

/// The labels in small letters, as they are compared.
static SMALL: LazyLock<[(String, Kind); Kind::ALL.len()]> =
    LazyLock::new(|| Kind::ALL.map(|kind| (kind.label().to_lowercase(), kind)));
static SMALL_OPTIONAL: LazyLock<String> = LazyLock::new(|| OPTIONAL.to_lowercase());

/// The label of requirements that are only desirable.
pub const OPTIONAL: &str = "Желательно";

/// Whether a label is [`OPTIONAL`], written in any of the ways of [`Kind::named`].
pub(super) fn is_optional(label: &str) -> bool {
    compared(label) == *SMALL_OPTIONAL
}

/// Words before a colon that are almost a label and no label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistyped {
    /// The number of their line, from 1.
    pub line: usize,
    /// The words.
    pub words: String,
    /// The label.
    pub label: &'static str,
}

/// The items of a text that begin with words that look like a label: a letter or two are wrong.
#[must_use]
pub fn mistyped(text: &str) -> Vec<Mistyped> {
    let found = text.lines().zip(1..).filter_map(|(line, number)| {
        let item = line.trim_start().strip_prefix(['-', '*', '+'])?.strip_prefix(' ')?;
        let (words, _) = item.split_once([':', '：'])?;
        let words = words.trim_matches(|sign: char| sign.is_whitespace() || "*_`".contains(sign));
        let typed = compared(words);
        if Kind::named(words).is_some() || typed == *SMALL_OPTIONAL {
            return None;
        }
        let labels = SMALL.iter().map(|(small, kind)| (small, kind.label()));
        let mut labels = labels.chain([(&*SMALL_OPTIONAL, OPTIONAL)]);
        let (_, label) = labels.find(|(small, _)| {
            let letters = small.chars().count();
            // In a short word another letter makes another word.
            let mistakes = if letters < 5 { 0 } else { (letters / 6).max(1) };
            strsim::osa_distance(&typed, small) <= mistakes
        })?;
        Some(Mistyped { line: number, words: words.to_owned(), label })
    });
    found.collect()
}

/// A label as labels are compared.
fn compared(label: &str) -> String {
    let label = unquoted(label.trim());
    in_cyrillic(&label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
}

/// Quotation marks, each with the one that closes it.
const QUOTES: [(char, char); 6] =
    [('«', '»'), ('„', '“'), ('“', '”'), ('"', '"'), ('\'', '\''), ('‘', '’')];

/// The quotation mark that would close a text that opens one.
pub(super) fn unclosed_quote(text: &str) -> Option<char> {
    let first = text.chars().next()?;
    let (_, closing) = QUOTES.into_iter().find(|(opening, _)| *opening == first)?;
    let is_closed = text.len() > first.len_utf8() && text.ends_with(closing);
    (!is_closed).then_some(closing)
}

/// A text without the quotation marks around it.
fn unquoted(text: &str) -> &str {
    let inside = QUOTES
        .into_iter()
        .find_map(|(opening, closing)| text.strip_prefix(opening)?.strip_suffix(closing));
    inside.unwrap_or(text)
}

/// Splits a run of text that begins with a known label and a colon into the kind and the rest. Emphasis,
/// code and links around the label do not hide it.
pub(super) fn split_label<'a>(run: &[Event<'a>]) -> Option<(Kind, Vec<Event<'a>>)> {
    split(run, Kind::named)
}

/// What follows «Желательно:» in a run of text that begins with it.
pub(super) fn split_optional<'a>(run: &[Event<'a>]) -> Option<Vec<Event<'a>>> {
    split(run, |label| is_optional(label).then_some(())).map(|((), rest)| rest)
}

/// Splits a run of text at its first colon into what the words before it name and the rest.
fn split<'a, T>(
    block: &[Event<'a>],
    named: impl Fn(&str) -> Option<T>,
) -> Option<(T, Vec<Event<'a>>)> {
    let mut label = String::new();
    for (index, event) in block.iter().enumerate() {
        match event {
            Event::Text(text) | Event::Code(text) => match text.split_once([':', '：']) {
                None => label.push_str(text),
                Some((end, rest)) => {
                    label.push_str(end);
                    let name = named(&label)?;
                    let tags = block[..index].iter().filter(|event| is_tag(event)).cloned();
                    let rest = Event::Text(rest.to_owned().into());
                    let after = block[index + 1..].iter().cloned();
                    return Some((name, without_opening(tags.chain([rest]).chain(after))));
                }
            },
            event if is_tag(event) => {}
            _ => return None,
        }
        if label.chars().count() > LONGEST_LABEL {
            return None;
        }
    }
    None
}

const fn is_tag(event: &Event<'_>) -> bool {
    matches!(event, Event::Start(_) | Event::End(_))
}

/// The events without spaces at the beginning and without the pairs of tags that are empty there.
fn without_opening<'a>(events: impl Iterator<Item = Event<'a>>) -> Vec<Event<'a>> {
    let mut kept = Vec::new();
    let mut is_opening = true;
    for event in events {
        match event {
            Event::Text(text) if is_opening => {
                let text = text.trim_start();
                if !text.is_empty() {
                    is_opening = false;
                    kept.push(Event::Text(text.to_owned().into()));
                }
            }
            Event::End(_) if is_opening && matches!(kept.last(), Some(Event::Start(_))) => {
                kept.pop();
            }
            event => {
                is_opening = is_opening && matches!(event, Event::Start(_));
                kept.push(event);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::Description;
    use super::super::examples::seen;
    use super::*;

    #[test]
    fn markup_around_a_label_does_not_hide_it() {
        for text in [
            "**Знакомство:** Docker",
            "**Знакомство**: Docker",
            "*Знакомство:* Docker",
            "__Знакомство:__ Docker",
            "***Знакомство***: Docker",
            "`Знакомство:` Docker",
            "~~Знакомство:~~ Docker",
            "**Знакомство: Docker**",
            "[ ] Знакомство: Docker",
            "[x] **Знакомство** : Docker",
            "Знакомство\u{a0}: Docker",
            "Знакомство：Docker",
            "[Знакомство](https://example.org/): Docker",
            "Знаком&shy;ство: Docker",
            "&#1047;накомство: Docker",
        ] {
            let found = Description::parse(&format!("- {text}")).requirements;
            let found = found.iter().map(|asked| (asked.kind, &*asked.text)).collect::<Vec<_>>();
            assert_eq!(found, [(Some(Kind::Acquaintance), "Docker")], "{text}");
        }
        let spaced = Description::parse("- **Сильная\u{a0} экспертиза:**\n  - Go").requirements;
        assert_eq!(spaced[0].kind, Some(Kind::StrongExpertise));
    }

    #[test]
    fn a_label_with_a_wrong_letter_is_told_with_its_line() {
        let text = "## Джун\n\n- Сильная эксперитза: Git\n- Знакомство: SQL\n- **Желатльно:** Go\n\
                    - Инструменты: make\n- Опт: год\nПринцпи: нет";
        let found = mistyped(text);
        let found = found.iter().map(|it| (it.line, &*it.words, it.label)).collect::<Vec<_>>();
        assert_eq!(
            found,
            [(3, "Сильная эксперитза", "Сильная экспертиза"), (5, "Желатльно", "Желательно")]
        );
    }

    #[test]
    fn what_stands_after_the_label_keeps_its_markup() {
        let html = |text: &str| Description::parse(text).requirements[0].html.to_string();
        assert_eq!(html("- **Знакомство: Docker** и Git"), "<strong>Docker</strong> и\u{a0}Git");
        assert_eq!(html("- *Опыт:* **Git** и SSH"), "<strong>Git</strong> и\u{a0}SSH");
        assert_eq!(html("- **Вёрстка:** да"), "<strong>Вёрстка:</strong> да");
    }

    #[test]
    fn tags_and_quotation_marks_do_not_hide_a_label() {
        for text in [
            "<b>Знакомство:</b> Docker",
            "<b>Знакомство</b>: Docker",
            "<b>Знакомство: Docker</b>",
            "<span style=\"a:b\"><em>Знакомство:</em></span> Docker",
            "«Знакомство»: Docker",
            "\"Знакомство\": Docker",
            "„Знакомство“: Docker",
            "«Знакомство:» Docker",
            "**«Знакомство»:** Docker",
            "Знaкoмcтвo: Docker",
        ] {
            assert_eq!(seen(&format!("- {text}")), ["acquaintance: Docker"], "{text}");
        }
        assert_eq!(seen("- Oпыт:\n  - Git"), ["experience: Git"]);
        assert_eq!(seen("- «Знакомство: Docker»"), ["acquaintance: Docker"]);
        assert_eq!(seen("- «Знакомство: Docker» и Git"), ["«Знакомство: Docker» и Git"]);
        assert_eq!(seen("- <b>Docker:</b> да"), ["<b>Docker:</b> да"]);
    }
}
