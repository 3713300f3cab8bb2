//! JSON whose objects have each name once (RFC 8259, section 4, leaves the meaning of others open).

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Reads a text, and the JSON pointers of the members whose name their object has already.
///
/// # Errors
///
/// If the text is no JSON.
pub(super) fn read(text: &[u8]) -> Result<(Value, Vec<String>), serde_json::Error> {
    let twice = RefCell::default();
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Place { pointer: String::new(), twice: &twice }.deserialize(&mut reader)?;
    reader.end()?;
    Ok((value, twice.into_inner()))
}

/// The pointer (RFC 6901) to a member of the thing at `pointer`.
pub(super) fn member(pointer: &str, name: &str) -> String {
    let escaped = name.replace('~', "~0").replace('/', "~1");
    format!("{pointer}/{escaped}")
}

/// Where a value stands in the text.
struct Place<'a> {
    pointer: String,
    twice: &'a RefCell<Vec<String>>,
}

impl Place<'_> {
    fn of(&self, name: &str) -> Self {
        Self { pointer: member(&self.pointer, name), twice: self.twice }
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(item) = items.next_element_seed(self.of(&read.len().to_string()))? {
            read.push(item);
        }
        Ok(read.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let place = self.of(&name);
            let pointer = place.pointer.clone();
            let value = members.next_value_seed(place)?;
            if read.insert(name, value).is_some() {
                self.twice.borrow_mut().push(pointer);
            }
        }
        Ok(read.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_refused_the_second_time_at_any_depth() {
        for (text, pointers) in [
            (r#"{"a":1,"b":{"a":1}}"#, vec![]),
            (r#"{"a":1,"a":1}"#, vec!["/a"]),
            (r#"{"a":1,"b":2,"a":3,"a":4}"#, vec!["/a", "/a"]),
            (r#"{"a":1,"\u0061":1}"#, vec!["/a"]),
            (r#"{"x":[0,{"y":{"k/~":1,"k/~":null}}]}"#, vec!["/x/1/y/k~1~0"]),
            (r#"[{"a":{"b":1,"b":2},"a":0}]"#, vec!["/0/a/b", "/0/a"]),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap().1, pointers, "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for text in ["", "{", "{} {}", "{\"a\"}", "[1,]", "\"\u{0}\"", &deep] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
        assert!(read(b"\"\xff\"").is_err());
    }

    proptest! {
        #[test]
        fn everything_else_is_read_as_before(text in r#"([\[\]{}:,0-9.eE+-]|"[a-c]"|true|null| ){0,12}"#) {
            let plain = serde_json::from_str::<Value>(&text).ok();
            prop_assert_eq!(read(text.as_bytes()).ok().map(|(value, _)| value), plain);
        }
    }
}
