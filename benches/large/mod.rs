//! A synthetic catalogue as large as ESCO's.

use diesel::prelude::*;
use grades::db::{self, Database, DbConnection};
use grades::graders::service::catalogue::{Grade, Profession, Track, TrackFile};
use grades::graders::service::{ServiceError, catalogue};
use grades::ladder::Level;

/// The number of skills in the dictionary, about as many as in ESCO.
pub const SKILLS: usize = 14_000;

/// Professions of eight grades, each with seven requirements, a hundred in a track.
pub fn catalogue(professions: usize) -> Vec<TrackFile> {
    // Evenly distributed and reproducible.
    let mut asked = (0..).map(|index: usize| index.wrapping_mul(7_919) % SKILLS);
    let mut description = || {
        let line = |skill| format!("- Сильная экспертиза: технология t{skill}, её устройство\n");
        asked.by_ref().take(7).map(line).collect::<String>()
    };
    let mut profession = |track: usize, number: usize| Profession {
        slug: format!("profession-{track}-{number}"),
        title: format!("Профессия {number}"),
        summary: "Кратко".into(),
        grades: Level::ALL[..8]
            .iter()
            .map(|level| Grade { level: *level, description: Some(description()) })
            .collect(),
    };
    (0..professions / 100)
        .map(|track| TrackFile {
            track: Track {
                slug: format!("track-{track}"), title: format!("Направление {track}")
            },
            professions: (0..100).map(|number| profession(track, number)).collect(),
        })
        .collect()
}

/// A database with this catalogue, and with [`SKILLS`] skills of three names each if `with_skills`.
pub fn filled(url: &str, catalogue: &[TrackFile], with_skills: bool) -> Database {
    let url = url.parse().expect("an address");
    db::migrate(&url).expect("migrations");
    let database = Database::open(&url).expect("a database");
    catalogue::load_starting(&database, catalogue).expect("a catalogue");
    if with_skills {
        database.write(insert_skills).expect("skills");
    }
    grades::graders::service::search::bring_up_to_date(&database).expect("an index");
    database
}

fn insert_skills(connection: &mut DbConnection) -> Result<(), ServiceError> {
    for (id, number) in (1..).zip(0..SKILLS) {
        diesel::sql_query(format!(
            "INSERT INTO skills (id, slug, title, category)
             VALUES ({id}, 't-{number}', 't{number}', 'Технологии')"
        ))
        .execute(connection)?;
        diesel::sql_query(format!(
            "INSERT INTO skill_aliases (skill_id, alias) VALUES ({id}, 'tech-{number}'), ({id}, 'техника {number}')"
        ))
        .execute(connection)?;
    }
    diesel::sql_query("UPDATE catalogue_state SET skills_revision = 1, revision = revision + 1")
        .execute(connection)?;
    Ok(())
}
