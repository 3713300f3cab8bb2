//! Addresses of the self-check and of the sheet of a defence: the grade, the answers to what it asks, and
//! what was typed for a growth plan, which travels along.
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

/// The value that has everything up to the present grade marked.
const EARLIER: &str = "earlier";

/// Characters that what travels along from a growth plan may have; the plan itself says what is too long.
const LONGEST: usize = 200;

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
    /// Whether what grades up to the present one ask is to be marked as met.
    pub marks_earlier: bool,
    /// The requirement whose answer a form took back.
    pub cleared: Option<String>,
    /// What was typed for a growth plan.
    pub growth: Growth,
}

/// What was typed for a growth plan, as it travels along with the self-check and the sheet; empty where
/// nothing was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Growth {
    /// The present level.
    pub now: String,
    /// The day it was given.
    pub since: String,
    /// The level to grow to.
    pub to: String,
    /// How many defences failed.
    pub failed: String,
    /// The day of the last of them.
    pub failed_on: String,
    /// Whose plan it is.
    pub name: String,
}

impl Growth {
    /// What was typed, under the names it has in addresses.
    pub fn pairs(&self) -> [(&'static str, &str); 6] {
        [
            ("now", &self.now),
            ("since", &self.since),
            ("to", &self.to),
            ("failed", &self.failed),
            ("failed-on", &self.failed_on),
            ("name", &self.name),
        ]
    }

    fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "now" => &mut self.now,
            "since" => &mut self.since,
            "to" => &mut self.to,
            "failed" => &mut self.failed,
            "failed-on" => &mut self.failed_on,
            "name" => &mut self.name,
            _ => return None,
        })
    }
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

/// A question of the self-check, after its answer was taken back.
pub fn question(query: &CheckQuery, id: &str) -> String {
    format!("{}#{}", check(query), question_anchor(id))
}

/// The name of a question within its page.
pub fn question_anchor(id: &str) -> String {
    format!("question-{id}")
}

/// The page that sets two self-checks of one grade against each other; nothing typed yet.
pub const fn pair_form() -> &'static str {
    "/check/pair"
}

/// Two self-checks of one grade, each by its address as it was typed; `None` if the form was not sent.
pub fn pair(person: Option<&str>, lead: Option<&str>) -> String {
    super::with_query(pair_form(), [("person", person), ("lead", lead)])
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

/// The lists of ids, each with the name of its answer. That of «есть» is there even if it is empty.
pub fn answer_lists(answers: &Answers) -> Vec<(&'static str, String)> {
    let order = [Answer::Yes, Answer::Partly, Answer::No, Answer::NotApplicable];
    let lists = order.map(|answer| (answer, answer_list(answers, answer))).into_iter();
    let lists = lists.filter(|(answer, list)| *answer == Answer::Yes || !list.is_empty());
    lists.map(|(answer, list)| (answer_name(answer), list)).collect()
}

/// The answers in such lists; `None` if there are no lists.
pub fn read_answers<'a>(
    lists: impl IntoIterator<Item = (Answer, Option<&'a str>)>,
) -> Option<Answers> {
    let mut answers = None;
    for (answer, list) in lists {
        if let Some(list) = list {
            give_list(answers.get_or_insert_with(Answers::default), list, answer);
        }
    }
    answers
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
            if let Some(field) = read.growth.field(&name) {
                let typed = value.replace(char::is_control, "");
                let shortened = typed.trim().chars().take(LONGEST).collect::<String>();
                shortened.trim().clone_into(field);
                continue;
            }
            match (name.as_str(), answer_named(&name), answer_named(&value)) {
                ("profession", ..) => read.profession = value,
                ("grade", ..) => read.level = value,
                ("from", ..) => read.from = Some(value).filter(|from| !from.is_empty()),
                ("earlier", ..) => read.is_whole = value == "all",
                ("mark", ..) => read.marks_earlier = value == EARLIER,
                ("clear", ..) => read.cleared = Some(value),
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
        // Older addresses name a grade in one field, as `front-end/middle`.
        let grade = read.level.trim_start_matches('/');
        if read.profession.is_empty()
            && let Some((profession, level)) = grade.split_once('/')
        {
            read.is_from_form = true;
            (read.profession, read.level) = (profession.to_owned(), level.to_owned());
        }
        if let Some(id) = &read.cleared {
            answers.take_back(id);
            (read.is_from_form, is_answered) = (true, true);
            read.from = read.from.or_else(|| Some(format!("{}/{}", read.profession, read.level)));
        }
        read.answers = is_answered.then_some(answers);
        read
    }

    /// Whether nothing was chosen.
    pub const fn is_empty(&self) -> bool {
        self.profession.is_empty() && self.level.is_empty()
    }

    /// The fewest parameters that say the same. The answer «есть» is among them too, though its list is
    /// the longest: what is not written is not answered, so that a requirement added later does not
    /// pass for met.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.is_empty() {
            pairs.extend([("profession", self.profession.clone()), ("grade", self.level.clone())]);
        }
        pairs.extend(self.from.iter().map(|from| ("from", from.clone())));
        pairs.extend(self.answers.iter().flat_map(answer_lists));
        if self.is_whole {
            pairs.push(("earlier", "all".to_owned()));
        }
        let growth = self.growth.pairs().into_iter().filter(|(_, typed)| !typed.is_empty());
        pairs.extend(growth.map(|(name, typed)| (name, typed.to_owned())));
        if self.marks_earlier {
            pairs.push(("mark", EARLIER.to_owned()));
        }
        if let Some(revision) = self.revision.filter(|_| !self.is_empty()) {
            pairs.push(("revision", revision.to_string()));
        }
        pairs
    }

    /// The shortest address that says the same.
    fn behind(&self, path: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.pairs());
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

    #[test]
    fn an_answer_is_taken_back_and_the_others_stay() {
        let form = "?profession=a&grade=b&yes=&wkfpxj=yes&rmghmw=no&now=junior&clear=wkfpxj";
        let sent = read(form);
        assert!(sent.is_from_form);
        let id = sent.cleared.clone().unwrap();
        let to = "/check?profession=a&grade=b&from=a/b&yes=&no=rmghmw&now=junior#question-wkfpxj";
        assert_eq!(question(&sent, &id), to);
        // Even if it was the only one, the others are asked again.
        assert_eq!(
            read("?profession=a&grade=b&wkfpxj=no&clear=wkfpxj").answers,
            Some(Answers::default())
        );
    }

    #[test]
    fn what_has_no_profession_keeps_its_level() {
        let sent = read("?profession=&grade=middle");
        assert_eq!(
            (sent.profession.as_str(), sent.level.as_str(), sent.is_from_form),
            ("", "middle", false)
        );
        assert_eq!(check(&sent), "/check?profession=&grade=middle");
        assert_eq!(check(&read("?profession=&grade=")), "/check");
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
            marks_earlier in any::<bool>(),
            typed in prop::collection::vec("(\\PC{0,4}[0-9a-zа-я])?", 6),
        ) {
            let mut growth = Growth::default();
            for (name, typed) in ["now", "since", "to", "failed", "failed-on", "name"].into_iter().zip(&typed) {
                *growth.field(name).unwrap() = typed.trim().to_owned();
            }
            let query = CheckQuery { from, answers, is_whole, revision, marks_earlier, growth, ..CheckQuery::of_grade(&slug, &LevelName::standard(level)) };
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
