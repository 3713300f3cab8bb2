//! The grades of one ladder as one text to be edited: a heading for each level, its description below, and
//! nothing else of the profession. Whole documents are read as well: what stands before their first level is
//! left out.

use super::writing::{escaped, section};
use super::{Line, MOST_LEVELS, heading, level_named, lines, plain_heading, whole, with_levels};
use crate::clean;
use crate::graders::formats::tree::short;
use crate::graders::formats::{FileError, FileGrade, Place};
use crate::ladder::texts::normalise;
use crate::ladder::{Level, LevelName, Scale};

/// The level that the blocks of a description open with, as editors are taught to write them.
const BLOCK: usize = 2;

/// Writes grades, each under its name in the scale of the ladder and with its description, so that
/// [`read_grades`] reads them back.
#[must_use]
pub fn write_grades<'a>(grades: impl IntoIterator<Item = (&'a LevelName, &'a str)>) -> String {
    let grades = grades.into_iter().map(|(name, text)| {
        let title = escaped(name.title(), plain_heading);
        match text {
            "" => format!("## {title}\n"),
            text => format!("## {title}\n\n{}\n", written(text)),
        }
    });
    grades.collect::<Vec<_>>().join("\n")
}

/// A description as [`read_grades`] reads it from a text of [`write_grades`]: the same, but for the levels of
/// its headings, of which only the order is kept.
#[must_use]
pub fn as_read_back(text: &str) -> String {
    let read = description(&written(text));
    normalise(&read).unwrap_or_else(|(_, left)| left)
}

/// A description below the heading of its level.
fn written(text: &str) -> String {
    let is_title = |line: Line<'_>| {
        let found = heading(line.text.trim_start_matches(' '));
        !line.is_code && found.is_some_and(|(depth, _)| depth == 1)
    };
    section(text, if lines(text).any(is_title) { 2 } else { 1 }, description)
}

/// Reads the grades of one ladder, lowest first. A heading names a level as the scale of the ladder does, or in
/// any usual spelling; all such headings are of one level, be it the first or the second.
///
/// # Errors
///
/// Everything that is wrong with the text, each with its line.
pub fn read_grades(text: &str, scale: &Scale) -> Result<Vec<FileGrade>, Vec<FileError>> {
    let text = clean::text(text);
    let named = |words: &str| {
        let words = plain_heading(words);
        let own = scale.levels().iter().find(|own| same(&own.title, &words));
        own.map(|own| own.level).or_else(|| level_named(&words))
    };
    let is_grade = |line: &Line<'_>| {
        let found = heading(line.text).filter(|(depth, _)| *depth <= BLOCK && !line.is_code);
        found.filter(|(_, words)| named(words).is_some()).map(|(depth, _)| depth)
    };
    let Some(depth) = lines(&text).find_map(|line| is_grade(&line)) else {
        let message = "Ни один заголовок не называет уровень: нужен, например, ## Джун.".to_owned();
        return Err(vec![FileError { place: None, message }]);
    };
    let mut reading = Reading::default();
    for line in lines(&text) {
        let place = Place { line: line.number, column: 1 };
        match heading(line.text).filter(|_| !line.is_code) {
            Some((found, words)) if found == depth => {
                let level = named(words);
                reading.open(level, words, place);
            }
            Some((found, words)) if reading.is_open() && found < depth => {
                let message = format!("«{}» — не уровень: здесь одна лестница.", short(words));
                reading.fault(place, message);
            }
            Some((found, words)) if found == depth + 1 && named(words).is_some() => {
                let signs = "#".repeat(depth);
                let message =
                    format!("Уровень «{}» стоит глубже других: нужно {signs}.", short(words));
                reading.fault(place, message);
            }
            _ => reading.line(line),
        }
    }
    reading.end()
}

/// Whether two names are the same but for case.
fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// The description under the heading of a level: its uppermost headings open blocks.
fn description(section: &str) -> String {
    if let Some(whole) = whole(section) {
        return whole;
    }
    let depths = lines(section).filter(|line| !line.is_code);
    let depths = depths.filter_map(|line| heading(line.text.trim_start_matches(' ')));
    let least = depths.map(|(depth, _)| depth).min().unwrap_or(BLOCK);
    with_levels(section, |depth| (depth + BLOCK).saturating_sub(least).clamp(1, MOST_LEVELS))
}

#[derive(Default)]
struct Reading {
    grades: Vec<FileGrade>,
    errors: Vec<FileError>,
    /// The level whose description is read, and where its heading stands.
    open: Option<(Option<Level>, Place)>,
    section: String,
    /// Whether what stands before the first level begins with a title, as documents do.
    is_document: bool,
    /// Whether that was told to be wrong.
    is_refused: bool,
}

impl Reading {
    fn fault(&mut self, place: Place, message: String) {
        self.errors.push(FileError { place: Some(place), message });
    }

    const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    fn open(&mut self, level: Option<Level>, words: &str, place: Place) {
        self.close();
        if level.is_none() {
            let message =
                format!("«{}» — не уровень. Раздел грейда — на знак # глубже.", short(words));
            self.fault(place, message);
        }
        self.open = Some((level, place));
    }

    fn line(&mut self, line: Line<'_>) {
        if self.is_open() {
            self.section.push_str(line.text);
            self.section.push('\n');
            return;
        }
        if line.text.trim().is_empty() || self.is_document || self.is_refused {
            return;
        }
        if heading(line.text).is_some_and(|(depth, _)| depth == 1) {
            self.is_document = true;
            return;
        }
        self.is_refused = true;
        let message = "Текст стоит до первого уровня: начните с заголовка, например ## Джун.";
        self.fault(Place { line: line.number, column: 1 }, message.to_owned());
    }

    /// Ends the description under the last heading.
    fn close(&mut self) {
        let section = std::mem::take(&mut self.section);
        let Some((Some(level), place)) = self.open.take() else { return };
        if self.grades.iter().any(|grade| grade.level == level) {
            self.fault(place, format!("Уровень {} уже есть выше.", level.word()));
        }
        let (text, is_valid) = match normalise(&description(&section)) {
            Ok(text) => (text, true),
            Err((_, text)) => (text, false),
        };
        if !is_valid {
            let message = "Описание длиннее 20 000 знаков, или в нём управляющие знаки.";
            self.fault(place, message.to_owned());
        }
        let description = Some(text).filter(|text| !text.is_empty());
        let grade = FileGrade { level, description, row_ids: Vec::new(), place: Some(place) };
        self.grades.push(grade);
    }

    fn end(mut self) -> Result<Vec<FileGrade>, Vec<FileError>> {
        self.close();
        self.grades.sort_by_key(|grade| grade.level);
        if self.errors.is_empty() { Ok(self.grades) } else { Err(self.errors) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Level, String)> {
        let grades = read_grades(text, &Scale::standard()).unwrap().into_iter();
        grades.map(|grade| (grade.level, grade.description.unwrap_or_default())).collect()
    }

    fn faults(text: &str) -> Vec<(usize, String)> {
        let errors = read_grades(text, &Scale::standard()).unwrap_err().into_iter();
        let line = |error: &FileError| error.place.map_or(0, |place| place.line);
        errors.map(|error| (line(&error), error.message)).collect()
    }

    #[test]
    fn headings_of_either_depth_open_grades_and_deeper_ones_open_blocks() {
        let wanted = [
            (Level::Junior, "Учится.\n\n## Код\n\n- Git".to_owned()),
            (Level::Middle, "- Docker".to_owned()),
        ];
        let text = "## Джун\n\nУчится.\n\n### Код\n\n- Git\n\n## Мидл\n\n- Docker\n";
        assert_eq!(read(text), wanted);
        assert_eq!(read("# Middle\n- Docker\n# Junior\nУчится.\n\n## Код\n\n- Git\n"), wanted);
        // What other texts have before the first level.
        assert_eq!(read(&format!("# Фронтенд\n\nКоротко\n\n| a | b |\n\n{text}")), wanted);
    }

    #[test]
    fn each_fault_is_told_with_its_line() {
        assert_eq!(faults("- Git")[0].0, 0);
        let lines = |text| faults(text).into_iter().map(|(line, _)| line).collect::<Vec<_>>();
        assert_eq!(lines("Git\n\n## Джун\n- Git\n\n## Повар\n- Суп\n\n## Джун"), [1, 6, 9]);
        assert_eq!(lines("# Джун\n\n## Мидл\n\n- Git"), [3]);
        assert_eq!(lines("## Джун\n\n# Другая профессия\n"), [3]);
    }

    #[test]
    fn what_is_written_is_read_back() {
        for text in [
            "Кратко\n\n- Git",
            "## Код\n\n- Git\n\n### Ещё\n\n- SSH",
            "```\n# Джун\n```\n\n- Git",
            "- a\n  - b",
            "",
        ] {
            let name = LevelName::standard(Level::Junior);
            let again = read(&write_grades([(&name, text)]));
            assert_eq!(again, [(Level::Junior, text.to_owned())]);
            assert_eq!(as_read_back(text), text);
        }
        assert_eq!(as_read_back("# Код\n\n- Git"), "## Код\n\n- Git");
        assert_eq!(as_read_back("Было\n====\n\n- Git"), "## Было\n\n- Git");
    }
}
