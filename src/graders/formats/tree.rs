//! A file as values that know where they stand, and reading fields of them so that every fault is told.

use std::borrow::Cow;

use super::{FileError, Place};
use crate::clean;
use crate::ladder::Level;
use crate::ladder::texts::is_slug;

/// A value of a file.
pub struct Node<'a> {
    /// The byte of the file at which it begins.
    pub at: usize,
    pub value: Value<'a>,
}

pub enum Value<'a> {
    Null,
    Bool(bool),
    Whole(i64),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Fields(Vec<Field<'a>>),
    /// A number with a fraction, a day or a time, none of which a catalogue has.
    Other,
}

/// A name with its value.
pub struct Field<'a> {
    pub name: Cow<'a, str>,
    pub at: usize,
    pub node: Node<'a>,
}

/// What is wrong with a file.
pub struct Faults<'a> {
    text: &'a str,
    /// The bytes at which lines begin.
    lines: Vec<usize>,
    found: Vec<(usize, String)>,
}

impl<'a> Faults<'a> {
    pub fn new(text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(end, _)| end + 1)).collect();
        Self { text, lines, found: Vec::new() }
    }

    /// The line and the character of a byte of the file.
    pub fn place(&self, at: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|index| self.lines.get(index)).copied();
        let before = self.text.get(start.unwrap_or_default()..at).unwrap_or_default();
        let before = before.trim_start_matches('\u{feff}');
        Place { line, column: before.chars().count() + 1 }
    }

    pub fn add(&mut self, at: usize, message: impl Into<String>) {
        self.found.push((at, message.into()));
    }

    pub const fn are_none(&self) -> bool {
        self.found.is_empty()
    }

    /// The value, if nothing is wrong; every fault in the order of the file otherwise.
    pub fn result<T>(mut self, value: T) -> Result<T, Vec<FileError>> {
        if self.found.is_empty() {
            return Ok(value);
        }
        self.found.sort_by_key(|(at, _)| *at);
        let found = std::mem::take(&mut self.found);
        let error = |(at, message)| FileError { place: Some(self.place(at)), message };
        Err(found.into_iter().map(error).collect())
    }
}

impl<'a> Node<'a> {
    fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The text, cleaned.
    pub fn text(&self, faults: &mut Faults<'_>) -> Option<String> {
        if let Value::Text(text) = &self.value {
            return Some(clean::text(text).into_owned());
        }
        faults.add(self.at, "Здесь нужна строка в кавычках.");
        None
    }

    pub fn list(&self, faults: &mut Faults<'_>) -> &[Node<'a>] {
        if let Value::List(nodes) = &self.value {
            return nodes;
        }
        faults.add(self.at, "Здесь нужен список.");
        &[]
    }

    pub fn level(&self, faults: &mut Faults<'_>) -> Option<Level> {
        let name = self.text(faults)?;
        let level = name.parse().ok();
        if level.is_none() {
            let levels = Level::ALL.map(Level::name).join(", ");
            faults.add(self.at, format!("Уровня «{}» нет. Есть: {levels}.", short(&name)));
        }
        level
    }

    pub fn slug(&self, faults: &mut Faults<'_>) -> Option<String> {
        let slug = self.text(faults)?;
        if !is_slug(&slug) {
            let message = format!(
                "«{}» не годится в адрес: нужны строчные латинские буквы, цифры и дефис, \
                 от 1 до 100 знаков.",
                short(&slug)
            );
            faults.add(self.at, message);
        }
        Some(slug)
    }
}

/// The fields of a value while they are read.
pub struct Reader<'n, 'a> {
    at: usize,
    fields: &'n [Field<'a>],
    known: Vec<&'static str>,
}

impl<'n, 'a> Reader<'n, 'a> {
    pub fn new(node: &'n Node<'a>, faults: &mut Faults<'_>) -> Self {
        let fields = if let Value::Fields(fields) = &node.value {
            fields.as_slice()
        } else {
            faults.add(node.at, "Здесь нужны поля с именами.");
            &[]
        };
        Self { at: node.at, fields, known: Vec::new() }
    }

    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// The value of a field, if it has one.
    pub fn get(&mut self, name: &'static str) -> Option<&'n Node<'a>> {
        self.known.push(name);
        let mut named = self.fields.iter().filter(|field| field.name == name);
        named.next().map(|field| &field.node).filter(|node| !node.is_null())
    }

    /// The value of a field that has to be there.
    pub fn needed(&mut self, name: &'static str, faults: &mut Faults<'_>) -> Option<&'n Node<'a>> {
        let found = self.get(name);
        // What is no table at all lacks everything, which is told already.
        if found.is_none() && !self.fields.is_empty() {
            faults.add(self.at, format!("Не хватает поля {name}."));
        }
        found
    }

    /// The items of a list that may be left out.
    pub fn list(&mut self, name: &'static str, faults: &mut Faults<'_>) -> &'n [Node<'a>] {
        self.get(name).map_or(&[], |node| node.list(faults))
    }

    /// One line of at most so many characters.
    pub fn line(
        &mut self,
        (name, longest): (&'static str, usize),
        is_needed: bool,
        faults: &mut Faults<'_>,
    ) -> String {
        let node = if is_needed { self.needed(name, faults) } else { self.get(name) };
        let text = node.and_then(|node| Some((node.at, node.text(faults)?)));
        let Some((at, text)) = text else { return String::new() };
        let message = if text.chars().count() > longest {
            format!("Поле {name}: не длиннее {longest} знаков.")
        } else if text.contains('\n') {
            format!("В поле {name} больше одной строки.")
        } else if text.contains(char::is_control) {
            format!("В поле {name} есть управляющие знаки.")
        } else if is_needed && !clean::is_visible(&text) {
            format!("Поле {name} пустое.")
        } else {
            return text;
        };
        faults.add(at, message);
        text
    }

    pub fn slug(&mut self, name: &'static str, faults: &mut Faults<'_>) -> String {
        let node = self.needed(name, faults);
        node.and_then(|node| node.slug(faults)).unwrap_or_default()
    }

    /// Tells of fields that nobody asked for, and of those that are there twice.
    pub fn close(self, ignored: &[&str], faults: &mut Faults<'_>) {
        for (index, field) in self.fields.iter().enumerate() {
            if self.fields[..index].iter().any(|other| other.name == field.name) {
                faults.add(field.at, format!("Поле {} уже есть выше.", short(&field.name)));
            } else if !self.known.contains(&&*field.name) && !ignored.contains(&&*field.name) {
                let known = self.known.join(", ");
                let name = short(&field.name);
                faults.add(field.at, format!("Поля «{name}» здесь не бывает. Бывают: {known}."));
            }
        }
    }
}

/// What a sentence quotes of a text.
pub fn short(text: &str) -> String {
    let visible = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut short = visible.take(60).collect::<String>();
    if text.chars().nth(60).is_some() {
        short.push('…');
    }
    short
}
