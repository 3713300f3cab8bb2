//! What the log of editors' actions names by addresses, under the titles that pages give it.

use std::collections::HashMap;

use super::ServiceError;
use super::catalogue::Catalogue;
use super::professions::{self, ProfessionAddress};
use super::{scales, tracks};
use crate::graders::models;
use crate::ladder::LevelName;
use crate::paths;

/// The titles of everything that has an address.
pub struct Names {
    professions: HashMap<String, ProfessionAddress>,
    /// The present addresses of professions, by those they had.
    moved: HashMap<String, String>,
    /// The titles of professions in the trash.
    deleted: HashMap<String, String>,
    tracks: HashMap<String, String>,
    skills: HashMap<String, String>,
    scales: HashMap<String, String>,
}

/// A thing that is named in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What pages call it.
    pub title: String,
    /// Its name in addresses, if it is there.
    pub slug: Option<String>,
    /// The level, if it is a grade that is there.
    pub level: Option<LevelName>,
}

impl Names {
    /// All names as they are now.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn read(catalogue: &Catalogue) -> Result<Self, ServiceError> {
        let database = catalogue.database();
        let (ids, former) = database.read(|connection| {
            let ids = models::professions::in_order(connection, 0, i64::MAX)?;
            let ids = ids.into_iter().map(|row| (row.id, row.slug)).collect::<HashMap<_, _>>();
            Ok::<_, ServiceError>((ids, models::professions::all_former_slugs(connection)?))
        })?;
        let moved = former.into_iter().filter_map(|(slug, id)| Some((slug, ids.get(&id)?.clone())));
        let all = professions::addresses(database)?.into_iter();
        let deleted = professions::deleted(database)?.into_iter();
        let deleted = deleted.filter(|deleted| deleted.grade.is_none());
        let tracks = tracks::all(database)?.into_iter().map(|track| (track.slug, track.title));
        let scales =
            scales::all(database)?.into_iter().map(|scale| (scale.slug, scale.fields.title));
        let dictionary = catalogue.dictionary()?;
        let skills = dictionary.skills().iter();
        Ok(Self {
            professions: all.map(|profession| (profession.slug.clone(), profession)).collect(),
            moved: moved.collect(),
            deleted: deleted.map(|deleted| (deleted.slug, deleted.profession)).collect(),
            tracks: tracks.collect(),
            skills: skills.map(|skill| (skill.slug.clone(), skill.title.clone())).collect(),
            scales: scales.collect(),
        })
    }

    /// The titles of the professions and tracks that are there, in order.
    #[must_use]
    pub fn titles(&self) -> Vec<&str> {
        let professions = self.professions.values().map(|profession| &*profession.title);
        let mut titles =
            professions.chain(self.tracks.values().map(|title| &**title)).collect::<Vec<_>>();
        titles.sort_unstable();
        titles
    }

    /// The profession that has or had an address.
    #[must_use]
    pub fn profession(&self, slug: &str) -> Option<Named> {
        if let Some(found) = self.at(slug) {
            let (title, slug) = (found.title.clone(), Some(found.slug.clone()));
            return Some(Named { title, slug, level: None });
        }
        let title = self.deleted.get(slug)?.clone();
        Some(Named { title, slug: None, level: None })
    }

    /// The grade named as `front-end/middle`.
    #[must_use]
    pub fn grade(&self, name: &str) -> Option<Named> {
        let (slug, level) = name.split_once('/')?;
        let owner = self.profession(slug)?;
        let found = self.at(slug).and_then(|profession| {
            profession.levels.iter().find(|name| name.slug() == level).cloned()
        });
        let word = found.as_ref().map_or_else(|| level.to_owned(), LevelName::to_string);
        Some(Named { title: format!("{}: {word}", owner.title), level: found, ..owner })
    }

    /// The track at an address.
    #[must_use]
    pub fn track(&self, slug: &str) -> Option<Named> {
        known(&self.tracks, slug)
    }

    /// The skill at an address.
    #[must_use]
    pub fn skill(&self, slug: &str) -> Option<Named> {
        known(&self.skills, slug)
    }

    /// The scale at an address.
    #[must_use]
    pub fn scale(&self, slug: &str) -> Option<Named> {
        known(&self.scales, slug)
    }

    /// What the log may call the things whose titles contain a text: «Фронтенд», «Фронтенд-разработчик: Мидл».
    #[must_use]
    pub fn called(&self, text: &str) -> Vec<String> {
        let wanted = folded(text);
        let is_called = |title: &str| folded(title).contains(&wanted);
        let mut found = Vec::new();
        for profession in self.professions.values() {
            if is_called(&profession.title) {
                let former = self.moved.iter().filter(|(_, slug)| **slug == profession.slug);
                found.extend(former.map(|(former, _)| former.clone()));
                found.push(profession.slug.clone());
            }
            let grades = profession.levels.iter();
            let is_grade =
                |level: &&LevelName| folded(&format!("{}: {level}", profession.title)) == wanted;
            let grades = grades.filter(is_grade);
            found.extend(grades.map(|level| paths::grade_name(&profession.slug, level)));
        }
        for titles in [&self.deleted, &self.tracks, &self.skills, &self.scales] {
            let titled = titles.iter().filter(|(_, title)| is_called(title));
            found.extend(titled.map(|(slug, _)| slug.clone()));
        }
        found
    }

    fn at(&self, slug: &str) -> Option<&ProfessionAddress> {
        let present = || self.professions.get(self.moved.get(slug)?);
        self.professions.get(slug).or_else(present)
    }
}

fn known(titles: &HashMap<String, String>, slug: &str) -> Option<Named> {
    let title = titles.get(slug)?.clone();
    Some(Named { title, slug: Some(slug.to_owned()), level: None })
}

/// Capitals, «ё» and no-break spaces make no difference.
fn folded(text: &str) -> String {
    text.to_lowercase().replace('ё', "е").replace('\u{a0}', " ")
}
