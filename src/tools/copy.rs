//! `grades copy`.

use std::error::Error;

use crate::db::{self, Database, DatabaseUrl};
use crate::graders::service::search;

/// Copies everything but sessions and files sent to be imported, and makes the search index anew. Ended
/// before that, the index is made at the next start.
pub(super) fn run(from: &DatabaseUrl, to: &DatabaseUrl) -> Result<(), Box<dyn Error>> {
    for table in db::copy(from, to)? {
        let left_out = match table.nulls {
            0 => String::new(),
            nulls => format!(", without {nulls} characters U+0000, which PostgreSQL can't keep"),
        };
        println!("{}: rows {}, digest {}{left_out}", table.name, table.rows, table.digest);
    }
    search::bring_up_to_date(&Database::open(to)?)?;
    println!("copied {from} to {to}; editors sign in there anew");
    Ok(())
}
