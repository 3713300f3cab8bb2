//! Rows of the audit log and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::audit_log;

diesel::define_sql_function! {
    /// `count` characters of a text; the first is number 1.
    fn substr(text: diesel::sql_types::Text, from: diesel::sql_types::Integer,
        count: diesel::sql_types::Integer) -> diesel::sql_types::Text;
}

/// One entry.
#[derive(Clone, Debug, HasQuery)]
#[diesel(table_name = audit_log)]
pub(super) struct EntryRow {
    pub(super) entry_id: i32,
    pub(super) at: NaiveDateTime,
    pub(super) login: String,
    pub(super) action: String,
    pub(super) object: String,
    pub(super) detail: String,
    pub(super) address: String,
    pub(super) times: i32,
    pub(super) last_at: Option<NaiveDateTime>,
}

/// A new entry.
#[derive(Insertable)]
#[diesel(table_name = audit_log)]
pub(super) struct NewEntry<'a> {
    pub(super) at: NaiveDateTime,
    pub(super) login: &'a str,
    pub(super) action: &'a str,
    pub(super) object: &'a str,
    pub(super) detail: &'a str,
    pub(super) address: &'a str,
}

/// Which entries to load; `None` is no condition.
#[derive(Debug)]
pub(super) struct Conditions<'a> {
    pub(super) login: Option<&'a str>,
    /// One of these objects itself, or the first part of its name before a slash; none are no condition.
    pub(super) objects: &'a [String],
    pub(super) since: Option<NaiveDateTime>,
    pub(super) until: Option<NaiveDateTime>,
    /// Only entries older than this one.
    pub(super) before: Option<i32>,
}

/// Inserts an entry.
pub(super) fn insert(connection: &mut DbConnection, new: &NewEntry<'_>) -> QueryResult<()> {
    diesel::insert_into(audit_log::table).values(new).execute(connection).map(drop)
}

/// Counts an event to the newest entry of the same kind that was made after `since`; `false` if there is
/// none.
pub(super) fn count_to_entry(
    connection: &mut DbConnection,
    new: &NewEntry<'_>,
    since: NaiveDateTime,
) -> QueryResult<bool> {
    let same = audit_log::table.filter(
        audit_log::action
            .eq(new.action)
            .and(audit_log::login.eq(new.login))
            .and(audit_log::address.eq(new.address))
            .and(audit_log::at.gt(since))
            .and(audit_log::object.eq(new.object))
            .and(audit_log::detail.eq(new.detail)),
    );
    let newest = same.select(audit_log::entry_id).order(audit_log::entry_id.desc());
    let Some(id) = newest.first::<i32>(connection).optional()? else { return Ok(false) };
    diesel::update(audit_log::table.find(id))
        .set((audit_log::times.eq(audit_log::times + 1), audit_log::last_at.eq(new.at)))
        .execute(connection)
        .map(|updated| updated == 1)
}

/// Deletes the entries whose last event was before `moment`; returns their number.
pub(super) fn delete_before(
    connection: &mut DbConnection,
    moment: NaiveDateTime,
) -> QueryResult<usize> {
    let is_old = audit_log::at
        .lt(moment)
        .and(audit_log::last_at.is_null().or(audit_log::last_at.assume_not_null().lt(moment)));
    diesel::delete(audit_log::table.filter(is_old)).execute(connection)
}

/// Entries, the newest first.
pub(super) fn entries(
    connection: &mut DbConnection,
    conditions: &Conditions<'_>,
    limit: i64,
) -> QueryResult<Vec<EntryRow>> {
    let mut query = EntryRow::query().into_boxed();
    // First, as each of these is an alternative to all before it.
    if !conditions.objects.is_empty() {
        query = query.filter(audit_log::object.eq_any(conditions.objects));
        for object in conditions.objects {
            let folder = format!("{object}/");
            let length = i32::try_from(folder.chars().count()).unwrap_or(i32::MAX);
            // LIKE is case-sensitive on PostgreSQL and not on SQLite.
            query = query.or_filter(substr(audit_log::object, 1, length).eq(folder));
        }
    }
    if let Some(login) = conditions.login {
        query = query.filter(audit_log::login.eq(login));
    }
    if let Some(since) = conditions.since {
        query = query.filter(audit_log::at.ge(since));
    }
    if let Some(until) = conditions.until {
        query = query.filter(audit_log::at.lt(until));
    }
    if let Some(before) = conditions.before {
        query = query.filter(audit_log::entry_id.lt(before));
    }
    query.order(audit_log::entry_id.desc()).limit(limit).load(connection)
}
