//! A catalogue as large as ESCO's.

use grades::graders::catalogue::{Grade, Profession, Track, TrackFile};
use grades::ladder::Level;

/// 3,000 professions of eight grades.
pub fn catalogue() -> Vec<TrackFile> {
    let description = "- Сильная экспертиза: технология, её устройство и применение\n".repeat(7);
    let profession = |track: usize, number: usize| Profession {
        slug: format!("profession-{track}-{number}"),
        title: format!("Профессия {number}"),
        summary: "Кратко".into(),
        grades: Level::ALL[..8]
            .iter()
            .map(|level| Grade { level: *level, description: Some(description.clone()) })
            .collect(),
    };
    (0..30)
        .map(|track| TrackFile {
            track: Track {
                slug: format!("track-{track}"), title: format!("Направление {track}")
            },
            professions: (0..100).map(|number| profession(track, number)).collect(),
        })
        .collect()
}
