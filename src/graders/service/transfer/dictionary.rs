//! Comparing the skills of files with the dictionary. Names are looked up in memory: a dictionary has
//! thousands of them.

use std::collections::{BTreeSet, HashMap};

use super::comparison::Comparison;
use super::files::Of;
use super::plan::{Fate, Item, Kind};
use super::sentences;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::service::ServiceError;
use crate::graders::service::catalogue::FileSkill;
use crate::graders::service::revisions::Snapshot as _;
use crate::graders::service::skills::{self, InvalidField, SkillFields};
use crate::ladder::skill::normalized_name;

impl Comparison<'_> {
    pub(super) fn skills(
        &mut self,
        connection: &mut DbConnection,
        wanted: Vec<Of<FileSkill>>,
    ) -> Result<(), ServiceError> {
        let present = self.present;
        self.work.has_skills = true;
        let slugs = wanted.iter().map(|skill| skill.thing.slug.clone()).collect::<BTreeSet<_>>();
        let by_slug = present.skills.iter().map(|known| (known.0.slug.as_str(), known));
        let by_slug = by_slug.collect::<HashMap<_, _>>();
        let mut names = Names::default();
        for (row, fields) in &present.skills {
            let changes = slugs.contains(&row.slug) && self.may_change();
            if !changes && !self.is_whole() {
                names.claim(fields);
            }
        }
        for Of { file, thing } in wanted {
            let place = thing.place;
            let fields = fields_of(thing);
            let stored = by_slug.get(fields.slug.as_str()).copied();
            if stored.is_some() && !self.may_change() {
                let (row, stored) = stored.into_iter().next().unwrap_or_else(|| unreachable!());
                if skills::same(stored, &fields) {
                    self.plan.same(Kind::Skill);
                } else {
                    let changes = snapshot(stored).changes(&snapshot(&fields));
                    let item = Item::new(Kind::Skill, &row.slug, &row.title, Fate::Left);
                    self.differs(item, changes);
                }
                continue;
            }
            let mut faults = skills::own_faults(&fields);
            faults.extend(names.claim(&fields));
            if stored.is_none()
                && let Some(other) = models::skills::skill_formerly_at(connection, &fields.slug)?
            {
                faults.push(InvalidField::SlugTaken(other.title));
            }
            for fault in faults {
                let message = format!("Навык «{}»: {}", fields.slug, sentences::skill(fault));
                self.faults.add(file, place, message);
            }
            match stored {
                None => {
                    let (slug, title) = (&fields.slug, &fields.title);
                    self.plan.add(Item::new(Kind::Skill, slug, title, Fate::Made));
                    self.work.new_skills.push(fields);
                }
                Some((_, stored)) if skills::same(stored, &fields) => self.plan.same(Kind::Skill),
                Some((row, stored)) => {
                    let changes = snapshot(stored).changes(&snapshot(&fields));
                    let item = Item::new(Kind::Skill, &row.slug, &row.title, Fate::Changed);
                    self.differs(item, changes);
                    self.work.changed_skills.push((row.clone(), fields));
                }
            }
        }
        if self.is_whole() {
            for (row, _) in present.skills.iter().filter(|(row, _)| !slugs.contains(&row.slug)) {
                self.plan.add(Item::new(Kind::Skill, &row.slug, &row.title, Fate::Gone));
                self.work.gone_skills.push(row.clone());
            }
        }
        Ok(())
    }
}

/// The titles of skills by their names, as names are compared.
#[derive(Default)]
struct Names(HashMap<String, (String, String)>);

impl Names {
    /// Gives a skill its names; returns which of them others have.
    fn claim(&mut self, fields: &SkillFields) -> Vec<InvalidField> {
        let mut taken = Vec::new();
        let mut claim = |name: &str| {
            let name = normalized_name(name)?;
            let own = (fields.slug.clone(), fields.title.clone());
            let owner = self.0.entry(name).or_insert(own);
            (owner.0 != fields.slug).then(|| owner.1.clone())
        };
        taken.extend(claim(&fields.title).map(InvalidField::TitleTaken));
        for (list, aliases) in fields.alias_lists() {
            for alias in aliases {
                let by = claim(alias);
                let alias = alias.clone();
                taken.extend(by.map(|by| InvalidField::AliasTaken { list, alias, by }));
            }
        }
        taken
    }
}

fn fields_of(skill: FileSkill) -> SkillFields {
    SkillFields {
        title: skill.title,
        slug: skill.slug,
        category: skill.category,
        link: skill.link.unwrap_or_default(),
        aliases: skill.aliases,
        hidden_aliases: skill.hidden_aliases,
    }
}

fn snapshot(fields: &SkillFields) -> skills::Snapshot {
    skills::Snapshot::with(fields, Vec::new())
}
