//! What is exported and imported into an empty database is exported as the same bytes.

use grades::audit::service::Actor;
use grades::clean;
use grades::db::{self, Database};
use grades::graders::service::catalogue::{
    CatalogueFile, Covers, FileGrade, FileIncludes, FileProfession, FileRules, FileScale,
    FileSkill, FileTrack,
};
use grades::graders::service::texts;
use grades::graders::service::transfer::{
    self, Detail, Fate, Format, Imported, Mode, Request, Scope, Source, Tables,
    uploads::UploadedFile,
};
use grades::ladder::Level;
use grades::ladder::promotion::Intervals;
use grades::ladder::salary::Weights;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::app::{Backend, TestDatabase};

/// A line that somebody may type: any characters, but for those that nobody sees.
fn line() -> impl Strategy<Value = String> {
    let any_line = prop_oneof![
        "[а-яёА-ЯЁa-zA-Z0-9 «»—–:;,.#*_`~\\[\\]()<>&'\"\\\\/|=+-]{1,40}",
        any::<String>(),
        Just("'''".to_owned()),
        Just("\"\"\" \\".to_owned()),
        Just("=1+1".to_owned()),
        Just("| a | b |".to_owned()),
        Just("👩\u{200d}💻 ❤\u{fe0f}".to_owned()),
    ];
    any_line.prop_map(|text| {
        let text = clean::text(&text).replace(char::is_control, " ");
        let text = text.trim().chars().take(60).collect::<String>();
        clean::text(&text).trim().to_owned()
    })
}

/// A name: with something to see.
fn name() -> impl Strategy<Value = String> {
    ("[а-яА-Яa-zA-Z0-9]", line()).prop_map(|(first, rest)| {
        let name = clean::text(&format!("{first}{rest}")).trim().to_owned();
        if clean::is_name(&name, 100) { name } else { first }
    })
}

fn description() -> impl Strategy<Value = Option<String>> {
    let item = (
        prop_oneof![
            Just("- "),
            Just("  - "),
            Just("## "),
            Just(""),
            Just("* "),
            Just("- Сильная экспертиза: "),
            Just("- Желательно: "),
            Just("\n"),
            Just("    "),
            Just("<!-- "),
        ],
        line(),
    );
    let text = vec(item, 0..12).prop_map(|items| {
        let lines = items.into_iter().map(|(sign, text)| format!("{sign}{text}"));
        let text = lines.collect::<Vec<_>>().join("\n");
        texts::normalise(&clean::text(&text)).ok().filter(|text| !text.is_empty())
    });
    prop_oneof![1 => Just(None), 4 => text]
}

fn grades_of(levels: Vec<Level>) -> impl Strategy<Value = Vec<FileGrade>> {
    let grades = levels.into_iter().map(|level| {
        description().prop_map(move |description| FileGrade {
            level,
            description,
            row_ids: Vec::new(),
            place: None,
        })
    });
    grades.collect::<Vec<_>>()
}

fn ladder() -> impl Strategy<Value = Vec<FileGrade>> {
    subsequence(Level::ALL.to_vec(), 0..=5).prop_flat_map(grades_of)
}

/// A catalogue with everything there can be.
fn catalogue() -> impl Strategy<Value = CatalogueFile> {
    let professions = vec((name(), line(), 0..3_usize, 0..3_usize, ladder(), 0..4_usize), 0..7);
    let skills = vec((name(), name(), line()), 0..5);
    (vec(name(), 3), professions, skills, description(), (1..20_u32, 1..60_u32)).prop_map(
        |(titles, professions, skills, text, (weight, months))| {
            let tracks = titles.into_iter().enumerate().map(|(number, title)| FileTrack {
                slug: format!("t{number}"),
                title: format!("{number} {title}"),
                place: None,
            });
            let level = |level: Level| {
                let number = level.rank();
                (level, format!("Т {number}"), format!("tl{number}"), level.base() == level)
            };
            let mut levels = Level::ALL.map(level).to_vec();
            levels[0].3 = true;
            let scale = FileScale { slug: "tl".into(), title: "ТЛ".into(), levels, place: None };
            let mut made = Vec::<FileProfession>::new();
            for (number, (title, summary, track, scale, grades, base)) in
                professions.into_iter().enumerate()
            {
                let lower = made.get(base).filter(|_| number > base);
                let includes = lower.map(|included| FileIncludes {
                    profession: included.slug.clone(),
                    up_to: included.grades.first().map(|grade| grade.level).filter(|_| base > 0),
                });
                made.push(FileProfession {
                    slug: format!("p{number}"),
                    title,
                    summary,
                    track: Some(format!("t{track}")),
                    scale: (scale == 0).then(|| "tl".to_owned()),
                    // One that includes a draft is one, and files do not publish it.
                    is_draft: number == 0 || lower.is_some_and(|included| included.is_draft),
                    includes,
                    grades,
                    place: None,
                });
            }
            let skills =
                skills.into_iter().enumerate().map(|(number, (title, alias, category))| {
                    FileSkill {
                        slug: format!("s{number}"),
                        title: format!("{number}н {title}"),
                        category: Some(category)
                            .filter(|category| clean::is_name(category, 100))
                            .unwrap_or_else(|| "Разное".into()),
                        link: (number == 1).then(|| "https://example.org/a?b=1&c=2".to_owned()),
                        aliases: vec![format!("{number}и {alias}")],
                        hidden_aliases: vec![format!("{number}с {alias}")],
                        place: None,
                    }
                });
            CatalogueFile {
                covers: Covers::Everything,
                scales: vec![scale],
                skills: Some(skills.collect()),
                rules: Some(FileRules {
                    text: text.unwrap_or_default(),
                    intervals: Intervals {
                        months,
                        top_months: months,
                        top_level: Level::Senior,
                        retry_months: 1,
                    },
                    weights: Weights {
                        junior: weight,
                        middle: weight + 1,
                        senior: weight + 2,
                        base: weight + 3,
                    },
                    place: None,
                }),
                // The file is in the order of the catalogue: professions by track.
                professions: {
                    let mut in_order = made;
                    in_order.sort_by(|one, other| one.track.cmp(&other.track));
                    in_order
                },
                tracks: tracks.collect(),
            }
        },
    )
}

fn empty(backend: Backend) -> (TestDatabase, Database) {
    let database = TestDatabase::on(backend);
    db::migrate(&database.url().parse().unwrap()).unwrap();
    let open = database.open();
    (database, open)
}

fn import(database: &Database, catalogue: CatalogueFile, mode: Mode) -> transfer::Plan {
    let source = Source { name: "file".into(), catalogue };
    let by = Actor { login: "ann".into(), address: String::new() };
    let detail = Detail { changed: usize::MAX, made: usize::MAX };
    let request = Request { mode, detail, seen: None, by: &by, note: "Загружено" };
    match transfer::apply(database, vec![source], request, &mut |_, _, _| {}).unwrap() {
        Imported::Stored(plan) => plan,
        other => panic!("{other:?}"),
    }
}

/// The whole catalogue of a database as a file.
fn exported(database: &Database, format: Format) -> Vec<u8> {
    let catalogue = transfer::export(database, &Scope::Everything).unwrap();
    transfer::write(format, &catalogue).unwrap()
}

/// What a file holds.
fn read(format: Format, content: Vec<u8>) -> CatalogueFile {
    let file = UploadedFile { name: format!("file.{}", format.ending()), content };
    let answers = transfer::sheet::Answers::default();
    let read = transfer::read(vec![file.clone()], Some(format), Tables::Guessed(&answers));
    let mut reading = read
        .unwrap_or_else(|errors| panic!("{errors:?}\n{}", String::from_utf8_lossy(&file.content)));
    reading.sources.remove(0).catalogue
}

/// Shows bytes that differ as text.
fn assert_same(one: &[u8], other: &[u8]) {
    if one != other {
        assert_eq!(String::from_utf8_lossy(one), String::from_utf8_lossy(other));
    }
}

fn generated(count: usize) -> Vec<CatalogueFile> {
    let mut runner = TestRunner::deterministic();
    let strategy = catalogue();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

on_both_databases! {
    async fn what_is_exported_and_imported_is_exported_the_same(backend: Backend) {
        for catalogue in generated(12) {
            let (_first, database) = empty(backend);
            import(&database, catalogue, Mode::Update);
            for format in [Format::Toml, Format::Json] {
                let file = exported(&database, format);
                for other in [backend, Backend::Sqlite] {
                    let (_second, copy) = empty(other);
                    let plan = import(&copy, read(format, file.clone()), Mode::Update);
                    assert!(plan.items.iter().all(|item| item.fate == Fate::Made), "{plan:?}");
                    for again in [Format::Toml, Format::Json] {
                        assert_same(&exported(&copy, again), &exported(&database, again));
                    }
                }
                // It holds what it had: in every mode there is nothing to do.
                for mode in Mode::ALL {
                    let plan = import(&database, read(format, file.clone()), mode);
                    assert!(plan.is_empty() && plan.items.is_empty(), "{plan:?}");
                }
            }
        }
    }

    async fn a_catalogue_in_the_place_of_another_is_exported_as_its_file(backend: Backend) {
        let all = generated(8);
        let (_database, database) = empty(backend);
        for mut catalogue in all {
            // Drafts stay, and files publish nothing.
            catalogue.professions.iter_mut().for_each(|profession| profession.is_draft = false);
            let (_other, fresh) = empty(Backend::Sqlite);
            import(&fresh, catalogue, Mode::Update);
            let file = exported(&fresh, Format::Toml);
            import(&database, read(Format::Toml, file.clone()), Mode::Replace);
            assert_same(&exported(&database, Format::Toml), &file);
        }
    }
}
