//! The cost of a save in a catalogue as large as ESCO's: 3,000 professions of eight grades.
//!
//! `cargo bench --bench saving` measures a save and a minimal write of the same durability; the
//! difference is the work of the site itself.

mod large;

use std::fs::File;
use std::io::Write;

use criterion::{Criterion, criterion_group, criterion_main};
use grades::audit::service::Actor;
use grades::graders::service::grades::{Edit, Saved, save};
use grades::ladder::Level;
use tempfile::TempDir;

fn saving(criterion: &mut Criterion) {
    let folder = TempDir::new().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("grades.sqlite3").display());
    let database = large::filled(&url, &large::catalogue(3_000), true);

    let mut group = criterion.benchmark_group("save");
    let (slug, level) = ("profession-15-50", Level::Middle);
    let mut version = 1;
    group.bench_function("a description among 3,000 professions", |bencher| {
        bencher.iter(|| {
            let (text, note, said_new) = (format!("- Правка {version}"), String::new(), Vec::new());
            let by = Actor { login: "ann".into(), address: "127.0.0.1".into() };
            let edit = Edit { grade_id: None, version, text, note, said_new, by };
            let saved = save(&database, slug, level, &edit).expect("a save");
            assert!(matches!(saved, Saved::Stored));
            version += 1;
        });
    });
    let mut file = File::create(folder.path().join("plain")).expect("a file");
    group.bench_function("4 KB appended to a file and synced", |bencher| {
        bencher.iter(|| {
            file.write_all(&[b'x'; 4_096]).expect("a write");
            file.sync_data().expect("a sync");
        });
    });
    group.finish();
}

criterion_group!(benches, saving);
criterion_main!(benches);
