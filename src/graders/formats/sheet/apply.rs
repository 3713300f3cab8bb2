//! Makes a catalogue of tables by what their parts mean.

mod cells;
mod compose;
mod ladders;
mod list;
mod matrix;
mod text;

use std::collections::BTreeSet;

use self::cells::{titles, words};
use self::ladders::Ladders;
pub use self::ladders::UNTITLED;
use super::account::{Account, Became, TableAccount, Told, Why, beginning};
use super::guess::stem;
use super::lines::{headings, title};
use super::mapping::{Documents, Layout, Mapping, TableMapping};
use super::marks::without_importance;
use super::table::{Kind, Table};
use crate::graders::formats::{CatalogueFile, FileError, Place};
use crate::ladder::Level;

/// A table while it is read.
struct Source<'a> {
    table: &'a Table,
    read: &'a TableMapping,
    mapping: &'a Mapping,
    /// The block that all of it belongs to; may be empty.
    block: String,
    /// The ladder that it belongs to, unless a column says so.
    ladder: String,
    /// What became of each cell, by row and column of the table as the file has it.
    became: Vec<Vec<Option<Became>>>,
}

impl<'a> Source<'a> {
    fn new(table: &'a Table, read: &'a TableMapping, mapping: &'a Mapping) -> Self {
        let row = |row: &super::table::Row| vec![None; row.cells.len()];
        Self {
            table,
            read,
            mapping,
            block: String::new(),
            ladder: String::new(),
            became: table.rows.iter().map(row).collect(),
        }
    }

    /// Notes what became of a cell, counted as the table is read; a cell may be told once.
    fn tell(&mut self, row: usize, column: usize, became: Became) {
        let (row, column) = if self.read.is_transposed { (column, row) } else { (row, column) };
        if let Some(told) = self.became.get_mut(row).and_then(|row| row.get_mut(column)) {
            told.get_or_insert(became);
        }
    }

    /// Where a cell stands, counted as the table is read.
    fn place(&self, row: usize, column: usize) -> Place {
        let (row, column) = if self.read.is_transposed { (column, row) } else { (row, column) };
        self.table.place(row, column)
    }

    /// The rank that a name of a level means; `Err` if the level is left out.
    fn level(&self, name: &str) -> Result<Level, Why> {
        let choice = self.mapping.choice(name).ok_or(Why::NoLevel)?;
        choice.level.ok_or(Why::Level)
    }

    /// What became of each cell that is not empty; a block or a competency is one if something is
    /// asked of it, so that its title was written.
    fn account(self, written: &BTreeSet<String>) -> TableAccount {
        let mut account = TableAccount {
            title: self.table.title(),
            remarks: self.table.remarks.clone(),
            cells: Vec::new(),
        };
        for (at, row) in self.table.rows.iter().enumerate() {
            for (column, cell) in row.filled() {
                let mut became = self.became[at][column].clone();
                if matches!(became, Some(Became::Block | Became::Competency)) {
                    let said = match self.table.kind {
                        Kind::Document => title(&cell.text),
                        kind => {
                            words(without_importance(&cell.text).0, kind == Kind::MarkdownTable)
                        }
                    };
                    if !titles(&said).all(|title| written.contains(title)) {
                        became = Some(Became::LeftOut(Why::AskedNowhere));
                    }
                }
                account.cells.push(Told {
                    place: self.table.place(at, column),
                    text: beginning(&cell.text),
                    became: became.unwrap_or(Became::LeftOut(Why::Nothing)),
                });
            }
        }
        account
    }
}

/// The catalogue that some tables hold, read by a mapping, and how each of their cells was read.
///
/// # Errors
///
/// What the mapping lacks, or that nothing is asked in the tables.
pub fn apply(
    tables: &[Table],
    mapping: &Mapping,
) -> Result<(CatalogueFile, Account), Vec<FileError>> {
    let mut ladders = Ladders::new(mapping);
    let (mut account, mut sources) = (Account::default(), Vec::new());
    let unread = TableMapping::default();
    let several = count_of_whole(tables, mapping) > 1;
    for (at, table) in tables.iter().enumerate() {
        let read = mapping.tables.get(at).unwrap_or(&unread);
        let mut source = Source::new(table, read, mapping);
        if several && is_whole(table, read, mapping) {
            match mapping.documents {
                Documents::Blocks => source.block = name_of(table),
                Documents::Ladders => source.ladder = name_of(table),
            }
        }
        if read.is_read {
            match read.layout {
                Layout::Matrix => matrix::read(&mut source, &mut ladders),
                Layout::List => list::read(&mut source, &mut ladders),
                Layout::Document => text::read(&mut source, &mut ladders),
            }
        } else {
            for (row, cells) in table.rows.iter().enumerate() {
                for (column, _) in cells.filled() {
                    source.became[row][column] = Some(Became::LeftOut(Why::Table));
                }
            }
        }
        sources.push(source);
    }
    let used = ladders.written();
    account.tables = sources.into_iter().map(|source| source.account(&used)).collect();
    account.guesses = guesses(tables, mapping);
    let errors = ladders.errors();
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok((ladders.into_file(), account))
}

/// Whether a table has all levels.
fn is_whole(table: &Table, read: &TableMapping, mapping: &Mapping) -> bool {
    let has_levels = || headings(table).any(|(_, _, title)| mapping.choice(&title).is_some());
    read.is_read && read.level.is_empty() && (read.layout != Layout::Document || has_levels())
}

/// How many tables have all levels.
fn count_of_whole(tables: &[Table], mapping: &Mapping) -> usize {
    let read = tables.iter().zip(&mapping.tables);
    read.filter(|(table, read)| is_whole(table, read, mapping)).count()
}

/// What a table is called beside others: the name of the sheet, the first heading of the document, or the name of
/// the file.
fn name_of(table: &Table) -> String {
    if !table.name.is_empty() {
        return table.name.clone();
    }
    let first = headings(table).find(|(_, depth, _)| *depth == 1 && table.kind == Kind::Document);
    first.map_or_else(|| stem(&table.file).replace(['_', '-'], " "), |(_, _, title)| title)
}

fn guesses(tables: &[Table], mapping: &Mapping) -> Vec<String> {
    let mut guesses = Vec::new();
    if mapping.keeps_names {
        let names = mapping
            .levels
            .iter()
            .filter_map(|choice| Some(format!("«{}» — {}", choice.name, choice.level?.word())));
        let names = names.collect::<Vec<_>>().join(", ");
        guesses
            .push(format!("Уровни файла названы по-своему, их ранги угаданы по порядку: {names}."));
    }
    if count_of_whole(tables, mapping) > 1 {
        guesses.push(match mapping.documents {
            Documents::Blocks => {
                "Таблицы считаются частями одной лестницы, каждая — раздел.".to_owned()
            }
            Documents::Ladders => "Каждая таблица считается лестницей своей профессии.".to_owned(),
        });
    }
    guesses
}
