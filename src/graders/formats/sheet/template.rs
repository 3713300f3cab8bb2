//! An empty table to fill in.

use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

use crate::ladder::Level;

/// What makes Excel read a file as UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The headings: block, competency, and a column for each level.
fn headings() -> impl Iterator<Item = &'static str> {
    ["Раздел", "Компетенция"].into_iter().chain(Level::ALL.map(Level::title))
}

/// The table as a file that a Russian Excel opens.
#[must_use]
pub fn empty_csv() -> String {
    format!("{BYTE_ORDER_MARK}{}\r\n", headings().collect::<Vec<_>>().join(";"))
}

/// The table as a workbook.
///
/// # Errors
///
/// If it can't be written.
pub fn empty_workbook() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Лестница")?;
    let heading = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    let plain = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (column, title) in (0..).zip(headings()) {
        sheet.set_column_width(column, if column < 2 { 24 } else { 32 })?;
        sheet.set_column_format(column, &plain)?;
        sheet.write_with_format(0, column, title, &heading)?;
    }
    sheet.set_freeze_panes(1, 2)?;
    book.save_to_buffer()
}
