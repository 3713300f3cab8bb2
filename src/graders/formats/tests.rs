use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::clean;
use crate::ladder::Level;
use crate::ladder::promotion::Intervals;
use crate::ladder::salary::Weights;
use crate::ladder::texts::normalise;

mod faults;
mod texts;

/// A text as a column holds it: cleaned, of one line.
fn line() -> impl Strategy<Value = String> {
    let typed = prop_oneof![
        "[А-Яа-яё ,:«»a-z0-9+=@\"'\\\\;#-]{1,30}",
        ".{1,30}",
        Just("=1+\"\"\"".to_owned()),
    ];
    typed.prop_filter_map("a name", |typed: String| {
        let cleaned = clean::text(&typed).replace(char::is_control, "");
        let cleaned = clean::text(cleaned.trim()).into_owned();
        (clean::is_name(&cleaned, 40) && clean::text(&cleaned) == cleaned).then_some(cleaned)
    })
}

fn slug() -> impl Strategy<Value = String> {
    "[a-z0-9-]{1,8}"
}

/// A description: any characters, or what people write.
fn description() -> impl Strategy<Value = Option<String>> {
    let written = prop::collection::vec(
        prop::sample::select(vec![
            "Ведёт проект.",
            "",
            "- Знакомство: Docker",
            "- Желательно: Сильная экспертиза: Git",
            "## Код",
            "- Пишет тесты",
            "  - пример",
            "  и ещё",
            "### Глубже",
            "1. Git",
            "* [x] SSH",
            "- Инструменты:",
            "  - webpack",
            "```",
            "> Цитата",
            "| а | б |",
            "# Заголовок",
            "\tтаб ",
            "\"\"\"",
            "'''",
            "\\",
            "«=1»",
            "=HYPERLINK(1)",
            "---",
            "- ",
            "Заголовок\n=====",
        ]),
        0..12,
    );
    let text =
        prop_oneof![written.prop_map(|lines| lines.join("\n")), "(.|\n|\"|\\\\|\t| ){0,60}",];
    text.prop_map(|typed: String| {
        let text = normalise(&clean::text(&typed)).unwrap_or_else(|(_, text)| text);
        let text = clean::text(&text).into_owned();
        let text = normalise(&text).unwrap_or_else(|(_, text)| text);
        Some(text).filter(|text| !text.is_empty())
    })
}

fn levels() -> impl Strategy<Value = Vec<Level>> {
    prop::sample::subsequence(Level::ALL.to_vec(), 0..=10)
}

fn grades() -> impl Strategy<Value = Vec<FileGrade>> {
    levels().prop_flat_map(|levels| {
        let count = levels.len();
        let texts = prop::collection::vec(prop_oneof![3 => description(), 1 => Just(None)], count);
        texts.prop_map(move |texts| {
            let grades = levels.iter().zip(texts);
            grades
                .map(|(level, description)| FileGrade {
                    level: *level,
                    description,
                    row_ids: Vec::new(),
                    place: None,
                })
                .collect()
        })
    })
}

fn scale() -> impl Strategy<Value = FileScale> {
    let levels = levels().prop_flat_map(|levels| {
        let named = prop::collection::vec((line(), slug(), any::<bool>()), levels.len());
        named.prop_map(move |named| {
            let levels = levels.iter().zip(named);
            levels.map(|(level, (title, slug, is_base))| (*level, title, slug, is_base)).collect()
        })
    });
    (slug(), line(), levels).prop_map(|(slug, title, levels): (_, _, Vec<_>)| FileScale {
        slug,
        title,
        levels,
        place: None,
    })
}

fn skill() -> impl Strategy<Value = FileSkill> {
    let names = || prop::collection::vec(line(), 0..4);
    let link = prop::option::of(Just("https://example.org/?a=\"b\"".to_owned()));
    (slug(), line(), line(), link, names(), names()).prop_map(
        |(slug, title, category, link, aliases, hidden_aliases)| FileSkill {
            slug,
            title,
            category,
            link,
            aliases,
            hidden_aliases,
            place: None,
        },
    )
}

fn rules() -> impl Strategy<Value = FileRules> {
    (description(), 1..=60_u32, prop::sample::select(Level::ALL.to_vec()), 1..=97_u32).prop_map(
        |(text, months, top_level, junior)| FileRules {
            text: text.unwrap_or_default(),
            intervals: Intervals { months, top_months: 61 - months, top_level, retry_months: 3 },
            weights: Weights { junior, middle: junior + 1, senior: junior + 2, base: junior + 3 },
            place: None,
        },
    )
}

fn profession() -> impl Strategy<Value = FileProfession> {
    let place = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
    (slug(), line(), prop_oneof![line(), Just(String::new())], grades(), place).prop_map(
        |(slug, title, summary, grades, _)| FileProfession {
            slug,
            title,
            summary,
            grades,
            ..FileProfession::default()
        },
    )
}

/// A catalogue, or a part of one.
pub fn catalogue() -> impl Strategy<Value = CatalogueFile> {
    let covers =
        prop::sample::select(vec![Covers::Everything, Covers::Tracks, Covers::Professions]);
    let choices = prop::collection::vec(any::<[prop::sample::Index; 4]>(), 4);
    let track = (slug(), line());
    (
        covers,
        prop::collection::vec(scale(), 0..3),
        prop::option::of(prop::collection::vec(skill(), 0..4)),
        prop::option::of(rules()),
        prop::collection::vec(track, 1..3),
        prop::collection::vec(profession(), 0..4),
        choices,
    )
        .prop_map(
            |(covers, mut scales, mut skills, rules, tracks, mut professions, choices)| {
                let mut tracks = tracks
                    .into_iter()
                    .map(|(slug, title)| FileTrack { slug, title, place: None })
                    .collect::<Vec<_>>();
                once(&mut tracks, |track| &track.slug);
                once(&mut scales, |scale| &scale.slug);
                once(&mut professions, |profession| &profession.slug);
                if let Some(skills) = &mut skills {
                    once(skills, |skill| &skill.slug);
                }
                let slugs = professions.iter().map(|one| one.slug.clone()).collect::<Vec<_>>();
                for (profession, [track, scale, other, level]) in
                    professions.iter_mut().zip(choices)
                {
                    profession.track = Some(track.get(&tracks).slug.clone());
                    let scale = scale.index(scales.len() + 1);
                    profession.scale = scales.get(scale).map(|scale| scale.slug.clone());
                    let included = other.get(&slugs);
                    let level = Level::ALL.get(level.index(11)).copied();
                    profession.includes = (*included != profession.slug)
                        .then(|| FileIncludes { profession: included.clone(), up_to: level });
                }
                CatalogueFile { covers, scales, skills, rules, tracks, professions }
            },
        )
}

fn once<T>(things: &mut Vec<T>, slug: impl Fn(&T) -> &String) {
    let mut seen = BTreeSet::new();
    things.retain(|thing| seen.insert(slug(thing).clone()));
}

/// What a file holds, wherever it stands.
pub fn without_places(mut file: CatalogueFile) -> CatalogueFile {
    for scale in &mut file.scales {
        scale.place = None;
    }
    for skill in file.skills.iter_mut().flatten() {
        skill.place = None;
    }
    if let Some(rules) = &mut file.rules {
        rules.place = None;
    }
    for track in &mut file.tracks {
        track.place = None;
    }
    for profession in &mut file.professions {
        profession.place = None;
        for grade in &mut profession.grades {
            grade.place = None;
        }
    }
    file
}

#[test]
fn the_starting_files_are_written_as_they_are_read() {
    for path in
        ["python", "databases", "web", "apps"].map(|name| format!("assets/catalogue/{name}.toml"))
    {
        let text = std::fs::read_to_string(&path).unwrap();
        let file = read(Format::Toml, text.as_bytes()).unwrap();
        let written = String::from_utf8(write(Format::Toml, &file).unwrap()).unwrap();
        let bare = text.lines().filter(|line| !line.starts_with('#'));
        let bare = bare.collect::<Vec<_>>().join("\n");
        assert_eq!(written.trim(), bare.trim(), "{path}");
    }
}

proptest! {
    #[test]
    fn toml_carries_everything(file in catalogue()) {
        let written = write(Format::Toml, &file).unwrap();
        let read = read(Format::Toml, &written);
        prop_assert_eq!(read.map(without_places), Ok(file), "{}", String::from_utf8_lossy(&written));
    }

    #[test]
    fn json_carries_everything(file in catalogue()) {
        let written = write(Format::Json, &file).unwrap();
        let read = read(Format::Json, &written);
        prop_assert_eq!(read.map(without_places), Ok(file), "{}", String::from_utf8_lossy(&written));
    }
}
