//! The files of one import as one: what each thing is to be, and in which file that stands.

use std::collections::HashMap;
use std::fmt;

use super::super::catalogue::{
    CatalogueFile, Covers, FileError, FileGrade, FileProfession, FileRules, FileScale, FileSkill,
    FileTrack, Place,
};
use super::super::texts::{InvalidText, normalise};
use crate::clean;

/// A file that was read.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Its name, as errors call it.
    pub name: String,
    /// What it holds.
    pub catalogue: CatalogueFile,
}

/// What is wrong with one of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// The name of the file.
    pub file: String,
    /// What and where.
    pub error: FileError,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, error } = self;
        match error.place {
            Some(_) => write!(f, "{file}:{error}"),
            None => write!(f, "{file}: {error}"),
        }
    }
}

/// Something that a file holds.
pub(super) struct Of<T> {
    /// The index of the file.
    pub file: usize,
    pub thing: T,
}

/// A profession as the files together want it.
pub(super) struct WantedProfession {
    pub file: usize,
    /// Without its grades.
    pub fields: FileProfession,
    pub grades: Vec<Of<FileGrade>>,
}

/// What all files together hold, cleaned as everything that enters is.
pub(super) struct Wanted {
    pub covers: Covers,
    pub scales: Vec<Of<FileScale>>,
    pub skills: Option<Vec<Of<FileSkill>>>,
    pub rules: Option<Of<FileRules>>,
    pub tracks: Vec<Of<FileTrack>>,
    pub professions: Vec<WantedProfession>,
    pub faults: Faults,
}

/// What is wrong with the files.
pub(super) struct Faults {
    names: Vec<String>,
    found: Vec<(usize, FileError)>,
}

impl Faults {
    pub fn add(&mut self, file: usize, place: Option<Place>, message: impl Into<String>) {
        self.found.push((file, FileError { place, message: message.into() }));
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Where something stands, for an error elsewhere.
    pub fn place(&self, file: usize, place: Option<Place>) -> String {
        let name = &self.names[file];
        match place {
            Some(Place { line, column }) => format!("{name}:{line}:{column}"),
            None => name.clone(),
        }
    }

    /// In the order of the files, and of lines in each.
    pub fn into_errors(mut self) -> Vec<ImportError> {
        self.found.sort_by_key(|(file, error)| (*file, error.place));
        let names = self.names;
        let error =
            |(file, error): (usize, FileError)| ImportError { file: names[file].clone(), error };
        self.found.into_iter().map(error).collect()
    }
}

impl Wanted {
    pub fn merge(sources: Vec<Source>) -> Self {
        let names = sources.iter().map(|source| source.name.clone()).collect();
        let covers = sources.iter().map(|source| source.catalogue.covers).min();
        let mut wanted = Self {
            covers: covers.unwrap_or_default(),
            scales: Vec::new(),
            skills: None,
            rules: None,
            tracks: Vec::new(),
            professions: Vec::new(),
            faults: Faults { names, found: Vec::new() },
        };
        let mut places = HashMap::new();
        for (file, source) in sources.into_iter().enumerate() {
            wanted.add(file, source.catalogue, &mut places);
        }
        wanted
    }

    /// Adds what a file holds; `places` are the professions that are there by their addresses.
    fn add(&mut self, file: usize, catalogue: CatalogueFile, places: &mut HashMap<String, usize>) {
        for scale in catalogue.scales {
            let thing = cleaned_scale(scale);
            let is_same =
                |other: &FileScale| (&other.title, &other.levels) == (&thing.title, &thing.levels);
            let found = self.scales.iter().find(|other| other.thing.slug == thing.slug);
            if let Some(other) = found {
                let (message, is_same) = (
                    self.clash("Шкала", &thing.slug, (other.file, other.thing.place)),
                    is_same(&other.thing),
                );
                self.unless(is_same, (file, thing.place), message);
            } else {
                self.scales.push(Of { file, thing });
            }
        }
        if let Some(skills) = catalogue.skills {
            self.add_skills(file, skills);
        }
        if let Some(thing) = catalogue.rules {
            let text = clean::text(&thing.text).trim_end().trim_start_matches('\n').to_owned();
            let thing = FileRules { text, ..thing };
            match &self.rules {
                Some(other) => {
                    let is_same =
                        FileRules { place: other.thing.place, ..thing.clone() } == other.thing;
                    let place = self.faults.place(other.file, other.thing.place);
                    let message = format!("Правила уже есть в {place}, и они другие.");
                    self.unless(is_same, (file, thing.place), message);
                }
                None => self.rules = Some(Of { file, thing }),
            }
        }
        for track in catalogue.tracks {
            let thing = FileTrack { title: line(&track.title), ..track };
            let found = self.tracks.iter().find(|other| other.thing.slug == thing.slug);
            if let Some(other) = found {
                let (message, is_same) = (
                    self.clash("Направление", &thing.slug, (other.file, other.thing.place)),
                    other.file != file && other.thing.title == thing.title,
                );
                self.unless(is_same, (file, thing.place), message);
            } else {
                self.tracks.push(Of { file, thing });
            }
        }
        for profession in catalogue.professions {
            self.add_profession(file, profession, places);
        }
    }

    fn add_skills(&mut self, file: usize, skills: Vec<FileSkill>) {
        let mut known = self.skills.take().unwrap_or_default();
        let mut places = known
            .iter()
            .enumerate()
            .map(|(at, skill)| (skill.thing.slug.clone(), at))
            .collect::<HashMap<_, _>>();
        for skill in skills {
            let thing = cleaned_skill(skill);
            if let Some(other) = places.get(&thing.slug).map(|at| &known[*at]) {
                let is_same = other.file != file
                    && FileSkill { place: other.thing.place, ..thing.clone() } == other.thing;
                let message = self.clash("Навык", &thing.slug, (other.file, other.thing.place));
                self.unless(is_same, (file, thing.place), message);
            } else {
                places.insert(thing.slug.clone(), known.len());
                known.push(Of { file, thing });
            }
        }
        self.skills = Some(known);
    }

    /// Adds a profession, or what another file tells of one that is there.
    fn add_profession(
        &mut self,
        file: usize,
        profession: FileProfession,
        places: &mut HashMap<String, usize>,
    ) {
        let mut fields = FileProfession {
            title: line(&profession.title),
            summary: line(&profession.summary),
            ..profession
        };
        let grades = std::mem::take(&mut fields.grades);
        let Some(at) = places.get(&fields.slug).copied() else {
            places.insert(fields.slug.clone(), self.professions.len());
            self.professions.push(WantedProfession { file, fields, grades: Vec::new() });
            let at = self.professions.len() - 1;
            return self.add_grades(file, at, grades);
        };
        let known = &self.professions[at];
        let message = self.clash("Профессия", &fields.slug, (known.file, known.fields.place));
        // Several files may tell different things of one profession, but not the same one differently.
        let agrees = known.file != file
            && agree(&known.fields.title, &fields.title)
            && agree(&known.fields.summary, &fields.summary)
            && agree_if_told(known.fields.track.as_ref(), fields.track.as_ref())
            && agree_if_told(known.fields.scale.as_ref(), fields.scale.as_ref())
            && agree_if_told(known.fields.includes.as_ref(), fields.includes.as_ref());
        self.unless(agrees, (file, fields.place), message);
        let known = &mut self.professions[at].fields;
        for (known, other) in
            [(&mut known.title, fields.title), (&mut known.summary, fields.summary)]
        {
            if known.is_empty() {
                *known = other;
            }
        }
        known.is_draft |= fields.is_draft;
        known.track = known.track.take().or(fields.track);
        known.scale = known.scale.take().or(fields.scale);
        known.includes = known.includes.take().or(fields.includes);
        self.add_grades(file, at, grades);
    }

    fn add_grades(&mut self, file: usize, at: usize, grades: Vec<FileGrade>) {
        for mut thing in grades {
            if let Some(text) = thing.description.take() {
                match normalise(&clean::text(&text)) {
                    Ok(text) => thing.description = Some(text).filter(|text| !text.is_empty()),
                    Err((InvalidText::TooLong, _)) => {
                        self.faults.add(file, thing.place, "В описании больше 20 000 знаков.");
                    }
                    Err((InvalidText::ControlCharacters, _)) => self.faults.add(
                        file,
                        thing.place,
                        "В описании есть управляющие знаки, которых в тексте не бывает.",
                    ),
                }
            }
            let profession = &self.professions[at];
            let found = profession.grades.iter().find(|other| other.thing.level == thing.level);
            let Some(other) = found else {
                self.professions[at].grades.push(Of { file, thing });
                continue;
            };
            let is_same = other.file != file && other.thing.description == thing.description;
            let what = format!("Грейд {} профессии", thing.level.name());
            let message =
                self.clash(&what, &profession.fields.slug, (other.file, other.thing.place));
            self.unless(is_same, (file, thing.place), message);
        }
    }

    fn clash(&self, what: &str, slug: &str, (file, place): (usize, Option<Place>)) -> String {
        format!("{what} «{slug}»: уже есть в {}.", self.faults.place(file, place))
    }

    fn unless(&mut self, is_right: bool, (file, place): (usize, Option<Place>), message: String) {
        if !is_right {
            self.faults.add(file, place, message);
        }
    }
}

fn agree(one: &str, other: &str) -> bool {
    one == other || one.is_empty() || other.is_empty()
}

fn agree_if_told<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    one.is_none() || other.is_none() || one == other
}

fn line(text: &str) -> String {
    clean::text(text).trim().to_owned()
}

fn cleaned_scale(scale: FileScale) -> FileScale {
    let levels = scale.levels.into_iter();
    let levels = levels.map(|(level, title, slug, is_base)| (level, line(&title), slug, is_base));
    FileScale { title: line(&scale.title), levels: levels.collect(), ..scale }
}

fn cleaned_skill(skill: FileSkill) -> FileSkill {
    let lines = |names: Vec<String>| {
        let mut names = names.iter().map(|name| line(name)).collect::<Vec<_>>();
        names.sort();
        names.dedup();
        names
    };
    FileSkill {
        title: line(&skill.title),
        category: line(&skill.category),
        aliases: lines(skill.aliases),
        hidden_aliases: lines(skill.hidden_aliases),
        ..skill
    }
}
