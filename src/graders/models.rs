//! Rows of the catalogue and the queries over them, for the service alone.
//!
//! Every function takes a connection and returns a [`diesel::QueryResult`]; what a result means is
//! for the service to say.

pub mod catalogue;
pub mod changes;
pub mod cleaning;
pub mod findings;
pub mod grades;
pub mod idempotency;
pub mod identity;
pub mod listing;
pub mod past;
pub mod professions;
pub mod proposals;
pub mod releases;
pub mod revisions;
pub mod rules;
pub mod scales;
pub mod search;
pub mod skills;
pub mod tracks;
pub mod uploads;

use diesel::sql_types::Text;
use diesel::{deserialize, serialize};

use crate::ladder::Level;

/// A level as the column `level_name` holds it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    diesel::deserialize::FromSqlRow,
    diesel::expression::AsExpression,
)]
#[diesel(sql_type = Text)]
pub struct LevelName(Level);

impl From<LevelName> for Level {
    fn from(name: LevelName) -> Self {
        name.0
    }
}

impl From<Level> for LevelName {
    fn from(level: Level) -> Self {
        Self(level)
    }
}

impl<DB> serialize::ToSql<Text, DB> for LevelName
where
    DB: diesel::backend::Backend,
    str: serialize::ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, DB>) -> serialize::Result {
        self.0.name().to_sql(out)
    }
}

impl<DB> deserialize::FromSql<Text, DB> for LevelName
where
    DB: diesel::backend::Backend,
    String: deserialize::FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(String::from_sql(bytes)?.parse()?))
    }
}
