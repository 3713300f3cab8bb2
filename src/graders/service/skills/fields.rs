//! What a skill says of itself, and what is wrong with it.

use std::collections::HashMap;
use std::iter;

use url::Url;

use crate::clean::is_name;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::skills::{AliasRow, NewSkill, SkillRow};
use crate::graders::service::ServiceError;
use crate::graders::service::texts::{LONGEST_TITLE, is_slug};
use crate::ladder::skill::{Skill, normalized_name};

/// Characters an address of another site may have.
pub const LONGEST_LINK: usize = 200;

/// Aliases a skill may have, and hidden aliases.
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
    /// Spellings that only help to find it, none of them among the aliases.
    pub hidden_aliases: Vec<String>,
}

/// One of the two lists of aliases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AliasList {
    /// The aliases that pages show.
    Shown,
    /// The hidden ones.
    Hidden,
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
    Alias {
        /// Where it stands.
        list: AliasList,
        /// The alias.
        alias: String,
    },
    /// An alias that is a name of another skill.
    AliasTaken {
        /// Where it stands.
        list: AliasList,
        /// The alias.
        alias: String,
        /// The other skill's title.
        by: String,
    },
    /// More than [`MOST_ALIASES`] in one list.
    TooManyAliases(AliasList),
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
            hidden_aliases: self.hidden_aliases.clone(),
        }
    }

    /// These words and the names of another skill, as after a merge; its hidden aliases stay hidden.
    #[must_use]
    pub fn with_names_of(&self, other: &Self) -> Self {
        let mut whole = self.clone();
        let own = self.skill();
        let mut known = own.names().filter_map(normalized_name).collect::<Vec<_>>();
        let mut is_new = |name: &String| {
            let compared = normalized_name(name).filter(|compared| !known.contains(compared));
            known.extend(compared.clone());
            compared.is_some()
        };
        let shown = iter::once(&other.title).chain(&other.aliases).filter(|name| is_new(name));
        whole.aliases.extend(shown.cloned());
        let hidden = other.hidden_aliases.iter().filter(|name| is_new(name));
        whole.hidden_aliases.extend(hidden.cloned());
        whole
    }

    /// Its aliases by list.
    #[must_use]
    pub fn alias_lists(&self) -> [(AliasList, &[String]); 2] {
        [(AliasList::Shown, &self.aliases), (AliasList::Hidden, &self.hidden_aliases)]
    }

    /// The lists of more than [`MOST_ALIASES`].
    pub(super) fn too_long(&self) -> impl Iterator<Item = InvalidField> {
        let long = self.alias_lists().into_iter().filter(|(_, names)| names.len() > MOST_ALIASES);
        long.map(|(list, _)| InvalidField::TooManyAliases(list))
    }

    pub(super) fn link(&self) -> Option<&str> {
        Some(self.link.as_str()).filter(|link| !link.is_empty())
    }

    pub(in crate::graders::service) fn row(&self) -> NewSkill<'_> {
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
    let mut invalid = own_faults(fields);
    let taken = names_of_others(connection, allowed)?;
    let owner = |name: &str| normalized_name(name).and_then(|name| taken.get(&name).cloned());
    let is_title_wrong =
        |fault: &InvalidField| matches!(fault, InvalidField::Title | InvalidField::TitleLines);
    if !invalid.iter().any(is_title_wrong)
        && let Some(by) = owner(&fields.title)
    {
        invalid.push(InvalidField::TitleTaken(by));
    }
    if is_slug(&fields.slug)
        && let Some(by) = slug_taken_by(connection, &fields.slug, allowed)?
    {
        invalid.push(InvalidField::SlugTaken(by));
    }
    for (list, aliases) in fields.alias_lists() {
        for alias in aliases.iter().filter(|alias| has_word(alias)) {
            if let Some(by) = owner(alias) {
                invalid.push(InvalidField::AliasTaken { list, alias: alias.clone(), by });
            }
        }
    }
    Ok(invalid)
}

/// What is wrong with the words about a skill whatever other skills there are.
pub fn own_faults(fields: &SkillFields) -> Vec<InvalidField> {
    let mut invalid = Vec::new();
    if fields.title.contains('\n') {
        invalid.push(InvalidField::TitleLines);
    } else if !has_word(&fields.title) {
        invalid.push(InvalidField::Title);
    }
    if !is_slug(&fields.slug) {
        invalid.push(InvalidField::Slug);
    }
    if !is_name(&fields.category, LONGEST_TITLE) {
        invalid.push(InvalidField::Category);
    }
    if !fields.link.is_empty() && !is_link(&fields.link) {
        invalid.push(InvalidField::Link);
    }
    invalid.extend(fields.too_long());
    for (list, aliases) in fields.alias_lists() {
        let wordless = aliases.iter().filter(|alias| !has_word(alias));
        invalid.extend(wordless.map(|alias| InvalidField::Alias { list, alias: alias.clone() }));
    }
    invalid
}

/// Whether a name has a word by which a text can mention it.
fn has_word(name: &str) -> bool {
    is_name(name, LONGEST_TITLE) && normalized_name(name).is_some()
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
    for AliasRow { skill_id: id, alias, .. } in models::skills::aliases(connection)? {
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
        fields.hidden_aliases.sort();
        fields
    };
    sorted(one) == sorted(other)
}

pub fn fields_of(
    connection: &mut DbConnection,
    row: &SkillRow,
) -> Result<SkillFields, ServiceError> {
    let (mut aliases, mut hidden_aliases) =
        shown_and_hidden(models::skills::aliases_of(connection, row.id)?);
    aliases.sort();
    hidden_aliases.sort();
    Ok(SkillFields {
        title: row.title.clone(),
        slug: row.slug.clone(),
        category: row.category.clone(),
        link: row.link.clone().unwrap_or_default(),
        aliases,
        hidden_aliases,
    })
}

/// The aliases of one skill that pages show, and the hidden ones.
pub fn shown_and_hidden(rows: Vec<AliasRow>) -> (Vec<String>, Vec<String>) {
    let (hidden, shown) = rows.into_iter().partition::<Vec<_>, _>(|row| row.hidden);
    let names = |rows: Vec<AliasRow>| rows.into_iter().map(|row| row.alias).collect();
    (names(shown), names(hidden))
}

pub fn insert_aliases(
    connection: &mut DbConnection,
    skill_id: i32,
    shown: &[String],
    hidden: &[String],
) -> Result<(), ServiceError> {
    let shown = shown.iter().map(|alias| (alias, false));
    for (alias, hidden) in shown.chain(hidden.iter().map(|alias| (alias, true))) {
        let row = AliasRow { skill_id, alias: alias.clone(), hidden };
        models::skills::insert_alias(connection, &row)?;
    }
    Ok(())
}
