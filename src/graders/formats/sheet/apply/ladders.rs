//! The ladders that tables are read into.

use std::collections::{BTreeMap, BTreeSet};

use super::super::mapping::{LevelChoice, Mapping};
use super::super::names::compared;
use super::cells::titles;
use super::compose::{self, Entry};
use crate::clean::is_name;
use crate::graders::formats::{
    CatalogueFile, FileError, FileGrade, FileProfession, FileScale, FileTrack, Place,
};
use crate::ladder::Level;

/// More characters than the title of a level of a scale has.
const LONGEST_LEVEL: usize = 40;
/// Characters a title may have.
const LONGEST_TITLE: usize = 100;
/// What is asked if nothing tells the title.
pub const UNTITLED: &str = "Как называется профессия? В файле этого нет: задайте название.";
/// Characters a summary may have.
pub const LONGEST_SUMMARY: usize = 200;

/// The ladders, in the order in which the tables have them.
pub struct Ladders<'a> {
    mapping: &'a Mapping,
    ladders: Vec<Ladder>,
}

/// A ladder.
#[derive(Default)]
pub struct Ladder {
    /// What the tables call it; empty for the only one.
    name: String,
    /// One phrase on it.
    pub summary: String,
    grades: BTreeMap<Level, Vec<Entry>>,
    /// The names that its levels have in the tables.
    names: Vec<String>,
    /// The blocks in their order.
    blocks: Vec<String>,
    place: Place,
}

impl<'a> Ladders<'a> {
    /// No ladders.
    pub const fn new(mapping: &'a Mapping) -> Self {
        Self { mapping, ladders: Vec::new() }
    }

    /// The ladder with a name.
    pub fn named(&mut self, name: &str) -> &mut Ladder {
        let at = self.ladders.iter().position(|ladder| ladder.name == name);
        let at = at.unwrap_or_else(|| {
            self.ladders.push(Ladder { name: name.to_owned(), ..Ladder::default() });
            self.ladders.len() - 1
        });
        &mut self.ladders[at]
    }

    fn title(&self, ladder: &Ladder) -> String {
        let is_only = self.asking().count() == 1;
        let given = (!self.mapping.title.is_empty() && is_only).then_some(&self.mapping.title);
        given.unwrap_or(&ladder.name).clone()
    }

    /// The ladders that ask for something.
    fn asking(&self) -> impl Iterator<Item = &Ladder> {
        self.ladders.iter().filter(|ladder| !ladder.grades.is_empty())
    }

    /// The titles of all blocks and groups, each part by itself, and the texts of items.
    pub fn written(&self) -> BTreeSet<String> {
        let blocks = self.ladders.iter().flat_map(|ladder| &ladder.blocks);
        let entries = self.ladders.iter().flat_map(|ladder| ladder.grades.values().flatten());
        let entries = entries.filter(|entry| !entry.is_whole);
        let words = blocks.chain(entries.flat_map(|entry| [&entry.group, &entry.text]));
        words.flat_map(|words| titles(words)).map(str::to_owned).collect()
    }

    /// What is missing before they can be a catalogue.
    pub fn errors(&self) -> Vec<FileError> {
        let refuse = |message: String| FileError { place: None, message };
        let count = self.asking().count();
        let mut errors = Vec::new();
        if count == 0 {
            let message = "Не нашлось ни одного требования. Проверьте, где названы уровни и что стоит в столбцах.";
            return vec![refuse(message.to_owned())];
        }
        if count > 1 && !self.mapping.slug.is_empty() {
            let names =
                self.asking().map(|ladder| format!("«{}»", ladder.name)).collect::<Vec<_>>();
            let message = format!(
                "В файле несколько профессий: {}. Один адрес на всех не подходит.",
                names.join(", ")
            );
            errors.push(refuse(message));
        }
        let mut slugs = Vec::<String>::new();
        for ladder in self.asking() {
            let title = self.title(ladder);
            let slug = self.slug(&title);
            if title.is_empty() {
                errors.push(refuse(UNTITLED.to_owned()));
            } else if !is_name(&title, LONGEST_TITLE) {
                errors.push(refuse(format!(
                    "Название «{title}» длиннее 100 знаков: задайте другое."
                )));
            } else if slug.is_empty() {
                let message = format!("Из названия «{title}» не складывается адрес: задайте его.");
                errors.push(refuse(message));
            } else if slugs.contains(&slug) {
                errors
                    .push(refuse(format!("Две профессии файла получили бы один адрес «{slug}».")));
            }
            slugs.push(slug);
        }
        errors
    }

    fn slug(&self, title: &str) -> String {
        if self.mapping.slug.is_empty() { slug::slugify(title) } else { self.mapping.slug.clone() }
    }

    /// The catalogue that they make.
    pub fn into_file(self) -> CatalogueFile {
        let mapping = self.mapping;
        let mut file = CatalogueFile::default();
        let track = track(mapping);
        let is_only = self.asking().count() == 1;
        for ladder in self.asking() {
            let title = self.title(ladder);
            let named =
                |choice: &&LevelChoice| is_only || ladder.names.contains(&compared(&choice.name));
            let scale = mapping.keeps_names.then(|| scale(mapping.levels.iter().filter(named)));
            let grade = |(level, entries): (&Level, &Vec<Entry>)| FileGrade {
                level: *level,
                description: Some(compose::description(entries, &ladder.blocks)),
                row_ids: Vec::new(),
                place: Some(ladder.place),
            };
            file.professions.push(FileProfession {
                is_draft: false,
                slug: self.slug(&title),
                title,
                summary: ladder.summary.clone(),
                track: track.as_ref().map(|track| track.slug.clone()),
                scale: scale.as_ref().map(|scale| scale.slug.clone()),
                includes: None,
                grades: ladder.grades.iter().map(grade).collect(),
                place: Some(ladder.place),
            });
            let is_new =
                |scale: &FileScale| !file.scales.iter().any(|other| other.slug == scale.slug);
            let scale = scale.filter(is_new);
            file.scales.extend(scale);
        }
        file.tracks.extend(track.filter(|_| !mapping.new_track.is_empty()));
        file
    }
}

fn track(mapping: &Mapping) -> Option<FileTrack> {
    if !mapping.new_track.is_empty() {
        let title = mapping.new_track.clone();
        return Some(FileTrack { slug: slug::slugify(&title), title, place: None });
    }
    (!mapping.track.is_empty())
        .then(|| FileTrack { slug: mapping.track.clone(), ..FileTrack::default() })
}

/// The scale that keeps the names of the levels.
fn scale<'a>(choices: impl Iterator<Item = &'a LevelChoice>) -> FileScale {
    let mut named = BTreeMap::<Level, Vec<&str>>::new();
    for choice in choices {
        if let Some(level) = choice.level {
            named.entry(level).or_default().push(&choice.name);
        }
    }
    let mut levels = Vec::<(Level, String, String, bool)>::new();
    for (level, names) in named {
        let title = names.join(" / ").chars().take(LONGEST_LEVEL).collect::<String>();
        let slug = slug::slugify(title.replace('+', " plus "));
        let is_taken = slug.is_empty()
            || ["delete", "history"].contains(&slug.as_str())
            || Level::from_slug(&slug).is_some_and(|other| other != level)
            || levels.iter().any(|(_, _, other, _)| *other == slug);
        let slug = if is_taken { level.slug().to_owned() } else { slug };
        levels.push((level, title, slug, level.base() == level));
    }
    if let Some(lowest) = levels.first_mut() {
        lowest.3 = true;
    }
    let name = |at: Option<&(Level, String, String, bool)>| {
        at.map(|(_, title, ..)| title.clone()).unwrap_or_default()
    };
    let title = match levels.len() {
        1 => name(levels.first()),
        _ => format!("{}–{}", name(levels.first()), name(levels.last())),
    };
    let slug = slug::slugify(title.replace('+', " plus "));
    FileScale { slug, title, levels, place: None }
}

impl Ladder {
    /// Adds what a grade says, unless it says the very same; returns its place in the grade.
    pub fn add(&mut self, (level, name): (Level, &str), entry: Entry, place: Place) -> usize {
        let name = compared(name);
        if !self.names.contains(&name) {
            self.names.push(name);
        }
        if !self.blocks.contains(&entry.block) {
            self.blocks.push(entry.block.clone());
        }
        if self.place == Place::default() {
            self.place = place;
        }
        let grade = self.grades.entry(level).or_default();
        let same = grade.iter().position(|known| !known.is_whole && *known == entry);
        same.unwrap_or_else(|| {
            grade.push(entry);
            grade.len() - 1
        })
    }

    /// Adds an example to something that a grade says.
    pub fn add_example(&mut self, level: Level, at: usize, example: &str) {
        if let Some(entry) = self.grades.get_mut(&level).and_then(|grade| grade.get_mut(at)) {
            entry.examples.push(example.to_owned());
        }
    }
}
