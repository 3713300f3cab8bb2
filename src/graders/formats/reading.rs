//! What the values of a file say: the same in TOML and in JSON, under the names of either.

use std::collections::{HashMap, HashSet};

use super::tree::{Faults, Node, Reader, Value, short};
use super::{
    CatalogueFile, Covers, FileGrade, FileIncludes, FileProfession, FileRules, FileScale,
    FileSkill, FileTrack,
};
use crate::clean;
use crate::ladder::Level;
use crate::ladder::promotion::Intervals;
use crate::ladder::salary::Weights;
use crate::ladder::texts::{InvalidText, LONGEST_SUMMARY, LONGEST_TITLE, normalise};

/// Characters the title of a level may have.
const LONGEST_LEVEL: usize = 40;
/// Characters an address of another site may have.
const LONGEST_LINK: usize = 200;

/// How a format names the fields, and which fields of the API it passes over.
pub struct Names {
    pub tracks: &'static str,
    pub professions: &'static str,
    pub scales: &'static str,
    pub skills: &'static str,
    pub grades: &'static str,
    pub level: &'static str,
    pub levels: &'static str,
    pub included: &'static str,
    pub passed_over: &'static [&'static str],
}

pub const TOML: Names = Names {
    tracks: "track",
    professions: "profession",
    scales: "scale",
    skills: "skill",
    grades: "grade",
    level: "level",
    levels: "level",
    included: "profession",
    passed_over: &[],
};

pub const JSON: Names = Names {
    tracks: "tracks",
    professions: "professions",
    scales: "scales",
    skills: "skills",
    grades: "grades",
    level: "level_name",
    levels: "levels",
    included: "slug",
    passed_over: &[
        "accumulated",
        "created_at",
        "grade_id",
        "level_title",
        "notes",
        "profession",
        "profession_id",
        "professions",
        "requirements",
        "superseded",
        "updated_at",
        "version",
    ],
};

/// What a file tells, all of it.
pub fn catalogue(root: &Node<'_>, names: &Names, faults: &mut Faults<'_>) -> CatalogueFile {
    let mut fields = Reader::new(root, faults);
    let told = fields.get("covers").map(|node| covers(node, faults));
    let (tracks, own_track) = match fields.get(names.tracks) {
        Some(node) if matches!(node.value, Value::Fields(_)) => {
            let track = track(node, names, faults);
            let slug = track.slug.clone();
            (vec![track], Some(slug))
        }
        Some(node) => (each(node.list(faults), |node| track(node, names, faults)), None),
        None => (Vec::new(), None),
    };
    // The starting catalogue's files hold whole tracks.
    let usual = if own_track.is_some() { Covers::Tracks } else { Covers::Professions };
    let covers = told.unwrap_or(usual);
    let scales = fields.list(names.scales, faults);
    let scales = each(scales, |node| scale(node, names, faults));
    let nodes = fields.list(names.professions, faults);
    let mut professions = each(nodes, |node| profession(node, names, faults));
    for profession in &mut professions {
        profession.track = profession.track.take().or_else(|| own_track.clone());
    }
    let skills = fields.get(names.skills).map(|node| node.list(faults));
    let skills = skills.map(|nodes| each(nodes, |node| skill(node, faults)));
    let rules = if fields.has("intervals") || fields.has("weights") {
        // The file of the starting rules has nothing else.
        Some(rules(&mut fields, root, faults))
    } else {
        fields.get("rules").map(|node| {
            let mut fields = Reader::new(node, faults);
            let rules = rules(&mut fields, node, faults);
            fields.close(&[], faults);
            rules
        })
    };
    fields.close(&[], faults);
    let file = CatalogueFile { covers, scales, skills, rules, tracks, professions };
    check(&file, root, names, faults);
    let is_empty = file.tracks.is_empty() && file.professions.is_empty() && file.scales.is_empty();
    let has_more = file.skills.is_some() || file.rules.is_some() || told.is_some();
    if is_empty && !has_more && faults.are_none() {
        faults.add(0, "В файле ничего нет.");
    }
    file
}

fn each<'n, 'a, T>(nodes: &'n [Node<'a>], read: impl FnMut(&'n Node<'a>) -> T) -> Vec<T> {
    nodes.iter().map(read).collect()
}

fn covers(node: &Node<'_>, faults: &mut Faults<'_>) -> Covers {
    let Some(name) = node.text(faults) else { return Covers::default() };
    Covers::named(&name).unwrap_or_else(|| {
        let message = format!(
            "covers не бывает «{}»: бывает professions, tracks или everything.",
            short(&name)
        );
        faults.add(node.at, message);
        Covers::default()
    })
}

fn track(node: &Node<'_>, names: &Names, faults: &mut Faults<'_>) -> FileTrack {
    let mut fields = Reader::new(node, faults);
    let slug = fields.slug("slug", faults);
    let title = fields.line(("title", LONGEST_TITLE), true, faults);
    fields.close(names.passed_over, faults);
    FileTrack { slug, title, place: Some(faults.place(node.at)) }
}

/// A profession, as a catalogue lists it.
pub fn profession(node: &Node<'_>, names: &Names, faults: &mut Faults<'_>) -> FileProfession {
    let mut fields = Reader::new(node, faults);
    let slug = fields.slug("slug", faults);
    let title = fields.line(("title", LONGEST_TITLE), true, faults);
    let summary = fields.line(("summary", LONGEST_SUMMARY), false, faults);
    let track = fields.get("track").and_then(|node| node.slug(faults));
    let scale = fields.get("scale").and_then(|node| node.slug(faults));
    let is_draft = fields.get("is_draft").is_some_and(|node| is_true(node, faults));
    let includes = fields.get("includes").map(|node| includes(node, names, faults));
    let nodes = fields.list(names.grades, faults);
    let mut levels = HashMap::new();
    let mut grades = Vec::new();
    for node in nodes {
        let Some(grade) = grade(node, names, faults) else { continue };
        match levels.insert(grade.level, node.at) {
            Some(other) => {
                let line = faults.place(other).line;
                let name = grade.level.name();
                faults.add(node.at, format!("Уровень {name} уже есть в строке {line}."));
            }
            None => grades.push(grade),
        }
    }
    grades.sort_by_key(|grade| grade.level);
    fields.close(names.passed_over, faults);
    if let Some(FileIncludes { profession, .. }) = &includes
        && *profession == slug
    {
        faults.add(node.at, format!("Профессия {} включает сама себя.", short(&slug)));
    }
    let place = Some(faults.place(node.at));
    FileProfession { slug, title, summary, track, scale, is_draft, includes, grades, place }
}

fn is_true(node: &Node<'_>, faults: &mut Faults<'_>) -> bool {
    if !matches!(node.value, Value::Bool(_)) {
        faults.add(node.at, "Здесь нужно true или false.");
    }
    matches!(node.value, Value::Bool(true))
}

fn includes(node: &Node<'_>, names: &Names, faults: &mut Faults<'_>) -> FileIncludes {
    if let Value::Text(_) = node.value {
        let profession = node.slug(faults).unwrap_or_default();
        return FileIncludes { profession, up_to: None };
    }
    let mut fields = Reader::new(node, faults);
    let profession = fields.slug(names.included, faults);
    let up_to = fields.get("up_to").and_then(|node| node.level(faults));
    fields.close(&[], faults);
    FileIncludes { profession, up_to }
}

fn grade(node: &Node<'_>, names: &Names, faults: &mut Faults<'_>) -> Option<FileGrade> {
    let mut fields = Reader::new(node, faults);
    let level = fields.needed(names.level, faults).and_then(|node| node.level(faults));
    let description = fields.get("description").and_then(|node| {
        let text = node.text(faults)?;
        Some(text_of(&text, node.at, faults)).filter(|text| !text.is_empty())
    });
    // A grade of the API tells the first paragraph of its description.
    let passed_over =
        [names.passed_over, if names.passed_over.is_empty() { &[] } else { &["summary"] }];
    fields.close(&passed_over.concat(), faults);
    let place = Some(faults.place(node.at));
    Some(FileGrade { level: level?, description, row_ids: Vec::new(), place })
}

/// A text in Markdown as it is stored.
pub fn text_of(text: &str, at: usize, faults: &mut Faults<'_>) -> String {
    normalise(text).unwrap_or_else(|(invalid, text)| {
        let message = match invalid {
            InvalidText::TooLong => "Текст длиннее 20 000 знаков.",
            InvalidText::ControlCharacters => "В тексте есть управляющие знаки.",
        };
        faults.add(at, message);
        text
    })
}

fn scale(node: &Node<'_>, names: &Names, faults: &mut Faults<'_>) -> FileScale {
    let mut fields = Reader::new(node, faults);
    let slug = fields.slug("slug", faults);
    let title = fields.line(("title", LONGEST_TITLE), true, faults);
    let mut levels = Vec::<(Level, String, String, bool)>::new();
    let nodes = fields.needed(names.levels, faults).map_or(&[][..], |node| node.list(faults));
    for node in nodes {
        let mut fields = Reader::new(node, faults);
        let level = fields.needed(names.level, faults).and_then(|node| node.level(faults));
        let title = fields.line(("title", LONGEST_LEVEL), true, faults);
        let slug = fields.slug("slug", faults);
        let is_base = fields.get("is_base").is_some_and(|node| is_true(node, faults));
        fields.close(&[], faults);
        let Some(level) = level else { continue };
        if levels.iter().any(|(other, ..)| *other == level) {
            faults.add(node.at, format!("Уровень {} в шкале уже есть.", level.name()));
        }
        levels.push((level, title, slug, is_base));
    }
    levels.sort_by_key(|(level, ..)| *level);
    fields.close(names.passed_over, faults);
    FileScale { slug, title, levels, place: Some(faults.place(node.at)) }
}

fn skill(node: &Node<'_>, faults: &mut Faults<'_>) -> FileSkill {
    let mut fields = Reader::new(node, faults);
    let slug = fields.slug("slug", faults);
    let title = fields.line(("title", LONGEST_TITLE), true, faults);
    let category = fields.line(("category", LONGEST_TITLE), true, faults);
    let link = fields.line(("link", LONGEST_LINK), false, faults);
    let mut names = |name, faults: &mut Faults<'_>| {
        let nodes = fields.list(name, faults);
        let mut names = Vec::new();
        for node in nodes {
            let Some(text) = node.text(faults) else { continue };
            if !clean::is_name(&text, LONGEST_TITLE) {
                let message = "Имя навыка — от 1 до 100 знаков в одной строке.";
                faults.add(node.at, message);
            }
            names.push(text);
        }
        names
    };
    let aliases = names("aliases", faults);
    let hidden_aliases = names("hidden_aliases", faults);
    fields.close(&[], faults);
    let link = Some(link).filter(|link| !link.is_empty());
    let place = Some(faults.place(node.at));
    FileSkill { slug, title, category, link, aliases, hidden_aliases, place }
}

fn rules(fields: &mut Reader<'_, '_>, node: &Node<'_>, faults: &mut Faults<'_>) -> FileRules {
    let text = fields.needed("text", faults).and_then(|node| {
        let text = node.text(faults)?;
        Some(text_of(&text, node.at, faults))
    });
    let mut intervals =
        Intervals { months: 0, top_months: 0, top_level: Level::Senior, retry_months: 0 };
    if let Some(node) = fields.needed("intervals", faults) {
        let mut fields = Reader::new(node, faults);
        let mut months = |name, faults: &mut Faults<'_>| number(&mut fields, name, (1, 60), faults);
        intervals.months = months("months", faults);
        intervals.top_months = months("top_months", faults);
        intervals.retry_months = months("retry_months", faults);
        let level = fields.needed("top_level", faults).and_then(|node| node.level(faults));
        intervals.top_level = level.unwrap_or(Level::Senior);
        fields.close(&[], faults);
    }
    let mut weights = Weights { junior: 0, middle: 0, senior: 0, base: 0 };
    if let Some(node) = fields.needed("weights", faults) {
        let mut fields = Reader::new(node, faults);
        let mut weight =
            |name, faults: &mut Faults<'_>| number(&mut fields, name, (1, 100), faults);
        weights.junior = weight("junior", faults);
        weights.middle = weight("middle", faults);
        weights.senior = weight("senior", faults);
        weights.base = weight("base", faults);
        fields.close(&[], faults);
        let is_known = [weights.junior, weights.middle, weights.senior, weights.base];
        if !is_known.contains(&0) && !weights.are_rising() {
            faults.add(node.at, "Веса должны расти: junior, middle, senior, base.");
        }
    }
    let place = Some(faults.place(node.at));
    FileRules { text: text.unwrap_or_default(), intervals, weights, place }
}

fn number(
    fields: &mut Reader<'_, '_>,
    name: &'static str,
    (lowest, highest): (u32, u32),
    faults: &mut Faults<'_>,
) -> u32 {
    let Some(node) = fields.needed(name, faults) else { return 0 };
    let number = match node.value {
        Value::Whole(number) => u32::try_from(number).ok(),
        _ => None,
    };
    number.filter(|number| (lowest..=highest).contains(number)).unwrap_or_else(|| {
        faults.add(node.at, format!("Здесь нужно целое число от {lowest} до {highest}."));
        0
    })
}

/// What is wrong although each part is right: things that are there twice, and in a whole catalogue what
/// names a thing that is not there.
fn check(file: &CatalogueFile, root: &Node<'_>, names: &Names, faults: &mut Faults<'_>) {
    let Value::Fields(fields) = &root.value else { return };
    let nodes = |name: &str| {
        let found = fields.iter().find(|field| field.name == name);
        match found.map(|field| &field.node.value) {
            Some(Value::List(nodes)) => nodes.as_slice(),
            _ => &[],
        }
    };
    let tracks = file.tracks.iter().map(|track| track.slug.as_str());
    let scales = file.scales.iter().map(|scale| scale.slug.as_str());
    let professions = file.professions.iter().map(|profession| profession.slug.as_str());
    let skills = file.skills.iter().flatten().map(|skill| skill.slug.as_str());
    twice("Направление", nodes(names.tracks), tracks.clone(), faults);
    twice("Шкала", nodes(names.scales), scales.clone(), faults);
    twice("Профессия", nodes(names.professions), professions.clone(), faults);
    twice("Навык", nodes(names.skills), skills, faults);
    if file.covers != Covers::Everything {
        return;
    }
    let (tracks, scales) = (tracks.collect::<HashSet<_>>(), scales.collect::<HashSet<_>>());
    let known = professions.collect::<HashSet<_>>();
    for (profession, node) in file.professions.iter().zip(nodes(names.professions)) {
        let mut missing = |what: &str, name: &str| {
            faults.add(node.at, format!("{what} {} в файле нет.", short(name)));
        };
        match &profession.track {
            Some(track) if !tracks.contains(track.as_str()) => missing("Направления", track),
            None => missing("Поля", "track"),
            Some(_) => {}
        }
        if let Some(scale) = profession.scale.as_deref().filter(|scale| !scales.contains(scale)) {
            missing("Шкалы", scale);
        }
        if let Some(includes) = &profession.includes
            && !known.contains(includes.profession.as_str())
        {
            missing("Профессии", &includes.profession);
        }
    }
}

/// The same of a list of nothing but professions.
pub fn check_professions(file: &CatalogueFile, nodes: &[Node<'_>], faults: &mut Faults<'_>) {
    let slugs = file.professions.iter().map(|profession| profession.slug.as_str());
    twice("Профессия", nodes, slugs, faults);
}

fn twice<'f>(
    what: &str,
    nodes: &[Node<'_>],
    slugs: impl Iterator<Item = &'f str>,
    faults: &mut Faults<'_>,
) {
    let mut seen = HashMap::new();
    for (slug, node) in slugs.zip(nodes).filter(|(slug, _)| !slug.is_empty()) {
        if let Some(other) = seen.insert(slug, node.at) {
            let line = faults.place(other).line;
            faults.add(node.at, format!("{what} {} уже есть в строке {line}.", short(slug)));
        }
    }
}
