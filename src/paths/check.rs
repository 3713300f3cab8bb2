//! Addresses of the self-check and of the sheet of a defence: the grade, and the answers to what it
//! asks.
//!
//! The answers stand in lists of ids, one list under the name of each answer:
//! `yes=wkfpxj.v84krb&no=rmghmw`. A form sends them the other way round, each answer under its id.

use url::form_urlencoded;

use super::with_slashes;
use crate::ladder::LevelName;
use crate::ladder::self_check::{Answer, Answers};

/// Stands between ids in a list of them.
const BETWEEN: char = '.';

const DEFENCE: &str = "/defence";

/// What the parameters of `/check` and `/defence` say. How many they are and how long, the limit
/// for addresses bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckQuery {
    /// The profession by its name in addresses; empty if no grade was chosen.
    pub profession: String,
    /// The level by its name in addresses.
    pub level: String,
    /// The grade these are the answers to, where they are to be gone through again: for the same
    /// grade or for another one.
    pub from: Option<String>,
    /// The answers; `None` before any form with them was sent.
    pub answers: Option<Answers>,
    /// Whether the sheet of a defence shows all that lower grades ask.
    pub is_whole: bool,
    /// The last saved change of the state that a form made the address in.
    pub revision: Option<i32>,
    /// How many parts of the lists of answers are no ids.
    pub unread: usize,
    /// Whether a form sent them, whose address is longer than it need be.
    pub is_from_form: bool,
}

/// The self-check with no grade chosen.
pub const fn check_form() -> &'static str {
    "/check"
}

/// The questions about a grade.
pub fn check_of(slug: &str, level: &LevelName) -> String {
    check(&CheckQuery::of_grade(slug, level))
}

/// The self-check: questions, or what is left after the answers.
pub fn check(query: &CheckQuery) -> String {
    query.behind(check_form())
}

/// The sheet of a defence with no grade chosen.
pub const fn defence_form() -> &'static str {
    DEFENCE
}

/// The sheet of a grade.
pub fn defence_of(slug: &str, level: &LevelName) -> String {
    defence(&CheckQuery::of_grade(slug, level))
}

/// The sheet of a defence.
pub fn defence(query: &CheckQuery) -> String {
    query.behind(DEFENCE)
}

/// The same as Markdown.
pub fn defence_md(query: &CheckQuery) -> String {
    query.behind("/defence.md")
}

/// The name of an answer in addresses and in the form.
pub const fn answer_name(answer: Answer) -> &'static str {
    match answer {
        Answer::No => "no",
        Answer::Partly => "partly",
        Answer::Yes => "yes",
        Answer::NotApplicable => "na",
    }
}

/// The ids with an answer in one line, as they stand in an address.
pub fn answer_list(answers: &Answers, answer: Answer) -> String {
    let mut list = String::new();
    for id in answers.with(answer) {
        if !list.is_empty() {
            list.push(BETWEEN);
        }
        list.push_str(id);
    }
    list
}

impl CheckQuery {
    /// The parameters that name a grade and nothing else.
    pub fn of_grade(slug: &str, level: &LevelName) -> Self {
        let (profession, level) = (slug.to_owned(), level.slug().to_owned());
        Self { profession, level, ..Self::default() }
    }

    /// Reads parameters, of an address or of a form.
    pub fn read(pairs: Vec<(String, String)>) -> Self {
        let mut read = Self::default();
        let mut answers = Answers::default();
        let mut is_answered = false;
        for (name, value) in pairs {
            match (name.as_str(), answer_named(&name), answer_named(&value)) {
                ("profession", ..) => read.profession = value,
                ("grade", ..) => read.level = value,
                ("from", ..) => read.from = Some(value).filter(|from| !from.is_empty()),
                ("earlier", ..) => read.is_whole = value == "all",
                ("revision", ..) => {
                    read.revision = value.parse().ok().filter(|revision| *revision >= 0);
                }
                (_, Some(answer), _) => {
                    is_answered = true;
                    read.unread += give_list(&mut answers, &value, answer);
                }
                (id, None, Some(answer)) if answers.give(id, answer) => {
                    is_answered = true;
                    read.is_from_form = true;
                }
                _ => {}
            }
        }
        // A form names a grade in one field, as `front-end/middle`.
        if read.profession.is_empty() && !read.level.is_empty() {
            read.is_from_form = true;
            let grade = read.level.trim_start_matches('/');
            let (profession, level) = grade.split_once('/').unwrap_or((grade, ""));
            (read.profession, read.level) = (profession.to_owned(), level.to_owned());
        }
        read.answers = is_answered.then_some(answers);
        read
    }

    /// The grade as `front-end/middle`, if one was chosen.
    pub fn grade(&self) -> Option<String> {
        (!self.profession.is_empty()).then(|| format!("{}/{}", self.profession, self.level))
    }

    /// The shortest address that says the same. The answer «есть» is written too, though its list is
    /// the longest: what is not written is not answered, so that a requirement added later does not
    /// pass for met.
    fn behind(&self, path: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.profession.is_empty() {
            query.append_pair("profession", &self.profession).append_pair("grade", &self.level);
        }
        if let Some(from) = &self.from {
            query.append_pair("from", from);
        }
        if let Some(answers) = &self.answers {
            for answer in [Answer::Yes, Answer::Partly, Answer::No, Answer::NotApplicable] {
                let list = answer_list(answers, answer);
                if answer == Answer::Yes || !list.is_empty() {
                    query.append_pair(answer_name(answer), &list);
                }
            }
        }
        if self.is_whole {
            query.append_pair("earlier", "all");
        }
        if let Some(revision) = self.revision.filter(|_| !self.profession.is_empty()) {
            query.append_pair("revision", &revision.to_string());
        }
        let query = with_slashes(query.finish());
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// The answer with a name in addresses.
fn answer_named(name: &str) -> Option<Answer> {
    Answer::ALL.into_iter().find(|answer| answer_name(*answer) == name)
}

/// Answers the requirements of a list of [`answer_list`]. How many of its parts are no ids.
fn give_list(answers: &mut Answers, list: &str, answer: Answer) -> usize {
    let parts = list.split(BETWEEN).filter(|part| !part.is_empty());
    parts.filter(|part| !answers.give(part, answer)).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ladder::Level;

    fn read(address: &str) -> CheckQuery {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        CheckQuery::read(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    fn given() -> impl Strategy<Value = Answers> {
        let id = "[0-9abcdefghjkmnpqrstvwxyz]{6}(-[2-9])?";
        let given =
            prop::collection::btree_map(id, prop::sample::select(Answer::ALL.to_vec()), 0..70);
        given.prop_map(|given| {
            let mut answers = Answers::default();
            assert!(given.into_iter().all(|(id, answer)| answers.give(&id, answer)));
            answers
        })
    }

    #[test]
    fn a_list_counts_its_parts_that_are_no_ids() {
        let mut answers = Answers::default();
        let list = "abc123.abc123-2.x.ABC123.abc12i.abc123-.abc123-1..";
        assert_eq!(give_list(&mut answers, list, Answer::Yes), 5);
        assert_eq!(give_list(&mut answers, "abc123", Answer::No), 0);
        assert_eq!(answer_list(&answers, Answer::Yes), "abc123-2");
    }

    #[test]
    fn no_name_of_a_parameter_can_be_an_id() {
        for answer in Answer::ALL {
            assert!(!Answers::default().give(answer_name(answer), answer));
            assert_eq!(answer_named(answer_name(answer)), Some(answer));
        }
    }

    #[test]
    fn a_form_leads_to_the_short_address_of_what_it_says() {
        let form = "?profession=front-end&grade=junior-plus&yes=&wkfpxj=yes&rmghmw=no&utm=x&v84krb=maybe&x=yes";
        let read_form = read(form);
        assert!(read_form.is_from_form);
        let address = check(&read_form);
        assert_eq!(address, "/check?profession=front-end&grade=junior-plus&yes=wkfpxj&no=rmghmw");
        assert!(!read(&address).is_from_form);
        let chosen = read("?grade=front-end%2Fmiddle%2B");
        assert!(chosen.is_from_form);
        assert_eq!(check(&chosen), "/check?profession=front-end&grade=middle%2B");
        // Nothing answered at all is an answer too.
        assert_eq!(read("?profession=a&grade=b&yes=").answers, Some(Answers::default()));
        assert_eq!(read("?profession=a&grade=b").answers, None);
        assert_eq!(read("?profession=a&grade=b&no=abc123.abc.&na=%FF").unread, 2);
    }

    proptest! {
        #[test]
        fn a_query_comes_back_from_its_address(
            answers in prop::option::of(given()),
            is_whole in any::<bool>(),
            revision in prop::option::of(0..i32::MAX),
            slug in ".{1,9}",
            from in prop::option::of(".{1,9}"),
            level in prop::sample::select(Level::ALL.to_vec()),
        ) {
            let query = CheckQuery { from, answers, is_whole, revision, ..CheckQuery::of_grade(&slug, &LevelName::standard(level)) };
            for address in [check(&query), defence(&query), defence_md(&query)] {
                prop_assert_eq!(read(&address), query.clone());
            }
        }

        #[test]
        fn any_list_is_read_and_what_is_read_is_kept(text in ".{0,40}") {
            let (mut answers, mut again) = (Answers::default(), Answers::default());
            give_list(&mut answers, &text, Answer::Partly);
            let list = answer_list(&answers, Answer::Partly);
            prop_assert_eq!(give_list(&mut again, &list, Answer::Partly), 0);
            prop_assert_eq!(answers, again);
        }

        #[test]
        fn any_parameters_have_an_address_that_says_the_same(
            pairs in prop::collection::vec(("(profession|grade|from|yes|no|na|partly|earlier|.{0,3})", "([a-z0-9]{6}(\\.[a-z0-9]{6}){0,3}|front-end|.{0,6})"), 0..8),
        ) {
            let first = CheckQuery::read(pairs);
            let second = read(&check(&first));
            prop_assert_eq!(check(&second), check(&first));
            prop_assert_eq!(&second.answers, &first.answers);
        }
    }
}
