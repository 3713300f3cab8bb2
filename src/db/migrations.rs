//! The migrations of both databases, embedded in the binary.

use std::collections::BTreeSet;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_query;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::DbConnection;
use super::connection::lift_timeouts;
use super::published;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The key of the advisory lock that lets one process at a time migrate a PostgreSQL database:
/// the letters «grades» as a number.
const POSTGRES_LOCK: u64 = 0x6772_6164_6573;

/// Applies all pending migrations; returns their number. Call it in a write transaction, so that
/// a second process waits and then finds nothing pending.
pub(super) fn apply_pending(connection: &mut DbConnection) -> QueryResult<usize> {
    lock(connection)?;
    refuse_newer(connection)?;
    match connection {
        DbConnection::Sqlite(sqlite) => sqlite
            .run_pending_migrations(SQLITE)
            .map(|done| done.len())
            .map_err(Error::QueryBuilderError),
        DbConnection::Postgres(postgres) => {
            let is_pending = postgres.has_pending_migration(POSTGRES);
            if !is_pending.map_err(Error::QueryBuilderError)? && published::has_views(postgres)? {
                return Ok(0);
            }
            published::drop_views(postgres)?;
            let done = postgres.run_pending_migrations(POSTGRES).map(|done| done.len());
            let done = done.map_err(Error::QueryBuilderError)?;
            published::make_views(postgres)?;
            Ok(done)
        }
    }
}

/// Reverts the newest applied migration; returns its name, if there was one.
pub(super) fn revert_newest(connection: &mut DbConnection) -> QueryResult<Option<String>> {
    lock(connection)?;
    refuse_newer(connection)?;
    match connection {
        DbConnection::Sqlite(sqlite) => revert(sqlite, SQLITE),
        DbConnection::Postgres(postgres) => {
            published::drop_views(postgres)?;
            let reverted = revert(postgres, POSTGRES)?;
            published::make_views(postgres)?;
            Ok(reverted)
        }
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

/// The versions of this program's migrations, which both databases share.
fn versions() -> QueryResult<BTreeSet<String>> {
    let all = MigrationSource::<Sqlite>::migrations(&SQLITE).map_err(Error::QueryBuilderError)?;
    Ok(all.iter().map(|migration| migration.name().version().to_string()).collect())
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

/// How the schema of a database stands to this program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Schema {
    /// It has none of the migrations.
    Foreign,
    /// It lacks some.
    Older,
    /// It has all and no other.
    Same,
    /// It has some that this program does not know.
    Newer,
}

/// Compares the migrations that a database has with those of this program.
pub(super) fn compare(applied: &[String]) -> QueryResult<Schema> {
    let known = versions()?;
    let shared = applied.iter().filter(|version| known.contains(*version)).count();
    Ok(match shared {
        0 => Schema::Foreign,
        _ if shared < applied.len() => Schema::Newer,
        _ if shared < known.len() => Schema::Older,
        _ => Schema::Same,
    })
}

/// How the schema of a database stands to this program's.
pub(super) fn schema(connection: &mut DbConnection) -> QueryResult<Schema> {
    let exists = match connection {
        DbConnection::Sqlite(_) => {
            "SELECT name AS version FROM sqlite_master WHERE name = '__diesel_schema_migrations'"
        }
        DbConnection::Postgres(_) => {
            "SELECT table_name::text AS version FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_name = '__diesel_schema_migrations'"
        }
    };
    if sql_query(exists).load::<Applied>(connection)?.is_empty() {
        return Ok(Schema::Foreign);
    }
    let applied = sql_query("SELECT version FROM __diesel_schema_migrations");
    let applied = applied.load::<Applied>(connection)?.into_iter().map(|applied| applied.version);
    compare(&applied.collect::<Vec<_>>())
}

/// Refuses a schema that this program does not know.
fn refuse_newer(connection: &mut DbConnection) -> QueryResult<()> {
    match schema(connection)? {
        Schema::Foreign | Schema::Older | Schema::Same => Ok(()),
        Schema::Newer => {
            let reason = "its schema is of a newer version of this program; use that one";
            Err(Error::QueryBuilderError(reason.into()))
        }
    }
}

fn lock(connection: &mut DbConnection) -> QueryResult<()> {
    lift_timeouts(connection)?;
    match connection {
        // BEGIN IMMEDIATE has taken the lock already.
        DbConnection::Sqlite(_) => Ok(()),
        DbConnection::Postgres(postgres) => {
            postgres.batch_execute(&format!("SELECT pg_advisory_xact_lock({POSTGRES_LOCK})"))
        }
    }
}
