//! A document for each ladder, which GitHub renders: the title, what it is in one phrase, a table of what else
//! is said of it, and a heading for each level with its description below.

mod grades;
mod writing;

use super::sheet::rank_named;
use super::tree::short;
use super::{CatalogueFile, FileError, FileGrade, FileIncludes, FileProfession, FileTrack, Place};
use crate::clean::{self, is_line, is_name};
use crate::ladder::texts::{LONGEST_SUMMARY, LONGEST_TITLE, is_slug, normalise, proposed_slug};
use crate::ladder::{Description, Level};

pub use self::grades::{as_read_back, read_grades, write_grades};
pub use self::writing::write;

/// How many levels the headings of descriptions stand below their own.
const DOWN: usize = 2;
/// Levels that Markdown has.
const MOST_LEVELS: usize = 6;

/// The information string of a block that holds a description as it is.
const WHOLE: &str = "markdown";

const ADDRESS: &str = "Адрес";
const TRACK: &str = "Направление";
const SCALE: &str = "Шкала";
const INCLUDES: &str = "Включает";

/// Reads documents, one after the other.
///
/// # Errors
///
/// Everything that is wrong with them.
pub fn read(text: &str) -> Result<CatalogueFile, Vec<FileError>> {
    let mut file = documents(text)?;
    for profession in &mut file.professions {
        if profession.slug.is_empty() {
            profession.slug = proposed_slug(&profession.title);
        }
    }
    let mut slugs = file.professions.iter().map(|one| one.slug.clone()).collect::<Vec<_>>();
    slugs.sort();
    let twice = slugs.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| FileError {
        place: None,
        message: format!("Профессия {} в файле не одна.", short(&pair[0])),
    });
    let twice = twice.collect::<Vec<_>>();
    if twice.is_empty() { Ok(file) } else { Err(twice) }
}

fn documents(text: &str) -> Result<CatalogueFile, Vec<FileError>> {
    let text = clean::text(text);
    let mut reading = Reading::default();
    for line in lines(&text) {
        reading.line(line);
    }
    reading.end_section();
    if reading.file.professions.is_empty() && reading.errors.is_empty() {
        let message = "Документ начинается с названия профессии: # Название.".to_owned();
        reading.errors.push(FileError { place: None, message });
    }
    for profession in &mut reading.file.professions {
        profession.grades.sort_by_key(|grade| grade.level);
    }
    if reading.errors.is_empty() { Ok(reading.file) } else { Err(reading.errors) }
}

/// Whether a text begins as [`write`] begins documents: with a title, and a table that tells its address.
pub fn is_own(text: &str) -> bool {
    let address = format!("| {ADDRESS} |");
    let is_title = |line: Line<'_>| heading(line.text).is_some_and(|(level, _)| level == 1);
    let mut before = lines(text).take_while(|line| !line.text.starts_with("## "));
    before.next().is_some_and(is_title) && before.any(|line| line.text.starts_with(&address))
}

/// Reads the document of one ladder; its name in addresses is empty where the document does not tell it.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn read_ladder(text: &str) -> Result<FileProfession, Vec<FileError>> {
    let mut file = documents(text)?;
    match file.professions.pop() {
        Some(only) if file.professions.is_empty() => Ok(only),
        _ => {
            let message = "Здесь нужна одна лестница.".to_owned();
            Err(vec![FileError { place: None, message }])
        }
    }
}

/// A line, with its number from 1, and whether it stands in a block of code.
#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    number: usize,
    is_code: bool,
}

/// The lines of a text.
fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut fence = None::<(char, usize)>;
    text.split('\n').zip(1..).map(move |(text, number)| {
        let (was_open, content) = (fence, text.trim());
        let sign = content.chars().next().filter(|sign| matches!(sign, '`' | '~'));
        let length = sign.map_or(0, |sign| content.len() - content.trim_start_matches(sign).len());
        match (fence, sign) {
            (Some((open, least)), Some(sign))
                if sign == open && length >= least && length == content.len() =>
            {
                fence = None;
            }
            // A line with more of them is code within a line.
            (None, Some(sign))
                if length >= 3 && (sign == '~' || !content[length..].contains('`')) =>
            {
                fence = Some((sign, length));
            }
            _ => {}
        }
        Line { text, number, is_code: was_open.is_some() || fence.is_some() }
    })
}

/// The level of a heading and its words.
fn heading(text: &str) -> Option<(usize, &str)> {
    let words = text.trim_start_matches('#');
    let level = text.len() - words.len();
    let is_heading =
        (1..=MOST_LEVELS).contains(&level) && (words.is_empty() || words.starts_with([' ', '\t']));
    is_heading.then(|| (level, words.trim()))
}

/// A text with its headings some levels lower.
fn lowered(text: &str, down: usize) -> String {
    with_levels(text, |level| (level + down).min(MOST_LEVELS))
}

/// The same with them higher.
fn raised(text: &str) -> String {
    with_levels(text, |level| level.saturating_sub(DOWN).max(1))
}

fn with_levels(text: &str, other: impl Fn(usize) -> usize) -> String {
    let changed = lines(text).map(|line| {
        let content = line.text.trim_start_matches(' ');
        match heading(content).filter(|_| !line.is_code) {
            Some((level, _)) => {
                let indent = &line.text[..line.text.len() - content.len()];
                format!("{indent}{}{}", "#".repeat(other(level)), &content[level..])
            }
            None => line.text.to_owned(),
        }
    });
    changed.collect::<Vec<_>>().join("\n")
}

/// The words of a heading without its markup.
fn plain_heading(words: &str) -> String {
    let read = Description::parse(&format!("# {words}"));
    read.headings.first().map_or_else(|| words.to_owned(), |heading| heading.title.clone())
}

/// The words of a paragraph without its markup.
fn plain_paragraph(words: &str) -> String {
    let read = Description::parse(words);
    match (&read.summary, read.requirements.is_empty() && read.notes.is_empty()) {
        (Some(summary), true) => summary.text.clone(),
        _ => words.to_owned(),
    }
}

/// The description that the lines under the heading of a level hold.
fn description(text: &str) -> String {
    whole(text).unwrap_or_else(|| raised(text))
}

/// The description that such lines hold as a block of code.
fn whole(text: &str) -> Option<String> {
    let content = text.trim();
    let fence = content.len() - content.trim_start_matches('`').len();
    let inside = content[fence..].strip_prefix(WHOLE).and_then(|rest| rest.strip_prefix('\n'));
    let closing = "`".repeat(fence);
    let inside = inside.filter(|_| fence >= 3)?.strip_suffix(&closing)?;
    let is_whole = !inside.contains(&closing);
    is_whole.then(|| inside.strip_suffix('\n').unwrap_or(inside).to_owned())
}

#[derive(Default)]
struct Reading {
    file: CatalogueFile,
    errors: Vec<FileError>,
    /// The level whose description is read, and where its heading stands; `None` before the first.
    level: Option<(Option<Level>, Place)>,
    /// What stands under the last heading.
    section: String,
}

impl Reading {
    fn fault(&mut self, place: Place, message: String) {
        self.errors.push(FileError { place: Some(place), message });
    }

    fn line(&mut self, line: Line<'_>) {
        let place = Place { line: line.number, column: 1 };
        match heading(line.text).filter(|_| !line.is_code) {
            Some((1, words)) => {
                self.end_section();
                self.title(words, place);
            }
            Some((2, words)) if !self.file.professions.is_empty() => {
                self.end_section();
                let level = level_named(words);
                if level.is_none() {
                    let message = format!(
                        "«{}» — не уровень. Заголовок ## называет уровень: ## Джун+.",
                        short(words)
                    );
                    self.fault(place, message);
                }
                self.level = Some((level, place));
            }
            _ if self.file.professions.is_empty() => {
                if !line.text.trim().is_empty() && self.errors.is_empty() {
                    let message = "Документ начинается с названия профессии: # Название.";
                    self.fault(place, message.to_owned());
                }
            }
            _ if self.level.is_none() && line.text.trim_start().starts_with('|') => {
                self.about(line.text.trim(), place);
            }
            _ => {
                self.section.push_str(line.text);
                self.section.push('\n');
            }
        }
    }

    fn title(&mut self, words: &str, place: Place) {
        let title = plain_heading(words);
        if !is_name(&title, LONGEST_TITLE) {
            let message = "Название — от 1 до 100 знаков.".to_owned();
            self.fault(place, message);
        }
        let profession = FileProfession { title, place: Some(place), ..FileProfession::default() };
        self.file.professions.push(profession);
        self.level = None;
    }

    /// Reads a row of the table.
    fn about(&mut self, row: &str, place: Place) {
        let inside = row.trim_matches('|').replace("\\|", "\u{0}");
        let cells = inside.split('|').map(|cell| cell.trim().replace('\u{0}', "|"));
        let cells = cells.collect::<Vec<_>>();
        let [name, value] = cells.as_slice() else { return };
        let quoted = || value.rsplit('`').nth(1).unwrap_or(value).trim().to_owned();
        let slug = quoted();
        let Some(profession) = self.file.professions.last_mut() else { return };
        if ![ADDRESS, TRACK, SCALE, INCLUDES].contains(&name.as_str()) {
            return;
        }
        match name.as_str() {
            ADDRESS => profession.slug.clone_from(&slug),
            TRACK => profession.track = Some(slug.clone()),
            SCALE => profession.scale = Some(slug.clone()),
            _ => {
                let level = value.rsplit_once(" до ").map(|(_, level)| level.trim().to_owned());
                let up_to = level.as_deref().and_then(rank_named);
                let is_self = profession.slug == slug;
                profession.includes = Some(FileIncludes { profession: slug.clone(), up_to });
                if let Some(level) = level.filter(|_| up_to.is_none()) {
                    self.fault(place, format!("Уровня «{}» нет.", short(&level)));
                }
                if is_self {
                    self.fault(place, format!("Профессия {} включает сама себя.", short(&slug)));
                }
            }
        }
        if name == TRACK && !self.file.tracks.iter().any(|track| track.slug == slug) {
            let title = value.rsplit_once(" (`").map(|(title, _)| plain_heading(title));
            let title = title.unwrap_or_default();
            self.file.tracks.push(FileTrack { slug: slug.clone(), title, place: Some(place) });
        }
        if !is_slug(&slug) {
            let message = format!(
                "«{}» не годится в адрес: нужны строчные латинские буквы, цифры и дефис.",
                short(&slug)
            );
            self.fault(place, message);
        }
    }

    /// Ends what stands under the last heading.
    fn end_section(&mut self) {
        let section = std::mem::take(&mut self.section);
        let Some(profession) = self.file.professions.last_mut() else { return };
        let Some((level, place)) = self.level.take() else {
            let paragraph = section.split_whitespace().collect::<Vec<_>>().join(" ");
            profession.summary = plain_paragraph(&paragraph);
            if !is_line(&profession.summary, LONGEST_SUMMARY) {
                let place = profession.place.unwrap_or_default();
                let message = "До первого уровня — одна фраза, не длиннее 200 знаков.".to_owned();
                self.fault(place, message);
            }
            return;
        };
        let Some(level) = level else { return };
        let is_known = profession.grades.iter().any(|grade| grade.level == level);
        let (text, is_valid) = match normalise(&description(&section)) {
            Ok(text) => (text, true),
            Err((_, text)) => (text, false),
        };
        let text = Some(text).filter(|text| !text.is_empty());
        let grade = FileGrade { level, description: text, row_ids: Vec::new(), place: Some(place) };
        profession.grades.push(grade);
        if is_known {
            self.fault(place, format!("Уровень {} уже есть выше.", level.name()));
        }
        if !is_valid {
            let message = "Описание длиннее 20 000 знаков, или в нём управляющие знаки.";
            self.fault(place, message.to_owned());
        }
    }
}

/// The level that a heading names: in any usual spelling, or in parentheses after an own name.
fn level_named(words: &str) -> Option<Level> {
    let words = plain_heading(words);
    let inside = words.strip_suffix(')').and_then(|words| words.rsplit_once('('));
    let told = inside.and_then(|(_, inside)| inside.trim().parse().ok());
    told.or_else(|| rank_named(&words))
}
