//! HTML that people paste as text: lists, code, and tags around a label.

use std::borrow::Cow;

use super::comments::replaced_outside_code;

/// Tags whose content is code.
const CODE: [&str; 5] = ["code", "kbd", "pre", "samp", "tt"];

/// Tags that only change how words look.
const INLINE: [&str; 14] =
    ["a", "b", "big", "em", "font", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "u"];

/// Tags that begin and end lines.
const BLOCKS: [&str; 12] =
    ["article", "body", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "p", "section"];

/// A tag that a text begins with.
struct Tag {
    /// In small letters.
    name: String,
    is_end: bool,
    /// Its bytes.
    length: usize,
}

impl Tag {
    fn read(text: &str) -> Option<Self> {
        let inside = &text.strip_prefix('<')?[..text.find('>')? - 1];
        let (is_end, name) = match inside.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, inside),
        };
        let end = name.find(|sign: char| !sign.is_ascii_alphanumeric()).unwrap_or(name.len());
        let follows = name[end..].chars().next();
        let is_tag = end > 0 && follows.is_none_or(|sign| sign.is_whitespace() || sign == '/');
        (is_tag && !inside.contains('<')).then(|| Self {
            name: name[..end].to_lowercase(),
            is_end,
            length: inside.len() + "<>".len(),
        })
    }

    fn is_one_of(&self, names: &[&str]) -> bool {
        names.contains(&self.name.as_str())
    }
}

/// The names of the tags without meaning that a text begins with, and the text after them.
pub fn opening_tags(text: &str) -> (Vec<String>, &str) {
    let (mut names, mut rest) = (Vec::new(), text);
    while let Some(tag) = Tag::read(rest).filter(|tag| !tag.is_end && tag.is_one_of(&INLINE)) {
        rest = rest[tag.length..].trim_start();
        names.push(tag.name);
    }
    (names, rest)
}

/// A text whose code and lists in HTML are those of Markdown. Other tags stay as they are in a text
/// without lists; in one with lists they go, because it is a piece of a page.
pub fn code_and_lists(text: &str) -> Cow<'_, str> {
    if !text.contains("</") {
        return Cow::Borrowed(text);
    }
    let text = replaced_outside_code(text, |rest, _| code_span(rest));
    if has_list(&text) { Cow::Owned(lists(&text)) } else { text }
}

/// The length of the element of code that a text begins with, and the same as a span of Markdown.
fn code_span(text: &str) -> Option<(usize, String)> {
    let tag = Tag::read(text).filter(|tag| !tag.is_end && tag.is_one_of(&CODE))?;
    let inside = &text[tag.length..];
    let closing = format!("</{}>", tag.name);
    let end = inside.find('\n').unwrap_or(inside.len());
    let end = inside[..end].find(&closing)?;
    let code = inside[..end].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let longest = code.split(|sign| sign != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let padding = if longest > 0 { " " } else { "" };
    let span = if code.trim().is_empty() {
        String::new()
    } else {
        format!("{fence}{padding}{code}{padding}{fence}")
    };
    Some((tag.length + end + closing.len(), span))
}

/// Whether a text has items of a list outside code, and a tag that ends an item or a list: prose that
/// only names the tags has none.
fn has_list(text: &str) -> bool {
    let (mut has_item, mut has_end) = (false, false);
    replaced_outside_code(text, |rest, _| {
        let tag = Tag::read(rest)?;
        has_item |= !tag.is_end && tag.name == "li";
        has_end |= tag.is_end && tag.is_one_of(&["li", "ul", "ol"]);
        None
    });
    has_item && has_end
}

/// The text of a piece of a page, with its lists in Markdown.
fn lists(text: &str) -> String {
    let mut level = 0_usize;
    let converted = replaced_outside_code(text, |rest, _| {
        if rest.starts_with('\n') {
            let length = rest.len() - rest.trim_start().len();
            return (level > 0).then(|| (length, " ".to_owned()));
        }
        let tag = Tag::read(rest)?;
        let line_break = if level > 0 { " " } else { "\n" };
        let replacement = match (tag.name.as_str(), tag.is_end) {
            ("ul" | "ol", false) => {
                level += 1;
                "\n".to_owned()
            }
            ("ul" | "ol", true) => {
                level = level.saturating_sub(1);
                "\n".repeat(if level == 0 { 2 } else { 1 })
            }
            ("li", false) => {
                level = level.max(1);
                format!("\n{}- ", "  ".repeat(level - 1))
            }
            ("li", true) => "\n".to_owned(),
            _ if tag.is_one_of(&BLOCKS) => line_break.to_owned(),
            _ if tag.is_one_of(&INLINE) => String::new(),
            _ => return None,
        };
        Some((tag.length, replacement))
    });
    converted.into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::Description;
    use super::super::examples::{dictionary, seen};

    #[test]
    fn items_of_lists_are_items() {
        for (text, expected) in [
            ("<ul><li>Docker</li><li>Git</li></ul>", vec!["Docker", "Git"]),
            ("<p>Надо:</p><OL class=\"a\">\n<LI>Docker\n<LI>Git\n</OL>", vec!["Docker", "Git"]),
            (
                "<ul>\n  <li>Docker\n  и <a href=\"x\">Compose</a></li>\n\n  <li><b>Опыт:</b> Git</li>\n</ul>",
                vec!["Docker и Compose", "experience: Git"],
            ),
            (
                "<ul><li>Знакомство:<ul><li>Go</li><li>Rust</li></ul></li><li><p>Git</p></li></ul>Всё",
                vec!["acquaintance: Go", "acquaintance: Rust", "Git"],
            ),
            ("<ul><li><code>a &lt; b</code></li></ul>", vec!["a < b"]),
        ] {
            assert_eq!(seen(text), expected, "{text}");
        }
        let around = Description::parse("<p>Надо:</p><ul><li>Git</li></ul><p>Конец</p>");
        let around = around.paragraphs().map(|note| note.text.as_str()).collect::<Vec<_>>();
        assert_eq!(around, ["Надо:", "Конец"]);
    }

    #[test]
    fn names_of_tags_in_prose_and_in_code_are_words() {
        for text in [
            "Знает теги <ul> и <li>",
            "Пишет `<ul><li>a</li></ul>` руками",
            "```\n<ul><li>a</li></ul>\n```",
            "a < b </ c",
        ] {
            assert_eq!(seen(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(seen("- Закрывает </b> вовремя"), ["Закрывает </b> вовремя"]);
    }

    #[test]
    fn code_names_no_skill() {
        let dictionary = dictionary(&["Git"]);
        let read = |text: &str| Description::read(text, &dictionary).requirements.remove(0);
        for (text, html) in [
            ("- Пишет <code>git</code>", "Пишет <code>git</code>"),
            ("- <kbd>git `a`</kbd>", "<code>git `a`</code>"),
            ("- <pre>git</pre>", "<code>git</code>"),
        ] {
            let asked = read(text);
            assert_eq!((asked.skills.len(), asked.html.to_string()), (0, html.to_owned()));
        }
        assert_eq!(read("- Без конца <code>git").slugs().collect::<Vec<_>>(), ["git"]);
    }
}
