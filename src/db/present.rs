//! A database that is there already and has this program's schema: for reading without changing anything.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{Database, DatabaseUrl, OpenError, migrations};

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

impl Database {
    /// Opens a database that is there, and neither makes nor migrates one.
    ///
    /// # Errors
    ///
    /// If it is not there, has another schema than this program's, or can't be opened.
    pub fn open_present(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let refuse = |reason: &str| OpenError::new("read", url, &reason);
        if let DatabaseUrl::Sqlite(path) = url
            && !path.is_file()
        {
            return Err(refuse("there is no such file"));
        }
        let database = Self::open(url)?;
        let applied = database.read(|connection| {
            let versions = __diesel_schema_migrations::table;
            let versions = versions.select(__diesel_schema_migrations::version);
            Ok::<_, Failed>(versions.load::<String>(connection)?)
        });
        let Ok(applied) = applied else { return Err(refuse("it is no database of this program")) };
        let known = migrations::versions().map_err(|error| OpenError::new("read", url, &error))?;
        let applied = applied.into_iter().collect::<BTreeSet<_>>();
        if applied.difference(&known).next().is_some() {
            return Err(refuse("its schema is of a newer release of this program"));
        }
        if applied != known {
            return Err(refuse("its schema is older; bring it up to date with `grades migrate`"));
        }
        Ok(database)
    }
}

/// A query that did not succeed; the reason makes no difference.
struct Failed;

impl From<r2d2::Error> for Failed {
    fn from(_: r2d2::Error) -> Self {
        Self
    }
}

impl From<diesel::result::Error> for Failed {
    fn from(_: diesel::result::Error) -> Self {
        Self
    }
}
