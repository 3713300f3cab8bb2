//! A database that is there already and has this program's schema: for reading without changing anything.

use super::migrations::{self, Schema};
use super::{Database, DatabaseUrl, OpenError};

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
        let schema = database.read(|connection| Ok::<_, Failed>(migrations::schema(connection)?));
        match schema.map_err(|Failed(reason)| refuse(&reason))? {
            Schema::Foreign => Err(refuse("it is no database of this program")),
            Schema::Newer => Err(refuse("its schema is of a newer version of this program")),
            Schema::Older => {
                Err(refuse("its schema is older; bring it up to date with `grades migrate`"))
            }
            Schema::Same => Ok(database),
        }
    }
}

/// Why a query did not succeed.
struct Failed(String);

impl From<r2d2::Error> for Failed {
    fn from(error: r2d2::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<diesel::result::Error> for Failed {
    fn from(error: diesel::result::Error) -> Self {
        Self(error.to_string())
    }
}
