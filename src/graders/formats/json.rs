//! The names of the API: its professions in a list, or a whole catalogue.

mod parsing;
mod writing;

use self::parsing::parsed;
pub use self::writing::write;
use super::reading::{self, JSON};
use super::tree::{Faults, Node, Value};
use super::{CatalogueFile, FileError};

/// Reads a file: what [`write`] makes, or what the API answers for a profession or a list of them.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn read(text: &str) -> Result<CatalogueFile, Vec<FileError>> {
    let mut faults = Faults::new(text);
    let root = match parsed(text) {
        Ok(root) => root,
        Err((at, message)) => {
            faults.add(at, message);
            return faults.result(CatalogueFile::default());
        }
    };
    let file = match listed(&root) {
        Some(nodes) => {
            let read = |node| reading::profession(node, &JSON, &mut faults);
            let professions = nodes.iter().map(read).collect();
            let file = CatalogueFile { professions, ..CatalogueFile::default() };
            reading::check_professions(&file, nodes, &mut faults);
            file
        }
        None => reading::catalogue(&root, &JSON, &mut faults),
    };
    faults.result(file)
}

/// The professions of an answer of the API.
fn listed<'n, 'a>(root: &'n Node<'a>) -> Option<&'n [Node<'a>]> {
    match &root.value {
        Value::List(nodes) => Some(nodes),
        Value::Fields(fields) => {
            let field = |name: &str| fields.iter().find(|field| field.name == name);
            match field("items").map(|field| &field.node.value) {
                Some(Value::List(nodes)) => Some(nodes),
                _ => field("slug").map(|_| std::slice::from_ref(root)),
            }
        }
        _ => None,
    }
}
