//! Tables as files hold them, before anything is known of what they mean.

use crate::clean;
use crate::graders::formats::{FileError, Place};

/// Most rows of all tables of an import.
pub const MOST_ROWS: usize = 20_000;
/// Most columns of a table.
pub const MOST_COLUMNS: usize = 256;
/// Most filled cells of all tables of an import.
pub const MOST_CELLS: usize = 400_000;
/// Most bytes of text in all tables of an import.
pub const MOST_TEXT: usize = 16 << 20;
/// Most tables of an import.
pub const MOST_TABLES: usize = 200;

/// A sheet, a table of a document, or the lines of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The name of its file.
    pub file: String,
    /// The name of the sheet, or the heading above the table; may be empty.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its rows, without those that are empty.
    pub rows: Vec<Row>,
    /// What the person should know of it: that the sheet is hidden, how the text was encoded.
    pub remarks: Vec<String>,
}

/// What a table is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Rows of cells, which are plain texts.
    #[default]
    Sheet,
    /// Rows of cells, which are texts in Markdown.
    MarkdownTable,
    /// The lines of a document in Markdown that stand in no table of it, each a row of one cell.
    Document,
}

/// A row of cells, or a line of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its number in the sheet or the file, from 1.
    pub line: usize,
    /// Its cells, those at the end that are empty may be missing.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Its text, cleaned and without spaces around it; in a document with those before it.
    pub text: String,
    /// Whether it only repeats the first cell of the merged ones it belongs to.
    pub is_copy: bool,
}

impl Cell {
    /// A cell with a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = clean::text(text);
        let shown = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\t');
        let text = if text.chars().all(shown) {
            text.trim().to_owned()
        } else {
            text.chars().filter(|letter| shown(*letter)).collect::<String>().trim().to_owned()
        };
        Self { text: if clean::is_visible(&text) { text } else { String::new() }, is_copy: false }
    }
}

impl Row {
    /// A row of texts.
    #[must_use]
    pub fn new<'a>(line: usize, texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self { line, cells: texts.into_iter().map(Cell::new).collect() }
    }

    /// The text of a cell, repeated ones too; empty if the row has no such cell.
    #[must_use]
    pub fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| &cell.text)
    }

    /// The cells with a text of their own, with their columns.
    #[must_use]
    pub fn filled(&self) -> impl DoubleEndedIterator<Item = (usize, &Cell)> {
        self.cells.iter().enumerate().filter(|(_, cell)| !cell.text.is_empty() && !cell.is_copy)
    }

    /// The only cell that has a text of its own, with its column.
    #[must_use]
    pub fn lone(&self) -> Option<(usize, &str)> {
        let mut filled = self.filled();
        let (column, cell) = filled.next()?;
        filled.next().is_none().then_some((column, cell.text.as_str()))
    }
}

impl Table {
    /// How many columns it has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default()
    }

    /// Where a cell stands.
    #[must_use]
    pub fn place(&self, row: usize, column: usize) -> Place {
        Place { line: self.rows.get(row).map_or(0, |row| row.line), column: column + 1 }
    }

    /// The name by which a person knows it.
    #[must_use]
    pub fn title(&self) -> String {
        match (self.file.as_str(), self.name.as_str()) {
            (file, "") => file.to_owned(),
            ("", name) => name.to_owned(),
            (file, name) => format!("{file} · {name}"),
        }
    }

    /// Drops what is empty: rows, and columns at the end.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        for row in &mut self.rows {
            let end = row.cells.iter().rposition(|cell| !cell.text.is_empty());
            row.cells.truncate(end.map_or(0, |last| last + 1));
        }
        self.rows.retain(|row| row.filled().next().is_some());
        self
    }
}

/// Counts what the tables of an import hold.
#[derive(Debug, Default)]
pub struct Limits {
    rows: usize,
    cells: usize,
    text: usize,
}

impl Limits {
    /// Counts another row.
    ///
    /// # Errors
    ///
    /// If that is more than can be read.
    pub fn row(&mut self, row: &Row) -> Result<(), FileError> {
        let at = |message: String| FileError {
            place: Some(Place { line: row.line, column: 1 }),
            message,
        };
        if row.cells.len() > MOST_COLUMNS {
            let message = format!(
                "В таблице больше {MOST_COLUMNS} столбцов. Оставьте те, где компетенции и уровни."
            );
            return Err(at(message));
        }
        self.rows += 1;
        for (_, cell) in row.filled() {
            self.cells += 1;
            self.text += cell.text.len();
        }
        if self.rows > MOST_ROWS || self.cells > MOST_CELLS || self.text > MOST_TEXT {
            let message = "Таблица слишком велика: за раз читается до 20 000 строк, 400 000 заполненных \
                           ячеек и 16 МБ текста. Разделите её на части.";
            return Err(at(message.to_owned()));
        }
        Ok(())
    }
}
