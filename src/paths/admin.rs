//! Addresses of the editors' pages.

use serde::Deserialize;

use super::{encoded, filled, with_query};
use crate::ladder::LevelName;

/// What was done, for the page that a form leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Done {
    /// Something was brought back from the trash.
    Back,
    /// Something was brought back from the trash, but for the ladder it included.
    BackInPart,
    /// An editor was disabled.
    Disabled,
    /// An editor was enabled.
    Enabled,
    /// A session was ended.
    Ended,
    /// A profession or a skill was made.
    Made,
    /// Two skills were merged.
    Merged,
    /// What an editor is called was changed.
    Named,
    /// A password was changed.
    Password,
    /// A description was proposed.
    Proposed,
    /// A draft was published.
    Published,
    /// Something was removed.
    Removed,
    /// An earlier version was restored.
    Restored,
    /// An earlier version was restored, but for the ladder it included.
    RestoredInPart,
    /// A proposal was returned to its author.
    Returned,
    /// A token was revoked.
    Revoked,
    /// A role was changed.
    Role,
    /// Something was saved.
    Saved,
    /// The grade below was saved, and this one is next.
    SavedBelow,
    /// A published profession became a draft again.
    TakenBack,
    /// An editor was limited to other tracks, or to none.
    Limited,
    /// There was nothing to change.
    Unchanged,
    /// A change was undone.
    Undone,
    /// A proposal or a link was taken back.
    Withdrawn,
    /// A name that this program does not write.
    #[serde(other)]
    Unknown,
}

/// Which skills of the dictionary are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListedSkills {
    /// Those that no requirement names.
    Unused,
    /// Those without a category.
    Uncategorised,
}

impl ListedSkills {
    /// The name in addresses.
    const fn name(self) -> &'static str {
        match self {
            Self::Unused => "unused",
            Self::Uncategorised => "uncategorised",
        }
    }
}

/// What the audit log is narrowed to. What is empty is left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditQuery<'a> {
    /// Whose deeds.
    pub login: &'a str,
    /// What they were done to.
    pub object: &'a str,
    /// The first day.
    pub from: &'a str,
    /// The last day.
    pub to: &'a str,
    /// Only entries before this one.
    pub before: Option<i32>,
}

impl Done {
    /// The name in addresses.
    const fn name(self) -> &'static str {
        match self {
            Self::Back => "back",
            Self::BackInPart => "back-in-part",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Ended => "ended",
            Self::Made => "made",
            Self::Merged => "merged",
            Self::Named => "named",
            Self::Password => "password",
            Self::Proposed => "proposed",
            Self::Published => "published",
            Self::Removed => "removed",
            Self::Restored => "restored",
            Self::RestoredInPart => "restored-in-part",
            Self::Returned => "returned",
            Self::Revoked => "revoked",
            Self::Role => "role",
            Self::Saved => "saved",
            Self::SavedBelow => "saved-below",
            Self::TakenBack => "taken-back",
            Self::Limited => "limited",
            Self::Unchanged => "unchanged",
            Self::Undone => "undone",
            Self::Withdrawn => "withdrawn",
            Self::Unknown => "unknown",
        }
    }
}

/// A page that says what was done. `address` is one of this module, without a query.
pub fn done(address: &str, done: Done) -> String {
    with_query(address, [("done", Some(done.name()))])
}

/// A page that says where things are after a move, by their names in addresses. `address` is one of this
/// module, without a query.
pub fn moved<'a>(address: &str, slugs: impl Iterator<Item = &'a str>) -> String {
    let slugs = slugs.collect::<Vec<_>>().join(",");
    with_query(address, [("moved", Some(&*slugs))])
}

/// Two versions of something, side by side. `address` is that of its history.
pub fn versions(address: &str, from: i32, to: i32) -> String {
    let (from, to) = (from.to_string(), to.to_string());
    with_query(address, [("from", Some(&*from)), ("to", Some(&*to))])
}

/// What an editor can do, and the latest changes.
pub const fn overview() -> &'static str {
    "/admin"
}

/// A page of the professions there; of some of them, if it is said of which.
pub fn overview_page(show: Option<&str>, page: usize) -> String {
    let page = Some(page).filter(|page| *page > 1).map(|page| page.to_string());
    let address = with_query(overview(), [("show", show), ("page", page.as_deref())]);
    format!("{address}#professions")
}

/// Whether a path belongs to the pages of editors.
pub fn contains(path: &str) -> bool {
    let rest = path.strip_prefix(overview());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether the pattern of an address is of a page about one profession, which `{slug}` names.
pub fn is_of_profession(pattern: &str) -> bool {
    pattern.starts_with("/admin/professions/{slug}")
}

/// Whether the pattern of an address is of a page that is also for editors who are limited to tracks: what it
/// changes is the editor's own, or within the tracks. All other pages but those of professions are for those
/// who may change everything.
pub fn is_for_limited(pattern: &str) -> bool {
    matches!(
        pattern,
        "/admin"
            | "/admin/sign-in"
            | "/admin/sign-out"
            | "/admin/account"
            | "/admin/check"
            | "/admin/formatting"
            | "/admin/trash"
            | "/admin/new-profession"
            | "/admin/changes/{id}"
            | "/admin/proposals/{id}"
    )
}

/// Signing in.
pub const fn sign_in() -> &'static str {
    "/admin/sign-in"
}

/// Signing in, and then on to an address of the site.
pub fn sign_in_to(address: &str) -> String {
    with_query(sign_in(), [("to", Some(address))])
}

/// Signing out.
pub const fn sign_out() -> &'static str {
    "/admin/sign-out"
}

/// Where the first owner is made.
pub fn setup(token: &str) -> String {
    format!("/admin/setup/{}", encoded(token))
}

/// Where an editor sets a password.
pub fn invitation(token: &str) -> String {
    format!("/admin/invitation/{}", encoded(token))
}

/// The editor's own password and sessions.
pub const fn account() -> &'static str {
    "/admin/account"
}

/// Every editor.
pub const fn editors() -> &'static str {
    "/admin/editors"
}

/// An editor.
pub fn editor(id: i32) -> String {
    format!("/admin/editors/{id}")
}

/// The question whether to disable an editor.
pub fn editor_disabling(id: i32) -> String {
    format!("/admin/editors/{id}/disable")
}

/// The tokens of programs.
pub const fn tokens() -> &'static str {
    "/admin/tokens"
}

/// The audit log.
pub const fn audit() -> &'static str {
    "/admin/audit"
}

/// A part of the audit log.
pub fn audit_of(query: &AuditQuery<'_>) -> String {
    audit_at(audit(), query)
}

/// A part of the audit log as a file.
pub fn audit_csv(query: &AuditQuery<'_>) -> String {
    audit_at("/admin/audit.csv", query)
}

fn audit_at(address: &str, query: &AuditQuery<'_>) -> String {
    let before = query.before.map(|before| before.to_string());
    with_query(
        address,
        [
            ("login", filled(query.login)),
            ("object", filled(query.object)),
            ("from", filled(query.from)),
            ("to", filled(query.to)),
            ("before", before.as_deref()),
        ],
    )
}

/// What the ladders contradict themselves in.
pub const fn check() -> &'static str {
    "/admin/check"
}

/// A page of it.
pub fn check_page(page: usize) -> String {
    with_query(check(), [("page", Some(&*page.to_string()))])
}

/// A profession on a page of it.
pub fn check_at(page: usize, slug: &str) -> String {
    format!("{}#{}", check_page(page), encoded(slug))
}

/// The tracks.
pub const fn tracks() -> &'static str {
    "/admin/tracks"
}

/// The rules.
pub const fn rules() -> &'static str {
    "/admin/rules"
}

/// What a saved change does to the demands, as an editor says it.
pub fn change(id: i32) -> String {
    format!("/admin/changes/{id}")
}

/// The history of the rules.
pub const fn rules_history() -> &'static str {
    "/admin/rules/history"
}

/// Ladders as files, out and in.
pub const fn transfer() -> &'static str {
    "/admin/transfer"
}

/// An empty table to fill in, in a format by the ending of its files: `csv`, `xlsx`.
pub fn template(ending: &str) -> String {
    format!("/admin/transfer/template.{ending}")
}

/// What files that were sent would change.
pub fn upload(token: &str) -> String {
    format!("/admin/transfer/{}", encoded(token))
}

/// How the tables in files that were sent are read.
pub fn upload_table(token: &str) -> String {
    format!("/admin/transfer/{}/table", encoded(token))
}

/// What was removed and may be brought back.
pub const fn trash() -> &'static str {
    "/admin/trash"
}

/// The form of a new profession.
pub const fn new_profession() -> &'static str {
    "/admin/new-profession"
}

/// The form of a profession.
pub fn profession(slug: &str) -> String {
    format!("/admin/professions/{}", encoded(slug))
}

/// The name of the profession whose form, history or grade is at an address.
pub fn profession_in(address: &str) -> Option<&str> {
    address.strip_prefix("/admin/professions/")?.split(['/', '?']).next()
}

/// The order of the professions of a track.
pub fn track(slug: &str) -> String {
    format!("/admin/tracks/{}", encoded(slug))
}

/// The history of a track.
pub fn track_history(slug: &str) -> String {
    format!("/admin/tracks/{}/history", encoded(slug))
}

/// The whole ladder of a profession as one text.
pub fn whole_ladder(slug: &str) -> String {
    format!("/admin/professions/{}/ladder", encoded(slug))
}

/// The history of a profession.
pub fn profession_history(slug: &str) -> String {
    format!("/admin/professions/{}/history", encoded(slug))
}

/// The question before a draft is published, or a profession becomes a draft again.
pub fn publication(slug: &str) -> String {
    format!("/admin/professions/{}/publication", encoded(slug))
}

/// A proposed description.
pub fn proposal(id: i32) -> String {
    format!("/admin/proposals/{id}")
}

/// The form of a grade with a proposed description. `address` is that of the form.
pub fn with_proposal(address: &str, id: i32) -> String {
    with_query(address, [("proposal", Some(&*id.to_string()))])
}

/// The question whether to remove a profession.
pub fn profession_removal(slug: &str) -> String {
    format!("/admin/professions/{}/delete", encoded(slug))
}

/// The form of a grade.
pub fn grade(slug: &str, level: &LevelName) -> String {
    format!("/admin/professions/{}/{}", encoded(slug), encoded(level.slug()))
}

/// The history of a grade.
pub fn grade_history(slug: &str, level: &LevelName) -> String {
    grade_history_at(slug, level.slug())
}

/// The history of the grade with a name in addresses, be it a former one.
pub fn grade_history_at(slug: &str, level: &str) -> String {
    format!("/admin/professions/{}/{}/history", encoded(slug), encoded(level))
}

/// The question whether to remove a grade.
pub fn grade_removal(slug: &str, level: &LevelName) -> String {
    format!("/admin/professions/{}/{}/delete", encoded(slug), encoded(level.slug()))
}

/// The releases, to be named by owners.
pub const fn releases() -> &'static str {
    "/admin/releases"
}

/// The scales: own names for the levels.
pub const fn scales() -> &'static str {
    "/admin/scales"
}

/// The form of a new scale.
pub const fn new_scale() -> &'static str {
    "/admin/new-scale"
}

/// The form of a scale.
pub fn scale(slug: &str) -> String {
    format!("/admin/scales/{}", encoded(slug))
}

/// The history of a scale.
pub fn scale_history(slug: &str) -> String {
    format!("/admin/scales/{}/history", encoded(slug))
}

/// The question whether to remove a scale.
pub fn scale_removal(slug: &str) -> String {
    format!("/admin/scales/{}/delete", encoded(slug))
}

/// The dictionary of skills.
pub const fn skills() -> &'static str {
    "/admin/skills"
}

/// A page of the skills that have a text in one of their names; of some of them, if it is said of which.
pub fn skills_page(text: &str, show: Option<ListedSkills>, page: usize) -> String {
    let show = show.map(ListedSkills::name);
    let page = page.to_string();
    with_query(skills(), [("q", filled(text)), ("show", show), ("page", Some(&*page))])
}

/// The form of a new skill.
pub const fn new_skill() -> &'static str {
    "/admin/new-skill"
}

/// The form of a new skill with its title filled in.
pub fn new_skill_called(title: &str) -> String {
    with_query(new_skill(), [("title", Some(title))])
}

/// How the text of a description is read.
pub const fn formatting() -> &'static str {
    "/admin/formatting"
}

/// Requirements that name no skill.
pub const fn unnamed() -> &'static str {
    "/admin/without-skills"
}

/// A page of them.
pub fn unnamed_page(page: usize) -> String {
    with_query(unnamed(), [("page", Some(&*page.to_string()))])
}

/// A page of them that says what was done.
pub fn unnamed_after(page: usize, done: Done) -> String {
    with_query(unnamed(), [("page", Some(&*page.to_string())), ("done", Some(done.name()))])
}

/// A page of them with the forms of one that stands at a place of the page.
pub fn unnamed_naming(page: usize, place: &str) -> String {
    let query = [("page", Some(&*page.to_string())), ("name", Some(place))];
    format!("{}#{}", with_query(unnamed(), query), encoded(place))
}

/// The form of a skill.
pub fn skill(slug: &str) -> String {
    format!("/admin/skills/{}", encoded(slug))
}

/// The history of a skill.
pub fn skill_history(slug: &str) -> String {
    format!("/admin/skills/{}/history", encoded(slug))
}

/// The form that merges a skill with another one.
pub fn skill_merge(slug: &str) -> String {
    format!("/admin/skills/{}/merge", encoded(slug))
}

/// The question whether to remove a skill.
pub fn skill_removal(slug: &str) -> String {
    format!("/admin/skills/{}/delete", encoded(slug))
}
