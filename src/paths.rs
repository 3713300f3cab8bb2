//! Every address the program writes, each made by one function.
//!
//! A part of a path, such as the name of a profession, is percent-encoded, so whatever it was
//! decoded from, the address is valid in a header and belongs to that part alone; a query is written
//! as forms write it. Pages are numbered from 1, and the first has no number in its address.
//!
//! The parts `.` and `..` have no address: in a URL they name the folder itself and the one above it,
//! encoded or not (URL Standard, section 4.1).

pub mod admin;
pub mod api;
mod check;
mod forms;
mod moved;
mod past;
mod releases;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use url::form_urlencoded::{self, Serializer};

pub use self::check::{
    CheckQuery, Growth, answer_lists, answer_name, check, check_form, check_of, defence,
    defence_form, defence_md, defence_of, pair, pair_form, question, question_anchor, read_answers,
};
pub use self::forms::{
    PlanQuery, SalaryQuery, SearchQuery, choice, choice_form, plan, plan_form, plan_ics, plan_of,
    salary, salary_form, search, search_form,
};
pub use self::moved::{moved, without_last_slash};
pub use self::past::{AT, at, at_in_html, encoded_state, has_past, is_of_skill, present, state_in};
pub use self::releases::{NOW, release, release_comparison, releases};
use crate::ladder::{Asked, Level, LevelName};

/// Everything but the characters that URLs reserve for nothing (RFC 3986, section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A page of the catalogue.
pub fn home(page: usize) -> String {
    with_query("/", [("page", number(page).as_deref())])
}

/// The first profession of a track, on the page of the catalogue where it stands.
pub fn track(page: usize, slug: &str) -> String {
    format!("{}#{}", home(page), encoded(slug))
}

/// A ladder.
pub fn profession(slug: &str) -> String {
    format!("/professions/{}", encoded(slug))
}

/// A grade.
pub fn grade(slug: &str, level: &LevelName) -> String {
    grade_at(slug, level.slug())
}

/// The grade with a name in addresses that may be none.
pub fn grade_at(slug: &str, level: &str) -> String {
    format!("/professions/{}/{}", encoded(slug), encoded(level))
}

/// A grade's place on the page of its ladder. Fragments name the rank, so that they outlive new names of
/// levels: no server sees them, so none can lead on.
pub fn grade_in_ladder(slug: &str, level: Level) -> String {
    format!("/professions/{}#{}", encoded(slug), level.slug())
}

/// A requirement, at the grade that asks it.
pub fn requirement(slug: &str, level: &LevelName, id: &str) -> String {
    format!("{}#{}-{}", grade(slug, level), level.level().slug(), encoded(id))
}

/// The grade that asks for something in the ladder of a profession: its own, or one that it inherits.
pub fn asking_grade(slug: &str, asked: &Asked) -> String {
    grade(asked.origin.as_ref().map_or(slug, |origin| &origin.slug), &asked.name)
}

/// What is asked in the ladder of a profession, at the grade that asks it.
pub fn asked(slug: &str, asked: &Asked) -> String {
    let slug = asked.origin.as_ref().map_or(slug, |origin| &origin.slug);
    requirement(slug, &asked.name, &asked.requirement.id)
}

/// A grade as parameters name it: `front-end/middle`.
pub fn grade_name(slug: &str, level: &LevelName) -> String {
    format!("{slug}/{}", level.slug())
}

/// The form that chooses two grades to compare.
pub const fn compare_form() -> &'static str {
    "/compare"
}

/// A comparison of two grades, each as [`grade_name`] writes it.
pub fn compare(from: &str, to: &str) -> String {
    if from.is_empty() && to.is_empty() {
        return compare_form().to_owned();
    }
    with_slashes(with_query(compare_form(), [("from", Some(from)), ("to", Some(to))]))
}

/// What a level asks in every profession, or in those of one track.
pub fn across(level: Level, track: Option<&str>, page: usize) -> String {
    let page = number(page);
    let pairs = [("level", Some(level.slug())), ("track", track), ("page", page.as_deref())];
    with_query(compare_form(), pairs)
}

/// The table of professions with no track chosen.
pub const fn matrix_form() -> &'static str {
    "/matrix"
}

/// A page of the table of professions, of one track if one is chosen.
pub fn matrix(track: Option<&str>, page: usize) -> String {
    with_query(matrix_form(), [("track", track), ("page", number(page).as_deref())])
}

/// The same as a file, with the professions of every page; `separator` is what separates the cells, by
/// its name in addresses.
pub fn matrix_csv(track: Option<&str>, separator: Option<&str>) -> String {
    with_query("/matrix.csv", [("track", track), ("separator", separator)])
}

/// The catalogue as a file in a format, or a track or a profession of it.
pub fn export(format: &str, track: Option<&str>, profession: Option<&str>) -> String {
    let path = format!("/export/{}", encoded(format));
    with_query(&path, [("track", track), ("profession", profession)])
}

/// The skills of a profession by grade.
pub fn matrix_skills(slug: &str) -> String {
    with_query(matrix_form(), [("profession", Some(slug))])
}

/// The same as a file; `separator` as in [`matrix_csv`].
pub fn matrix_skills_csv(slug: &str, separator: Option<&str>) -> String {
    with_query("/matrix.csv", [("profession", Some(slug)), ("separator", separator)])
}

/// Every skill by letter.
pub const fn skills() -> &'static str {
    "/skills"
}

/// Every skill by category.
pub const fn skills_by_category() -> &'static str {
    "/skills?by=category"
}

/// A skill.
pub fn skill(slug: &str) -> String {
    format!("/skills/{}", encoded(slug))
}

/// A page of where a skill appears.
pub fn skill_page(slug: &str, page: usize) -> String {
    with_query(&skill(slug), [("page", number(page).as_deref())])
}

/// How people move between grades.
pub const fn rules() -> &'static str {
    "/rules"
}

/// What changed, from before a change; of one profession, if one is named.
pub fn changes(profession: Option<&str>, before: Option<i32>) -> String {
    let before = before.map(|before| before.to_string());
    with_query("/changes", [("profession", profession), ("before", before.as_deref())])
}

/// One change.
pub fn change(id: i32) -> String {
    format!("/changes/{id}")
}

/// The newest changes for feed readers; of one profession, if one is named.
pub fn changes_atom(profession: Option<&str>) -> String {
    with_query("/changes.atom", [("profession", profession)])
}

/// A page of what the ladders ask of teachers.
pub fn mentoring(page: usize) -> String {
    with_query("/mentoring", [("page", number(page).as_deref())])
}

/// The placeholder for learning.
pub const fn learning() -> &'static str {
    "/learning"
}

/// The placeholder for the visitor's profile.
pub const fn profile() -> &'static str {
    "/profile"
}

/// Whether the site is ready, for operators.
pub const fn readiness() -> &'static str {
    "/readyz"
}

/// What is counted of the running process, for operators; at an address of its own.
pub const fn metrics() -> &'static str {
    "/metrics"
}

/// Every page worth finding, for search engines.
pub const fn sitemap() -> &'static str {
    "/sitemap.xml"
}

/// The icon, where browsers look for it.
pub const fn favicon() -> &'static str {
    "/favicon.svg"
}

/// An embedded file by the name that changes with its content.
pub fn asset(name: &str) -> String {
    format!("/assets/{}", encoded(name))
}

/// A part of a path, or a fragment.
fn encoded(part: &str) -> PercentEncode<'_> {
    utf8_percent_encode(part, ENCODED)
}

/// A value as it stands in a query.
fn encoded_value(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

/// A path with the pairs that have a value; without a `?` if none has.
fn with_query<'a>(
    path: &str,
    pairs: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> String {
    let start = path.len() + 1;
    let mut query = Serializer::for_suffix(format!("{path}?"), start);
    query.extend_pairs(pairs.into_iter().filter_map(|(name, value)| Some((name, value?))));
    let mut address = query.finish();
    if address.len() == start {
        address.pop();
    }
    address
}

/// The same address with slashes as they are: they may stand so in a query (RFC 3986, section 3.4),
/// and a grade's name reads better.
fn with_slashes(address: String) -> String {
    if address.contains("%2F") { address.replace("%2F", "/") } else { address }
}

/// The number of a page, but for the first.
fn number(page: usize) -> Option<String> {
    (page != 1).then(|| page.to_string())
}

/// A value that says something.
fn filled(value: &str) -> Option<&str> {
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests;
