//! The cost of search, comparison and the skill index in a catalogue as large as ESCO's: 3,000
//! professions of eight grades, 14,000 skills of three names each.
//!
//! `cargo bench --bench finding` calls the services that the pages call, on SQLite.

mod large;

use criterion::{Criterion, criterion_group, criterion_main};
use grades::graders::service::catalogue::Catalogue;
use grades::graders::service::professions;
use grades::graders::service::search::Search;
use grades::graders::service::skills::{DictionaryCache, SkillIndexCache};
use grades::ladder::Level;
use grades::ladder::comparison::Comparison;
use tempfile::TempDir;

fn finding(criterion: &mut Criterion) {
    let folder = TempDir::new().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("grades.sqlite3").display());
    let database = large::filled(&url, &large::catalogue(3_000), true);
    let dictionaries = DictionaryCache::default();
    let (revision, dictionary) = dictionaries.get(&database).expect("a dictionary");
    let catalogue = Catalogue::new(database.clone());

    let mut group = criterion.benchmark_group("search");
    for (name, question) in [
        ("a skill", "техника 77"),
        ("the beginning of a word", "tech-13"),
        ("a skill in a profession on a level", "t77 профессия 50 мидл"),
        ("a word of every requirement", "устройство"),
        ("a phrase of every requirement", "«её устройство»"),
        ("a misspelt skill", "тохника 77"),
    ] {
        let asked = Search { question: question.into(), page: 1, ..Search::default() };
        group.bench_function(name, |bencher| {
            bencher.iter(|| catalogue.search(&asked).expect("hits"));
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("compare");
    group.bench_function("the highest grades of two professions", |bencher| {
        bencher.iter(|| {
            let ladder = |slug| {
                professions::profession(&database, &dictionary, slug).expect("a ladder").ladder
            };
            let (from, to) = (ladder("profession-3-14"), ladder("profession-15-92"));
            Comparison::new((&from, Level::MiddlePlusPlus), (&to, Level::Senior))
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("skill");
    let cache = SkillIndexCache::default();
    cache.get(&database, (revision, &dictionary)).expect("an index");
    group.bench_function("where one appears", |bencher| {
        bencher.iter(|| {
            let (revision, dictionary) = dictionaries.get(&database).expect("a dictionary");
            let index = cache.get(&database, (revision, &dictionary)).expect("an index");
            index.appearances("t-77").len()
        });
    });
    group.finish();
}

criterion_group!(benches, finding);
criterion_main!(benches);
