//! Guesses how tables lie and what their parts mean.

mod columns;
mod levels;

use self::columns::{in_list, in_matrix};
use super::lines::{self, headings};
use super::mapping::{Documents, Layout, LevelChoice, Mapping, Numbers, Role, TableMapping};
use super::names::{self, Name, compared};
use super::table::{Kind, Row, Table};

/// How many rows may stand above the headings of columns.
const ABOVE: usize = 12;

/// How the tables are most likely read.
#[must_use]
pub fn guess(tables: &[Table]) -> Mapping {
    let mut tables_read = tables.iter().map(|table| of_table(table, tables)).collect::<Vec<_>>();
    // Beside documents of a level each, one that names none is of some level too: what everybody is asked.
    let of_level = |read: &TableMapping| read.layout == Layout::Document && !read.level.is_empty();
    if tables_read.iter().filter(|read| of_level(read)).count() >= 2 {
        for (table, read) in tables.iter().zip(&mut tables_read) {
            let is_item = |line: &lines::Line| matches!(line.kind, lines::Kind::Item(_));
            let names_none = read.layout == Layout::Document && read.level.is_empty();
            if names_none
                && level_headings(table).is_empty()
                && lines::read(table).iter().any(is_item)
            {
                stem(&table.file).clone_into(&mut read.level);
            }
        }
    }
    completed(tables, Mapping { tables: tables_read, ..Mapping::default() })
}

/// The mapping with the columns of some tables guessed anew, whose layout, direction or row of headings is
/// given; names of levels keep their meaning.
#[must_use]
pub fn guess_again(tables: &[Table], mapping: &Mapping, changed: &[usize]) -> Mapping {
    let mut guessed = mapping.clone();
    for at in changed {
        if let (Some(table), Some(read)) = (tables.get(*at), guessed.tables.get_mut(*at)) {
            let table = lying(table, read.is_transposed);
            read.columns = match read.layout {
                Layout::Matrix => {
                    in_matrix(&table, read.header.unwrap_or_default(), read.header_rows)
                }
                Layout::List => in_list(&table, read.header, &read.level),
                Layout::Document => Vec::new(),
            };
        }
    }
    let known = guessed.levels.clone();
    let mut guessed = completed(tables, Mapping { levels: Vec::new(), ..guessed });
    for choice in &mut guessed.levels {
        let before = known.iter().find(|known| compared(&known.name) == compared(&choice.name));
        if let Some(before) = before {
            choice.clone_from(before);
        }
    }
    Mapping {
        keeps_names: mapping.keeps_names,
        numbers: mapping.numbers,
        documents: mapping.documents,
        title: mapping.title.clone(),
        ..guessed
    }
}

/// The table, with rows and columns in each other's place if they are to be.
#[must_use]
pub fn lying(table: &Table, is_transposed: bool) -> std::borrow::Cow<'_, Table> {
    if !is_transposed {
        return std::borrow::Cow::Borrowed(table);
    }
    let mut turned = Table { rows: Vec::new(), ..table.clone() };
    for column in 0..table.width() {
        let cells = table.rows.iter().map(|row| row.cells.get(column).cloned().unwrap_or_default());
        turned.rows.push(Row { line: column + 1, cells: cells.collect() });
    }
    std::borrow::Cow::Owned(turned)
}

/// For each column of a table as it is read the name of its level and the heading below that.
#[must_use]
pub fn names_of_columns(table: &Table, read: &TableMapping) -> Vec<Option<(String, String)>> {
    columns::level_names(table, read.header.unwrap_or_default(), read.header_rows, &read.columns)
}

fn completed(tables: &[Table], mut mapping: Mapping) -> Mapping {
    let names = levels::names(tables, &mapping);
    mapping.levels = levels::choices(&names, &mapping);
    // What a file without a level is called is no name of one.
    let is_of_file = |name: &str| mapping.tables.iter().any(|read| read.level == name);
    let is_own = |choice: &LevelChoice| match names::read(&choice.name) {
        Some(Name::Rank(_) | Name::Likely(_)) => false,
        None => !is_of_file(&choice.name),
        _ => true,
    };
    mapping.keeps_names = mapping.levels.iter().any(is_own);
    mapping.numbers = numbers(tables, &mapping);
    mapping.documents = documents(tables, &mapping);
    mapping.title = title(tables, &mapping);
    mapping
}

/// What stands in the name of a file before its ending.
#[must_use]
pub fn stem(file: &str) -> &str {
    let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

fn of_table(table: &Table, all: &[Table]) -> TableMapping {
    let level_of = |name: &str| {
        let name = name.replace(['_', '.'], " ");
        names::read(&name).is_some().then(|| name.trim().to_owned())
    };
    let level = level_of(&table.name).or_else(|| level_of(stem(&table.file)));
    if table.kind == Kind::Document {
        return of_document(table, level);
    }
    let matrix = |table: &Table, is_transposed| {
        let (header, _) = level_row(table)?;
        let header_rows = 1 + usize::from(has_second_header(table, header));
        Some(TableMapping {
            is_read: true,
            layout: Layout::Matrix,
            is_transposed,
            header: Some(header),
            header_rows,
            columns: in_matrix(table, header, header_rows),
            level: String::new(),
        })
    };
    if let Some(found) = matrix(table, false) {
        return found;
    }
    if lists_levels_once(table)
        && let Some(found) = matrix(&lying(table, true), true)
    {
        return found;
    }
    let header = list_header(table);
    let has_levels = level_column(table, header).is_some() || level_rows(table) >= 2;
    let level = level.filter(|_| !has_levels).unwrap_or_default();
    let documents =
        all.iter().filter(|other| other.file == table.file && other.kind == Kind::Document);
    let is_below_level = !table.name.is_empty()
        && documents
            .flat_map(headings)
            .any(|(_, _, title)| compared(&title) == compared(&table.name));
    let is_read = has_levels || !level.is_empty();
    let columns = in_list(table, header, &level);
    let level = if level.is_empty() && is_below_level && names::read(&table.name).is_some() {
        table.name.clone()
    } else {
        level
    };
    TableMapping {
        is_read,
        layout: Layout::List,
        header,
        header_rows: 1,
        columns,
        level,
        ..TableMapping::default()
    }
}

fn of_document(table: &Table, level: Option<String>) -> TableMapping {
    let of_levels = level_headings(table);
    let first = headings(table).next().map(|(_, _, title)| title);
    let of_first = first.filter(|title| names::read(title).is_some());
    let level = match (of_levels.len(), level, of_first) {
        (2.., _, _) => String::new(),
        (_, Some(level), _) => level,
        (_, None, Some(title)) => title,
        _ => String::new(),
    };
    TableMapping {
        is_read: true,
        layout: Layout::Document,
        header_rows: 1,
        level,
        ..TableMapping::default()
    }
}

/// The headings of a document that name its levels: those of the depth at which most do.
#[must_use]
pub fn level_headings(table: &Table) -> Vec<String> {
    let named = headings(table).filter(|(_, _, title)| names::read(title).is_some());
    let named = named.collect::<Vec<_>>();
    let count = |depth: usize| named.iter().filter(|(_, found, _)| *found == depth).count();
    let depths = named.iter().map(|(_, depth, _)| *depth);
    let most = depths.max_by_key(|depth| (count(*depth), 8 - depth));
    let found = named.iter().filter(|(_, depth, _)| Some(*depth) == most);
    found.map(|(_, _, title)| title.clone()).collect()
}

/// The row whose cells name the most levels, at least two, and how many.
fn level_row(table: &Table) -> Option<(usize, usize)> {
    let count = |row: &Row| {
        let names = row.filled().filter(|(_, cell)| names::read(&cell.text).is_some());
        let mut names = names.map(|(_, cell)| compared(&cell.text)).collect::<Vec<_>>();
        let all = names.len();
        names.dedup();
        (names.len(), all)
    };
    let counted = table.rows.iter().take(ABOVE).enumerate().map(|(at, row)| (at, count(row).0));
    let best = counted.max_by_key(|(at, count)| (*count, ABOVE - at))?;
    (best.1 >= 2).then_some(best)
}

/// Whether a second row of headings follows: it says nothing of the competency, and something below a name of a
/// level that goes on to the right.
fn has_second_header(table: &Table, header: usize) -> bool {
    let (Some(row), Some(next)) = (table.rows.get(header), table.rows.get(header + 1)) else {
        return false;
    };
    let Some(first) = row.filled().find(|(_, cell)| names::read(&cell.text).is_some()) else {
        return false;
    };
    let is_side_empty = (0..first.0).all(|column| {
        next.cells.get(column).is_none_or(|cell| cell.text.is_empty() || cell.is_copy)
    });
    let goes_on = next.filled().any(|(column, _)| {
        column > first.0
            && row.cells.get(column).is_none_or(|cell| cell.text.is_empty() || cell.is_copy)
    });
    is_side_empty && goes_on
}

/// Whether one of the first columns names levels, each once and one in every row below the headings.
fn lists_levels_once(table: &Table) -> bool {
    if columns::headings(table, 0).iter().filter(|role| role.is_some()).count() >= 2 {
        return false;
    }
    (0..table.width().min(4)).any(|column| {
        let names = |row: &Row| names::read(row.text(column)).is_some();
        let first = table.rows.iter().position(names);
        let Some(first) = first.filter(|first| (1..=3).contains(first)) else { return false };
        let below = &table.rows[first..];
        let mut told = below.iter().map(|row| compared(row.text(column))).collect::<Vec<_>>();
        told.sort();
        let count = told.len();
        told.dedup();
        count >= 2 && told.len() == count && below.iter().all(names)
    })
}

/// The row with the headings of a list.
fn list_header(table: &Table) -> Option<usize> {
    let known =
        |at: &usize| columns::headings(table, *at).iter().filter(|role| role.is_some()).count();
    let best = (0..table.rows.len().min(ABOVE)).max_by_key(|at| (known(at), ABOVE - at));
    best.filter(|at| known(at) >= 2).or_else(|| {
        let first = table.rows.first()?;
        let is_short = |(_, cell): (usize, &super::table::Cell)| {
            cell.text.chars().count() <= 40 && names::read(&cell.text).is_none()
        };
        (first.filled().count() >= 2 && first.filled().all(is_short)).then_some(0)
    })
}

/// The column whose cells name levels below the headings.
fn level_column(table: &Table, header: Option<usize>) -> Option<usize> {
    let body = table.rows.iter().skip(header.map_or(0, |header| header + 1));
    let body = body.collect::<Vec<_>>();
    (0..table.width()).find(|column| {
        let filled = body.iter().map(|row| row.text(*column)).filter(|text| !text.is_empty());
        let (named, other): (Vec<_>, Vec<_>) = filled.partition(|text| names::read(text).is_some());
        let has_others = body.iter().any(|row| row.filled().any(|(at, _)| at != *column));
        has_others && !named.is_empty() && named.len() > 2 * other.len()
    })
}

/// How many rows hold nothing but the name of a level.
fn level_rows(table: &Table) -> usize {
    let lone = table.rows.iter().filter_map(Row::lone);
    lone.filter(|(_, text)| names::read(text).is_some()).count()
}

/// How numbers in the cells of levels are meant.
fn numbers(tables: &[Table], mapping: &Mapping) -> Numbers {
    let mut most = 0_u32;
    for (table, read) in tables.iter().zip(&mapping.tables) {
        let table = lying(table, read.is_transposed);
        let first = read.header.map_or(0, |header| header + read.header_rows);
        for row in table.rows.iter().skip(first) {
            for (column, cell) in row.filled() {
                let is_asked = matches!(read.columns.get(column), Some(Role::Level | Role::Depth));
                // «2.0» is how some programs write a number.
                let text = cell.text.trim_end_matches(".0").trim_end_matches(",0");
                let number = text.parse::<u32>().ok().filter(|_| is_asked && read.is_read);
                most = most.max(number.unwrap_or_default());
            }
        }
    }
    match most {
        0..=3 => Numbers::OfThree,
        4 | 5 => Numbers::OfFive,
        _ => Numbers::Text,
    }
}

/// Whether a table has all levels.
fn is_whole(table: &Table, read: &TableMapping) -> bool {
    let has_levels = || !level_headings(table).is_empty();
    read.is_read && read.level.is_empty() && (read.layout != Layout::Document || has_levels())
}

/// What several tables with all levels each are: parts of one ladder if their headings below the levels never
/// have their own, and if sheets are called by what is asked and not by who.
fn documents(tables: &[Table], mapping: &Mapping) -> Documents {
    let whole = tables
        .iter()
        .zip(&mapping.tables)
        .filter(|(_, read)| read.is_read && read.level.is_empty());
    let whole = whole.collect::<Vec<_>>();
    let has_blocks = whole.iter().any(|(table, read)| {
        read.layout == Layout::Document && {
            let levels = level_headings(table);
            let below = headings(table).skip_while(|(_, _, title)| !levels.contains(title));
            !levels.is_empty() && below.into_iter().any(|(_, _, title)| !levels.contains(&title))
        }
    });
    let is_of_one_file = whole.windows(2).all(|pair| pair[0].0.file == pair[1].0.file);
    let is_sheets =
        whole.iter().all(|(table, _)| table.kind == Kind::Sheet && !table.name.is_empty());
    let is_by_skills = whole.iter().all(|(table, _)| {
        let name = table.name.to_lowercase();
        ["skill", "навык", "компетенц", "знани", "hard", "soft"]
            .iter()
            .any(|word| name.contains(word))
    });
    if has_blocks || (is_of_one_file && is_sheets && !is_by_skills && whole.len() > 1) {
        Documents::Ladders
    } else {
        Documents::Blocks
    }
}

/// The title of the profession, if anything tells one.
fn title(tables: &[Table], mapping: &Mapping) -> String {
    let several = mapping.documents == Documents::Ladders;
    let read =
        tables.iter().zip(&mapping.tables).filter(|(_, read)| read.is_read).collect::<Vec<_>>();
    let has_ladders = read.iter().any(|(_, read)| read.columns.contains(&Role::Ladder));
    let whole = read.iter().filter(|(table, read)| is_whole(table, read)).count();
    if has_ladders || (several && whole > 1) {
        return String::new();
    }
    // A title above the only table, the first heading of the only document, or the name of the only file.
    let files =
        read.iter().map(|(table, _)| &table.file).collect::<std::collections::BTreeSet<_>>();
    if files.len() > 1 {
        return String::new();
    }
    let above = read.iter().find_map(|(table, read)| match read.layout {
        Layout::Document => {
            let first = headings(table).next().filter(|(_, depth, _)| *depth == 1);
            first.map(|(_, _, title)| title).filter(|title| names::read(title).is_none())
        }
        _ if read.is_transposed => None,
        _ => {
            let first =
                table.rows.first().filter(|_| read.header.is_some_and(|header| header > 0))?;
            first.lone().map(|(_, text)| text.to_owned())
        }
    });
    let stem = read.first().map(|(table, _)| stem(&table.file)).unwrap_or_default();
    let stem = stem.replace(['_', '-'], " ");
    let stem = if names::read(&stem).is_some() { String::new() } else { stem };
    above.filter(|title| title.chars().count() <= 100).unwrap_or(stem).trim().to_owned()
}
