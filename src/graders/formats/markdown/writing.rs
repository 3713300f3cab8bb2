//! Writing documents. What is written is read at once, so that nothing is said that is not read back.

use std::fmt::Write as _;

use super::{
    ADDRESS, DOWN, INCLUDES, SCALE, TRACK, WHOLE, description, heading, lines, lowered,
    plain_heading, plain_paragraph,
};
use crate::graders::formats::matrix::level_title;
use crate::graders::formats::rows::{rows, together};
use crate::graders::formats::{CatalogueFile, FileProfession};
use crate::ladder::Description;

/// The documents.
#[must_use]
pub fn write(file: &CatalogueFile) -> String {
    let documents = file.professions.iter().map(|profession| document(file, profession));
    documents.collect::<Vec<_>>().join("\n")
}

fn document(file: &CatalogueFile, profession: &FileProfession) -> String {
    let mut written = format!("# {}\n", escaped(&profession.title, plain_heading));
    if !profession.summary.is_empty() {
        let _ = writeln!(written, "\n{}", escaped(&profession.summary, summary));
    }
    let _ = writeln!(written, "\n| | |\n| --- | --- |\n| {ADDRESS} | `{}` |", profession.slug);
    if let Some(slug) = &profession.track {
        let track = file.tracks.iter().find(|track| track.slug == *slug);
        let title = track.map(|track| escaped(&track.title, plain_heading)).unwrap_or_default();
        let title = title.replace('|', "\\|");
        let _ = match title.as_str() {
            "" => writeln!(written, "| {TRACK} | `{slug}` |"),
            title => writeln!(written, "| {TRACK} | {title} (`{slug}`) |"),
        };
    }
    if let Some(scale) = &profession.scale {
        let _ = writeln!(written, "| {SCALE} | `{scale}` |");
    }
    if let Some(includes) = &profession.includes {
        let up_to = includes.up_to.map(|level| format!(" до {}", level.name()));
        let up_to = up_to.unwrap_or_default();
        let _ = writeln!(written, "| {INCLUDES} | `{}`{up_to} |", includes.profession);
    }
    for grade in &profession.grades {
        let title = level_title(file, profession, grade.level);
        let _ = if title == grade.level.title() {
            writeln!(written, "\n## {title}")
        } else {
            writeln!(written, "\n## {} ({})", escaped(&title, plain_heading), grade.level.name())
        };
        if let Some(text) = &grade.description {
            let _ = writeln!(written, "\n{}", section(text, DOWN, description));
        }
    }
    written
}

/// A description with its headings `down` levels lower, so that `read` reads it back: as it was typed, else in
/// its canonical form, else as a block of code.
pub fn section(text: &str, down: usize, read: fn(&str) -> String) -> String {
    let meant = Description::parse(text);
    let is_kept = |section: &String| {
        let mut is_code = false;
        let is_apart = lines(section).all(|line| {
            is_code = line.is_code;
            line.is_code || heading(line.text).is_none_or(|(level, _)| level > DOWN)
        });
        // A block of code that is still open would go on over the next heading.
        let ends_in_code = lines(&format!("{section}\n\n")).last().is_some_and(|line| line.is_code);
        is_apart && !ends_in_code && Description::parse(read(section).trim_end()) == meant
    };
    let underlined = |line: &str| !line.is_empty() && line.trim_matches('=').is_empty();
    let typed =
        Some(lowered(text, down)).filter(|_| !text.lines().any(|line| underlined(line.trim())));
    typed
        .filter(|section| is_kept(section))
        .or_else(|| Some(lowered(&together(&rows(text)), down)).filter(is_kept))
        .unwrap_or_else(|| {
            let fences = text.split(|sign| sign != '`').map(str::len).max().unwrap_or(0);
            let fence = "`".repeat(fences.max(2) + 1);
            format!("{fence}{WHOLE}\n{text}\n{fence}")
        })
}

/// What is read of a line before the first level.
fn summary(line: &str) -> String {
    let is_other = heading(line).is_some()
        || line.trim_start().starts_with('|')
        || lines(line).any(|line| line.is_code);
    if is_other { String::new() } else { plain_paragraph(line) }
}

/// A text of one line so that it is read back as it is: without markup if that does.
pub fn escaped(text: &str, read: impl Fn(&str) -> String) -> String {
    if read(text) == text {
        return text.to_owned();
    }
    let escaped = |letter: char| {
        let before = if letter.is_ascii_punctuation() { "\\" } else { "" };
        format!("{before}{letter}")
    };
    text.chars().map(escaped).collect()
}
