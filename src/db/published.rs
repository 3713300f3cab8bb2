//! What everybody may see: views that stand before tables of the same names, so that no query has to leave
//! anything out itself.
//!
//! On SQLite each connection of the published catalogue has them, on PostgreSQL they are in a schema of their
//! own, which a transaction searches first.

use diesel::QueryResult;
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

/// Each table of which not all is for everybody, and which rows are.
const VIEWS: [(&str, &str); 7] = [
    ("profession", "NOT is_draft"),
    ("grades", OF_NO_DRAFT),
    ("former_slugs", OF_NO_DRAFT),
    ("requirement_aliases", OF_NO_DRAFT),
    ("revisions", "NOT is_draft"),
    ("proposals", "FALSE"),
    ("proposal_notes", "FALSE"),
];

const OF_NO_DRAFT: &str = "profession_id NOT IN (SELECT id FROM {}.profession WHERE is_draft)";

/// What begins a transaction on PostgreSQL that reads what everybody may see.
pub(super) const BEGIN_ON_POSTGRES: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SELECT set_config(
        'search_path',
        quote_ident(current_schema() || '_published') || ', ' || current_setting('search_path'),
        true
    )";

/// Lets a connection see only what everybody may.
pub(super) fn narrow(sqlite: &mut SqliteConnection) -> QueryResult<()> {
    let view = |(name, rows): (&str, &str)| {
        let rows = rows.replace("{}", "main");
        format!("CREATE TEMP VIEW {name} AS SELECT * FROM main.{name} WHERE {rows};")
    };
    sqlite.batch_execute(&VIEWS.map(view).concat())
}

/// Takes the views of PostgreSQL away, on which no table can be changed.
pub(super) fn drop_views(postgres: &mut PgConnection) -> QueryResult<()> {
    postgres.batch_execute(
        "DO $$ BEGIN
             EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', current_schema() || '_published');
         END $$",
    )
}

/// Makes the views of PostgreSQL, if the migrations that they stand on are applied.
pub(super) fn make_views(postgres: &mut PgConnection) -> QueryResult<()> {
    let tables = VIEWS.map(|(name, _)| format!("to_regclass('{name}') IS NOT NULL")).join(" AND ");
    let tells_drafts = "EXISTS (
        SELECT FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = 'profession' AND column_name = 'is_draft'
    )";
    if !is_there(postgres, &format!("{tables} AND {tells_drafts}"))? {
        return Ok(());
    }
    let view = |(name, rows): (&str, &str)| {
        let rows = rows.replace("{}", "%1$I");
        format!(
            "EXECUTE format('CREATE VIEW %2$I.{name} AS SELECT * FROM %1$I.{name} WHERE {rows}', base, own);"
        )
    };
    postgres.batch_execute(&format!(
        "DO $$ DECLARE base text := current_schema(); own text := current_schema() || '_published'; BEGIN
             EXECUTE format('CREATE SCHEMA %I', own);
             {}
         END $$",
        VIEWS.map(view).concat()
    ))
}

/// Whether PostgreSQL has the views.
pub(super) fn has_views(postgres: &mut PgConnection) -> QueryResult<bool> {
    is_there(postgres, "to_regnamespace(quote_ident(current_schema() || '_published')) IS NOT NULL")
}

fn is_there(postgres: &mut PgConnection, what: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(what)).get_result(postgres)
}
