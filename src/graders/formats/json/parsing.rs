//! JSON as values that know where they stand. `serde_json` reads the values; where they begin is read beside it,
//! which is simple in a text that is known to be valid.

use std::borrow::Cow;
use std::fmt;
use std::vec;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::super::tree::{Field, Node, Value};

/// The values of a text, or where and why it is no JSON.
pub fn parsed(text: &str) -> Result<Node<'_>, (usize, String)> {
    let refuse = |error: serde_json::Error| {
        let at = offset(text, error.line(), error.column());
        // The place is told beside it.
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        (at, format!("Это не JSON: {message}."))
    };
    // Checked whole before its values are taken apart.
    serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(refuse)?;
    let mut starts = starts(text).into_iter();
    let mut reader = serde_json::Deserializer::from_str(text);
    Reading(&mut starts).deserialize(&mut reader).map_err(refuse)
}

/// The byte at a line and a column as `serde_json` counts them: from 1, in bytes.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len);
    let mut at = (before.sum::<usize>() + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Where names and values begin, in the order of a text that is valid.
fn starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let (mut starts, mut at) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                starts.push(at);
                at += 1;
                while let Some(byte) = bytes.get(at).filter(|byte| **byte != b'"') {
                    at += if *byte == b'\\' { 2 } else { 1 };
                }
            }
            b'{' | b'[' => starts.push(at),
            b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => {
                starts.push(at);
                let is_end =
                    |byte: &u8| matches!(byte, b'}' | b']' | b',' | b' ' | b'\t' | b'\r' | b'\n');
                while bytes.get(at + 1).is_some_and(|byte| !is_end(byte)) {
                    at += 1;
                }
            }
        }
        at += 1;
    }
    starts
}

struct Reading<'s>(&'s mut vec::IntoIter<usize>);

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        let at = self.0.next().ok_or_else(|| D::Error::custom("no value"))?;
        let value = deserializer.deserialize_any(ValueVisitor(self.0))?;
        Ok(Node { at, value })
    }
}

struct ValueVisitor<'s>(&'s mut vec::IntoIter<usize>);

impl<'de> Visitor<'de> for ValueVisitor<'_> {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, is: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(is))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value<'de>, E> {
        Ok(Value::Whole(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value<'de>, E> {
        Ok(i64::try_from(number).map_or(Value::Other, Value::Whole))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value<'de>, E> {
        Ok(Value::Other)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value<'de>, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = items.next_element_seed(Reading(&mut *self.0))? {
            nodes.push(node);
        }
        Ok(Value::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            let at = self.0.next().ok_or_else(|| A::Error::custom("no name"))?;
            let node = members.next_value_seed(Reading(&mut *self.0))?;
            fields.push(Field { name: Cow::Owned(name), at, node });
        }
        Ok(Value::Fields(fields))
    }
}
