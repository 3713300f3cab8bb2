//! What a skill says of itself, and what is wrong with it.

use std::collections::HashMap;

use url::Url;

use crate::clean::is_name;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::skills::{NewSkill, SkillRow};
use crate::graders::service::ServiceError;
use crate::graders::service::texts::{LONGEST_TITLE, is_slug};
use crate::ladder::skill::{Skill, normalized_name};

/// Characters an address of another site may have.
pub const LONGEST_LINK: usize = 200;

/// Aliases a skill may have; the starting dictionary has up to 15.
pub const MOST_ALIASES: usize = 100;

/// What a skill says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SkillFields {
    /// The name on pages.
    pub title: String,
    /// The name in addresses.
    pub slug: String,
    /// What it is one of.
    pub category: String,
    /// Where to read more; an https address, or empty.
    pub link: String,
    /// What else it is called.
    pub aliases: Vec<String>,
}

/// What is wrong with one of the [`SkillFields`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidField {
    /// Without a word, or longer than [`LONGEST_TITLE`].
    Title,
    /// A title of more than one line.
    TitleLines,
    /// The title is a name of another skill, which has this title.
    TitleTaken(String),
    /// Not 1 to 100 small Latin letters, digits and hyphens.
    Slug,
    /// Another skill, which has this title, has the address or had it before.
    SlugTaken(String),
    /// Nothing to see, longer than [`LONGEST_TITLE`], or of more than one line.
    Category,
    /// No https address, or longer than [`LONGEST_LINK`].
    Link,
    /// An alias without a word, longer than [`LONGEST_TITLE`], or with characters no text has.
    Alias(String),
    /// An alias that is a name of another skill.
    AliasTaken {
        /// The alias.
        alias: String,
        /// The other skill's title.
        by: String,
    },
    /// More than [`MOST_ALIASES`].
    TooManyAliases,
}

impl SkillFields {
    /// The skill of these words.
    #[must_use]
    pub fn skill(&self) -> Skill {
        Skill {
            slug: self.slug.clone(),
            title: self.title.clone(),
            category: self.category.clone(),
            link: self.link().map(str::to_owned),
            aliases: self.aliases.clone(),
        }
    }

    /// These words and the names of another skill, as after a merge.
    #[must_use]
    pub fn with_names_of(&self, other: &Self) -> Self {
        let mut whole = self.clone();
        let own = self.skill();
        let mut known = own.names().filter_map(normalized_name).collect::<Vec<_>>();
        for name in other.skill().names() {
            let compared = normalized_name(name);
            if compared.as_ref().is_some_and(|compared| !known.contains(compared)) {
                whole.aliases.push(name.to_owned());
                known.extend(compared);
            }
        }
        whole
    }

    pub(super) fn link(&self) -> Option<&str> {
        Some(self.link.as_str()).filter(|link| !link.is_empty())
    }

    pub(super) fn row(&self) -> NewSkill<'_> {
        let Self { slug, title, category, .. } = self;
        NewSkill { slug, title, category, link: self.link() }
    }
}

/// What is no fault of a skill's words although it is taken.
#[derive(Clone, Copy, Default)]
pub struct Allowed<'a> {
    /// The skill itself, if it is there.
    pub id: Option<i32>,
    /// Another skill that gives these aliases up.
    pub freed: Option<(i32, &'a [String])>,
    /// Whether the skill comes back to an address that others may have had meanwhile.
    pub comes_back: bool,
}

/// What is wrong with the words about a skill, all at once.
pub fn faults(
    connection: &mut DbConnection,
    fields: &SkillFields,
    allowed: Allowed<'_>,
) -> Result<Vec<InvalidField>, ServiceError> {
    let has_word = |text: &str| is_name(text, LONGEST_TITLE) && normalized_name(text).is_some();
    let mut invalid = Vec::new();
    let taken = names_of_others(connection, allowed)?;
    let owner = |name: &str| normalized_name(name).and_then(|name| taken.get(&name).cloned());
    if fields.title.contains('\n') {
        invalid.push(InvalidField::TitleLines);
    } else if !has_word(&fields.title) {
        invalid.push(InvalidField::Title);
    } else if let Some(by) = owner(&fields.title) {
        invalid.push(InvalidField::TitleTaken(by));
    }
    if !is_slug(&fields.slug) {
        invalid.push(InvalidField::Slug);
    } else if let Some(by) = slug_taken_by(connection, &fields.slug, allowed)? {
        invalid.push(InvalidField::SlugTaken(by));
    }
    if !is_name(&fields.category, LONGEST_TITLE) {
        invalid.push(InvalidField::Category);
    }
    if !fields.link.is_empty() && !is_link(&fields.link) {
        invalid.push(InvalidField::Link);
    }
    if fields.aliases.len() > MOST_ALIASES {
        invalid.push(InvalidField::TooManyAliases);
    }
    for alias in &fields.aliases {
        if !has_word(alias) {
            invalid.push(InvalidField::Alias(alias.clone()));
        } else if let Some(by) = owner(alias) {
            invalid.push(InvalidField::AliasTaken { alias: alias.clone(), by });
        }
    }
    Ok(invalid)
}

/// The names of other skills, as names are compared, with the titles of those skills.
fn names_of_others(
    connection: &mut DbConnection,
    allowed: Allowed<'_>,
) -> Result<HashMap<String, String>, ServiceError> {
    let mut names = HashMap::new();
    let mut titles = HashMap::new();
    for row in models::skills::skills(connection)? {
        if allowed.id == Some(row.id) {
            continue;
        }
        if let Some(name) = normalized_name(&row.title) {
            names.insert(name, row.title.clone());
        }
        titles.insert(row.id, row.title);
    }
    for (id, alias) in models::skills::aliases(connection)? {
        let is_freed = allowed.freed.is_some_and(|(by, freed)| by == id && freed.contains(&alias));
        let title = titles.get(&id).filter(|_| !is_freed);
        if let (Some(title), Some(name)) = (title, normalized_name(&alias)) {
            names.entry(name).or_insert_with(|| title.clone());
        }
    }
    Ok(names)
}

/// The title of another skill that has an address, or had it before.
fn slug_taken_by(
    connection: &mut DbConnection,
    slug: &str,
    allowed: Allowed<'_>,
) -> Result<Option<String>, ServiceError> {
    if let Some(present) = models::skills::skill_at(connection, slug)? {
        return Ok(Some(present).filter(|row| Some(row.id) != allowed.id).map(|row| row.title));
    }
    if allowed.comes_back {
        return Ok(None);
    }
    let past = models::skills::skill_formerly_at(connection, slug)?;
    Ok(past.filter(|row| Some(row.id) != allowed.id).map(|row| row.title))
}

/// The skill that has an address, or had it before.
pub fn slug_owner(
    connection: &mut DbConnection,
    slug: &str,
) -> Result<Option<SkillRow>, ServiceError> {
    match models::skills::skill_at(connection, slug)? {
        None => Ok(models::skills::skill_formerly_at(connection, slug)?),
        present => Ok(present),
    }
}

/// Whether a text is an https address that can stand in a page.
fn is_link(text: &str) -> bool {
    let is_written_out = text.chars().count() <= LONGEST_LINK
        && text.starts_with("https://")
        && !text.contains(|letter: char| letter.is_control() || letter.is_whitespace());
    is_written_out && Url::parse(text).is_ok_and(|url| url.has_host())
}

/// Whether two skills say the same of themselves; the order of aliases says nothing.
pub fn same(one: &SkillFields, other: &SkillFields) -> bool {
    let sorted = |fields: &SkillFields| {
        let mut fields = fields.clone();
        fields.aliases.sort();
        fields
    };
    sorted(one) == sorted(other)
}

pub fn fields_of(
    connection: &mut DbConnection,
    row: &SkillRow,
) -> Result<SkillFields, ServiceError> {
    let mut aliases = models::skills::aliases_of(connection, row.id)?;
    aliases.sort();
    Ok(SkillFields {
        title: row.title.clone(),
        slug: row.slug.clone(),
        category: row.category.clone(),
        link: row.link.clone().unwrap_or_default(),
        aliases,
    })
}

pub fn insert_aliases(
    connection: &mut DbConnection,
    skill_id: i32,
    fields: &SkillFields,
) -> Result<(), ServiceError> {
    for alias in &fields.aliases {
        models::skills::insert_alias(connection, skill_id, alias)?;
    }
    Ok(())
}
