//! Migrations, the schema file, and filling an empty database.

use std::collections::BTreeMap;
use std::fs;

use actix_web::ResponseError;
use diesel::deserialize::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{Connection, RunQueryDsl, sql_query};
use grades::db::{self, DatabaseUrl, DbConnection};
use grades::error::AppError;
use grades::graders::service::{ServiceError, catalogue};

use crate::app::{Backend, TestDatabase};

#[derive(QueryableByName, Debug)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    data_type: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
    /// Its place in the primary key, or 0.
    #[diesel(sql_type = BigInt)]
    key: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// All tables but the search index, which differs between the databases.
const SQLITE_COLUMNS: &str = "
    SELECT t.name AS table_name, c.name AS name, c.type AS data_type,
           c.\"notnull\" = 0 AS nullable, c.pk AS key
    FROM sqlite_master t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'
      AND t.name NOT LIKE 'search%'
    ORDER BY t.name, c.cid";

const POSTGRES_COLUMNS: &str = "
    SELECT c.table_name::text, c.column_name::text AS name, c.data_type::text,
           c.is_nullable = 'YES' AS nullable,
           coalesce((SELECT k.ordinal_position FROM information_schema.key_column_usage k
                     JOIN information_schema.table_constraints t USING (constraint_name)
                     WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_name = c.table_name
                       AND k.column_name = c.column_name), 0)::bigint AS key
    FROM information_schema.columns c
    WHERE c.table_schema = 'public' AND c.table_name NOT LIKE '\\_\\_%'
      AND c.table_name NOT LIKE 'search%'
    ORDER BY c.table_name, c.ordinal_position";

/// Queries the database with a connection of its own.
fn query<T>(database: &TestDatabase, statement: &str) -> Vec<T>
where
    T: QueryableByName<<DbConnection as Connection>::Backend> + 'static,
{
    let read = |connection: &mut DbConnection| {
        Ok::<_, ServiceError>(sql_query(statement).load(connection)?)
    };
    database.open().read(read).unwrap()
}

fn columns(database: &TestDatabase) -> Vec<Column> {
    query(
        database,
        match database {
            TestDatabase::Sqlite(_) => SQLITE_COLUMNS,
            TestDatabase::Postgres { .. } => POSTGRES_COLUMNS,
        },
    )
}

fn lines(database: &TestDatabase, table: &str, line: &str, order: &str) -> Vec<String> {
    let statement = format!("SELECT {line} AS line FROM {table} ORDER BY {order}");
    query::<Line>(database, &statement).into_iter().map(|found| found.line).collect()
}

fn count(database: &TestDatabase, what: &str) -> i64 {
    query::<Count>(database, &format!("SELECT count(*) AS count FROM {what}"))[0].count
}

/// The tables as `diesel print-schema` writes them.
fn as_schema(columns: &[Column]) -> String {
    let mut tables = BTreeMap::<&str, Vec<&Column>>::new();
    for column in columns {
        tables.entry(&column.table_name).or_default().push(column);
    }
    let table = |(name, columns): (&&str, &Vec<&Column>)| {
        let mut keys = columns.iter().filter(|column| column.key > 0).collect::<Vec<_>>();
        keys.sort_by_key(|column| column.key);
        let keys = keys.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
        let lines = columns.iter().map(|column| {
            let kind = match column.data_type.to_lowercase().as_str() {
                "integer" => "Integer",
                "bigint" => "BigInt",
                "text" => "Text",
                "blob" | "bytea" => "Binary",
                "boolean" => "Bool",
                "timestamp" | "timestamp without time zone" => "Timestamp",
                other => panic!("{other} has no name in schema.rs yet"),
            };
            let kind = if column.nullable { format!("Nullable<{kind}>") } else { kind.to_owned() };
            format!("        {} -> {kind},\n", column.name)
        });
        let lines = lines.collect::<String>();
        format!("diesel::table! {{\n    {name} ({keys}) {{\n{lines}    }}\n}}\n\n")
    };
    tables.iter().map(table).collect()
}

fn url(database: &TestDatabase) -> DatabaseUrl {
    database.url().parse().unwrap()
}

on_both_databases! {
    async fn schema_rs_describes_the_migrated_database(database: TestDatabase) {
        db::migrate(&url(&database)).unwrap();
        let file = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/db/schema.rs"));
        let file = file.unwrap();
        let start = file.find("diesel::table!").unwrap();
        let end = file.find("diesel::joinable!").unwrap();
        assert_eq!(as_schema(&columns(&database)), file[start..end]);
    }

    async fn migrations_go_up_down_and_up_again(database: TestDatabase) {
        let applied = db::migrate(&url(&database)).unwrap();
        assert!(applied > 0);
        let migrated = as_schema(&columns(&database));
        assert_eq!(db::migrate(&url(&database)).unwrap(), 0);
        for _ in 0..applied {
            assert!(db::revert_migration(&url(&database)).unwrap().is_some());
        }
        assert_eq!(as_schema(&columns(&database)), "");
        assert_eq!(db::revert_migration(&url(&database)).unwrap(), None);
        assert_eq!(db::migrate(&url(&database)).unwrap(), applied);
        assert_eq!(as_schema(&columns(&database)), migrated);
    }

    async fn reverting_and_applying_the_common_history_loses_nothing(database: TestDatabase) {
        db::migrate(&url(&database)).unwrap();
        catalogue::load_starting(&database.open(), &catalogue::starting().unwrap()).unwrap();
        let tracks = || lines(&database, "tracks", "id || ' ' || slug", "id");
        assert_eq!(tracks(), ["1 python", "2 databases", "3 web", "4 apps"]);
        database.execute(
            "INSERT INTO revisions
                 (kind, object_id, version, author, note, before, after, created_at, merged_with)
             VALUES
                 ('skill', 7, 2, 'ann', 'один', 'a', NULL, '2026-01-01 10:00:00', 8),
                 ('grade', 7, 2, 'bob', '', NULL, 'b', '2026-01-02 10:00:00.000001', NULL),
                 ('rules', 1, 2, 'ann', '', 'c', 'd', '2026-01-03 10:00:00', NULL),
                 ('track', 3, 2, 'ann', 'e', 'f', 'g', '2026-01-04 10:00:00', NULL),
                 ('profession', 7, 2, 'ann', 'h', 'i', 'j', '2026-01-05 10:00:00', NULL),
                 ('grade', 7, 3, 'ann', 'k', 'b', NULL, '2026-01-05 10:00:00', NULL)",
        );
        let revision = "kind || ' ' || object_id || ' ' || version || ' ' || author || ' ' || note
            || ' ' || coalesce(before, '-') || ' ' || coalesce(after, '-') || ' '
            || CAST(created_at AS TEXT) || ' ' || coalesce(CAST(merged_with AS TEXT), '-')";
        let revisions = || lines(&database, "revisions", revision, "created_at, kind");
        let before = revisions();
        assert_eq!(before.len(), 6);
        while !db::revert_migration(&url(&database)).unwrap().unwrap().ends_with("000010") {}
        let counts = ["revisions", "profession_revisions", "skill_revisions", "rules_revisions"]
            .map(|table| count(&database, table));
        assert_eq!(counts, [2, 1, 1, 1]);
        assert!(db::migrate(&url(&database)).unwrap() > 0);
        let after = before.into_iter().filter(|line| !line.starts_with("track "));
        assert_eq!(revisions(), after.collect::<Vec<_>>());
        assert_eq!(tracks(), ["1 python", "2 databases", "3 web", "4 apps"]);
    }

    async fn former_ids_of_requirements_are_carried_over_and_back(database: TestDatabase) {
        db::migrate(&url(&database)).unwrap();
        let number = |slug: &str| format!("(SELECT id FROM profession WHERE slug = '{slug}')");
        let (one, other) = (number("front-end"), number("back-end"));
        catalogue::load_starting(&database.open(), &catalogue::starting().unwrap()).unwrap();
        while !db::revert_migration(&url(&database)).unwrap().unwrap().ends_with("000015") {}
        database.execute(&format!(
            "INSERT INTO requirement_aliases (grade_id, former_id, requirement_id)
             SELECT grade_id, 'former', 'b' FROM grades WHERE profession_id = {one};
             INSERT INTO requirement_aliases (grade_id, former_id, requirement_id)
             SELECT MAX(grade_id), 'other1', 'c' FROM grades WHERE profession_id = {one};
             INSERT INTO requirement_aliases (grade_id, former_id, requirement_id)
             SELECT MAX(grade_id), 'former', 'd' FROM grades WHERE profession_id = {other}",
        ));
        db::migrate(&url(&database)).unwrap();
        let kept = "(SELECT slug FROM profession WHERE id = profession_id) || ' ' || former_id || ' ' || coalesce(requirement_id, '-') || ' '
            || former_label || '/' || former_text";
        let kept = || lines(&database, "requirement_aliases", kept, "profession_id, former_id");
        assert_eq!(kept(), ["front-end former b /", "front-end other1 c /", "back-end former d /"]);
        database.execute(&format!(
            "INSERT INTO requirement_aliases VALUES
                 ({one}, 'gone', NULL, 'Опыт', 'год', 'junior', '2026-01-01 10:00:00'),
                 (77, 'else', 'e', '', 'f', '', '2026-01-01 10:00:00')",
        ));
        while !db::revert_migration(&url(&database)).unwrap().unwrap().ends_with("000015") {}
        let back = lines(&database,
            "requirement_aliases JOIN grades USING (grade_id)",
            "(SELECT slug FROM profession WHERE id = profession_id) || ' ' || former_id || ' ' || requirement_id", "profession_id, former_id");
        assert_eq!(back, ["front-end former b", "front-end other1 c", "back-end former d"]);
        assert!(db::migrate(&url(&database)).unwrap() > 0);
        assert_eq!(kept(), ["front-end former b /", "front-end other1 c /", "back-end former d /"]);
    }

    async fn the_starting_catalogue_is_loaded_only_into_an_empty_database(database: TestDatabase) {
        db::migrate(&url(&database)).unwrap();
        let catalogue = catalogue::starting().unwrap();
        let opened = database.open();
        assert!(catalogue::load_starting(&opened, &catalogue).unwrap());
        let stored = || ["tracks", "profession", "grades", "grades WHERE description IS NULL"]
            .map(|what| count(&database, what));
        assert_eq!(stored(), [4, 15, 63, 12]);
        assert_eq!(catalogue::last_change(&opened).unwrap().0, 1);
        assert!(!catalogue::load_starting(&opened, &catalogue).unwrap());
        assert_eq!(stored(), [4, 15, 63, 12]);
        assert_eq!(catalogue::last_change(&opened).unwrap().0, 1);
    }

    async fn an_emptied_catalogue_is_not_filled_again(database: TestDatabase) {
        db::migrate(&url(&database)).unwrap();
        let catalogue = catalogue::starting().unwrap();
        let opened = database.open();
        catalogue::load_starting(&opened, &catalogue).unwrap();
        database.execute("DELETE FROM grades; DELETE FROM profession; DELETE FROM tracks");
        assert!(!catalogue::load_starting(&opened, &catalogue).unwrap());
        assert_eq!(count(&database, "profession"), 0);
    }

    async fn loading_a_catalogue_is_atomic(database: TestDatabase) {
        db::migrate(&url(&database)).unwrap();
        let mut catalogue = catalogue::starting().unwrap();
        let twice = catalogue[0].professions[0].slug.clone();
        catalogue[3].professions[2].slug = twice;
        let opened = database.open();
        assert!(catalogue::load_starting(&opened, &catalogue).is_err());
        assert_eq!(count(&database, "tracks") + count(&database, "profession"), 0);
        assert_eq!(catalogue::last_change(&opened).unwrap().0, 0);
    }

    async fn processes_that_start_concurrently_fill_the_database_once(database: TestDatabase) {
        let loaded = std::thread::scope(|scope| {
            let start = || {
                db::migrate(&url(&database)).unwrap();
                let catalogue = catalogue::starting().unwrap();
                catalogue::load_starting(&database.open(), &catalogue).unwrap()
            };
            let starts = (0..8).map(|_| scope.spawn(start)).collect::<Vec<_>>();
            starts.into_iter().filter_map(|start| start.join().unwrap().then_some(())).count()
        });
        assert_eq!(loaded, 1);
        assert_eq!(count(&database, "grades"), 63);
    }

    async fn constraints_of_the_database_refuse_invalid_ladders(database: TestDatabase) {
        db::migrate(&url(&database)).unwrap();
        let opened = database.open();
        catalogue::load_starting(&opened, &catalogue::starting().unwrap()).unwrap();
        for statement in [
            // An unknown level, a duplicate level, a grade without a profession, a duplicate
            // address, a profession without a track.
            "UPDATE grades SET level_name = 'master'",
            "UPDATE grades SET level_name = 'junior'",
            "UPDATE grades SET profession_id = 0",
            "UPDATE profession SET slug = 'front-end'",
            "UPDATE profession SET track = 'nowhere'",
            "DELETE FROM profession",
        ] {
            let refused = opened.write(|connection| {
                sql_query(statement).execute(connection)?;
                Ok::<_, ServiceError>(())
            });
            assert!(matches!(refused, Err(ServiceError::Query(_))), "{statement}");
        }
    }

    async fn reading_never_writes(database: TestDatabase) {
        db::migrate(&url(&database)).unwrap();
        let refused = database.open().read(|connection| {
            sql_query("UPDATE catalogue_state SET revision = 7").execute(connection)?;
            Ok::<_, ServiceError>(())
        });
        assert!(refused.is_err());
        assert_eq!(catalogue::last_change(&database.open()).unwrap().0, 0);
    }

    async fn a_failed_write_is_rolled_back_and_the_connection_stays_usable(database: TestDatabase) {
        db::migrate(&url(&database)).unwrap();
        let opened = database.open();
        for _ in 0..20 {
            let failed = opened.write(|connection| {
                sql_query("UPDATE catalogue_state SET revision = 7").execute(connection)?;
                Err::<(), _>(ServiceError::NoSuchPage)
            });
            assert!(matches!(failed, Err(ServiceError::NoSuchPage)));
        }
        assert_eq!(catalogue::last_change(&opened).unwrap().0, 0);
    }
}

#[actix_web::test]
async fn a_sqlite_database_is_safe_against_power_cuts() {
    let database = TestDatabase::on(Backend::Sqlite);
    db::migrate(&url(&database)).unwrap();
    let pragma = |pragma: &str| {
        let query =
            sql_query(format!("SELECT CAST({pragma} AS BIGINT) AS count FROM pragma_{pragma}"));
        database
            .open()
            .write(|connection| Ok::<_, ServiceError>(query.get_result::<Count>(connection)?))
            .unwrap()
            .count
    };
    // 2 is FULL.
    assert_eq!((pragma("synchronous"), pragma("foreign_keys")), (2, 1));
    let wal = fs::read(database.file()).unwrap()[18..20].to_vec();
    assert_eq!(wal, [2, 2], "the file format numbers of WAL mode");
}

#[actix_web::test]
async fn a_database_locked_past_the_timeout_is_a_503() {
    let database = TestDatabase::on(Backend::Sqlite);
    db::migrate(&url(&database)).unwrap();
    let (first, second) = (database.open(), database.open());
    let refused = first.write(|_| {
        let refused = second.write(|_| Ok::<_, ServiceError>(()));
        Ok::<_, ServiceError>(refused)
    });
    let refused = AppError::from(refused.unwrap().unwrap_err());
    assert_eq!(refused.status_code(), 503);
}

#[actix_web::test]
#[ignore = "needs PostgreSQL, named by TEST_DATABASE_URL"]
async fn connections_that_the_server_closed_are_replaced_unnoticed() {
    let database = TestDatabase::on(Backend::Postgres);
    db::migrate(&url(&database)).unwrap();
    let opened = database.open();
    let other = database.open();
    for _ in 0..3 {
        catalogue::last_change(&opened).unwrap();
        opened.write(|_| Ok::<_, ServiceError>(())).unwrap();
        other
            .read(|connection| {
                sql_query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid()",
                )
                .execute(connection)?;
                Ok::<_, ServiceError>(())
            })
            .unwrap();
        opened.write(|_| Ok::<_, ServiceError>(())).unwrap();
        catalogue::last_change(&opened).unwrap();
    }
}
