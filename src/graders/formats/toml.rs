//! The format of the starting catalogue: a table for each track, profession and grade.

mod writing;

use toml::de::{DeTable, DeValue};

use super::reading::{self, TOML};
use super::tree::{Faults, Field, Node, Value};
use super::{CatalogueFile, FileError};

pub use self::writing::write;

/// Reads a file.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn read(text: &str) -> Result<CatalogueFile, Vec<FileError>> {
    let mut faults = Faults::new(text);
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            faults.add(at, sentence(error.message()));
        }
        return faults.result(CatalogueFile::default());
    }
    let root = Node { at: 0, value: table(document.into_inner()) };
    let file = reading::catalogue(&root, &TOML, &mut faults);
    faults.result(file)
}

/// What the parser says, as far as it is said often.
fn sentence(message: &str) -> String {
    match message {
        "duplicate key" => "Это поле здесь уже есть.".to_owned(),
        _ => format!("Так в TOML не пишут: {message}."),
    }
}

fn table(table: DeTable<'_>) -> Value<'_> {
    let field = |(name, node): (toml::Spanned<_>, toml::Spanned<_>)| {
        let at = name.span().start;
        // A table begins where its name does.
        Field { name: name.into_inner(), at, node: node_of(node) }
    };
    Value::Fields(table.into_iter().map(field).collect())
}

fn node_of(spanned: toml::Spanned<DeValue<'_>>) -> Node<'_> {
    let at = spanned.span().start;
    let value = match spanned.into_inner() {
        DeValue::String(text) => Value::Text(text),
        DeValue::Integer(number) => {
            let number = i64::from_str_radix(number.as_str(), number.radix());
            number.map_or(Value::Other, Value::Whole)
        }
        DeValue::Boolean(is) => Value::Bool(is),
        DeValue::Array(nodes) => Value::List(nodes.into_iter().map(node_of).collect()),
        DeValue::Table(inner) => table(inner),
        DeValue::Float(_) | DeValue::Datetime(_) => Value::Other,
    };
    Node { at, value }
}
