//! Documents in Markdown: their tables, and the lines that stand in none.

use super::FileError;
use super::table::{Cell, Kind, Limits, MOST_COLUMNS, Row, Table};
use crate::clean;

/// The lines of a document and each of its tables.
///
/// # Errors
///
/// If it holds more than can be read.
pub fn tables(file: &str, text: &str, limits: &mut Limits) -> Result<Vec<Table>, FileError> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.lines().collect::<Vec<_>>();
    let named = |name: &str, kind| Table {
        file: file.to_owned(),
        name: name.to_owned(),
        kind,
        ..Table::default()
    };
    let mut document = named("", Kind::Document);
    let (mut tables, mut heading, mut is_code, mut at) = (Vec::new(), String::new(), false, 0);
    while at < lines.len() {
        let line = lines[at];
        is_code ^= line.trim_start().starts_with("```");
        let (rows, taken) = if is_code {
            (Vec::new(), 0)
        } else if line.contains('|') && lines.get(at + 1).is_some_and(|next| is_separator(next)) {
            of_pipes(&lines[at..], at + 1)
        } else if line.trim_start().to_lowercase().starts_with("<table") {
            of_html(&lines[at..], at + 1)
        } else {
            (Vec::new(), 0)
        };
        if taken > 0 {
            for row in &rows {
                limits.row(row)?;
            }
            tables.push(Table { rows, ..named(&heading, Kind::MarkdownTable) }.trimmed());
            at += taken;
            continue;
        }
        if let Some((_, title)) = heading_of(line).filter(|_| !is_code) {
            title.clone_into(&mut heading);
        }
        let text = clean::text(line);
        let text = if clean::is_visible(&text) { text.trim_end() } else { "" };
        let cell = Cell { text: text.to_owned(), is_copy: false };
        let row = Row { line: at + 1, cells: vec![cell] };
        limits.row(&row)?;
        document.rows.push(row);
        at += 1;
    }
    let has_lines = document.rows.iter().any(|row| !row.text(0).is_empty());
    if has_lines || tables.is_empty() {
        tables.insert(0, document);
    }
    Ok(tables)
}

/// The depth and the title of a heading.
#[must_use]
pub fn heading_of(line: &str) -> Option<(usize, &str)> {
    let text = line.trim();
    let title = text.trim_start_matches('#');
    let depth = text.len() - title.len();
    if (1..=6).contains(&depth) && title.starts_with([' ', '\t']) {
        return Some((depth, title.trim().trim_end_matches('#').trim()));
    }
    // A short line in bold stands where others have headings.
    let inside = text.strip_prefix("**").and_then(|text| text.strip_suffix("**"));
    let inside = inside.filter(|inside| !inside.contains('*') && inside.chars().count() <= 60)?;
    (!inside.trim().is_empty()).then(|| (7, inside.trim().trim_end_matches(':')))
}

fn is_separator(line: &str) -> bool {
    let text = line.trim();
    text.contains('-')
        && text.contains('|')
        && text.chars().all(|sign| matches!(sign, '|' | '-' | ':') || sign.is_whitespace())
}

/// A table of pipes (GitHub Flavored Markdown 0.29, section 4.10), and how many lines it takes.
fn of_pipes(lines: &[&str], first: usize) -> (Vec<Row>, usize) {
    let taken =
        lines.iter().take_while(|line| line.contains('|') && !line.trim().is_empty()).count();
    let mut rows = Vec::new();
    for (at, line) in lines[..taken].iter().enumerate().filter(|(at, _)| *at != 1) {
        let line = line.trim().replace("\\|", "\u{0}");
        let line = line.strip_prefix('|').unwrap_or(&line);
        let line = line.strip_suffix('|').unwrap_or(line);
        let cells = line.split('|').map(|cell| plain(&cell.replace('\u{0}', "|")));
        let cells = cells.map(|text| Cell::new(&text)).collect();
        rows.push(Row { line: first + at, cells });
    }
    (rows, taken)
}

/// A table in HTML, and how many lines it takes; none if it has no end.
fn of_html(lines: &[&str], first: usize) -> (Vec<Row>, usize) {
    let end = lines.iter().position(|line| line.to_lowercase().contains("</table>"));
    let Some(end) = end else { return (Vec::new(), 0) };
    let text = lines[..=end].join("\n");
    let mut grid = Vec::<Row>::new();
    // Cells that reach down into further rows: the column, how many rows yet, and the text.
    let mut reaching = Vec::<(usize, usize, String)>::new();
    let mut at = 0;
    for row in text.split_inclusive("</tr>") {
        let line = first + text[..at].matches('\n').count();
        let begin = find_tag(row, "tr").map_or(0, |(begin, _)| row[..begin].matches('\n').count());
        at += row.len();
        let mut cells = Vec::<Cell>::new();
        let mut rest = row;
        while let Some((tag, content, after)) = next_cell(rest) {
            fill(&mut cells, &mut reaching);
            let text = plain(content);
            let (wide, high) = (span(tag, "colspan"), span(tag, "rowspan"));
            for copy in 0..wide {
                let cell = Cell { is_copy: copy > 0, ..Cell::new(&text) };
                if high > 1 {
                    reaching.push((cells.len(), high, cell.text.clone()));
                }
                cells.push(cell);
            }
            rest = after;
        }
        fill(&mut cells, &mut reaching);
        reaching.retain_mut(|(_, rows, _)| {
            *rows -= 1;
            *rows > 0
        });
        if !cells.is_empty() {
            grid.push(Row { line: line + begin, cells });
        }
    }
    (grid, end + 1)
}

/// Writes the cells that reach down from rows above where the next cell would stand.
fn fill(cells: &mut Vec<Cell>, reaching: &mut [(usize, usize, String)]) {
    // A cell of this very row stands in `cells` already.
    while let Some((_, _, text)) = reaching.iter().find(|(column, _, _)| *column == cells.len()) {
        cells.push(Cell { text: text.clone(), is_copy: true });
    }
}

/// The attributes and the content of the next cell, and what follows it.
fn next_cell(text: &str) -> Option<(&str, &str, &str)> {
    let cells = ["td", "th"].into_iter().filter_map(|name| find_tag(text, name));
    let (begin, name) = cells.min_by_key(|(begin, _)| *begin)?;
    let inside = &text[begin + 1 + name.len()..];
    let (tag, rest) = inside.split_once('>')?;
    let end =
        ["</td>", "</th>", "<td", "<th>", "<th ", "</tr>"].iter().filter_map(|end| rest.find(end));
    let end = end.min().unwrap_or(rest.len());
    Some((tag, &rest[..end], &rest[end..]))
}

fn find_tag<'a>(text: &str, name: &'a str) -> Option<(usize, &'a str)> {
    let opening = format!("<{name}");
    let begins = |begin: &usize| {
        text[begin + opening.len()..].starts_with(|next: char| next == '>' || next.is_whitespace())
    };
    text.match_indices(&opening).map(|(begin, _)| begin).find(begins).map(|begin| (begin, name))
}

fn span(tag: &str, name: &str) -> usize {
    let value =
        tag.split_once(name).map_or("", |(_, rest)| rest.trim_start_matches(['=', '"', '\'', ' ']));
    let digits = value.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(value.len());
    value[..digits].parse().unwrap_or(1).clamp(1, MOST_COLUMNS)
}

/// The text of a cell without the tags that only lay it out.
fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let Some((tag, following)) = after.split_once('>') else {
            text.push('<');
            rest = after;
            break;
        };
        let name = tag.trim_start_matches('/').trim_end_matches('/').trim().to_lowercase();
        let name = name.split_whitespace().next().unwrap_or_default().to_owned();
        match (name.as_str(), tag.starts_with('/')) {
            ("br" | "p" | "div" | "ul" | "ol", _) => text.push('\n'),
            ("li", false) => text.push_str("\n- "),
            (
                "li" | "b" | "strong" | "i" | "em" | "span" | "sub" | "sup" | "font" | "u" | "a",
                _,
            ) => {}
            _ => {
                text.push('<');
                text.push_str(tag);
                text.push('>');
            }
        }
        rest = following;
    }
    text.push_str(rest);
    for (entity, sign) in [
        ("&nbsp;", "\u{a0}"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, sign);
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && *line != "-");
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(table: &Table) -> Vec<Vec<&str>> {
        let row = |row: &'_ Row| (0..row.cells.len()).collect::<Vec<_>>();
        table
            .rows
            .iter()
            .map(|found| row(found).into_iter().map(|at| found.text(at)).collect())
            .collect()
    }

    #[test]
    fn tables_are_taken_out_of_a_document() {
        let text = "# Грейды\n\n## Код\n| Навык | Джун |\n|---|:-:|\n| a \\| b | 1 |\n\nПосле.\n";
        let read = tables("a.md", text, &mut Limits::default()).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(texts(&read[1]), [["Навык", "Джун"], ["a | b", "1"]]);
        assert_eq!((read[1].name.as_str(), read[1].rows[1].line), ("Код", 6));
        let lines = read[0].rows.iter().map(|row| row.text(0)).collect::<Vec<_>>();
        assert_eq!(lines, ["# Грейды", "", "## Код", "", "После."]);
    }

    #[test]
    fn tables_in_html_have_cells_that_span() {
        let text = "<table>\n<tr><th rowspan=\"2\">Область</th><th colspan=2>Джун</th></tr>\n\
                    <tr><td>Ждём</td><td>Рост</td></tr>\n<tr><td>Код</td>\n<td><ul><li>Git</li><li>SSH</li></ul></td>\
                    <td>a<br>b &amp; c</td></tr>\n</table>\n";
        let read = tables("a.md", text, &mut Limits::default()).unwrap();
        assert_eq!(
            texts(&read[0]),
            [
                ["Область", "Джун", "Джун"],
                ["Область", "Ждём", "Рост"],
                ["Код", "- Git\n- SSH", "a\nb & c"]
            ]
        );
        assert_eq!(read[0].rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 4]);
    }
}
