//! Which levels tables name, and what their names mean.

use std::collections::BTreeSet;

use super::super::mapping::{Layout, LevelChoice, Mapping, Role};
use super::super::names::{self, Name, compared, spread};
use super::super::table::Table;
use super::columns::level_names;
use super::lying;
use crate::ladder::Level;

/// The names of levels in the order in which the tables have them, each once.
#[must_use]
pub fn names(tables: &[Table], mapping: &Mapping) -> Vec<String> {
    let mut found = Vec::<String>::new();
    let mut add = |name: &str| {
        let name = name.trim();
        if !name.is_empty() && !found.iter().any(|known| compared(known) == compared(name)) {
            found.push(name.to_owned());
        }
    };
    for (table, read) in tables.iter().zip(&mapping.tables).filter(|(_, read)| read.is_read) {
        add(&read.level);
        let table = lying(table, read.is_transposed);
        let body =
            table.rows.iter().skip(read.header.map_or(0, |header| header + read.header_rows));
        match read.layout {
            Layout::Document if read.level.is_empty() => {
                for name in super::level_headings(&table) {
                    add(&name);
                }
            }
            Layout::Document => {}
            Layout::Matrix => {
                let header = read.header.unwrap_or_default();
                let named = level_names(&table, header, read.header_rows, &read.columns);
                named.into_iter().flatten().for_each(|(name, _)| add(&name));
            }
            Layout::List => {
                let column = read.columns.iter().position(|role| *role == Role::LevelName);
                for row in body {
                    match (column, row.lone()) {
                        (Some(column), _) => add(row.text(column)),
                        (None, Some((_, text))) if names::read(text).is_some() => add(text),
                        _ => {}
                    }
                }
            }
        }
    }
    found
}

/// What the names most likely mean, lowest level first.
#[must_use]
pub fn choices(names: &[String], mapping: &Mapping) -> Vec<LevelChoice> {
    let read = names.iter().map(|name| (name.clone(), names::read(name))).collect::<Vec<_>>();
    let is_rank = |name: &Option<Name>| matches!(name, Some(Name::Rank(_) | Name::Likely(_)));
    let mut choices = if read.iter().any(|(_, name)| is_rank(name)) {
        let of_file = |name: &str| mapping.tables.iter().any(|read| read.level == name);
        among_ranks(&read, of_file)
    } else {
        let has_ladders = mapping.tables.iter().any(|read| read.columns.contains(&Role::Ladder));
        of_own_scale(read, has_ladders)
    };
    choices.sort_by_key(|choice| (choice.level.is_none(), choice.level));
    choices
}

/// Names of ranks mean those; others stand above the name before them, and the name of a file without a level
/// stands for the lowest.
fn among_ranks(
    read: &[(String, Option<Name>)],
    is_of_file: impl Fn(&str) -> bool,
) -> Vec<LevelChoice> {
    let known = |name: &Option<Name>| match name {
        Some(Name::Rank(level) | Name::Likely(level)) => Some(*level),
        _ => None,
    };
    let taken = read.iter().filter_map(|(_, name)| known(name)).collect::<Vec<_>>();
    let mut choices = Vec::<LevelChoice>::new();
    let mut guessed = taken.clone();
    for (name, meaning) in read {
        let (level, is_sure) = match meaning {
            // Two names of one rank may be two levels.
            Some(Name::Rank(level)) => {
                let same = read.iter().filter(|(_, other)| known(other) == Some(*level));
                let sure = same.filter(|(other, _)| is_spelling_of(other, name)).count();
                let all = taken.iter().filter(|taken| *taken == level).count();
                (Some(*level), sure == all)
            }
            Some(Name::Likely(level)) => (Some(*level), false),
            None if is_of_file(name) => (taken.iter().min().copied(), false),
            _ => {
                let before = choices.last().and_then(|choice| choice.level);
                let before = if matches!(meaning, Some(Name::Higher)) {
                    guessed.iter().max().copied()
                } else {
                    before
                };
                let free = |level: &&Level| Some(**level) > before && !guessed.contains(level);
                (Level::ALL.iter().find(free).copied(), false)
            }
        };
        guessed.extend(level);
        choices.push(LevelChoice { name: name.clone(), level, is_sure });
    }
    choices
}

/// Whether two names of one rank are written differently only: «Джун», «Junior».
fn is_spelling_of(one: &str, other: &str) -> bool {
    let has_number = |name: &str| {
        let name = compared(name);
        name.split(|sign: char| !sign.is_alphanumeric())
            .any(|word| matches!(word, "1" | "i" | "2" | "ii"))
    };
    has_number(one) == has_number(other)
}

/// The names of an own scale by their numbers; without numbers, or if they are of several kinds, in the order of
/// the tables, unless each ladder has its own.
fn of_own_scale(read: Vec<(String, Option<Name>)>, has_ladders: bool) -> Vec<LevelChoice> {
    let numbered = |name: &Option<Name>| match name {
        Some(Name::Numbered(prefix, number)) => Some((prefix.clone(), *number)),
        _ => None,
    };
    let numbers = read.iter().filter_map(|(_, name)| numbered(name)).collect::<Vec<_>>();
    let is_one_kind = numbers.windows(2).all(|pair| pair[0].0 == pair[1].0);
    if numbers.len() < read.len() || !(is_one_kind || has_ladders) {
        let ranks = spread(read.len());
        let choice = |(at, (name, _)): (usize, (String, Option<Name>))| LevelChoice {
            name,
            level: ranks.get(at).copied(),
            is_sure: false,
        };
        return read.into_iter().enumerate().map(choice).collect();
    }
    let different = numbers.iter().map(|(_, number)| *number).collect::<BTreeSet<_>>();
    let ranks = spread(different.len());
    let choice = |(name, (_, number)): (String, (String, u8))| LevelChoice {
        name,
        level: different
            .iter()
            .position(|found| *found == number)
            .and_then(|at| ranks.get(at).copied()),
        is_sure: different.len() <= Level::ALL.len(),
    };
    read.into_iter().map(|(name, _)| name).zip(numbers).map(choice).collect()
}
