//! What changes concern: under its present name if it is there, else under the one it had.

use std::collections::HashMap;

use super::super::professions;
use super::super::revisions::Snapshot as _;
use super::super::tracks::{self, Track};
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::changes::ChangeRow;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::models::revisions::Kind;
use crate::graders::models::skills::SkillRow;
use crate::graders::service::ServiceError;
use crate::graders::service::level_names::{self, Scales};
use crate::ladder::LevelName;
use crate::paths::{self, admin};

/// What a change concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What it is called: «Фронтенд-разработчик: Мидл», «Навык Docker».
    pub title: String,
    /// Its address, if it is still there and has a page.
    pub address: Option<String>,
}

/// The present names of what some changes concern.
pub(super) struct Present {
    pub scales: Scales,
    /// The titles of tracks, by their names in addresses.
    pub tracks: HashMap<String, String>,
    filled_tracks: Vec<Track>,
    professions: HashMap<i32, WholeProfessionRow>,
    grades: HashMap<i32, GradeRow>,
    skills: HashMap<i32, SkillRow>,
}

impl Present {
    /// Reads the names in a number of queries that does not depend on how many changes they are.
    pub fn read(connection: &mut DbConnection, rows: &[ChangeRow]) -> Result<Self, ServiceError> {
        let of = |kind: Kind| {
            let rows = rows.iter().filter(move |row| row.kind == kind.name());
            rows.map(|row| row.object_id).collect::<Vec<_>>()
        };
        let (grades, tracks, skills) = (of(Kind::Grade), of(Kind::Track), of(Kind::Skill));
        let owners = rows.iter().filter_map(|row| row.profession_id).collect::<Vec<_>>();
        let mut present = Self {
            scales: level_names::load(connection)?,
            tracks: HashMap::new(),
            filled_tracks: Vec::new(),
            professions: HashMap::new(),
            grades: HashMap::new(),
            skills: HashMap::new(),
        };
        if !(of(Kind::Profession).is_empty() && tracks.is_empty()) {
            let all = models::tracks::all(connection)?.into_iter();
            present.tracks = all.map(|track| (track.slug, track.title)).collect();
        }
        if !tracks.is_empty() {
            present.filled_tracks = tracks::with_professions(connection)?;
        }
        if !owners.is_empty() {
            let found = models::professions::whole_with_ids(connection, &owners)?;
            present.professions = found.into_iter().map(|row| (row.id, row)).collect();
        }
        if !grades.is_empty() {
            let found = models::grades::with_ids(connection, &grades)?;
            present.grades = found.into_iter().map(|row| (row.grade_id, row)).collect();
        }
        if !skills.is_empty() {
            let found = models::skills::skills_by_id(connection, &skills)?;
            present.skills = found.into_iter().map(|row| (row.id, row)).collect();
        }
        Ok(present)
    }

    /// The grade that a change concerns.
    pub fn grade(
        &self,
        connection: &mut DbConnection,
        row: &ChangeRow,
    ) -> Result<Subject, ServiceError> {
        let owner = row.profession_id.and_then(|id| self.professions.get(&id));
        let title = |profession: &str, name: &LevelName| format!("{profession}: {name}");
        if let Some((owner, grade)) = owner.zip(self.grades.get(&row.object_id)) {
            let name = self.scales.name(owner.scale_id, grade.level_name);
            let address = Some(paths::grade(&owner.slug, &name));
            return Ok(Subject { title: title(&owner.title, &name), address });
        }
        let states = match row.profession_id {
            Some(id) => states_after(connection, id, row.revision_id)?,
            None => Vec::new(),
        };
        let found = states.iter().find_map(|was| {
            let grade = was.grades.iter().find(|grade| grade.id == row.object_id)?;
            let names = self.scales.at(was.scale.as_deref());
            Some(title(&was.title, &LevelName::new(&names, grade.level)))
        });
        let whose = states.first().map(|was| &was.title).or(owner.map(|owner| &owner.title));
        let somehow =
            || whose.map_or_else(|| "Грейд".to_owned(), |whose| format!("{whose}: грейд"));
        Ok(Subject { title: found.unwrap_or_else(somehow), address: None })
    }

    /// The profession that a change concerns; `last` is what the change tells of it.
    pub fn profession(
        &self,
        connection: &mut DbConnection,
        row: &ChangeRow,
        last: &professions::Snapshot,
    ) -> Result<Subject, ServiceError> {
        if let Some(present) = self.professions.get(&row.object_id) {
            let address = Some(paths::profession(&present.slug));
            return Ok(Subject { title: present.title.clone(), address });
        }
        let was = states_after(connection, row.object_id, row.revision_id)?.into_iter().next();
        let title = was.map_or_else(|| last.title.clone(), |was| was.title);
        Ok(Subject { title, address: None })
    }

    /// Where editors find the saved changes of the grade, if it is there.
    pub fn grade_history(&self, row: &ChangeRow) -> Option<String> {
        let owner = self.professions.get(&row.profession_id?)?;
        let grade = self.grades.get(&row.object_id)?;
        let name = self.scales.name(owner.scale_id, grade.level_name);
        Some(admin::grade_history(&owner.slug, &name))
    }

    /// Where editors find the saved changes of the profession, if it is there.
    pub fn profession_history(&self, row: &ChangeRow) -> Option<String> {
        let found = self.professions.get(&row.object_id);
        found.map(|profession| admin::profession_history(&profession.slug))
    }

    /// Where editors find the saved changes of the track with this name in addresses, if it is there.
    pub fn track_history(&self, slug: &str) -> Option<String> {
        self.tracks.contains_key(slug).then(|| admin::track_history(slug))
    }

    /// Where editors find the saved changes of the skill, if it is there.
    pub fn skill_history(&self, row: &ChangeRow) -> Option<String> {
        self.skills.get(&row.object_id).map(|skill| admin::skill_history(&skill.slug))
    }

    /// A profession at one moment, with its track and its scale as pages name them.
    pub fn named(&self, state: professions::Snapshot) -> professions::Snapshot {
        state.with_titles(&self.tracks, &self.scales)
    }

    /// The track with this name in addresses, which had this title.
    pub fn track(&self, slug: &str, title: &str) -> Subject {
        let found = self.filled_tracks.iter().find(|track| track.slug == slug);
        let title = found.map_or(title, |track| &track.title);
        Subject {
            title: format!("Направление «{title}»"),
            address: found.map(|track| paths::track(track.page, &track.slug)),
        }
    }

    /// The skill with this number, which had this title.
    pub fn skill(&self, id: i32, title: &str) -> Subject {
        let found = self.skills.get(&id);
        let title = found.map_or(title, |skill| &skill.title);
        Subject {
            title: format!("Навык «{title}»"),
            address: found.map(|skill| paths::skill(&skill.slug)),
        }
    }
}

/// A profession as it was after a change: before its next one, and after that. A grade is described before
/// the change that adds it to the ladder is stored, so the first state may lack it; what took a grade away
/// is a change of its profession and holds it.
fn states_after(
    connection: &mut DbConnection,
    profession_id: i32,
    change: i32,
) -> Result<Vec<professions::Snapshot>, ServiceError> {
    let next = models::changes::next_of(connection, Kind::Profession, profession_id, change)?;
    let texts = next.into_iter().flat_map(|next| [next.before, next.after]).flatten();
    let states = texts.map(|text| Ok(professions::Snapshot::read(&text)?.public()));
    states.filter_map(Result::transpose).collect()
}
