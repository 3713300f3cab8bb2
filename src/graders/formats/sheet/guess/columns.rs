//! What columns hold, by their headings and by what stands in them.

use std::collections::BTreeSet;

use super::super::mapping::Role;
use super::super::names::{self, compared};
use super::super::table::{Row, Table};

/// Beginnings of words in headings, with what the columns below them hold; the first that fits counts.
const WORDS: [(Role, &[&str]); 10] = [
    (
        Role::Ladder,
        &[
            "path",
            "career path",
            "профессия",
            "специальность",
            "трек",
            "track",
            "ladder",
            "лестница",
        ],
    ),
    (
        Role::LevelName,
        &[
            "level",
            "уровень",
            "грейд",
            "grade",
            "job title",
            "должность",
            "роль",
            "role",
            "seniority",
            "позиция",
        ],
    ),
    (Role::Example, &["пример", "example", "signal", "признак", "сигнал", "артефакт"]),
    (Role::Depth, &["глубина", "depth", "proficiency", "уровень владения", "балл", "оценка"]),
    (
        Role::Importance,
        &["важность", "приоритет", "обязательность", "importance", "priority", "критичность"],
    ),
    (
        Role::Note,
        &[
            "комментари",
            "примечани",
            "note",
            "comment",
            "поясн",
            "как провер",
            "вопрос",
            "ссылк",
            "материал",
            "литератур",
            "link",
        ],
    ),
    (
        Role::Block,
        &[
            "блок",
            "раздел",
            "категори",
            "групп",
            "област",
            "направлен",
            "block",
            "section",
            "category",
            "area",
            "theme",
            "тема",
            "topic",
            "key behavior",
            "group",
            "domain",
            "сфера",
            "кластер",
        ],
    ),
    (
        Role::Requirement,
        &[
            "требован",
            "requirement",
            "ожидан",
            "expectation",
            "индикатор",
            "indicator",
            "поведени",
            "behavior",
            "skill",
            "описание",
            "description",
            "критери",
            "что умеет",
            "текст",
            "формулировка",
        ],
    ),
    (
        Role::Competency,
        &[
            "компетенци",
            "competenc",
            "навык",
            "знани",
            "умени",
            "технологи",
            "показател",
            "предмет",
        ],
    ),
    (Role::Skip, &["№", "#", "n", "п/п", "id", "код", "номер"]),
];

/// Blocks have at least two rows each on average.
const ROWS_OF_BLOCK: usize = 2;

/// What the headings in a row say of their columns.
#[must_use]
pub fn headings(table: &Table, row: usize) -> Vec<Option<Role>> {
    let Some(row) = table.rows.get(row) else { return Vec::new() };
    row.cells.iter().map(|cell| heading(&cell.text)).collect()
}

fn heading(text: &str) -> Option<Role> {
    let text = compared(text.trim_matches(['*', '_', ' ', ':']));
    if text.is_empty() || text.chars().count() > 40 {
        return None;
    }
    // «Уровень владения» begins with «уровень».
    let depth = WORDS[3].1.iter().any(|word| text.starts_with(word));
    if depth {
        return Some(Role::Depth);
    }
    let fits = |(role, words): &&(Role, &[&str])| {
        words.iter().any(|word| match role {
            Role::Skip => text == *word || text.trim_end_matches('.') == *word,
            Role::LevelName | Role::Ladder => {
                text == *word
                    || text.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '(']))
            }
            _ => text.starts_with(word),
        })
    };
    WORDS.iter().find(fits).map(|(role, _)| *role)
}

/// For each column of a matrix the name of its level and the heading below that, if it has one.
#[must_use]
pub fn level_names(
    table: &Table,
    header: usize,
    header_rows: usize,
    columns: &[Role],
) -> Vec<Option<(String, String)>> {
    let (row, below) = (table.rows.get(header), table.rows.get(header + 1));
    let mut open = String::new();
    let names = columns.iter().enumerate().map(|(column, role)| {
        let text = row.map_or("", |row| row.text(column));
        if *role != Role::Level {
            open.clear();
            return None;
        }
        if !text.is_empty() {
            text.clone_into(&mut open);
        } else if header_rows < 2 {
            open.clear();
        }
        let own = |row: &Row| {
            row.cells.get(column).filter(|cell| !cell.is_copy).map(|cell| cell.text.clone())
        };
        let sub = below.filter(|_| header_rows > 1).and_then(own).unwrap_or_default();
        (!open.is_empty()).then(|| (open.clone(), sub))
    });
    names.collect()
}

/// What the columns of a matrix hold.
#[must_use]
pub fn in_matrix(table: &Table, header: usize, header_rows: usize) -> Vec<Role> {
    let width = table.width();
    let mut columns = vec![None; width];
    let row = table.rows.get(header);
    let mut is_open = false;
    for (column, role) in columns.iter_mut().enumerate() {
        let text = row.map_or("", |row| row.text(column));
        if names::read(text).is_some() {
            (*role, is_open) = (Some(Role::Level), true);
        } else if text.is_empty() && is_open && header_rows > 1 {
            *role = Some(Role::Level);
        } else {
            is_open &= text.is_empty();
        }
    }
    for at in [header.checked_sub(1), Some(header), Some(header + 1).filter(|_| header_rows > 1)] {
        for (column, told) in
            at.map(|at| headings(table, at)).unwrap_or_default().into_iter().enumerate()
        {
            if columns[column].is_none() {
                columns[column] = told;
            }
        }
    }
    let body = &table.rows[(header + header_rows).min(table.rows.len())..];
    // In a matrix what is asked stands in the columns of levels; a text beside the competency is a remark.
    let has_competency = columns.contains(&Some(Role::Competency));
    let first_level = columns.iter().position(|role| *role == Some(Role::Level)).unwrap_or(width);
    let mut competency = has_competency;
    for (column, role) in columns.iter_mut().enumerate() {
        match role {
            Some(Role::Requirement) if !competency => {
                *role = Some(Role::Competency);
                competency = true;
            }
            Some(Role::Requirement) => *role = Some(Role::Note),
            Some(Role::LevelName) | None if column < first_level => {
                *role = if is_counted(body, column) { Some(Role::Skip) } else { None };
            }
            Some(Role::LevelName) | None if has_text(body, column) => *role = Some(Role::Note),
            _ => {}
        }
    }
    // Without a heading the last of the first columns with a text holds competencies, those before it blocks.
    let open = (0..first_level).filter(|at| columns[*at].is_none() && has_text(body, *at));
    let open = open.collect::<Vec<_>>();
    let last_open = open.last().copied();
    for column in open {
        columns[column] = Some(match competency {
            true if columns[..column].contains(&Some(Role::Competency)) => Role::Note,
            false if Some(column) == last_open => Role::Competency,
            _ => Role::Block,
        });
        competency |= columns[column] == Some(Role::Competency);
    }
    if !competency
        && let Some(block) =
            columns[..first_level].iter().rposition(|role| *role == Some(Role::Block))
    {
        columns[block] = Some(Role::Competency);
    }
    columns.into_iter().map(Option::unwrap_or_default).collect()
}

/// What the columns of a list hold; `level` is the name of the level that all of it is of.
#[must_use]
pub fn in_list(table: &Table, header: Option<usize>, level: &str) -> Vec<Role> {
    let width = table.width();
    let mut columns = header.map(|header| headings(table, header)).unwrap_or_default();
    columns.resize(width, None);
    let body = &table.rows[header.map_or(0, |header| header + 1).min(table.rows.len())..];
    if level.is_empty()
        && let Some(found) = super::level_column(table, header)
    {
        for role in &mut columns {
            *role = role.filter(|role| *role != Role::LevelName);
        }
        columns[found] = Some(Role::LevelName);
    }
    for (column, role) in columns.iter_mut().enumerate() {
        if role.is_none() && is_counted(body, column) {
            *role = Some(Role::Skip);
        }
    }
    let length = |column: usize| {
        let texts = body.iter().map(|row| row.text(column)).filter(|text| !text.is_empty());
        let (count, all) = texts.fold((0, 0), |(count, all), text| (count + 1, all + text.len()));
        all / count.max(1)
    };
    let open =
        (0..width).filter(|at| columns[*at].is_none() && has_text(body, *at)).collect::<Vec<_>>();
    if !columns.contains(&Some(Role::Requirement)) {
        let competency = columns.iter().rposition(|role| *role == Some(Role::Competency));
        let longest = open.iter().copied().max_by_key(|column| length(*column));
        let block = columns.iter().rposition(|role| *role == Some(Role::Block));
        if let Some(found) = competency.or(longest).or(block) {
            columns[found] = Some(Role::Requirement);
        }
    }
    let asked =
        columns.iter().position(|role| *role == Some(Role::Requirement)).unwrap_or_default();
    let has_block = columns.contains(&Some(Role::Block));
    for column in open {
        if columns[column].is_none() {
            let is_block = column < asked && !has_block && repeats(body, column);
            columns[column] = Some(match is_block {
                true => Role::Block,
                false if column < asked => Role::Competency,
                // Several columns of texts under headings of their own, all of one level.
                false if !level.is_empty() => Role::Requirement,
                false => Role::Note,
            });
        }
    }
    columns.into_iter().map(Option::unwrap_or_default).collect()
}

fn has_text(body: &[Row], column: usize) -> bool {
    body.iter().any(|row| !row.text(column).is_empty())
}

/// Whether a column only counts rows.
fn is_counted(body: &[Row], column: usize) -> bool {
    let texts =
        body.iter().map(|row| row.text(column)).filter(|text| !text.is_empty()).collect::<Vec<_>>();
    let is_number = |text: &&str| text.chars().all(|sign| sign.is_ascii_digit() || sign == '.');
    let different = texts.iter().collect::<BTreeSet<_>>().len();
    !texts.is_empty() && texts.iter().all(is_number) && different == texts.len()
}

/// Whether the texts of a column stand for several rows each.
fn repeats(body: &[Row], column: usize) -> bool {
    let different = body.iter().map(|row| row.text(column)).filter(|text| !text.is_empty());
    let different = different.collect::<BTreeSet<_>>().len();
    different * ROWS_OF_BLOCK <= body.len()
}
