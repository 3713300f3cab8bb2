//! The migrations of both databases, embedded in the binary.

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::{Bool, Text};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::DbConnection;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The key of the advisory lock that lets one process at a time migrate a PostgreSQL database:
/// the letters «grades» as a number.
const POSTGRES_LOCK: u64 = 0x6772_6164_6573;

/// How the schema of a database compares with the one this program is made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Migrations are to be applied; also of an empty database.
    Older,
    /// It is the same.
    Same,
    /// A newer program has applied migrations that this one does not know.
    Newer {
        /// The number of the newest of them.
        version: String,
    },
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

/// Compares the schema of a database with the one of this program; writes nothing.
pub(super) fn compare(connection: &mut DbConnection) -> QueryResult<Schema> {
    let (table, known) = match connection {
        DbConnection::Sqlite(_) => (
            "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '__diesel_schema_migrations') AS found",
            versions::<Sqlite>(&SQLITE)?,
        ),
        DbConnection::Postgres(_) => (
            "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS found",
            versions::<Pg>(&POSTGRES)?,
        ),
    };
    if !diesel::sql_query(table).get_result::<Found>(connection)?.found {
        return Ok(Schema::Older);
    }
    let applied = diesel::sql_query("SELECT version FROM __diesel_schema_migrations");
    let applied = applied.load::<Applied>(connection)?;
    let unknown = applied.iter().map(|applied| &applied.version).filter(|it| !known.contains(it));
    Ok(match unknown.max() {
        Some(version) => Schema::Newer { version: version.clone() },
        None if applied.len() < known.len() => Schema::Older,
        None => Schema::Same,
    })
}

fn versions<DB: Backend>(migrations: &EmbeddedMigrations) -> QueryResult<Vec<String>> {
    let migrations: Vec<Box<dyn Migration<DB>>> =
        migrations.migrations().map_err(Error::QueryBuilderError)?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// Refuses a schema that this program does not know.
fn refuse_newer(connection: &mut DbConnection) -> QueryResult<()> {
    match compare(connection)? {
        Schema::Older | Schema::Same => Ok(()),
        Schema::Newer { version } => {
            let reason = format!(
                "its schema is newer than this program (migration {version} is unknown); run the newer program"
            );
            Err(Error::QueryBuilderError(reason.into()))
        }
    }
}

/// Applies all pending migrations; returns their number. Call it in a write transaction, so that
/// a second process waits and then finds nothing pending.
pub(super) fn apply_pending(connection: &mut DbConnection) -> QueryResult<usize> {
    lock(connection)?;
    refuse_newer(connection)?;
    match connection {
        DbConnection::Sqlite(sqlite) => {
            sqlite.run_pending_migrations(SQLITE).map(|done| done.len())
        }
        DbConnection::Postgres(postgres) => {
            postgres.run_pending_migrations(POSTGRES).map(|done| done.len())
        }
    }
    .map_err(Error::QueryBuilderError)
}

/// Reverts the newest applied migration; returns its name, if there was one.
pub(super) fn revert_newest(connection: &mut DbConnection) -> QueryResult<Option<String>> {
    lock(connection)?;
    refuse_newer(connection)?;
    match connection {
        DbConnection::Sqlite(sqlite) => revert(sqlite, SQLITE),
        DbConnection::Postgres(postgres) => revert(postgres, POSTGRES),
    }
}

fn revert<DB: Backend>(
    connection: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> QueryResult<Option<String>> {
    if connection.applied_migrations().map_err(Error::QueryBuilderError)?.is_empty() {
        return Ok(None);
    }
    let version = connection.revert_last_migration(migrations).map_err(Error::QueryBuilderError)?;
    Ok(Some(version.to_string()))
}

fn lock(connection: &mut DbConnection) -> QueryResult<()> {
    match connection {
        // BEGIN IMMEDIATE has taken the lock already.
        DbConnection::Sqlite(_) => Ok(()),
        DbConnection::Postgres(postgres) => {
            postgres.batch_execute(&format!("SELECT pg_advisory_xact_lock({POSTGRES_LOCK})"))
        }
    }
}
