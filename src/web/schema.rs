//! Values held against a schema: the part of JSON Schema (2020-12) that the API's types are described in.
//!
//! A whole implementation of the standard is a tenth of the program; a keyword that is not known here is
//! refused when the schema is built.

use std::cmp::Ordering;
use std::collections::HashMap;

use chrono::{DateTime, Timelike};
use regex_lite::Regex;
use serde_json::{Number, Value};

use super::json;
use crate::{clean, russian};

/// What is said of values, in the order faults are told in.
const ASSERTIONS: [&str; 16] = [
    "type",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "maxItems",
    "maxProperties",
    "required",
    "pattern",
    "format",
    "properties",
    "items",
    "anyOf",
    "oneOf",
    "$ref",
];

/// What says nothing of a value alone. `additionalProperties` belongs to `properties`.
const OTHERS: [&str; 6] =
    ["additionalProperties", "components", "default", "description", "examples", "title"];

/// Numbers of a size: serde reads no other one, and the limits stand beside them.
const SIZES: [&str; 4] = ["int32", "int64", "uint32", "uint64"];

/// Where `$ref` leads.
const COMPONENTS: &str = "#/components/schemas/";

/// A JSON pointer, and what is wrong there.
pub(super) type Place = (String, String);

/// A schema with its expressions compiled.
#[derive(Debug)]
pub(super) struct Schema {
    root: Value,
    patterns: HashMap<String, Regex>,
}

impl Schema {
    /// Reads a schema; what it refers to stands in it under `components/schemas`.
    ///
    /// # Errors
    ///
    /// A line about what it says that is not known here.
    pub(super) fn new(root: Value) -> Result<Self, String> {
        let mut schema = Self { root, patterns: HashMap::new() };
        let mut patterns = HashMap::new();
        schema.prepare(&schema.root, &mut Vec::new(), &mut patterns)?;
        schema.patterns = patterns;
        Ok(schema)
    }

    /// The name of the type that a member of the value must have, if it must have one.
    pub(super) fn member_type(&self, name: &str) -> Option<&str> {
        self.root["properties"][name]["type"].as_str()
    }

    /// Everything that is wrong with a value; for a missing or unknown member the pointer names it.
    pub(super) fn faults(&self, value: &Value) -> Vec<Place> {
        let mut faults = Vec::new();
        self.check(&self.root, value, "", &mut faults);
        faults
    }

    fn prepare<'a>(
        &'a self,
        schema: &'a Value,
        within: &mut Vec<&'a str>,
        patterns: &mut HashMap<String, Regex>,
    ) -> Result<(), String> {
        let unknown = || format!("what does this schema say: {schema}");
        for (keyword, argument) in schema.as_object().ok_or_else(unknown)? {
            let parts: Vec<&Value> = match keyword.as_str() {
                "properties" => argument.as_object().ok_or_else(unknown)?.values().collect(),
                "items" => vec![argument],
                "anyOf" => argument.as_array().ok_or_else(unknown)?.iter().collect(),
                "oneOf" => match argument.as_array().map(Vec::as_slice) {
                    Some([wanted, null]) if null["type"] == "null" => vec![wanted],
                    _ => return Err(unknown()),
                },
                "$ref" => {
                    let name = argument.as_str().ok_or_else(unknown)?;
                    if within.contains(&name) {
                        return Err(format!("{name} is a part of itself"));
                    }
                    within.push(name);
                    self.prepare(self.component(name), within, patterns)?;
                    within.pop();
                    Vec::new()
                }
                "pattern" => {
                    let pattern = argument.as_str().ok_or_else(unknown)?;
                    let compiled = Regex::new(pattern).map_err(|error| error.to_string())?;
                    patterns.insert(pattern.to_owned(), compiled);
                    Vec::new()
                }
                "format" => {
                    let known = |name| name == "date-time" || SIZES.contains(&name);
                    argument.as_str().filter(|name| known(name)).ok_or_else(unknown)?;
                    Vec::new()
                }
                "additionalProperties" if *argument != false => return Err(unknown()),
                known if ASSERTIONS.contains(&known) || OTHERS.contains(&known) => Vec::new(),
                _ => return Err(unknown()),
            };
            for part in parts {
                self.prepare(part, within, patterns)?;
            }
        }
        Ok(())
    }

    fn component(&self, reference: &str) -> &Value {
        let name = reference.strip_prefix(COMPONENTS).unwrap_or_default();
        &self.root["components"]["schemas"][name]
    }

    fn check(&self, schema: &Value, value: &Value, place: &str, faults: &mut Vec<Place>) {
        let said = ASSERTIONS.iter().filter_map(|&keyword| Some((keyword, schema.get(keyword)?)));
        for (keyword, argument) in said {
            match (keyword, value) {
                ("required", Value::Object(members)) => {
                    let names = array(argument).iter().filter_map(Value::as_str);
                    let missing = names.filter(|name| !members.contains_key(*name));
                    faults.extend(
                        missing.map(|name| (json::member(place, name), "Не указано.".into())),
                    );
                }
                ("properties", Value::Object(members)) => {
                    let mut unknown = Vec::new();
                    for (name, value) in members {
                        let place = json::member(place, name);
                        match argument.get(name) {
                            Some(schema) => self.check(schema, value, &place, faults),
                            None => unknown.push((place, "Такого поля нет.".into())),
                        }
                    }
                    if schema.get("additionalProperties").is_some() {
                        faults.append(&mut unknown);
                    }
                }
                ("items", Value::Array(items)) => {
                    for (index, value) in items.iter().enumerate() {
                        self.check(argument, value, &format!("{place}/{index}"), faults);
                    }
                }
                ("anyOf", _) => faults.extend(
                    self.none_of(array(argument), value).map(|sentence| (place.into(), sentence)),
                ),
                // The first alternative says what is wanted, the other one is `null`.
                ("oneOf", _) if !value.is_null() => {
                    self.check(&argument[0], value, place, faults);
                }
                ("$ref", _) => {
                    let name = argument.as_str().unwrap_or_default();
                    self.check(self.component(name), value, place, faults);
                }
                _ => faults.extend(
                    self.sentence(keyword, argument, value)
                        .map(|sentence| (place.into(), sentence)),
                ),
            }
        }
    }

    /// What is wrong with a value that is none of what it might be: each alternative asks for members.
    fn none_of(&self, alternatives: &[Value], value: &Value) -> Option<String> {
        let mut fields = Vec::new();
        for alternative in alternatives {
            let mut faults = Vec::new();
            self.check(alternative, value, "", &mut faults);
            if faults.is_empty() {
                return None;
            }
            let asked = alternative.get("required").map(array).unwrap_or_default();
            let asked = asked.iter().filter_map(Value::as_str);
            fields.extend(asked.filter(|name| value.get(name).is_none()));
        }
        let fields = fields.join(", ");
        Some(format!("Менять нечего: нужно хотя бы одно из полей: {fields}."))
    }

    /// What a value breaks of a keyword that says something of it alone.
    fn sentence(&self, keyword: &str, argument: &Value, value: &Value) -> Option<String> {
        let limit = argument.as_u64().unwrap_or_default();
        match (keyword, value) {
            ("type", _) => {
                let names = match argument {
                    Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
                    name => Vec::from_iter(name.as_str()),
                };
                (!names.iter().any(|name| is_of_type(name, value)))
                    .then(|| format!("Нужно значение другого типа: {}.", names.join(" или ")))
            }
            ("enum", _) => {
                (!array(argument).contains(value)).then(|| format!("Одно из: {argument}."))
            }
            ("minimum", Value::Number(number)) => (compare(number, argument)
                == Some(Ordering::Less))
            .then(|| format!("Не меньше {argument}.")),
            ("maximum", Value::Number(number)) => (compare(number, argument)
                == Some(Ordering::Greater))
            .then(|| format!("Не больше {argument}.")),
            ("minLength", Value::String(text)) => (length(text) < limit)
                .then(|| format!("Не меньше {}.", bound(limit, "знака", "знаков"))),
            ("maxLength", Value::String(text)) => (length(text) > limit)
                .then(|| format!("Не больше {}.", bound(limit, "знака", "знаков"))),
            ("maxItems", Value::Array(items)) => (items.len() as u64 > limit)
                .then(|| format!("Не больше {}.", bound(limit, "элемента", "элементов"))),
            ("maxProperties", Value::Object(members)) => (members.len() as u64 > limit)
                .then(|| format!("Не больше {}.", bound(limit, "поля", "полей"))),
            ("pattern", Value::String(text)) => {
                let pattern = argument.as_str().unwrap_or_default();
                let matches = self.patterns.get(pattern).is_some_and(|known| known.is_match(text));
                (!matches).then(|| not_matched(text, pattern))
            }
            ("format", Value::String(text)) if argument == "date-time" => {
                (!is_date_time(text)).then(|| "Нужен формат date-time.".into())
            }
            _ => None,
        }
    }
}

fn array(argument: &Value) -> &[Value] {
    argument.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// In characters, as JSON Schema counts.
fn length(text: &str) -> u64 {
    text.chars().count() as u64
}

fn is_of_type(name: &str, value: &Value) -> bool {
    match value {
        Value::Null => name == "null",
        Value::Bool(_) => name == "boolean",
        // `7.0` is an integer.
        Value::Number(number) => {
            let is_integer =
                || !number.is_f64() || number.as_f64().is_some_and(|float| float.fract() == 0.0);
            name == "number" || name == "integer" && is_integer()
        }
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    }
}

fn compare(number: &Number, limit: &Value) -> Option<Ordering> {
    let limit = limit.as_number()?;
    match (number.as_i128(), limit.as_i128()) {
        (Some(number), Some(limit)) => Some(number.cmp(&limit)),
        _ => number.as_f64()?.partial_cmp(&limit.as_f64()?),
    }
}

/// Whether a text is a moment as RFC 3339 writes it: with a `T`, a leap second only where UTC has one.
fn is_date_time(text: &str) -> bool {
    let is_separated = matches!(text.as_bytes().get(10), Some(b'T' | b't'));
    let moment = DateTime::parse_from_rfc3339(text).map(|moment| moment.to_utc());
    is_separated
        && moment.is_ok_and(|moment| {
            moment.nanosecond() < 1_000_000_000 || (moment.hour(), moment.minute()) == (23, 59)
        })
}

/// Why a text does not match an expression.
fn not_matched(text: &str, pattern: &str) -> String {
    if !clean::is_visible(text) {
        "Нужен хотя бы один видимый знак.".into()
    } else if text.trim() != text {
        "Пробелы в начале и в конце лишние.".into()
    } else if text.contains(char::is_control) {
        "Есть управляющие знаки или лишние концы строк.".into()
    } else {
        format!("Не подходит к выражению {pattern}.")
    }
}

/// A number after «не больше» or «не меньше», with its noun in the genitive.
fn bound(count: u64, one: &str, many: &str) -> String {
    let noun = russian::plural(usize::try_from(count).unwrap_or(usize::MAX), one, many, many);
    format!("{count} {noun}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pointers(schema: &Value, value: &Value) -> Vec<String> {
        let schema = Schema::new(schema.clone()).unwrap();
        schema.faults(value).into_iter().map(|(pointer, _)| pointer).collect()
    }

    #[test]
    fn a_schema_that_says_something_unknown_is_refused() {
        for unknown in [
            json!({"multipleOf": 2}),
            json!({"properties": {"x": {"not": {}}}}),
            json!({"items": {"format": "email"}}),
            json!({"additionalProperties": {"type": "string"}}),
            json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}),
            json!({"pattern": "("}),
            json!({"$ref": "#/components/schemas/Nothing"}),
            json!({
                "$ref": "#/components/schemas/A",
                "components": {"schemas": {"A": {"items": {"$ref": "#/components/schemas/A"}}}},
            }),
        ] {
            assert!(Schema::new(unknown.clone()).is_err(), "{unknown}");
        }
    }

    #[test]
    fn every_fault_is_told_with_its_place() {
        let schema = json!({
            "type": "object",
            "required": ["name"],
            "properties": {
                "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
                "note": {"oneOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]},
            },
            "additionalProperties": false,
            "components": {"schemas": {"Part": {"type": "integer", "minimum": 1, "maximum": 9}}},
        });
        let value = json!({"parts": [1, 0, 7.0, 7.5, "7", 10], "note": "четыре", "a/b": 1});
        let found = pointers(&schema, &value);
        assert_eq!(
            found,
            ["/name", "/parts/1", "/parts/3", "/parts/4", "/parts/5", "/note", "/a~1b"]
        );
        assert!(pointers(&schema, &json!({"name": 1})).contains(&"/name".to_owned()));
        let schema = json!({"properties": {"name": {}}, "required": ["name"]});
        assert!(pointers(&schema, &json!({"name": 1, "note": null})).is_empty());
    }

    #[test]
    fn a_moment_is_written_as_rfc_3339_has_it() {
        for text in
            ["2026-01-02T03:04:05Z", "2026-01-02t03:04:05.678+03:00", "2016-12-31T23:59:60Z"]
        {
            assert!(is_date_time(text), "{text}");
        }
        for text in [
            "",
            "2026-01-02",
            "2026-01-02 03:04:05Z",
            "2026-01-02T03:04:05",
            "2026-02-30T03:04:05Z",
            "2026-01-02T03:04:60Z",
        ] {
            assert!(!is_date_time(text), "{text}");
        }
    }

    #[test]
    fn a_type_may_be_one_of_several() {
        let schema = json!({"type": ["string", "null"]});
        assert!(pointers(&schema, &Value::Null).is_empty());
        let faults = Schema::new(schema).unwrap().faults(&json!(1));
        assert_eq!(faults[0].1, "Нужно значение другого типа: string или null.");
    }
}
