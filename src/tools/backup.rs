//! `grades backup` and `grades restore`.

use std::error::Error;
use std::path::Path;

use crate::db::{self, DatabaseUrl};

pub(super) fn make(url: &DatabaseUrl, file: &Path) -> Result<(), Box<dyn Error>> {
    match url {
        DatabaseUrl::Sqlite(database) => {
            db::backup(database, file)?;
            println!("copied {url} to {}", file.display());
            Ok(())
        }
        DatabaseUrl::Postgres(_) => Err(format!(
            "no backup was made: PostgreSQL has its own tool for it; run\n  pg_dump --format=custom --file={} {}",
            quoted(&file.to_string_lossy()),
            quoted(&url.without_password()),
        )
        .into()),
    }
}

pub(super) fn restore(url: &DatabaseUrl, file: &Path) -> Result<(), Box<dyn Error>> {
    match url {
        DatabaseUrl::Sqlite(database) => {
            let kept = db::restore(file, database)?;
            println!("restored {url} from {}", file.display());
            if let Some(kept) = kept {
                println!("the former database is {}", kept.display());
            }
            Ok(())
        }
        DatabaseUrl::Postgres(_) => Err(format!(
            "nothing was restored: PostgreSQL has its own tool for it; stop the server and run\n  \
             pg_restore --clean --if-exists --no-owner --single-transaction --dbname={} {}",
            quoted(&url.without_password()),
            quoted(&file.to_string_lossy()),
        )
        .into()),
    }
}

/// A word of a command line, as a shell reads it.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
