//! Writing TOML as people would: a blank line before each table, descriptions in lines.

use std::fmt::Write as _;

use crate::graders::formats::{
    CatalogueFile, Covers, FileIncludes, FileProfession, FileRules, FileScale, FileSkill,
};

/// The file.
#[must_use]
pub fn write(file: &CatalogueFile) -> String {
    let mut writer = Writer::default();
    let own_track = own_track(file);
    let usual = if own_track.is_some() { Covers::Tracks } else { Covers::Professions };
    if file.covers != usual {
        writer.text("covers", file.covers.name());
    }
    if file.skills.as_ref().is_some_and(Vec::is_empty) {
        // Before any table: afterwards it would belong to that.
        writer.line("skill = []");
    }
    for track in &file.tracks {
        writer.heading(if own_track.is_some() { "[track]" } else { "[[track]]" });
        writer.text("slug", &track.slug);
        writer.text("title", &track.title);
    }
    for scale in &file.scales {
        writer.scale(scale);
    }
    for profession in &file.professions {
        writer.profession(profession, own_track);
    }
    for skill in file.skills.iter().flatten() {
        writer.skill(skill);
    }
    if let Some(rules) = &file.rules {
        writer.rules(rules);
    }
    writer.0
}

/// The track of a file that has one and everything in it.
fn own_track(file: &CatalogueFile) -> Option<&str> {
    let [track] = file.tracks.as_slice() else { return None };
    let is_own =
        |profession: &FileProfession| profession.track.as_ref().is_some_and(|of| *of == track.slug);
    let is_part = file.covers != Covers::Everything;
    (is_part && file.professions.iter().all(is_own)).then_some(track.slug.as_str())
}

#[derive(Default)]
struct Writer(String);

impl Writer {
    fn heading(&mut self, heading: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.line(heading);
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn text(&mut self, name: &str, text: &str) {
        self.line(&format!("{name} = {}", quoted(text)));
    }

    fn number(&mut self, name: &str, number: u32) {
        self.line(&format!("{name} = {number}"));
    }

    /// A text of several lines.
    fn lines(&mut self, name: &str, text: &str) {
        self.line(&format!("{name} = \"\"\""));
        let mut quotes = 0;
        for letter in text.chars() {
            quotes = if letter == '"' { quotes + 1 } else { 0 };
            match letter {
                // Three of them would end the text.
                '"' if quotes == 3 => {
                    self.0.push_str("\\\"");
                    quotes = 0;
                }
                '\n' | '\t' | '"' => self.0.push(letter),
                letter => self.letter(letter),
            }
        }
        self.line("\n\"\"\"");
    }

    fn letter(&mut self, letter: char) {
        match letter {
            '\\' => self.0.push_str("\\\\"),
            letter if letter.is_control() => {
                let _ = write!(self.0, "\\u{:04X}", u32::from(letter));
            }
            letter => self.0.push(letter),
        }
    }

    fn list(&mut self, name: &str, texts: &[String]) {
        let texts = texts.iter().map(|text| quoted(text)).collect::<Vec<_>>();
        self.line(&format!("{name} = [{}]", texts.join(", ")));
    }

    fn scale(&mut self, scale: &FileScale) {
        self.heading("[[scale]]");
        self.text("slug", &scale.slug);
        self.text("title", &scale.title);
        if scale.levels.is_empty() {
            self.line("level = []");
        }
        for (level, title, slug, is_base) in &scale.levels {
            self.heading("[[scale.level]]");
            self.text("level", level.name());
            self.text("title", title);
            self.text("slug", slug);
            self.line(&format!("is_base = {is_base}"));
        }
    }

    fn profession(&mut self, profession: &FileProfession, own_track: Option<&str>) {
        self.heading("[[profession]]");
        self.text("slug", &profession.slug);
        self.text("title", &profession.title);
        self.text("summary", &profession.summary);
        if own_track.is_none()
            && let Some(track) = &profession.track
        {
            self.text("track", track);
        }
        if let Some(scale) = &profession.scale {
            self.text("scale", scale);
        }
        if profession.is_draft {
            self.line("is_draft = true");
        }
        match &profession.includes {
            Some(FileIncludes { profession, up_to: None }) => self.text("includes", profession),
            Some(FileIncludes { profession, up_to: Some(level) }) => {
                let (profession, level) = (quoted(profession), quoted(level.name()));
                let included =
                    format!("includes = {{ profession = {profession}, up_to = {level} }}");
                self.line(&included);
            }
            None => {}
        }
        for grade in &profession.grades {
            self.heading("[[profession.grade]]");
            self.text("level", grade.level.name());
            if let Some(description) = &grade.description {
                self.lines("description", description);
            }
        }
    }

    fn skill(&mut self, skill: &FileSkill) {
        self.heading("[[skill]]");
        self.text("slug", &skill.slug);
        self.text("title", &skill.title);
        self.text("category", &skill.category);
        if let Some(link) = &skill.link {
            self.text("link", link);
        }
        if !skill.aliases.is_empty() {
            self.list("aliases", &skill.aliases);
        }
        if !skill.hidden_aliases.is_empty() {
            self.list("hidden_aliases", &skill.hidden_aliases);
        }
    }

    fn rules(&mut self, rules: &FileRules) {
        let FileRules { text, intervals, weights, .. } = rules;
        self.heading("[rules]");
        self.lines("text", text);
        self.heading("[rules.intervals]");
        self.number("months", intervals.months);
        self.number("top_months", intervals.top_months);
        self.text("top_level", intervals.top_level.name());
        self.number("retry_months", intervals.retry_months);
        self.heading("[rules.weights]");
        self.number("junior", weights.junior);
        self.number("middle", weights.middle);
        self.number("senior", weights.senior);
        self.number("base", weights.base);
    }
}

/// A text of one line in quotation marks.
fn quoted(text: &str) -> String {
    let mut writer = Writer(String::from("\""));
    for letter in text.chars() {
        match letter {
            '"' => writer.0.push_str("\\\""),
            letter => writer.letter(letter),
        }
    }
    writer.0.push('"');
    writer.0
}
