//! Tables in workbooks: XLSX, XLS and ODS.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{
    Data, DataRef, DataType, Dimensions, ExcelDateTime, Ods, OdsError, Reader, Sheet, SheetVisible,
    Xls, XlsError, Xlsx, XlsxError, open_workbook_from_rs,
};

use super::FileError;
use super::archive::Archive;
use super::table::{Cell, Limits, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Row, Table};

const PASSWORD: &str = "Книга закрыта паролем. Снимите пароль в Excel и пришлите снова.";
/// The first bytes of older Office files, and of newer ones with a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Most bytes of an older workbook, which is not packed.
const MOST_BYTES: usize = 8 << 20;

/// The cells of a sheet that have a text, by row and column from 0.
type Cells = BTreeMap<u32, BTreeMap<u32, String>>;

/// Whether a file begins as workbooks do.
#[must_use]
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(COMPOUND)
}

fn refuse(message: &str) -> FileError {
    FileError { place: None, message: message.to_owned() }
}

/// The sheets of a workbook.
///
/// # Errors
///
/// If it can't be read, or holds more than can be.
pub fn tables(file: &str, bytes: &[u8], limits: &mut Limits) -> Result<Vec<Table>, FileError> {
    if bytes.starts_with(COMPOUND) {
        let name = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        if bytes.windows(name.len()).any(|window| window == name) {
            return Err(refuse(PASSWORD));
        }
        return xls(file, bytes, limits);
    }
    let archive = Archive::read(bytes)?;
    archive.check()?;
    if archive.has("content.xml") {
        ods(file, bytes, limits)
    } else if archive.has("xl/workbook.xml") {
        xlsx(file, bytes, limits)
    } else {
        Err(refuse("Это архив, но не таблица. Нужна книга XLSX, XLS или ODS."))
    }
}

fn unreadable(error: &impl std::fmt::Display) -> FileError {
    log::debug!("unreadable workbook: {error}");
    refuse("Книгу не удалось прочитать: файл испорчен или это не таблица.")
}

fn xlsx(file: &str, bytes: &[u8], limits: &mut Limits) -> Result<Vec<Table>, FileError> {
    let told = |error: XlsxError| match error {
        XlsxError::Password => refuse(PASSWORD),
        error => unreadable(&error),
    };
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(told)?;
    let mut tables = Vec::new();
    for sheet in book.sheets_metadata().to_vec() {
        let mut cells = Cells::new();
        let mut count = 0;
        // A sheet that is a chart has no cells.
        let merged = book.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default();
        let Ok(mut reader) = book.worksheet_cells_reader(&sheet.name) else { continue };
        while let Some(cell) = reader.next_cell().map_err(told)? {
            let (row, column) = cell.get_position();
            let text = match cell.get_value() {
                DataRef::SharedString(text) => (*text).to_owned(),
                other => text_of(&Data::from(other.clone())),
            };
            keep(&mut cells, (row, column), text, &mut count)?;
        }
        tables.push(table(file, &sheet, &cells, &merged, limits)?);
    }
    Ok(tables)
}

fn xls(file: &str, bytes: &[u8], limits: &mut Limits) -> Result<Vec<Table>, FileError> {
    if bytes.len() > MOST_BYTES {
        return Err(refuse("Старая книга Excel больше 8 МБ. Сохраните её как XLSX."));
    }
    let told = |error: XlsError| match error {
        XlsError::Password => refuse(PASSWORD),
        error => unreadable(&error),
    };
    let mut book: Xls<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(told)?;
    let mut tables = Vec::new();
    for sheet in book.sheets_metadata().to_vec() {
        let range = book.worksheet_range(&sheet.name).map_err(told)?;
        let cells = cells_of(&range)?;
        let merged = book.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default();
        tables.push(table(file, &sheet, &cells, &merged, limits)?);
    }
    Ok(tables)
}

fn ods(file: &str, bytes: &[u8], limits: &mut Limits) -> Result<Vec<Table>, FileError> {
    let told = |error: OdsError| match error {
        OdsError::Password => refuse(PASSWORD),
        error => unreadable(&error),
    };
    let mut book: Ods<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(told)?;
    let mut tables = Vec::new();
    for sheet in book.sheets_metadata().to_vec() {
        let range = book.worksheet_range(&sheet.name).map_err(told)?;
        tables.push(table(file, &sheet, &cells_of(&range)?, &[], limits)?);
    }
    Ok(tables)
}

fn cells_of(range: &calamine::Range<Data>) -> Result<Cells, FileError> {
    let (mut cells, mut count) = (Cells::new(), 0);
    let (first_row, first_column) = range.start().unwrap_or_default();
    let position =
        |at: usize, first: u32| u32::try_from(at).unwrap_or(u32::MAX).saturating_add(first);
    for (row, column, value) in range.used_cells() {
        let place = (position(row, first_row), position(column, first_column));
        keep(&mut cells, place, text_of(value), &mut count)?;
    }
    Ok(cells)
}

fn keep(
    cells: &mut Cells,
    (row, column): (u32, u32),
    text: String,
    count: &mut usize,
) -> Result<(), FileError> {
    if text.trim().is_empty() {
        return Ok(());
    }
    *count += 1;
    cells.entry(row).or_default().insert(column, text);
    if *count > MOST_CELLS || cells.len() > MOST_ROWS {
        return Err(refuse(
            "Таблица слишком велика: за раз читается до 20 000 строк и 400 000 ячеек.",
        ));
    }
    Ok(())
}

/// The text of a cell as a person sees it.
fn text_of(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(is_true) => if *is_true { "да" } else { "нет" }.to_owned(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        Data::DateTime(time) => time_of(time),
        other => other.as_string().unwrap_or_else(|| other.to_string()),
    }
}

fn time_of(time: &ExcelDateTime) -> String {
    if time.is_duration() {
        return time.as_f64().to_string();
    }
    let (year, month, day, hour, minute, _, _) = time.to_ymd_hms_milli();
    if time.as_f64().fract() == 0.0 {
        format!("{day:02}.{month:02}.{year}")
    } else {
        format!("{day:02}.{month:02}.{year} {hour:02}:{minute:02}")
    }
}

fn table(
    file: &str,
    sheet: &Sheet,
    cells: &Cells,
    merged: &[Dimensions],
    limits: &mut Limits,
) -> Result<Table, FileError> {
    let mut table = Table { file: file.to_owned(), name: sheet.name.clone(), ..Table::default() };
    if sheet.visible != SheetVisible::Visible {
        table.remarks.push("Лист скрыт.".to_owned());
    }
    for (line, texts) in cells {
        let last = texts.keys().next_back().copied().unwrap_or_default();
        let width = usize::try_from(last).unwrap_or(usize::MAX).saturating_add(1);
        let mut row =
            Row { line: usize::try_from(*line).unwrap_or_default() + 1, cells: Vec::new() };
        row.cells.resize(width.min(MOST_COLUMNS + 1), Cell::default());
        for (column, text) in texts {
            if let Some(cell) = usize::try_from(*column).ok().and_then(|at| row.cells.get_mut(at)) {
                *cell = Cell::new(text);
            }
        }
        limits.row(&row)?;
        table.rows.push(row);
    }
    repeat_merged(&mut table, merged);
    Ok(table.trimmed())
}

/// Writes the text of the first of merged cells into the others.
fn repeat_merged(table: &mut Table, merged: &[Dimensions]) {
    let mut copies = 0;
    for area in merged {
        let ((top, left), (bottom, right)) = (area.start, area.end);
        let as_size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let (top, bottom) = (as_size(top) + 1, as_size(bottom) + 1);
        let (left, right) = (as_size(left), as_size(right).min(MOST_COLUMNS - 1));
        let first = table.rows.iter().find(|row| row.line == top);
        let text = first.map_or_else(String::new, |row| row.text(left).to_owned());
        if text.is_empty() {
            continue;
        }
        let rows = table.rows.iter_mut().filter(|row| (top..=bottom).contains(&row.line));
        for row in rows {
            for column in left..=right {
                if (row.line, column) == (top, left) || copies >= MOST_CELLS {
                    continue;
                }
                if row.cells.len() <= column {
                    row.cells.resize(column + 1, Cell::default());
                }
                row.cells[column] = Cell { text: text.clone(), is_copy: true };
                copies += 1;
            }
        }
    }
}
