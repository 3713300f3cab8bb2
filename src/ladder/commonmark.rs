//! From what people paste to `CommonMark`: lists as Word, Outlook and Russian typing write them, and
//! tables from sheets. Comments are left out.

use std::borrow::Cow;

use super::comments::without_comments;
use super::html::{code_and_lists, opening_tags};
use super::kind::{Kind, OPTIONAL, is_optional, unclosed_quote};
use super::lines::logical_lines;
use super::markers::{begins_block, fence_after, is_dashes, is_later_number, marker};
use super::tables::{Table, cells, is_separator, joined, table};

/// Columns of a tab.
const TAB: usize = 4;

/// A text in `CommonMark` whose lists are written with `- ` and two spaces a level.
///
/// Indentation has no other meaning than the level of an item, so nothing is code because of it; a
/// row of a table is an item, and a heading of its columns a paragraph. Lists and code in HTML are what
/// they are in a browser; HTML comments are left out.
#[must_use]
pub fn as_commonmark(typed: &str) -> String {
    let typed = without_comments(typed);
    let typed = code_and_lists(&typed);
    let mut writer = Writer::default();
    let lines = logical_lines(&typed);
    let mut rest = lines.as_slice();
    while let Some(line) = rest.first() {
        if let Some(table) = table(rest).filter(|_| writer.fence.is_none()) {
            writer.table(&table, &rest[..table.rows]);
            rest = &rest[table.rows..];
        } else {
            writer.line(line);
            rest = &rest[1..];
        }
    }
    writer.written
}

#[derive(Default)]
struct Writer {
    written: String,
    /// The open items, the outermost first.
    items: Vec<Item>,
    fence: Option<(char, usize)>,
    is_after_blank: bool,
    /// Whether the last item has a number or a letter.
    is_numbered: bool,
}

/// An open item.
struct Item {
    /// The column at which it begins.
    column: usize,
    /// Whether it has a number or a letter.
    is_numbered: bool,
}

impl Writer {
    fn line(&mut self, line: &str) {
        let was_in_fence = self.fence.is_some();
        self.fence = fence_after(self.fence, line.trim());
        if was_in_fence {
            self.write(self.items.len(), "", &dedented(line, 2 * self.items.len()));
            return;
        }
        let (column, text) = indentation(line);
        if text.is_empty() || is_dashes(text) {
            self.written.push('\n');
            self.is_after_blank = true;
            return;
        }
        let (quote, quoted) = quotation(text);
        if !quote.is_empty() {
            self.close_before(column);
            let item = marker(quoted).map(|content| format!("- {}", as_item(content)));
            self.write(self.items.len(), quote, item.as_deref().unwrap_or(&shown(quoted)));
        } else if let Some(content) = marker(text).filter(|_| self.may_begin_item(column, text)) {
            while self.items.last().is_some_and(|open| open.column > column) {
                self.items.pop();
            }
            let is_numbered = text.starts_with(|sign: char| sign == '(' || sign.is_alphanumeric());
            match self.items.last_mut().filter(|open| column < open.column + 2) {
                Some(open) => open.is_numbered = is_numbered,
                None => self.items.push(Item { column, is_numbered }),
            }
            self.is_numbered = is_numbered;
            self.write(self.items.len() - 1, "- ", &as_item(content));
        } else {
            if self.is_after_blank || begins_block(text) {
                self.close_before(column);
            }
            self.is_numbered &= !self.items.is_empty();
            self.write(self.items.len(), "", &shown(text));
        }
        self.is_after_blank = false;
    }

    /// Whether a line with a marker begins an item here, and does not go on with a paragraph.
    fn may_begin_item(&self, column: usize, text: &str) -> bool {
        let goes_on = !self.is_after_blank
            && !self.written.is_empty()
            && !self.is_numbered
            // What stands between two numbers of one list is no paragraph around the second one.
            && !self.items.iter().rfind(|open| open.column <= column).is_some_and(|open| open.is_numbered);
        !(goes_on && is_later_number(text))
    }

    /// Closes the items that a block at a column is outside of.
    fn close_before(&mut self, column: usize) {
        while self.items.last().is_some_and(|open| column < open.column + 2) {
            self.items.pop();
        }
    }

    fn write(&mut self, level: usize, prefix: &str, text: &str) {
        for _ in 0..level {
            self.written.push_str("  ");
        }
        self.written.push_str(prefix);
        self.written.push_str(text);
        self.written.push('\n');
    }

    /// Writes the rows of a table as items.
    fn table(&mut self, table: &Table, rows: &[Cow<'_, str>]) {
        self.items.clear();
        let has_heading = rows.get(1).is_some_and(|row| is_separator(row));
        for (index, row) in rows.iter().enumerate().filter(|(_, row)| !is_separator(row)) {
            let row = joined(&cells(row, table.between));
            if has_heading && index == 0 {
                self.write(0, "", &row);
                self.written.push('\n');
            } else if !row.is_empty() {
                self.write(0, "- ", &as_item(&row));
            }
        }
        self.written.push('\n');
        self.is_after_blank = true;
    }
}

/// A text that `CommonMark` would take for the definition of a link, and not show, though no link can lead where
/// it says: «[Git]: основы», a footnote.
fn shown(text: &str) -> Cow<'_, str> {
    let definition = text.strip_prefix('[').and_then(|text| text.split_once("]:"));
    let is_lost = definition.is_some_and(|(_, address)| {
        let address = address.trim_start().trim_start_matches('<').to_lowercase();
        let is_link = ["http:", "https:", "mailto:"].iter().any(|start| address.starts_with(start));
        !address.is_empty() && !is_link
    });
    if is_lost { Cow::Owned(format!("\\{text}")) } else { Cow::Borrowed(text) }
}

/// The text of an item as `CommonMark` reads it: a label without markup around it, which does not close
/// before a letter («**Опыт:**Git»), and no number that would begin a list in it («24. мая»).
fn as_item(text: &str) -> Cow<'_, str> {
    if let Some(labelled) = labelled(text) {
        return Cow::Owned(labelled);
    }
    let number = text.len() - text.trim_start_matches(|sign: char| sign.is_ascii_digit()).len();
    match &text[number..] {
        rest if number > 1 && rest.starts_with(['.', ')']) => {
            Cow::Owned(format!("{}\\{rest}", &text[..number]))
        }
        _ => shown(text),
    }
}

/// The text of an item that begins with a label, without markup, HTML tags and quotation marks around it.
fn labelled(text: &str) -> Option<String> {
    if !text.contains([':', '：']) {
        return None;
    }
    let (tags, inside) = opening_tags(text);
    let (label, rest) = inside.split_once([':', '：'])?;
    let (mut label, mut rest) = (label.to_owned(), rest.to_owned());
    for tag in tags {
        let closing = format!("</{tag}>");
        let part = if label.contains(&closing) { &mut label } else { &mut rest };
        *part = part.replacen(&closing, "", 1);
    }
    let name = label.trim_matches(is_markup);
    let quote = unclosed_quote(name);
    let name = match quote {
        Some(_) => name.trim_start_matches(|sign: char| !sign.is_alphanumeric()),
        None => name,
    };
    let known = match Kind::named(name) {
        Some(kind) => kind.label(),
        None => is_optional(name).then_some(OPTIONAL)?,
    };
    let opened = label.trim_start();
    let opening = &opened[..opened.len() - opened.trim_start_matches(is_markup).len()];
    let mut rest = rest.trim_start();
    if !opening.is_empty() && !label.trim_end().ends_with(is_markup) {
        // What is closed further on is left to `CommonMark`.
        rest = rest.strip_prefix(opening)?;
    }
    if let Some(closing) = quote {
        rest = rest.trim();
        rest = rest.strip_prefix(closing).or_else(|| rest.strip_suffix(closing))?;
    }
    let rest = rest.trim_start();
    // Another label may follow.
    let rest = if known == OPTIONAL { as_item(rest) } else { Cow::Borrowed(rest) };
    Some(format!("{known}: {rest}").trim_end().to_owned())
}

fn is_markup(sign: char) -> bool {
    matches!(sign, '*' | '_' | '`' | '~') || sign.is_whitespace()
}

/// The column at which a line begins, and the line without its indentation and the spaces at its end.
fn indentation(line: &str) -> (usize, &str) {
    let text = line.trim_start();
    let column = line[..line.len() - text.len()].chars().fold(0, |column, space| match space {
        '\t' => (column / TAB + 1) * TAB,
        _ => column + 1,
    });
    (column, text.trim_end_matches(['\t', '\r']))
}

/// A line without at most so many columns of indentation.
fn dedented(line: &str, columns: usize) -> Cow<'_, str> {
    let (column, _) = indentation(line);
    let text = line.trim_start();
    Cow::Owned(format!("{}{text}", " ".repeat(column.saturating_sub(columns))))
}

/// The signs of a quotation that a line begins with, and the rest.
fn quotation(text: &str) -> (&str, &str) {
    if !text.starts_with('>') {
        return ("", text);
    }
    let quoted = text.trim_start_matches(['>', ' ']);
    text.split_at(text.len() - quoted.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Description;
    use super::*;

    fn items(text: &str) -> Vec<String> {
        let requirements = Description::parse(text).requirements;
        requirements.into_iter().map(|requirement| requirement.text).collect()
    }

    fn notes(text: &str) -> Vec<String> {
        Description::parse(text).paragraphs().map(|note| note.text.clone()).collect()
    }

    #[test]
    fn every_marker_begins_an_item() {
        for marker in [
            "- ",
            "* ",
            "+ ",
            "*\t",
            "-\t",
            "•",
            "• ",
            "•\t",
            "·\t",
            "· ",
            "● ",
            "▪ ",
            "◦ ",
            "— ",
            "– ",
            "―\t",
            "−\u{a0}",
            "-\u{a0}",
            "—\u{a0}",
            "—",
            "–",
            "o\t",
            "о\t",
            "§\t",
            "\u{f0b7}\t",
            "1. ",
            "1) ",
            "12) ",
            "1)",
            "1.",
            "(2) ",
            "1.2. ",
            "а) ",
            "b) ",
            "iv) ",
            "- [ ] ",
            "1) - [ ] ",
            "- [x] ",
            "* [х] ",
            "[ ] ",
            "☐ ",
            "→ ",
            "✅ ",
            "➖ ",
            "» ",
            "o   ",
            "\u{f06f} ",
            "II) ",
            "1.) ",
            "2\u{fe0f}\u{20e3} ",
            "① ",
            "✓ ",
            "➢ ",
            "\t• ",
            "        - ",
            "\t1) ",
            "   — ",
            "-",
        ] {
            let text = format!("{marker}Docker\n{marker}Git\n\n{marker}SSH");
            assert_eq!(items(&text), ["Docker", "Git", "SSH"], "{marker:?}");
            let after_words = format!("Надо:\n{marker}Docker\n{marker}Git");
            assert_eq!(items(&after_words), ["Docker", "Git"], "{marker:?}");
            assert_eq!(notes(&after_words), ["Надо:"], "{marker:?}");
        }
    }

    #[test]
    fn what_only_looks_like_a_marker_is_text() {
        for text in [
            "1.5 года опыта",
            "-5 градусов",
            "12.05. Встреча",
            "≥ 8 лет",
            "А. Пушкин",
            "*Курсив* в начале",
            "**Жирно**",
            "о Docker",
            "--",
            "—5",
            "[x](https://example.org/)",
            "\\- Git",
            "[x]Git",
            "1/2)",
            "т.е. так",
            "C++ и C#",
            "#5",
            "(см. ниже)",
            "(и) так",
        ] {
            assert_eq!(items(text), Vec::<String>::new(), "{text}");
        }
        for rule in ["---", "* * *", "———", "– – –", "___"] {
            assert_eq!(items(&format!("а\n\n{rule}\n\nб")), Vec::<String>::new(), "{rule}");
        }
    }

    #[test]
    fn indentation_is_the_level_of_an_item_and_never_code() {
        let levels = "Знать:\n\n\t• Сильная экспертиза:\n\t\t• React\n\t\t• Vue\n\t• Git";
        assert_eq!(
            as_commonmark(levels),
            "Знать:\n\n- Сильная экспертиза:\n  - React\n  - Vue\n- Git\n"
        );
        assert_eq!(items("    Абзац с красной строки\n\n\tи ещё один"), Vec::<String>::new());
        assert_eq!(notes("    Абзац с *красной* строки"), ["Абзац с красной строки"]);
        assert_eq!(
            items("1. Docker\n\n   и Compose\n2. Git\n\nКонец."),
            ["Docker и Compose", "Git"]
        );
    }

    #[test]
    fn a_label_and_a_number_are_kept_apart_from_their_item() {
        for text in [
            "**Знакомство:**Git",
            "*Знакомство:*Git",
            "**Знакомство: **Git",
            "** Знакомство:** Git",
            "**Знакомство: ** Git",
            "Знакомство:Git",
        ] {
            let found = Description::parse(&format!("- {text}")).requirements;
            assert_eq!(
                (found[0].kind, &*found[0].text),
                (Some(Kind::Acquaintance), "Git"),
                "{text}"
            );
        }
        for marker in ["-", "—", "1)", "•"] {
            let found =
                Description::parse(&format!("{marker}**Опыт:** Git\n{marker}**Опыт:** SSH"));
            assert_eq!(found.requirements.len(), 2, "{marker}");
            assert!(found.requirements.iter().all(|asked| asked.kind == Some(Kind::Experience)));
        }
        assert_eq!(
            items("- 24. мая\n- 31.12.\n- 12.05. встреча"),
            ["24. мая", "31.12.", "12.05. встреча"]
        );
        assert_eq!(items("- Не менее\n  3. лет"), ["Не менее 3. лет"]);
        assert_eq!(items("-.NET\n-Go"), [".NET", "Go"]);
        assert_eq!(items("1. Git\n2. Go\n\nРелиз\n5. версии"), ["Git", "Go"]);
    }

    #[test]
    fn a_numbered_list_goes_on_after_what_is_nested_in_it() {
        for nested in ["   - SQL\n   - SSH", "   а) SQL\n   б) SSH", "\t• SQL\n\t\t• SSH"] {
            let text = format!("1. Git\n2. Go\n{nested}\n3. REST\n4. gRPC");
            assert_eq!(items(&text), ["Git", "Go", "REST", "gRPC"], "{text}");
        }
        assert_eq!(items("1. Git:\nа) SQL\nб) SSH\n2. REST"), ["Git:", "SQL", "SSH", "REST"]);
        assert_eq!(items("- Git\n  - SQL\n    с версии\n    2. и выше"), ["Git"]);
    }

    #[test]
    fn only_addresses_define_links() {
        assert_eq!(
            items("- [Git]: основы\n- [SQL]: <запросы>"),
            ["[Git]: основы", "[SQL]: <запросы>"]
        );
        assert_eq!(notes("[Git]: основы\n\n[^1]: сноска"), ["[Git]: основы", "[^1]: сноска"]);
        assert_eq!(items("- [Git]\n\n[git]: https://git-scm.com"), ["Git"]);
    }

    #[test]
    fn code_and_quotations_keep_their_lines() {
        assert_eq!(notes("```\n• Docker\n    x\n```"), ["• Docker     x"]);
        assert_eq!(items("> • Docker\n> • Git"), ["Docker", "Git"]);
        assert_eq!(items("- Docker\n  ```\n  - x\n  ```\n- Git"), ["Docker - x", "Git"]);
    }

    proptest! {
        #[test]
        fn any_list_has_the_items_of_a_plain_one(
            lines in prop::collection::vec("[А-ЯA-Z][а-яa-z]{1,9}( [a-zа-я]{3,9}){0,3}", 1..9),
            marker in prop::sample::select(vec!["• ", "·\t", "—\u{a0}", "– ", "1) ", "*\t", "☐ ", "▪"]),
            indentation in prop::sample::select(vec!["", " ", "    ", "\t", "\t\t"]),
            between in prop::sample::select(vec!["\n", "\n\n", "\n \n"]),
        ) {
            let pasted = lines.iter().map(|line| format!("{indentation}{marker}{line}"));
            let plain = lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n");
            prop_assert_eq!(items(&pasted.collect::<Vec<_>>().join(between)), items(&plain));
        }

        #[test]
        fn without_comments_converting_twice_changes_nothing_more(text in "([-•—*+#|`~ \t\n1).\\[\\]аx]|    |```){0,40}") {
            let once = as_commonmark(&text);
            prop_assert_eq!(Description::parse(&as_commonmark(&once)), Description::parse(&once));
        }
    }
}
