//! What a workbook would unpack to, before anything of it is unpacked into memory.

use std::io::{self, Read};

use flate2::read::DeflateDecoder;

use super::FileError;
use super::table::{MOST_CELLS, MOST_COLUMNS};

/// Most bytes that a workbook unpacks to.
const MOST_UNPACKED: u64 = 128 << 20;

/// The parts of a ZIP archive (APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16).
pub struct Archive<'a> {
    parts: Vec<(String, Part<'a>)>,
}

struct Part<'a> {
    is_packed: bool,
    bytes: &'a [u8],
}

fn broken() -> FileError {
    let message = "Файл испорчен: это архив таблицы, но его не удаётся прочитать до конца.";
    FileError { place: None, message: message.to_owned() }
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

impl<'a> Archive<'a> {
    /// The parts that the directory at the end of a file names.
    ///
    /// # Errors
    ///
    /// If there is no such directory, or it leads out of the file.
    pub fn read(bytes: &'a [u8]) -> Result<Self, FileError> {
        Self::directory(bytes).ok_or_else(broken)
    }

    fn directory(bytes: &'a [u8]) -> Option<Self> {
        let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06")?;
        let count = number(bytes, end + 10, 2)?;
        let mut at = number(bytes, end + 16, 4)?;
        let mut parts = Vec::new();
        for _ in 0..count {
            if bytes.get(at..at + 4)? != b"PK\x01\x02" {
                return None;
            }
            let (method, packed) = (number(bytes, at + 10, 2)?, number(bytes, at + 20, 4)?);
            let lengths = [28, 30, 32].map(|field| number(bytes, at + field, 2));
            let [Some(name), Some(extra), Some(comment)] = lengths else { return None };
            let local = number(bytes, at + 42, 4)?;
            let title = bytes.get(at + 46..at + 46 + name)?;
            let start = local + 30 + number(bytes, local + 26, 2)? + number(bytes, local + 28, 2)?;
            let content = bytes.get(start..start.checked_add(packed)?)?;
            let part = Part { is_packed: method != 0, bytes: content };
            parts.push((String::from_utf8_lossy(title).into_owned(), part));
            at += 46 + name + extra + comment;
        }
        Some(Self { parts })
    }

    /// Whether it has a part.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.parts.iter().any(|(found, _)| found == name)
    }

    /// Checks that everything unpacks, and to no more than can be read.
    ///
    /// # Errors
    ///
    /// If not.
    pub fn check(&self) -> Result<(), FileError> {
        let mut left = MOST_UNPACKED;
        for (_, part) in &self.parts {
            let mut unpacked = part.reader().take(left + 1);
            let size = io::copy(&mut unpacked, &mut io::sink()).map_err(|_| broken())?;
            left = left.checked_sub(size).ok_or_else(|| FileError {
                place: None,
                message: "Таблица слишком велика: распакованная она больше 128 МБ.".to_owned(),
            })?;
        }
        if let Some((_, part)) = self.parts.iter().find(|(name, _)| name == "content.xml") {
            let mut content = Vec::new();
            let mut unpacked = part.reader().take(MOST_UNPACKED);
            unpacked.read_to_end(&mut content).map_err(|_| broken())?;
            check_repeats(&content)?;
        }
        Ok(())
    }
}

impl<'a> Part<'a> {
    fn reader(&self) -> Box<dyn Read + 'a> {
        if self.is_packed {
            Box::new(DeflateDecoder::new(self.bytes))
        } else {
            Box::new(self.bytes)
        }
    }
}

/// Checks that the cells of a sheet in the format of `OpenDocument`, which says how often each is repeated,
/// span no more than can be read (`OpenDocument` 1.3, part 3, sections 19.676 and 19.679).
fn check_repeats(content: &[u8]) -> Result<(), FileError> {
    let content = String::from_utf8_lossy(content);
    let repeats = |tag: &str, name: &str| {
        let value =
            tag.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
        value.map_or(1, |(value, _)| value.parse::<usize>().unwrap_or(usize::MAX))
    };
    let (mut rows, mut width, mut column, mut filled, mut times) = (0_usize, 0, 0_usize, 0, 1);
    let mut after = content.as_ref();
    while let Some((_, rest)) = after.split_once('<') {
        let (tag, rest) = rest.split_once('>').unwrap_or((rest, ""));
        after = rest;
        if tag.starts_with("table:table-row") {
            (column, filled) = (0, 0);
            times = repeats(tag, "table:number-rows-repeated");
        } else if tag.starts_with("table:table-cell") || tag.starts_with("table:covered-table-cell")
        {
            column = column.saturating_add(repeats(tag, "table:number-columns-repeated"));
            if !tag.ends_with('/') || tag.contains("office:value") {
                filled = column;
            }
        } else if tag.strip_prefix('/') == Some("table:table-row") {
            if filled > 0 {
                width = width.max(filled);
                rows = rows.saturating_add(times);
            }
        } else if tag.strip_prefix('/') == Some("table:table") {
            if width > 4 * MOST_COLUMNS || rows.saturating_mul(width) > 4 * MOST_CELLS {
                let message =
                    "Таблица слишком велика: заполненных ячеек больше, чем можно прочитать.";
                return Err(FileError { place: None, message: message.to_owned() });
            }
            (rows, width) = (0, 0);
        }
    }
    Ok(())
}
