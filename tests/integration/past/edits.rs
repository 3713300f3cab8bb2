//! A history of changes of every kind, the same each time.

use grades::audit::service::Actor;
use grades::db::Database;
use grades::graders::service::catalogue::TrackFile;
use grades::graders::service::grades::{Edit, GradeFields, Saved};
use grades::graders::service::order::Direction;
use grades::graders::service::professions::{BroughtBack, Change, Changed, Inclusion};
use grades::graders::service::rules::{RulesEdit, SavedRules};
use grades::graders::service::scales::{self, LevelFields, ScaleFields};
use grades::graders::service::skills::{self, SkillFields};
use grades::graders::service::{grades as texts, professions, rules, tracks};
use grades::ladder::Level;

/// What a change can be, in the order of the alphabet.
pub const KINDS: [&str; 20] = [
    "add grade",
    "bring back grade",
    "bring back profession",
    "bring back skill",
    "bring back track",
    "change level",
    "copy ladder",
    "create profession",
    "create track",
    "delete profession",
    "delete track",
    "describe",
    "edit profession",
    "edit rules",
    "edit scale",
    "edit skill",
    "merge skills",
    "move profession",
    "move track",
    "remove grade",
];

const LINES: [&str; 10] = [
    "- Пишет тесты\n- Знает git и Docker",
    "- Сильная экспертиза: PostgreSQL",
    "- Знакомство: PostgreSQL, Redis\n- Ведёт проект от начала до конца",
    "Работает сам.\n\n- Настраивает Docker\n- Читает чужой код",
    "# Данные\n\n- Знает SQL\n- Проектирует таблицы\n\n# Люди\n\n- Наставничество: учит стажёров",
    "- Пишет тесты и документацию\n  - к каждой задаче",
    "- Желательно: Kubernetes\n- Отвечает за сервис",
    "- Знает основы сетей",
    "- Знает основы сетей и протоколов\n- Пишет тесты",
    "",
];

/// Two tracks of three professions each.
pub fn catalogue() -> Vec<TrackFile> {
    let grade = |level: &str, line: usize| {
        let text = LINES[line];
        format!("[[profession.grade]]\nlevel = \"{level}\"\ndescription = '''{text}'''\n")
    };
    ["one", "two"]
        .map(|track| {
            let mut file = format!("[track]\nslug = \"{track}\"\ntitle = \"Track {track}\"\n");
            for name in ["a", "b", "c"] {
                let head = format!(
                    "slug = \"{track}-{name}\"\ntitle = \"{track} {name}\"\nsummary = \"\""
                );
                file.extend(["[[profession]]\n", &*head, "\n"]);
                for (place, level) in ["junior", "middle", "senior"].into_iter().enumerate() {
                    file += &grade(level, place * 2 + track.len() % 2);
                }
            }
            TrackFile::read(&file).unwrap()
        })
        .into()
}

pub struct Edits<'a> {
    database: &'a Database,
    seed: u64,
    count: usize,
    by: Actor,
}

impl<'a> Edits<'a> {
    pub fn new(database: &'a Database, seed: u64) -> Self {
        let by = Actor { login: "ann".into(), address: String::new() };
        Self { database, seed, count: 0, by }
    }

    fn below(&mut self, end: usize) -> usize {
        // The generator of MMIX.
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.seed >> 33).unwrap() % end
    }

    pub fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn one<T>(&mut self, of: Vec<T>) -> Option<T> {
        let place = self.below(of.len().max(1));
        of.into_iter().nth(place)
    }

    /// Makes a change that is stored; every kind in its turn, and then any.
    pub fn make(&mut self) -> &'static str {
        loop {
            let kind = KINDS[self.count * 7 % KINDS.len()];
            self.count += 1;
            let kind = if self.chance(3) { KINDS[self.below(KINDS.len())] } else { kind };
            if self.change(kind).unwrap_or(false) {
                return kind;
            }
        }
    }

    fn change(&mut self, kind: &str) -> Option<bool> {
        let database = self.database;
        let number = self.below(1_000);
        let profession = self.profession()?;
        let slug = profession.slug.clone();
        let (has, lacks): (Vec<_>, Vec<_>) =
            Level::ALL.into_iter().partition(|level| profession.name(*level).is_some());
        let (level, free) = (self.one(has), self.one(lacks));
        let line = self.below(LINES.len());
        let text = LINES[line].to_owned();
        let change = match kind {
            "describe" => return Some(self.describe(&slug, level?, text)),
            "edit rules" => return Some(self.edit_rules(number)),
            "edit skill" | "merge skills" | "bring back skill" => return self.skill(kind, number),
            "edit scale" => return self.scale(&slug, number),
            "create track" | "delete track" | "move track" | "bring back track" => {
                return self.track(kind, number);
            }
            "create profession" => {
                let mut fields = professions::editable(database, &slug).unwrap().fields;
                fields.slug = format!("new-{number}");
                fields.title = format!("Новая {number}");
                let made = professions::create(database, (&fields, false), &[], &self.by).unwrap();
                return Some(matches!(made, Changed::Stored { .. }));
            }
            "bring back profession" | "bring back grade" => return self.bring_back(kind),
            "add grade" => {
                let description = Some(text).filter(|text| !text.is_empty());
                Change::AddGrades(vec![GradeFields { level: free?, description }])
            }
            "change level" => Change::ChangeLevel { from: level?, to: free? },
            "remove grade" => Change::RemoveGrade(level?),
            "delete profession" => Change::Delete,
            "copy ladder" => Change::CopyLadder(self.profession()?.slug),
            "move profession" => {
                let directions = [Direction::Up, Direction::Down];
                let moved = directions.map(|direction| {
                    let version = professions::editable(database, &slug).unwrap().version;
                    let change = Change::Move(direction);
                    professions::change(database, &slug, version, &change, &self.by).unwrap()
                });
                let is_stored = |changed: &Changed| matches!(changed, Changed::Stored { .. });
                return Some(moved.iter().any(is_stored));
            }
            "edit profession" => {
                let other = self.profession()?.slug;
                let track = self.one(tracks::all(database).unwrap())?.slug;
                let mut fields = professions::editable(database, &slug).unwrap().fields;
                match number % 4 {
                    0 => fields.slug = format!("slug-{number}"),
                    1 => fields.title = format!("Профессия {number}"),
                    2 => fields.track = track,
                    _ if fields.includes.is_some() => fields.includes = None,
                    _ => fields.includes = Some(Inclusion { slug: other, up_to: None }),
                }
                Change::Fields(fields)
            }
            kind => panic!("{kind}"),
        };
        let version = professions::editable(database, &slug).unwrap().version;
        let changed = professions::change(database, &slug, version, &change, &self.by).unwrap();
        Some(matches!(changed, Changed::Stored { .. }))
    }

    fn profession(&mut self) -> Option<professions::ProfessionAddress> {
        self.one(professions::addresses(self.database).unwrap())
    }

    fn describe(&mut self, slug: &str, level: Level, text: String) -> bool {
        let grade = texts::editable(self.database, slug, level).unwrap();
        let edit = Edit {
            grade_id: Some(grade.grade_id),
            version: grade.version,
            text,
            note: String::new(),
            said_new: Vec::new(),
            by: self.by.clone(),
        };
        let saved = texts::save(self.database, slug, level, &edit).unwrap();
        matches!(saved, Saved::Stored)
    }

    fn edit_rules(&mut self, number: usize) -> bool {
        let stored = rules::current(self.database).unwrap();
        let mut rules = stored.rules;
        rules.text = format!("# Правила\n\nРедакция {number}.");
        rules.intervals.months = u32::try_from(number % 12 + 1).unwrap();
        let (note, by) = (String::new(), self.by.clone());
        let edit = RulesEdit { version: stored.version, rules, note, by };
        let saved = rules::save(self.database, &edit).unwrap();
        matches!(saved, SavedRules::Stored)
    }

    fn skill(&mut self, kind: &str, number: usize) -> Option<bool> {
        let (database, by) = (self.database, self.by.clone());
        let known = ["docker", "postgresql", "git", "redis", "kubernetes", "sql"];
        let there = known.into_iter().filter_map(|slug| skills::editable(database, slug).ok());
        let there = there.collect::<Vec<_>>();
        let changed = match kind {
            "edit skill" if number.is_multiple_of(5) => {
                let fields = SkillFields {
                    title: format!("сервис{number}"),
                    slug: format!("service-{number}"),
                    category: "Другое".into(),
                    aliases: vec![["проект", "сервис", "таблицы"][number % 3].into()],
                    ..SkillFields::default()
                };
                skills::create(database, &fields, "", &by).unwrap()
            }
            "edit skill" => {
                let skill = self.one(there)?;
                let (slug, mut fields) = (skill.fields.slug.clone(), skill.fields);
                match number % 3 {
                    0 => fields.category = format!("Раздел {number}"),
                    1 => fields.hidden_aliases.push(format!("имя{number}")),
                    _ => fields.title = format!("{} {number}", fields.title),
                }
                let change = skills::Change::Fields(fields, String::new());
                skills::change(database, &slug, skill.version, &change, &by).unwrap()
            }
            "merge skills" => {
                let (one, other) = (self.one(there.clone())?, self.one(there)?);
                let into = other.fields.slug.clone();
                let change = skills::Change::Merge { into, version: other.version };
                let slug = &one.fields.slug;
                skills::change(database, slug, one.version, &change, &by).unwrap()
            }
            _ => {
                let deleted = self.one(skills::deleted(database).unwrap())?;
                skills::undo(database, deleted.revision_id, &by).unwrap()
            }
        };
        Some(matches!(changed, skills::Changed::Stored { .. }))
    }

    /// Makes a scale for a profession, renames its levels, or takes it away from the profession.
    fn scale(&mut self, slug: &str, number: usize) -> Option<bool> {
        let (database, by) = (self.database, self.by.clone());
        let level = |(place, level): (usize, Level)| LevelFields {
            level,
            title: format!("E{place}-{number}"),
            slug: format!("e{place}-{number}"),
            is_base: place.is_multiple_of(2),
        };
        let levels = Level::ALL.into_iter().enumerate().map(level).collect();
        let fields = ScaleFields { title: format!("Шкала {number}"), levels };
        let profession = professions::editable(database, slug).unwrap();
        if let Some(scale) = &profession.fields.scale
            && !number.is_multiple_of(3)
        {
            let scale = scales::editable(database, scale).unwrap();
            let change = scales::Change::Fields(fields, String::new());
            let changed = scales::change(database, &scale.slug, scale.version, &change, &by);
            return Some(matches!(changed.unwrap(), scales::Changed::Stored { .. }));
        }
        let mut its = profession.fields;
        its.scale = match its.scale {
            Some(_) => None,
            None => match scales::create(database, &fields, "", &by).unwrap() {
                scales::Changed::Stored { slug } => Some(slug),
                _ => return None,
            },
        };
        let change = Change::Fields(its);
        let changed = professions::change(database, slug, profession.version, &change, &by);
        Some(matches!(changed.unwrap(), Changed::Stored { .. }))
    }

    fn track(&mut self, kind: &str, number: usize) -> Option<bool> {
        let (database, by) = (self.database, self.by.clone());
        let mut all = tracks::all(database).unwrap();
        if kind == "delete track" {
            all.retain(|track| track.professions == 0);
        }
        let change = match kind {
            "create track" => {
                let made = tracks::create(database, &format!("Track {number}"), &by).unwrap();
                return Some(made == tracks::Changed::Stored);
            }
            "bring back track" => {
                let deleted = self.one(tracks::deleted(database).unwrap())?;
                let back = tracks::bring_back(database, deleted.track_id, &by).unwrap();
                return Some(back == tracks::Changed::Stored);
            }
            "delete track" => tracks::Change::Delete,
            _ if number.is_multiple_of(3) => tracks::Change::Title(format!("Направление {number}")),
            _ if number % 3 == 1 => tracks::Change::Move(Direction::Up),
            _ => tracks::Change::Move(Direction::Down),
        };
        let track = self.one(all)?;
        let changed = tracks::change(database, &track.slug, track.version, &change, &by).unwrap();
        Some(changed == tracks::Changed::Stored)
    }

    fn bring_back(&mut self, kind: &str) -> Option<bool> {
        let (database, by) = (self.database, self.by.clone());
        let mut deleted = professions::deleted(database).unwrap();
        deleted.retain(|deleted| deleted.grade.is_some() == (kind == "bring back grade"));
        let deleted = self.one(deleted)?;
        let id = deleted.profession_id;
        let back = match deleted.grade {
            Some(grade) => professions::bring_back_grade(database, id, grade.grade_id, None, &by),
            None => professions::bring_back(database, id, &by),
        };
        Some(matches!(back.unwrap(), BroughtBack::Stored { .. }))
    }
}
