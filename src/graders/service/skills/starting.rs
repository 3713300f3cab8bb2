//! Corrections of the starting skills.

use std::collections::HashMap;

use super::editing::{store, store_new};
use super::fields::{SkillFields, fields_of, same, slug_owner};
use super::snapshot::Snapshot;
use crate::audit::service::Actor;
use crate::clean;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::skills::{AliasRow, SkillRow};
use crate::graders::service::ServiceError;
use crate::graders::service::outdated::{Fields, Known, NOTE, Thing};
use crate::graders::service::revisions::Snapshot as _;
use crate::ladder::skill::normalized_name;

/// What histories say of a starting skill that a later release brought.
const NEW: &str = "Добавлен начальный навык";

/// No skill has this id.
const NO_ID: i32 = 0;

/// The owners of names, as names are compared.
#[derive(Default)]
struct Names(HashMap<String, i32>);

impl Names {
    /// Whether a name belongs to nobody or to this skill, which then has it.
    fn claim(&mut self, name: &str, id: i32) -> bool {
        normalized_name(name).is_none_or(|name| *self.0.entry(name).or_insert(id) == id)
    }

    /// Whether a name belongs to another skill.
    fn has_another(&self, name: &str, id: i32) -> bool {
        let owner = normalized_name(name).and_then(|name| self.0.get(&name).copied());
        owner.is_some_and(|owner| owner != id)
    }
}

/// A skill that may be corrected.
struct Plan {
    row: SkillRow,
    stored: SkillFields,
    new: SkillFields,
}

/// Corrects untouched texts of skills and adds new skills; returns how many skills changed. Names stay
/// unique: a name that an editor gave another skill is left out, and a new skill is not added if its
/// address or one of its names is taken, or if somebody deleted a skill that had its address.
pub fn correct(
    connection: &mut DbConnection,
    starting: &[SkillFields],
    known: &Known,
    by: &Actor,
) -> Result<usize, ServiceError> {
    let (mut plans, mut missing) = (Vec::<Plan>::new(), Vec::new());
    for new in starting.iter().map(cleaned) {
        let Some(row) = slug_owner(connection, &new.slug)? else {
            missing.push(new);
            continue;
        };
        // A skill that went into another one gives that one its address, not its texts.
        let is_another =
            row.slug != new.slug && starting.iter().any(|skill| skill.slug == row.slug);
        if !is_another {
            plans.push(plan(connection, row, &new, known)?);
        }
    }
    let mut names = kept_names(connection, &plans)?;
    // A skill that can't have its new title keeps its own, which then is no other skill's.
    while let Some(Plan { row, stored, new }) = plans.iter_mut().find(|plan| {
        plan.new.title != plan.stored.title && names.has_another(&plan.new.title, plan.row.id)
    }) {
        new.title.clone_from(&stored.title);
        names.claim(&new.title, row.id);
    }
    for Plan { row, new, .. } in &plans {
        names.claim(&new.title, row.id);
    }
    for Plan { row, stored, new } in &mut plans {
        if !same(stored, new) {
            for aliases in [&mut new.aliases, &mut new.hidden_aliases] {
                aliases.retain(|alias| names.claim(alias, row.id));
            }
        }
    }
    let mut changed = 0;
    for Plan { row, new, .. } in plans.iter().filter(|plan| !same(&plan.stored, &plan.new)) {
        store(connection, row, new, None, NOTE, by)?;
        changed += 1;
    }
    if missing.is_empty() {
        return Ok(changed);
    }
    let deleted = deleted_slugs(connection)?;
    for new in missing {
        let is_taken = new.skill().names().any(|name| names.has_another(name, NO_ID));
        if is_taken || deleted.contains(&new.slug) {
            continue;
        }
        store_new(connection, &new, NEW, by)?;
        changed += 1;
    }
    Ok(changed)
}

/// The skill with its outdated texts replaced.
fn plan(
    connection: &mut DbConnection,
    row: SkillRow,
    starting: &SkillFields,
    known: &Known,
) -> Result<Plan, ServiceError> {
    let stored = fields_of(connection, &row)?;
    let (name, said) = (format!("skill/{}", starting.slug), texts(&stored));
    let thing = Thing { name: &name, id: row.id, version: row.version, stored: &said };
    let fields = |was: &Snapshot| Ok(texts(&SkillFields::from(was.clone())));
    let outdated = thing.outdated(connection, &texts(starting), known, fields)?;
    let mut new = stored.clone();
    for field in outdated {
        match field {
            "title" => new.title.clone_from(&starting.title),
            "category" => new.category.clone_from(&starting.category),
            "link" => new.link.clone_from(&starting.link),
            _ => {
                new.aliases.clone_from(&starting.aliases);
                new.hidden_aliases.clone_from(&starting.hidden_aliases);
            }
        }
    }
    Ok(Plan { row, stored, new })
}

/// The names that no correction takes away, with their owners.
fn kept_names(connection: &mut DbConnection, plans: &[Plan]) -> Result<Names, ServiceError> {
    let mut names = Names::default();
    let plan = |id: i32| plans.iter().find(|plan| plan.row.id == id);
    let keeps_title = |plan: &Plan| plan.new.title == plan.stored.title;
    let keeps_alias = |plan: &Plan, alias: &String| {
        plan.new.alias_lists().into_iter().any(|(_, aliases)| aliases.contains(alias))
    };
    for row in models::skills::skills(connection)? {
        if plan(row.id).is_none_or(keeps_title) {
            names.claim(&row.title, row.id);
        }
    }
    for AliasRow { skill_id: id, alias, .. } in models::skills::aliases(connection)? {
        if plan(id).is_none_or(|plan| keeps_alias(plan, &alias)) {
            names.claim(&alias, id);
        }
    }
    Ok(names)
}

/// The addresses that deleted skills had.
fn deleted_slugs(connection: &mut DbConnection) -> Result<Vec<String>, ServiceError> {
    let deletions = models::revisions::recent(connection, Snapshot::KIND, true, i64::MAX)?;
    let mut slugs = Vec::new();
    for before in deletions.iter().filter_map(|deletion| deletion.before.as_deref()) {
        let Snapshot { slug, former_slugs, .. } = Snapshot::read(before)?;
        slugs.push(slug);
        slugs.extend(former_slugs);
    }
    Ok(slugs)
}

fn cleaned(fields: &SkillFields) -> SkillFields {
    let clean = |text: &String| clean::text(text).trim().to_owned();
    SkillFields {
        title: clean(&fields.title),
        slug: fields.slug.clone(),
        category: clean(&fields.category),
        link: fields.link.clone(),
        aliases: fields.aliases.iter().map(clean).collect(),
        hidden_aliases: fields.hidden_aliases.iter().map(clean).collect(),
    }
}

/// The texts of a skill. The order of its aliases says nothing; those that are hidden are part of one
/// text with the others, because a name moves from one list to the other.
pub fn texts(skill: &SkillFields) -> Fields {
    let sorted = |aliases: &[String]| {
        let mut aliases = aliases.to_vec();
        aliases.sort();
        aliases.join("\n")
    };
    let mut aliases = sorted(&skill.aliases);
    if !skill.hidden_aliases.is_empty() {
        aliases = format!("{aliases}\n\nhidden:\n{}", sorted(&skill.hidden_aliases));
    }
    Fields::from([
        ("title", skill.title.clone()),
        ("category", skill.category.clone()),
        ("link", skill.link.clone()),
        ("aliases", aliases),
    ])
}
