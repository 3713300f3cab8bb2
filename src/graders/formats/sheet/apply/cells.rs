//! Texts of cells as items of a list.

use super::super::marks::{Importance, importance, without_importance};
use crate::ladder::{Description, as_commonmark};

/// A requirement in a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// The words before a colon that it is nested under; may be empty.
    pub group: String,
    /// The text, in Markdown.
    pub text: String,
    /// Whether it is only desirable.
    pub is_optional: bool,
    /// The items nested in it.
    pub examples: Vec<String>,
}

/// The requirements in a cell: items of a list, or its lines.
pub fn items(text: &str, is_markdown: bool) -> Vec<Item> {
    let read = as_commonmark(text);
    let lines = read.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>();
    let mut items = Vec::<Item>::new();
    let (mut lead, mut group, mut is_in_item) = (String::new(), String::new(), false);
    for (at, line) in lines.iter().enumerate() {
        let content = line.trim_start();
        let level = (line.len() - content.len()) / 2;
        let is_lead = |text: &str| text.ends_with(':');
        let next =
            lines.get(at + 1).map(|line| (line.len() - line.trim_start().len(), line.trim_start()));
        match content.strip_prefix("- ") {
            Some(item) if level == 0 => {
                is_in_item = true;
                group.clear();
                if is_lead(item)
                    && next.is_some_and(|(spaces, next)| spaces > 0 && next.starts_with("- "))
                {
                    group = words(item.trim_end_matches(':'), is_markdown);
                } else {
                    items.push(item_of(item, &lead, is_markdown));
                }
            }
            Some(item) if !group.is_empty() && level == 1 => {
                let group = joined(&lead, &group);
                items.push(item_of(item, &group, is_markdown));
            }
            Some(item) => {
                let example = words(item, is_markdown);
                match items.last_mut() {
                    Some(item) => item.examples.push(example),
                    None => items.push(Item { text: example, ..Item::default() }),
                }
            }
            None if level > 0 && is_in_item && !items.is_empty() => {
                let more = words(content, is_markdown);
                if let Some(item) = items.last_mut() {
                    let last = item.examples.last_mut().unwrap_or(&mut item.text);
                    last.push(' ');
                    last.push_str(&more);
                }
            }
            None if is_lead(content) && next.is_some_and(|(_, next)| next.starts_with("- ")) => {
                lead = words(content.trim_end_matches(':'), is_markdown);
                is_in_item = false;
            }
            None => {
                lead.clear();
                is_in_item = false;
                items.push(item_of(content, "", is_markdown));
            }
        }
    }
    items
}

fn item_of(text: &str, group: &str, is_markdown: bool) -> Item {
    let (text, told) = without_importance(text);
    // «Желательно:» over a list says the same of all of it.
    let of_group = importance(group);
    let group = if of_group.is_some() { String::new() } else { group.to_owned() };
    let is_optional = told.or(of_group) == Some(Importance::Optional);
    Item { group, text: words(text, is_markdown), is_optional, examples: Vec::new() }
}

/// Words in Markdown; of a plain text with its signs escaped where they would be lost.
pub fn words(text: &str, is_markdown: bool) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if is_markdown || is_read_back(&text, &text) {
        return text;
    }
    let escape = |sign: char| {
        let slash = sign.is_ascii_punctuation()
            && !matches!(sign, ',' | ';' | ':' | '?' | '%' | '/' | '"' | '\'');
        slash.then_some('\\').into_iter().chain([sign])
    };
    text.chars().flat_map(escape).collect()
}

/// Whether an item is read back as a text, apart from spaces.
fn is_read_back(item: &str, text: &str) -> bool {
    let read = Description::parse(&format!("- {item}")).requirements;
    let [asked] = read.as_slice() else { return false };
    let letters =
        |text: &str| text.chars().filter(|sign| !sign.is_whitespace()).collect::<String>();
    let label = asked.kind.map_or_else(String::new, |kind| format!("{}:", kind.label()));
    let optional = if asked.is_optional { "Желательно:" } else { "" };
    let shown = letters(&format!("{optional}{label}{}", asked.text)).to_lowercase();
    shown == letters(text).to_lowercase()
}

fn joined(one: &str, other: &str) -> String {
    match (one, other) {
        ("", other) => other.to_owned(),
        (one, "") => one.to_owned(),
        (one, other) => format!("{one}: {other}"),
    }
}

/// Titles of parts within each other as one.
pub fn path(parts: &[&str]) -> String {
    let mut titles = Vec::<&str>::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if titles.last() != Some(part) {
            titles.push(part);
        }
    }
    titles.join(WITHIN)
}

/// What stands between the titles of parts within each other.
const WITHIN: &str = " — ";

/// The titles that a title is made of, and the words of groups.
pub fn titles(title: &str) -> impl Iterator<Item = &str> {
    title.split(WITHIN).flat_map(|title| title.split(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<(String, String, Vec<String>)> {
        items(text, false).into_iter().map(|item| (item.group, item.text, item.examples)).collect()
    }

    fn item(group: &str, text: &str, examples: &[&str]) -> (String, String, Vec<String>) {
        (group.into(), text.into(), examples.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn lines_and_lists_of_a_cell_are_items() {
        for (text, expected) in [
            ("Git", vec![item("", "Git", &[])]),
            ("Git\nSSH", vec![item("", "Git", &[]), item("", "SSH", &[])]),
            ("• Git\n• SSH", vec![item("", "Git", &[]), item("", "SSH", &[])]),
            ("1) Git\n2) SSH", vec![item("", "Git", &[]), item("", "SSH", &[])]),
            ("Знает:\n- Git\n- SSH", vec![item("Знает", "Git", &[]), item("Знает", "SSH", &[])]),
            ("- Git\n  - ветки\n- SSH", vec![item("", "Git", &["ветки"]), item("", "SSH", &[])]),
            ("- Сети:\n  - TCP\n- SSH", vec![item("Сети", "TCP", &[]), item("", "SSH", &[])]),
            ("snake_case и a*b*c", vec![item("", "snake\\_case и a\\*b\\*c", &[])]),
            ("C# и C++", vec![item("", "C# и C++", &[])]),
        ] {
            assert_eq!(seen(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_only_desirable_is_marked() {
        let read = items("[Nice-to-have] Go\n[Критичный] Git\nОпыт (желательно)", false);
        let read =
            read.iter().map(|item| (item.text.as_str(), item.is_optional)).collect::<Vec<_>>();
        assert_eq!(read, [("Go", true), ("Git", false), ("Опыт", true)]);
    }
}
