//! The names of the starting dictionary: each finds its skill, the technologies of the source texts
//! are found where they stand, and everyday sentences mention no skill.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use grades::graders::service::{catalogue, rules, skills};
use grades::ladder::Description;
use grades::ladder::skill::{Dictionary, normalized_name};

use crate::app::{Backend, TestDatabase};

/// Sentences of other trades and of everyday office life, one a line. They hold the words that names
/// of skills have been taken for, in their other senses.
const OTHER_TRADES: &str = include_str!("../data/other_trades.txt");

/// What the source texts name: a grade, or `rules`, and the skills that it names.
const NAMED: &str = include_str!("../data/named_skills.txt");

/// Spellings of the source texts and of everyday speech, each with its skill.
const SPELLINGS: &str = include_str!("../data/spellings.txt");

/// The starting dictionary as the site has it.
fn starting() -> Arc<Dictionary> {
    let database = TestDatabase::on(Backend::Sqlite);
    grades::db::migrate(&database.url().parse().unwrap()).unwrap();
    let database = database.open();
    assert!(skills::load_starting(&database, &skills::starting().unwrap()).unwrap());
    skills::DictionaryCache::default().get(&database).unwrap().1
}

/// The skills a text mentions, each with the words that do.
fn mentioned<'a>(dictionary: &'a Dictionary, text: &'a str) -> Vec<(&'a str, &'a str)> {
    let mentions = dictionary.mentions(text).into_iter();
    mentions
        .map(|found| (&text[found.range], dictionary.skills()[found.skill].slug.as_str()))
        .collect()
}

/// The lines of a data file without comments: what stands before the colon and what after it.
fn pairs(data: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = data.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(": ").unwrap_or_else(|| panic!("no colon in {line}")))
}

#[test]
fn sentences_of_other_trades_mention_no_skill() {
    let dictionary = starting();
    let sentences = OTHER_TRADES.lines().collect::<BTreeSet<_>>();
    assert!(sentences.len() >= 200, "{}", sentences.len());
    let found = sentences.into_iter().map(|text| (text, mentioned(&dictionary, text)));
    let found = found.filter(|(_, skills)| !skills.is_empty()).collect::<Vec<_>>();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_product_is_no_other_product_with_a_part_of_its_name() {
    let dictionary = starting();
    for (text, slugs) in [
        ("Node-RED и Node RED", &["node-red", "node-red"][..]),
        ("Next.js, Next JS, NextJS", &["nextjs", "nextjs", "nextjs"]),
        ("Express.js, Nest.JS и D3.js", &[]),
        ("React Native и React", &["react-native", "react"]),
        ("Git hooks", &["git"]),
        ("GitHub, GitLab и Git", &["github", "gitlab", "git"]),
        ("GitHub Actions и GitLab CI", &["github-actions", "gitlab-ci"]),
        ("Apache Kafka, Apache Spark, Apache", &["kafka", "spark", "apache"]),
        ("Microsoft SQL Server, MS SQL и SQL", &["mssql", "mssql", "sql"]),
        ("CSS-анимации, CSS-переменные, CSS", &["css-animations", "css-variables", "css"]),
        ("Elastic Stack, Elasticsearch", &["elk", "elasticsearch"]),
        ("TypeScript и JavaScript", &["typescript", "javascript"]),
    ] {
        let found = mentioned(&dictionary, text).into_iter().map(|(_, slug)| slug);
        assert_eq!(found.collect::<Vec<_>>(), slugs, "{text}");
    }
}

#[test]
fn each_name_finds_its_own_skill_and_no_other_has_it() {
    let dictionary = starting();
    let mut owners = BTreeMap::<String, (&str, &str)>::new();
    for skill in dictionary.skills() {
        for name in skill.names() {
            let found = dictionary.find_by_name(name).map(|found| found.slug.as_str());
            assert_eq!(found, Some(skill.slug.as_str()), "{name}");
            let compared = normalized_name(name).unwrap();
            if let Some(other) = owners.insert(compared, (&skill.slug, name)) {
                panic!("«{name}» of {} is «{}» of {}", skill.slug, other.1, other.0);
            }
        }
        let shown = skill.shown_names().map(str::to_lowercase).collect::<BTreeSet<_>>();
        assert_eq!(shown.len(), skill.shown_names().count(), "{}", skill.slug);
    }
}

#[test]
fn skills_of_the_source_texts_are_found_where_they_stand() {
    let dictionary = starting();
    let mut texts = BTreeMap::new();
    for profession in catalogue::starting().unwrap().into_iter().flat_map(|file| file.professions) {
        for grade in profession.grades {
            let place = format!("{} {}", profession.slug, grade.level.slug());
            texts.insert(place, grade.description.unwrap_or_default());
        }
    }
    let missing = pairs(NAMED).flat_map(|(place, slugs)| {
        let named = if place == "rules" {
            let text = rules::starting().unwrap().text;
            let found = mentioned(&dictionary, &text).into_iter();
            found.map(|(_, slug)| slug.to_owned()).collect::<Vec<_>>()
        } else {
            let text = texts.get(place).unwrap_or_else(|| panic!("no grade {place}"));
            let requirements = Description::read(text, &dictionary).requirements;
            let named = requirements.into_iter().flat_map(|asked| asked.skills);
            named.map(|named| named.slug).collect()
        };
        let missing = slugs.split(' ').filter(|slug| !named.iter().any(|found| found == slug));
        missing.map(|slug| format!("{slug} at {place}")).collect::<Vec<_>>()
    });
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn skills_are_found_by_the_spellings_of_everyday_speech() {
    let dictionary = starting();
    let wrong = pairs(SPELLINGS).flat_map(|(slug, spellings)| {
        let is_wrong = |text: &&str| {
            let sentence = format!("Хорошо знает {text}");
            mentioned(&dictionary, &sentence).into_iter().all(|(_, found)| found != slug)
        };
        let wrong = spellings.split(", ").filter(is_wrong);
        wrong.map(|text| format!("{slug}: {text}")).collect::<Vec<_>>()
    });
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new());
}
