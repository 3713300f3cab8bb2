//! Competencies down and grades across, as companies keep ladders in spreadsheets: as a text and as a workbook.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError,
};

use super::csv::table_file;
use super::rows::{DescriptionRow, RowKind, rows, together};
use super::{CatalogueFile, FileProfession};
use crate::ladder::Level;

/// What the cells of a row are called that stand under no heading.
const REQUIREMENTS: &str = "Требования";
const SUMMARY: &str = "Кратко";
const BLOCK: &str = "Раздел";

/// UTF-16 units that Excel takes in a cell, and in the name of a sheet.
const LONGEST_CELL: usize = 32_767;
const LONGEST_NAME: usize = 31;

/// Widths of columns, in characters.
const NARROW: f64 = 24.0;
const WIDE: f64 = 48.0;

/// The tables of all professions, one under the other.
///
/// # Errors
///
/// If they can't be written, which no catalogue causes.
pub fn write_csv(file: &CatalogueFile) -> Result<Vec<u8>, String> {
    let mut levels = Level::ALL.to_vec();
    levels.retain(|level| {
        let mut grades = file.professions.iter().flat_map(|profession| &profession.grades);
        grades.any(|grade| grade.level == *level)
    });
    let scales = file.professions.iter().map(|profession| &profession.scale);
    let is_one_scale = scales.clone().all(|scale| Some(scale) == scales.clone().next());
    let title = |level: &Level| match file.professions.first().filter(|_| is_one_scale) {
        Some(profession) => level_title(file, profession, *level),
        None => level.title().to_owned(),
    };
    let headings = ["Профессия", BLOCK].map(str::to_owned).into_iter();
    let mut table = vec![headings.chain(levels.iter().map(title)).collect::<Vec<_>>()];
    for profession in &file.professions {
        let lines = lines(profession);
        if lines.is_empty() {
            let empty = levels.iter().map(|_| String::new());
            table
                .push([profession.title.clone(), String::new()].into_iter().chain(empty).collect());
        }
        for (block, cells) in lines {
            let cell = |level: &Level| {
                let at = profession.grades.iter().position(|grade| grade.level == *level);
                at.map(|at| cells[at].clone()).unwrap_or_default()
            };
            let about = [profession.title.clone(), block].into_iter();
            table.push(about.chain(levels.iter().map(cell)).collect());
        }
    }
    table_file(&table)
}

/// A workbook with a sheet for each profession. Of the same catalogue it has the same bytes.
///
/// # Errors
///
/// If it can't be written, which no catalogue causes.
pub fn write_xlsx(file: &CatalogueFile) -> Result<Vec<u8>, String> {
    workbook(file).map_err(|error| error.to_string())
}

fn workbook(file: &CatalogueFile) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let grey = Color::RGB(0xC8_C8C8);
    let cell = Format::new()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border(FormatBorder::Thin)
        .set_border_color(grey);
    let heading = cell.clone().set_bold().set_background_color(Color::RGB(0xE6_E6E6));
    let block = cell.clone().set_bold().set_background_color(Color::RGB(0xF4_F4F4));
    let mut names = Vec::new();
    for profession in &file.professions {
        let sheet = workbook.add_worksheet();
        sheet.set_name(sheet_name(profession, &mut names))?;
        sheet.write_string_with_format(0, 0, BLOCK, &heading)?;
        sheet.set_column_width(0, NARROW)?;
        for (column, grade) in (1..).zip(&profession.grades) {
            let title = level_title(file, profession, grade.level);
            sheet.write_string_with_format(0, column, title, &heading)?;
            sheet.set_column_width(column, WIDE)?;
        }
        for (row, (title, cells)) in (1..).zip(lines(profession)) {
            sheet.write_string_with_format(row, 0, fitting(&title, LONGEST_CELL), &block)?;
            for (column, text) in (1..).zip(cells) {
                sheet.write_string_with_format(row, column, fitting(&text, LONGEST_CELL), &cell)?;
            }
        }
        sheet.set_freeze_panes(1, 1)?;
        sheet.set_repeat_rows(0, 0)?;
        sheet.set_landscape().set_print_fit_to_pages(1, 0);
    }
    if file.professions.is_empty() {
        workbook.add_worksheet().set_name("Профессий нет")?;
    }
    workbook.save_to_buffer()
}

/// The lines of a profession's table: what it is about, and a cell for each grade.
fn lines(profession: &FileProfession) -> Vec<(String, Vec<String>)> {
    let mut lines = Vec::<(String, Vec<Vec<DescriptionRow>>)>::new();
    let count = profession.grades.len();
    for (at, grade) in profession.grades.iter().enumerate() {
        for row in grade.description.as_deref().map(rows).unwrap_or_default() {
            let title = match row.kind {
                RowKind::Summary => SUMMARY.to_owned(),
                _ if row.block.is_empty() => REQUIREMENTS.to_owned(),
                _ => row.block.clone(),
            };
            let known = lines.iter().position(|(known, _)| *known == title);
            let index = known.unwrap_or_else(|| {
                lines.push((title, vec![Vec::new(); count]));
                lines.len() - 1
            });
            if row.kind != RowKind::Block {
                lines[index].1[at].push(DescriptionRow { block: String::new(), ..row });
            }
        }
    }
    // The summary of a higher grade may be the first.
    lines.sort_by_key(|(title, _)| title != SUMMARY);
    let cells = |cells: Vec<Vec<DescriptionRow>>| cells.iter().map(|rows| together(rows)).collect();
    lines.into_iter().map(|(title, rows)| (title, cells(rows))).collect()
}

/// What the profession calls a level.
pub fn level_title(file: &CatalogueFile, profession: &FileProfession, level: Level) -> String {
    let is_own = |slug: &str| profession.scale.as_deref() == Some(slug);
    let scale = file.scales.iter().find(|scale| is_own(&scale.slug));
    let own = scale.and_then(|scale| scale.levels.iter().find(|(named, ..)| *named == level));
    own.map_or_else(|| level.title().to_owned(), |(_, title, ..)| title.clone())
}

/// A name that no other sheet has: Excel tells them apart by their letters, not by case.
fn sheet_name(profession: &FileProfession, taken: &mut Vec<String>) -> String {
    let is_refused = |letter: char| {
        letter.is_control() || matches!(letter, '[' | ']' | ':' | '*' | '?' | '/' | '\\')
    };
    let title = profession.title.replace(is_refused, " ");
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut title = title.trim_matches(['\'', ' ']).to_owned();
    if title.is_empty() || title.to_lowercase() == "history" {
        title.clone_from(&profession.slug);
    }
    let mut name = fitting(&title, LONGEST_NAME).trim_end_matches('\'').to_owned();
    for number in 2.. {
        if !taken.contains(&name.to_lowercase()) {
            break;
        }
        let ending = format!(" ({number})");
        name = format!("{}{ending}", fitting(&title, LONGEST_NAME - ending.len()));
    }
    taken.push(name.to_lowercase());
    name
}

/// A text of at most so many UTF-16 units.
fn fitting(text: &str, longest: usize) -> String {
    if text.encode_utf16().count() <= longest {
        return text.to_owned();
    }
    let (mut short, mut units) = (String::new(), 1);
    for letter in text.chars() {
        units += letter.len_utf16();
        if units > longest {
            break;
        }
        short.push(letter);
    }
    short.push('…');
    short
}
