//! The starting catalogue agrees with the two source texts.

use std::collections::HashSet;

use grades::graders::service::catalogue::{self, Profession, TrackFile};
use grades::ladder::{Description, Kind, Level, Requirement};

fn starting() -> Vec<TrackFile> {
    catalogue::starting().unwrap()
}

/// The professions of all tracks.
pub fn professions() -> Vec<Profession> {
    starting().into_iter().flat_map(|file| file.professions).collect()
}

fn description(slug: &str, level: Level) -> Description {
    let professions = professions();
    let profession = professions.iter().find(|profession| profession.slug == slug).unwrap();
    let grade = profession.grades.iter().find(|grade| grade.level == level).unwrap();
    Description::parse(grade.description.as_deref().unwrap_or_default())
}

/// Whether a requirement of this kind contains all the words, ignoring case.
fn asks(slug: &str, level: Level, kind: Option<Kind>, words: &[&str]) -> bool {
    let has_all = |requirement: &Requirement| {
        let text = requirement.text.to_lowercase();
        requirement.kind == kind && words.iter().all(|word| text.contains(&word.to_lowercase()))
    };
    description(slug, level).requirements.iter().any(has_all)
}

const WEB: [&str; 3] = ["front-end", "back-end", "full-stack"];

#[test]
fn there_are_15_professions_and_63_grades_12_of_them_undescribed() {
    let professions = professions();
    let grades = professions.iter().flat_map(|profession| &profession.grades).collect::<Vec<_>>();
    let undescribed = grades.iter().filter(|grade| grade.description.is_none()).count();
    assert_eq!((professions.len(), grades.len(), undescribed), (15, 63, 12));
}

#[test]
fn tracks_and_professions_have_the_agreed_addresses_in_the_agreed_order() {
    let slugs = starting()
        .iter()
        .map(|file| {
            let professions = file.professions.iter().map(|found| found.slug.clone());
            (file.track.title.clone(), professions.collect::<Vec<_>>())
        })
        .collect::<Vec<_>>();
    let expected: [(&str, &[&str]); 4] = [
        (
            "Python",
            &[
                "python-backend",
                "data-scientist",
                "ml-engineer",
                "devops",
                "qa-automation",
                "game-dev",
                "iot",
            ],
        ),
        ("Базы данных", &["postgresql-analyst", "postgresql-admin"]),
        ("Веб-разработка", &WEB),
        ("Приложения", &["desktop", "android", "ios"]),
    ];
    assert_eq!(
        slugs,
        expected.map(|(title, slugs)| {
            (title.to_owned(), slugs.iter().map(|&slug| slug.to_owned()).collect::<Vec<_>>())
        })
    );
}

#[test]
fn ladders_have_the_levels_of_the_texts_and_the_right_ones_are_described() {
    use Level::{Intern, Junior, JuniorPlus, Middle, MiddlePlus, SeniorPlus};
    let six = [Intern, Junior, JuniorPlus, Middle, MiddlePlus, SeniorPlus];
    for profession in professions() {
        let levels = profession.grades.iter().map(|grade| grade.level).collect::<Vec<_>>();
        let described = profession.grades.iter().all(|grade| grade.description.is_some());
        match profession.slug.as_str() {
            "python-backend" | "data-scientist" | "ml-engineer" | "devops" => {
                assert_eq!(levels, six);
                assert!(described);
            }
            "postgresql-analyst" | "postgresql-admin" => {
                assert_eq!(levels, six);
                assert!(profession.grades.iter().all(|grade| grade.description.is_none()));
            }
            slug if WEB.contains(&slug) => {
                assert_eq!(levels, Level::ALL[1..]);
                assert!(described);
            }
            _ => assert!(levels.is_empty(), "{}", profession.slug),
        }
    }
}

#[test]
fn a_python_grade_lists_requirements_and_a_web_grade_has_a_summary_too() {
    for slug in ["python-backend", "data-scientist", "ml-engineer", "devops"] {
        for level in [Level::Intern, Level::Middle, Level::SeniorPlus] {
            assert!(description(slug, level).requirements.len() >= 4, "{slug} {level:?}");
        }
    }
    for slug in WEB {
        for level in &Level::ALL[1..] {
            let description = description(slug, *level);
            assert!(description.summary.is_some(), "{slug} {level:?}");
            assert_eq!(
                description.requirements.is_empty(),
                *level == Level::Junior,
                "{slug} {level:?}"
            );
        }
    }
}

#[test]
fn every_requirement_is_one_short_thought() {
    for profession in professions() {
        for grade in &profession.grades {
            let text = grade.description.as_deref().unwrap_or_default();
            let requirements = Description::parse(text).requirements;
            let mut seen = HashSet::new();
            for requirement in requirements {
                let place =
                    format!("{} {}: {}", profession.slug, grade.level.name(), requirement.text);
                assert!(!requirement.text.ends_with('.'), "{place}");
                assert!(!requirement.text.contains('—'), "a dash before a list: {place}");
                assert!(requirement.text.chars().count() <= 220, "{place}");
                assert!(seen.insert((requirement.kind, requirement.text)), "twice: {place}");
            }
        }
    }
}

#[test]
fn titles_are_of_one_language_and_one_form() {
    let titles = professions().into_iter().map(|profession| profession.title).collect::<Vec<_>>();
    assert_eq!(
        titles,
        [
            "Бэкенд-разработчик (Python)",
            "Аналитик данных",
            "ML-инженер",
            "DevOps-инженер",
            "Автоматизатор тестирования",
            "Разработчик игр",
            "Разработчик IoT",
            "PostgreSQL для аналитиков",
            "PostgreSQL для администраторов",
            "Фронтенд-разработчик",
            "Бэкенд-разработчик (PHP)",
            "Фулстек-разработчик",
            "Десктоп-разработчик",
            "Android-разработчик",
            "iOS-разработчик",
        ]
    );
}

#[test]
fn tools_that_replace_each_other_are_one_requirement() {
    use Level::{Junior, JuniorPlus, MiddlePlus};
    for (slug, level, tools) in [
        ("python-backend", Junior, "SQL или NoSQL"),
        ("python-backend", Junior, "FastAPI или Django"),
        ("data-scientist", MiddlePlus, "Spark или Dask"),
        ("ml-engineer", JuniorPlus, "PyTorch или TensorFlow"),
        ("devops", JuniorPlus, "AWS или GCP"),
        ("devops", JuniorPlus, "Ansible или Terraform"),
    ] {
        let requirements = description(slug, level).requirements;
        let naming = |tool: &str| {
            let texts = requirements.iter().map(|requirement| &requirement.text);
            texts.filter(|text| text.contains(tool)).collect::<Vec<_>>()
        };
        let found = naming(tools);
        assert_eq!(found.len(), 1, "{slug} {level:?} {tools}");
        let (first, second) = tools.split_once(" или ").unwrap();
        assert_eq!((naming(first), naming(second)), (found.clone(), found), "{slug} {level:?}");
    }
    let either = &["работы или прототипы"];
    assert!(asks("ml-engineer", Level::SeniorPlus, Some(Kind::Publication), either));
}

#[test]
fn a_label_states_the_depth_where_the_text_does_and_only_there() {
    use Level::{JuniorPlus, JuniorPlusPlus, Middle, MiddlePlusPlus, Senior};
    let [strong, working, acquaintance] =
        [Kind::StrongExpertise, Kind::WorkingKnowledge, Kind::Acquaintance].map(Some);
    for (slug, level, depth, skill) in [
        ("front-end", JuniorPlus, strong, "HTML, CSS"),
        ("front-end", JuniorPlus, working, "JavaScript"),
        ("front-end", JuniorPlus, None, "CSS-переменные"),
        ("front-end", JuniorPlusPlus, strong, "JavaScript"),
        ("front-end", JuniorPlusPlus, working, "React"),
        ("front-end", Middle, None, "компоненты React"),
        ("front-end", Middle, strong, "React (классовые"),
        ("front-end", MiddlePlusPlus, None, "SSR и CSR"),
        ("front-end", Senior, strong, "SSR, CSR, SSG"),
        ("full-stack", JuniorPlus, strong, "Git"),
        ("full-stack", MiddlePlusPlus, acquaintance, "Jenkins"),
        ("full-stack", MiddlePlusPlus, acquaintance, "gulp, webpack"),
        ("back-end", JuniorPlus, None, "Git-flow"),
        ("back-end", Senior, strong, "Nginx"),
        ("ml-engineer", JuniorPlus, acquaintance, "нейросетями"),
        ("devops", Level::Junior, acquaintance, "мониторинга и логирования"),
    ] {
        assert!(asks(slug, level, depth, &[skill]), "{slug} {level:?} {skill}");
    }
}

#[test]
fn a_deed_says_who_did_it_and_an_ability_stays_one() {
    for profession in professions() {
        for grade in &profession.grades {
            let text = grade.description.as_deref().unwrap_or_default();
            for requirement in Description::parse(text).requirements {
                let said: &[&str] = match requirement.kind {
                    Some(Kind::Package) => &["создан", "написан"],
                    Some(Kind::Result) => &["написан", "сокращено"],
                    Some(Kind::Publication) => &["собственн", "дополненные"],
                    Some(Kind::Mentoring) => &["ведёт", "ученик вырос"],
                    _ => continue,
                };
                let text = requirement.text;
                assert!(said.iter().any(|word| text.contains(word)), "{}: {text}", profession.slug);
            }
        }
    }
    for slug in WEB {
        assert!(asks(slug, Level::Middle, None, &["может объяснить коллегам"]), "{slug}");
        assert!(asks(slug, Level::MiddlePlusPlus, None, &["может передать"]), "{slug}");
    }
    assert!(asks("back-end", Level::Middle, None, &["Умеет составлять", "без ORM"]));
}

#[test]
fn yagni_kiss_dry_and_solid_are_required_at_their_grades() {
    for slug in WEB {
        for (level, principle) in [
            (Level::MiddlePlus, "YAGNI"),
            (Level::MiddlePlusPlus, "KISS"),
            (Level::Senior, "DRY"),
            (Level::SeniorPlus, "SOLID"),
        ] {
            assert!(asks(slug, level, Some(Kind::Principle), &[principle]), "{slug} {principle}");
        }
    }
}

#[test]
fn a_senior_has_worked_five_years_and_built_something_large() {
    for slug in WEB {
        assert!(asks(slug, Level::Senior, Some(Kind::Experience), &["5 лет"]), "{slug}");
        let large = &["крупный компонент", "микросервисной", "рефакторинг"];
        assert!(asks(slug, Level::Senior, Some(Kind::Result), large), "{slug}");
    }
}

#[test]
fn load_time_is_cut_by_one_and_a_half_to_two_times() {
    let level = Level::MiddlePlusPlus;
    assert!(asks("front-end", level, Some(Kind::Result), &["загрузки", "1,5–2 раза"]));
}

#[test]
fn mentees_grow_as_far_as_the_texts_say() {
    let mentoring = Some(Kind::Mentoring);
    assert!(asks("front-end", Level::Senior, mentoring, &["на 2 грейда"]));
    for slug in ["back-end", "full-stack"] {
        assert!(asks(slug, Level::Senior, mentoring, &["джуна+", "джуна++", "до мидла"]), "{slug}");
    }
    for slug in WEB {
        assert!(asks(slug, Level::SeniorPlus, mentoring, &["2 и более", "ревью"]), "{slug}");
        assert!(asks(slug, Level::SeniorPlusPlus, mentoring, &["с мидла до мидла++"]), "{slug}");
    }
    for slug in ["python-backend", "data-scientist", "ml-engineer", "devops"] {
        assert!(asks(slug, Level::SeniorPlus, mentoring, &[]), "{slug}");
    }
}

#[test]
fn packages_are_made_for_npm_and_for_composer() {
    let package = Some(Kind::Package);
    assert!(asks("front-end", Level::SeniorPlus, package, &["npm"]));
    assert!(asks("front-end", Level::SeniorPlusPlus, package, &["несколько", "npm"]));
    assert!(asks("back-end", Level::SeniorPlus, package, &["Composer", "модул"]));
    assert!(asks("full-stack", Level::SeniorPlus, package, &["npm"]));
    assert!(asks("full-stack", Level::SeniorPlusPlus, package, &["Composer"]));
}

#[test]
fn articles_are_written_inside_and_outside_the_company() {
    let publication = Some(Kind::Publication);
    assert!(asks("front-end", Level::MiddlePlus, publication, &["Confluence", "типичных ошибок"]));
    assert!(asks("back-end", Level::MiddlePlusPlus, publication, &["лучших практиках"]));
    let outside = &["Хабре", "корпоративным аккаунтом", "или раньше"];
    for (slug, level) in [
        ("front-end", Level::SeniorPlus),
        ("back-end", Level::SeniorPlus),
        ("full-stack", Level::SeniorPlus),
        ("full-stack", Level::SeniorPlusPlus),
    ] {
        assert!(asks(slug, level, publication, outside), "{slug} {level:?}");
    }
    assert!(asks("ml-engineer", Level::SeniorPlus, publication, &[]));
}

#[test]
fn a_talk_is_given_for_the_company_at_a_conference() {
    for slug in ["back-end", "full-stack"] {
        let talk = &["конференции", "от имени компании", "или раньше"];
        assert!(asks(slug, Level::SeniorPlusPlus, Some(Kind::Talk), talk), "{slug}");
    }
}

#[test]
fn releases_are_led_in_a_project_of_two_or_more() {
    for slug in WEB {
        assert!(asks(slug, Level::SeniorPlus, None, &["релизами", "2 и более человек"]), "{slug}");
    }
}

#[test]
fn higher_grades_know_more_of_the_project() {
    for slug in WEB {
        assert!(
            asks(slug, Level::Middle, None, &["основном проекте", "бизнес-процессы"]),
            "{slug}"
        );
        assert!(asks(slug, Level::MiddlePlus, None, &["экосистемы", "помимо основного"]), "{slug}");
        let handed_on = &["бизнес-процессах", "экосистемы", "передать"];
        assert!(asks(slug, Level::MiddlePlusPlus, None, handed_on), "{slug}");
    }
    for slug in ["front-end", "full-stack"] {
        assert!(asks(slug, Level::JuniorPlusPlus, None, &["основном проекте"]), "{slug}");
        assert!(asks(slug, Level::Middle, None, &["менеджерам", "требования"]), "{slug}");
    }
    for slug in ["back-end", "full-stack"] {
        let example = &["архитектурные решения, например", "2 таблицы"];
        assert!(asks(slug, Level::Middle, None, example), "{slug}");
    }
}

#[test]
fn the_summary_of_junior_speaks_of_newcomers() {
    for slug in WEB {
        let summary = description(slug, Level::Junior).summary.unwrap().text;
        assert!(summary.contains("новичк"), "{summary}");
    }
}
