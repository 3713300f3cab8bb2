//! A row for each requirement and each paragraph, for spreadsheets and back.

use std::collections::HashMap;

use super::rows::{DescriptionRow, RowKind, rows, together};
use super::sheet::rank_named;
use super::{
    CatalogueFile, FileError, FileGrade, FileIncludes, FileProfession, FileTrack, Place, RowId,
};
use crate::clean::{self, as_words, is_line, is_name, of_words};
use crate::ladder::texts::{LONGEST_SUMMARY, LONGEST_TITLE, is_slug, normalise};
use crate::ladder::{Description, Level};

/// Tells a spreadsheet that the letters after it are UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

const HEADINGS: [&str; 15] = [
    "Направление",
    "Адрес направления",
    "Профессия",
    "Адрес профессии",
    "О профессии",
    "Шкала",
    "Включает",
    "Уровень",
    "Что это",
    "Раздел",
    "Метка",
    "Текст",
    "Желательно",
    "Примеры",
    "Номер",
];

const UNDESCRIBED: &str = "не описан";
const NO_LADDER: &str = "лестницы нет";
const YES: &str = "да";

/// Rows of descriptions, as the column «Что это» calls them.
const KINDS: [(RowKind, &str); 5] = [
    (RowKind::Requirement, "требование"),
    (RowKind::Summary, "кратко"),
    (RowKind::Note, "комментарий"),
    (RowKind::Block, "раздел"),
    (RowKind::Whole, "весь текст"),
];

/// The file, with `;` between cells, which Excel expects where the decimal sign is a comma.
///
/// # Errors
///
/// If it can't be written, which no catalogue causes.
pub fn write(file: &CatalogueFile) -> Result<Vec<u8>, String> {
    let titles = file.tracks.iter().map(|track| (track.slug.as_str(), track.title.as_str()));
    let titles = titles.collect::<HashMap<_, _>>();
    let mut table = vec![HEADINGS.map(str::to_owned).to_vec()];
    for profession in &file.professions {
        let track = profession.track.as_deref().unwrap_or_default();
        let includes = profession.includes.as_ref().map(|includes| match includes.up_to {
            Some(level) => format!("{}/{}", includes.profession, level.name()),
            None => includes.profession.clone(),
        });
        let about = [
            titles.get(track).copied().unwrap_or_default(),
            track,
            &profession.title,
            &profession.slug,
            &profession.summary,
            profession.scale.as_deref().unwrap_or_default(),
            includes.as_deref().unwrap_or_default(),
        ]
        .map(str::to_owned);
        let mut add = |cells: [String; 8]| {
            table.push(about.iter().cloned().chain(cells).collect());
        };
        if profession.grades.is_empty() {
            add(cells("", NO_LADDER));
        }
        for grade in &profession.grades {
            let level = grade.level.name();
            let Some(description) = &grade.description else {
                add(cells(level, UNDESCRIBED));
                continue;
            };
            for row in rows(description) {
                add(row_cells(level, row));
            }
        }
    }
    table_file(&table)
}

fn cells(level: &str, kind: &str) -> [String; 8] {
    let mut cells = [const { String::new() }; 8];
    level.clone_into(&mut cells[0]);
    kind.clone_into(&mut cells[1]);
    cells
}

fn row_cells(level: &str, row: DescriptionRow) -> [String; 8] {
    let kind = KINDS.iter().find(|(kind, _)| *kind == row.kind).map_or("", |(_, name)| name);
    let optional = if row.is_optional { YES } else { "" };
    [
        level.to_owned(),
        kind.to_owned(),
        row.block,
        row.label,
        row.text,
        optional.to_owned(),
        row.examples.join("\n"),
        row.id,
    ]
}

/// A table as a file.
pub fn table_file(table: &[Vec<String>]) -> Result<Vec<u8>, String> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    for row in table {
        let row = row.iter().map(|cell| as_words(cell));
        writer.write_record(row).map_err(|error| error.to_string())?;
    }
    writer.into_inner().map_err(|error| error.to_string())
}

/// Whether a file begins with the headings that [`write`] writes.
pub fn is_own(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(bytes);
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = String::from_utf8_lossy(first);
    let is_there = |heading: &str| first.contains(heading);
    ["Адрес профессии", "Уровень", "Что это", "Текст"].into_iter().all(is_there)
}

/// Reads a file; columns may stand in another order, and most may be missing.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn read(text: &str) -> Result<CatalogueFile, Vec<FileError>> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b';', b',', b'\t'];
    let count = |byte: &u8| first.bytes().filter(|found| found == byte).count();
    let delimiter = delimiter.into_iter().max_by_key(count).unwrap_or(b';');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut reading = Reading::default();
    for record in reader.records() {
        match record {
            Ok(record) => reading.record(&record),
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                reading.line = usize::try_from(line).unwrap_or(usize::MAX);
                reading.fault(0, format!("Строка не читается: {error}."));
            }
        }
    }
    reading.finished()
}

#[derive(Default)]
struct Reading {
    /// Which column has which heading.
    columns: Option<HashMap<&'static str, usize>>,
    file: CatalogueFile,
    /// The rows of each profession and level.
    rows: Vec<(usize, Level, Place, Vec<DescriptionRow>)>,
    errors: Vec<FileError>,
    line: usize,
}

impl Reading {
    fn fault(&mut self, column: usize, message: String) {
        let place = Some(Place { line: self.line, column: column + 1 });
        self.errors.push(FileError { place, message });
    }

    fn record(&mut self, record: &csv::StringRecord) {
        let line = record.position().map_or(1, csv::Position::line);
        self.line = usize::try_from(line).unwrap_or(usize::MAX);
        let Some(columns) = self.columns.clone() else {
            return self.headings(record);
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        let at = |heading: &str| columns.get(heading).copied();
        let cell = |heading: &str| {
            let cell = at(heading).and_then(|at| record.get(at)).unwrap_or_default();
            clean::text(of_words(cell)).into_owned()
        };
        let Some(profession) = self.profession(&cell, &at) else { return };
        let what = cell("Что это").trim().to_lowercase();
        let level = cell("Уровень");
        if what == NO_LADDER {
            return;
        }
        let Some(level) = rank_named(level.trim()) else {
            let message = format!("Уровня «{}» нет.", super::tree::short(level.trim()));
            return self.fault(at("Уровень").unwrap_or_default(), message);
        };
        let kind = KINDS.iter().find(|(_, name)| *name == what).map(|(kind, _)| *kind);
        let kind = match kind {
            Some(kind) => Some(kind),
            None if what == UNDESCRIBED => None,
            None if what.is_empty() => Some(RowKind::Requirement),
            None => {
                let known = KINDS.map(|(_, name)| name).join(", ");
                let message = format!(
                    "Строки вида «{}» не бывает. Бывают: {known}, {UNDESCRIBED}, {NO_LADDER}.",
                    super::tree::short(&what)
                );
                return self.fault(at("Что это").unwrap_or_default(), message);
            }
        };
        let place = Place { line: self.line, column: at("Уровень").unwrap_or_default() + 1 };
        let known = self.rows.iter().position(|(of, its, ..)| (*of, *its) == (profession, level));
        let index = known.unwrap_or_else(|| {
            self.rows.push((profession, level, place, Vec::new()));
            self.rows.len() - 1
        });
        let Some(kind) = kind else { return };
        let text = cell("Текст");
        if kind != RowKind::Block && text.trim().is_empty() {
            return self.fault(at("Текст").unwrap_or_default(), "Здесь нет текста.".to_owned());
        }
        let optional = cell("Желательно").trim().to_lowercase();
        let one_line = |text: String| {
            if kind == RowKind::Whole { text } else { text.replace('\n', " ") }
        };
        self.rows[index].3.push(DescriptionRow {
            kind,
            block: one_line(cell("Раздел")),
            label: one_line(cell("Метка")),
            text: one_line(text),
            is_optional: !matches!(optional.as_str(), "" | "нет" | "no" | "0" | "-"),
            examples: cell("Примеры").lines().map(str::to_owned).collect(),
            id: cell("Номер").trim().to_owned(),
        });
    }

    fn headings(&mut self, record: &csv::StringRecord) {
        let mut columns = HashMap::new();
        for (at, heading) in record.iter().enumerate() {
            let heading = clean::text(heading).trim().to_lowercase();
            if heading.is_empty() {
                continue;
            }
            match HEADINGS.into_iter().find(|known| known.to_lowercase() == heading) {
                Some(known) if columns.contains_key(known) => {
                    self.fault(at, format!("Столбец «{known}» уже есть."));
                }
                Some(known) => {
                    columns.insert(known, at);
                }
                None => {
                    let known = HEADINGS.join(", ");
                    let heading = super::tree::short(&heading);
                    self.fault(at, format!("Столбца «{heading}» не бывает. Бывают: {known}."));
                }
            }
        }
        for needed in ["Адрес профессии", "Уровень", "Текст"] {
            if !columns.contains_key(needed) {
                self.fault(0, format!("Нет столбца «{needed}»."));
            }
        }
        self.columns = Some(columns);
    }

    /// The profession of a row.
    fn profession(
        &mut self,
        cell: &impl Fn(&str) -> String,
        at: &impl Fn(&str) -> Option<usize>,
    ) -> Option<usize> {
        let slug = cell("Адрес профессии").trim().to_owned();
        let column = |heading| at(heading).unwrap_or_default();
        if !is_slug(&slug) {
            let message = format!(
                "«{}» не годится в адрес профессии: нужны строчные латинские буквы, цифры и дефис.",
                super::tree::short(&slug)
            );
            self.fault(column("Адрес профессии"), message);
            return None;
        }
        let known = self.file.professions.iter().rposition(|profession| profession.slug == slug);
        if known.is_some() {
            return known;
        }
        let (title, summary) = (cell("Профессия"), cell("О профессии"));
        if at("Профессия").is_some() && !is_name(&title, LONGEST_TITLE) {
            let message = "Название — от 1 до 100 знаков в одной строке.".to_owned();
            self.fault(column("Профессия"), message);
        }
        if !is_line(&summary, LONGEST_SUMMARY) {
            let message = "Здесь не больше 200 знаков, в одной строке.".to_owned();
            self.fault(column("О профессии"), message);
        }
        let track =
            Some(cell("Адрес направления").trim().to_owned()).filter(|slug| !slug.is_empty());
        let track_title = cell("Направление");
        if let Some(track) = &track
            && !self.file.tracks.iter().any(|known| known.slug == *track)
        {
            if !is_slug(track) {
                let message = format!("«{}» не годится в адрес.", super::tree::short(track));
                self.fault(column("Адрес направления"), message);
            }
            let place =
                Some(Place { line: self.line, column: column("Направление") + 1 });
            self.file.tracks.push(FileTrack { slug: track.clone(), title: track_title, place });
        }
        let includes = cell("Включает");
        let (profession, up_to) = match includes.trim().split_once('/') {
            Some((profession, level)) => (profession, Some(level)),
            None => (includes.trim(), None),
        };
        let level = up_to.map(|level| (rank_named(level), level));
        if let Some((None, level)) = level {
            let message = format!("Уровня «{}» нет.", super::tree::short(level));
            self.fault(column("Включает"), message);
        }
        if profession == slug {
            let message = format!("Профессия {slug} включает сама себя.");
            self.fault(column("Включает"), message);
        }
        let includes = (!profession.is_empty()).then(|| FileIncludes {
            profession: profession.to_owned(),
            up_to: level.and_then(|(level, _)| level),
        });
        let scale = Some(cell("Шкала").trim().to_owned()).filter(|slug| !slug.is_empty());
        let place =
            Some(Place { line: self.line, column: column("Адрес профессии") + 1 });
        let grades = Vec::new();
        self.file.professions.push(FileProfession {
            is_draft: false,
            slug,
            title,
            summary,
            track,
            scale,
            includes,
            grades,
            place,
        });
        Some(self.file.professions.len() - 1)
    }

    fn finished(mut self) -> Result<CatalogueFile, Vec<FileError>> {
        for (profession, level, place, rows) in std::mem::take(&mut self.rows) {
            let text = together(&rows);
            let description = normalise(&text).unwrap_or_else(|_| {
                let message =
                    "Описание длиннее 20 000 знаков, или в нём управляющие знаки.".to_owned();
                self.errors.push(FileError { place: Some(place), message });
                String::new()
            });
            let description = Some(description).filter(|text| !text.is_empty());
            let row_ids =
                description.as_deref().map(|text| row_ids(text, &rows)).unwrap_or_default();
            let grade = FileGrade { level, description, row_ids, place: Some(place) };
            self.file.professions[profession].grades.push(grade);
        }
        for profession in &mut self.file.professions {
            profession.grades.sort_by_key(|grade| grade.level);
        }
        if self.errors.is_empty() { Ok(self.file) } else { Err(self.errors) }
    }
}

/// The ids in the file, each with the one that the words of its row have.
fn row_ids(text: &str, rows: &[DescriptionRow]) -> Vec<RowId> {
    let present = Description::parse(text).requirements;
    let rows = rows.iter().filter(|row| row.kind == RowKind::Requirement).collect::<Vec<_>>();
    if present.len() != rows.len() {
        return Vec::new();
    }
    let ids = rows.iter().zip(present).filter(|(row, _)| !row.id.is_empty());
    ids.map(|(row, asked)| RowId { id: row.id.clone(), present_id: asked.id }).collect()
}
