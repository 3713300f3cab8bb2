//! Rows of accounts, sessions and tokens and the queries over them.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::{
    api_tokens, editor_tracks, editors, former_slugs, invitations, profession, sessions,
    site_secrets, tracks,
};

/// An account.
#[derive(Clone, HasQuery)]
#[diesel(table_name = editors)]
pub(super) struct EditorRow {
    pub(super) id: i32,
    pub(super) login: String,
    /// Empty while there is no password.
    pub(super) password_hash: String,
    pub(super) role: String,
    pub(super) created_at: NaiveDateTime,
    pub(super) disabled_at: Option<NaiveDateTime>,
    /// Empty if the editor is known by the login alone.
    pub(super) display_name: String,
}

/// A new account.
#[derive(Insertable)]
#[diesel(table_name = editors)]
pub(super) struct NewEditor<'a> {
    pub(super) login: &'a str,
    pub(super) password_hash: &'a str,
    pub(super) role: &'a str,
    pub(super) created_at: NaiveDateTime,
    pub(super) display_name: &'a str,
}

/// A link by which an editor sets a password.
#[derive(Clone, HasQuery)]
#[diesel(table_name = invitations)]
pub(super) struct InvitationRow {
    pub(super) id: i32,
    pub(super) editor_id: i32,
    pub(super) expires_at: NaiveDateTime,
    pub(super) used_at: Option<NaiveDateTime>,
    pub(super) withdrawn_at: Option<NaiveDateTime>,
}

/// A new such link.
#[derive(Insertable)]
#[diesel(table_name = invitations)]
pub(super) struct NewInvitation<'a> {
    pub(super) editor_id: i32,
    pub(super) token_hash: &'a str,
    pub(super) created_at: NaiveDateTime,
    pub(super) expires_at: NaiveDateTime,
}

/// A session.
#[derive(Clone, HasQuery, Insertable)]
#[diesel(table_name = sessions)]
pub(super) struct SessionRow {
    pub(super) token_hash: String,
    pub(super) editor_id: i32,
    pub(super) created_at: NaiveDateTime,
    pub(super) seen_at: NaiveDateTime,
    pub(super) user_agent: String,
}

/// An API token.
#[derive(Clone, HasQuery)]
#[diesel(table_name = api_tokens)]
pub(super) struct TokenRow {
    pub(super) id: i32,
    pub(super) name: String,
    pub(super) scope: String,
    pub(super) created_by: String,
    pub(super) created_at: NaiveDateTime,
    pub(super) expires_at: NaiveDateTime,
    pub(super) revoked_at: Option<NaiveDateTime>,
    pub(super) used_at: Option<NaiveDateTime>,
}

/// A new API token.
#[derive(Insertable)]
#[diesel(table_name = api_tokens)]
pub(super) struct NewToken<'a> {
    pub(super) name: &'a str,
    pub(super) token_hash: &'a str,
    pub(super) scope: &'a str,
    pub(super) created_by: &'a str,
    pub(super) created_at: NaiveDateTime,
    pub(super) expires_at: NaiveDateTime,
}

/// Serialises transactions that change accounts or begin sessions, so that what such a transaction
/// has read stays valid until it commits.
pub(super) fn lock_accounts(connection: &mut DbConnection) -> QueryResult<()> {
    match connection {
        // BEGIN IMMEDIATE has taken the lock already.
        DbConnection::Sqlite(_) => Ok(()),
        // This mode blocks neither reads nor the foreign key check of a new session.
        DbConnection::Postgres(postgres) => {
            postgres.batch_execute("LOCK TABLE editors IN SHARE ROW EXCLUSIVE MODE")
        }
    }
}

/// Whether there is any account.
pub(super) fn any_editor(connection: &mut DbConnection) -> QueryResult<bool> {
    editors::table.select(editors::id).first::<i32>(connection).optional().map(|id| id.is_some())
}

/// The account with this login, in any case if none has it as it is written. Compared here: SQLite knows no
/// case of Cyrillic letters.
pub(super) fn editor(connection: &mut DbConnection, login: &str) -> QueryResult<Option<EditorRow>> {
    let exact = EditorRow::query().filter(editors::login.eq(login));
    if let Some(row) = exact.get_result(connection).optional()? {
        return Ok(Some(row));
    }
    let login = login.to_lowercase();
    Ok(editors(connection)?.into_iter().find(|row| row.login.to_lowercase() == login))
}

/// The account with this id.
pub(super) fn editor_by_id(
    connection: &mut DbConnection,
    id: i32,
) -> QueryResult<Option<EditorRow>> {
    EditorRow::query().find(id).get_result(connection).optional()
}

/// All accounts, unordered.
pub(super) fn editors(connection: &mut DbConnection) -> QueryResult<Vec<EditorRow>> {
    EditorRow::query().load(connection)
}

/// The number of accounts with this role that somebody can sign in to.
pub(super) fn count_able(connection: &mut DbConnection, role: &str) -> QueryResult<i64> {
    let is_able = editors::disabled_at.is_null().and(editors::password_hash.ne(""));
    editors::table.filter(editors::role.eq(role).and(is_able)).count().get_result(connection)
}

/// Inserts an account.
pub(super) fn insert_editor(connection: &mut DbConnection, new: &NewEditor<'_>) -> QueryResult<()> {
    diesel::insert_into(editors::table).values(new).execute(connection).map(drop)
}

/// Disables an account, or enables it with `None`.
pub(super) fn set_disabled(
    connection: &mut DbConnection,
    id: i32,
    disabled_at: Option<NaiveDateTime>,
) -> QueryResult<()> {
    diesel::update(editors::table.find(id))
        .set(editors::disabled_at.eq(disabled_at))
        .execute(connection)
        .map(drop)
}

/// Changes the role of an account.
pub(super) fn set_role(connection: &mut DbConnection, id: i32, role: &str) -> QueryResult<()> {
    diesel::update(editors::table.find(id))
        .set(editors::role.eq(role))
        .execute(connection)
        .map(drop)
}

/// Changes what an editor is called.
pub(super) fn set_display_name(
    connection: &mut DbConnection,
    id: i32,
    name: &str,
) -> QueryResult<()> {
    diesel::update(editors::table.find(id))
        .set(editors::display_name.eq(name))
        .execute(connection)
        .map(drop)
}

/// Logins and what their editors are called, of those who are called anything.
pub(super) fn display_names(connection: &mut DbConnection) -> QueryResult<Vec<(String, String)>> {
    editors::table
        .filter(editors::display_name.ne(""))
        .select((editors::login, editors::display_name))
        .load(connection)
}

/// The link with this hash, and whose password it sets.
pub(super) fn invitation(
    connection: &mut DbConnection,
    token_hash: &str,
) -> QueryResult<Option<(InvitationRow, EditorRow)>> {
    invitations::table
        .inner_join(editors::table)
        .filter(invitations::token_hash.eq(token_hash))
        .select((InvitationRow::as_select(), EditorRow::as_select()))
        .get_result(connection)
        .optional()
}

/// The links that were neither used nor taken back, be they expired, the newest first.
pub(super) fn open_invitations(connection: &mut DbConnection) -> QueryResult<Vec<InvitationRow>> {
    InvitationRow::query()
        .filter(invitations::used_at.is_null().and(invitations::withdrawn_at.is_null()))
        .order(invitations::id.desc())
        .load(connection)
}

/// Inserts a link.
pub(super) fn insert_invitation(
    connection: &mut DbConnection,
    new: &NewInvitation<'_>,
) -> QueryResult<()> {
    diesel::insert_into(invitations::table).values(new).execute(connection).map(drop)
}

/// Stores when a link was used.
pub(super) fn use_invitation(
    connection: &mut DbConnection,
    id: i32,
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(invitations::table.find(id))
        .set(invitations::used_at.eq(now))
        .execute(connection)
        .map(drop)
}

/// Takes back the links of an account that were not used; returns whether one of them had not expired.
pub(super) fn withdraw_invitations(
    connection: &mut DbConnection,
    editor_id: i32,
    now: NaiveDateTime,
) -> QueryResult<bool> {
    let open = invitations::editor_id
        .eq(editor_id)
        .and(invitations::used_at.is_null())
        .and(invitations::withdrawn_at.is_null());
    let live = invitations::table.filter(open.and(invitations::expires_at.gt(now)));
    let is_live = live.select(invitations::id).first::<i32>(connection).optional()?.is_some();
    diesel::update(invitations::table.filter(open))
        .set(invitations::withdrawn_at.eq(now))
        .execute(connection)?;
    Ok(is_live)
}

/// Changes the password of an account.
pub(super) fn set_password(connection: &mut DbConnection, id: i32, hash: &str) -> QueryResult<()> {
    diesel::update(editors::table.find(id))
        .set(editors::password_hash.eq(hash))
        .execute(connection)
        .map(drop)
}

/// The session with this token hash, and its editor.
pub(super) fn session(
    connection: &mut DbConnection,
    token_hash: &str,
) -> QueryResult<Option<(SessionRow, EditorRow)>> {
    sessions::table
        .inner_join(editors::table)
        .filter(sessions::token_hash.eq(token_hash))
        .select((SessionRow::as_select(), EditorRow::as_select()))
        .get_result(connection)
        .optional()
}

/// Inserts a session.
pub(super) fn insert_session(connection: &mut DbConnection, new: &SessionRow) -> QueryResult<()> {
    diesel::insert_into(sessions::table).values(new).execute(connection).map(drop)
}

/// Stores the time of a session's last use.
pub(super) fn touch_session(
    connection: &mut DbConnection,
    token_hash: &str,
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(sessions::table.find(token_hash))
        .set(sessions::seen_at.eq(now))
        .execute(connection)
        .map(drop)
}

/// Notes that somebody is here. If they were last here before a time, the visit that ended then was the last one.
pub(super) fn note_visit(
    connection: &mut DbConnection,
    editor_id: i32,
    (now, away_since): (NaiveDateTime, NaiveDateTime),
) -> QueryResult<()> {
    let was_away = editors::id.eq(editor_id).and(editors::seen_at.lt(away_since));
    diesel::update(editors::table.filter(was_away))
        .set(editors::last_visit_at.eq(editors::seen_at))
        .execute(connection)?;
    diesel::update(editors::table.find(editor_id))
        .set(editors::seen_at.eq(now))
        .execute(connection)
        .map(drop)
}

/// When the visit before this one ended.
pub(super) fn last_visit_at(
    connection: &mut DbConnection,
    login: &str,
) -> QueryResult<Option<NaiveDateTime>> {
    let found = editors::table.filter(editors::login.eq(login)).select(editors::last_visit_at);
    Ok(found.first::<Option<NaiveDateTime>>(connection).optional()?.flatten())
}

/// Deletes a session; `false` if there was none.
pub(super) fn delete_session(connection: &mut DbConnection, token_hash: &str) -> QueryResult<bool> {
    let deleted = diesel::delete(sessions::table.find(token_hash)).execute(connection)?;
    Ok(deleted == 1)
}

/// All sessions, unordered.
pub(super) fn sessions(connection: &mut DbConnection) -> QueryResult<Vec<SessionRow>> {
    SessionRow::query().load(connection)
}

/// The sessions of an account, the last used first.
pub(super) fn sessions_of(
    connection: &mut DbConnection,
    editor_id: i32,
) -> QueryResult<Vec<SessionRow>> {
    SessionRow::query()
        .filter(sessions::editor_id.eq(editor_id))
        .order((sessions::seen_at.desc(), sessions::created_at.desc()))
        .load(connection)
}

/// Deletes all sessions of an account; returns their number.
pub(super) fn delete_sessions_of(
    connection: &mut DbConnection,
    editor_id: i32,
) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::editor_id.eq(editor_id))).execute(connection)
}

/// Deletes the sessions begun or last used before the given times.
pub(super) fn delete_old_sessions(
    connection: &mut DbConnection,
    begun_before: NaiveDateTime,
    used_before: NaiveDateTime,
) -> QueryResult<()> {
    let old = sessions::created_at.lt(begun_before).or(sessions::seen_at.lt(used_before));
    diesel::delete(sessions::table.filter(old)).execute(connection).map(drop)
}

/// All tokens, unordered.
pub(super) fn tokens(connection: &mut DbConnection) -> QueryResult<Vec<TokenRow>> {
    TokenRow::query().load(connection)
}

/// The token with this id.
pub(super) fn token(connection: &mut DbConnection, id: i32) -> QueryResult<Option<TokenRow>> {
    TokenRow::query().find(id).get_result(connection).optional()
}

/// The token with this hash.
pub(super) fn token_by_hash(
    connection: &mut DbConnection,
    token_hash: &str,
) -> QueryResult<Option<TokenRow>> {
    TokenRow::query()
        .filter(api_tokens::token_hash.eq(token_hash))
        .get_result(connection)
        .optional()
}

/// Whether any token, revoked or not, has this name.
pub(super) fn is_token_name(connection: &mut DbConnection, name: &str) -> QueryResult<bool> {
    let with_name = api_tokens::table.filter(api_tokens::name.eq(name));
    with_name.select(api_tokens::id).first::<i32>(connection).optional().map(|id| id.is_some())
}

/// The login of whoever made the token with this name.
pub(super) fn maker_of_token(
    connection: &mut DbConnection,
    name: &str,
) -> QueryResult<Option<String>> {
    let with_name = api_tokens::table.filter(api_tokens::name.eq(name));
    with_name.select(api_tokens::created_by).first(connection).optional()
}

/// The names in addresses of the tracks that limit the editor with this login, `None` for each in the trash; none
/// of an owner.
pub(super) fn limits_of(
    connection: &mut DbConnection,
    login: &str,
) -> QueryResult<Vec<Option<String>>> {
    editor_tracks::table
        .inner_join(editors::table)
        .left_join(tracks::table.on(tracks::id.eq(editor_tracks::track_id)))
        .filter(editors::login.eq(login).and(editors::role.eq("editor")))
        .select(tracks::slug.nullable())
        .load(connection)
}

/// The tracks chosen for an account, be it an owner's.
pub(super) fn chosen_tracks(connection: &mut DbConnection, id: i32) -> QueryResult<Vec<i32>> {
    editor_tracks::table
        .filter(editor_tracks::editor_id.eq(id))
        .select(editor_tracks::track_id)
        .order(editor_tracks::track_id)
        .load(connection)
}

/// Chooses these tracks for an account and no others.
pub(super) fn choose_tracks(
    connection: &mut DbConnection,
    id: i32,
    track_ids: &BTreeSet<i32>,
) -> QueryResult<()> {
    let of_editor = editor_tracks::table.filter(editor_tracks::editor_id.eq(id));
    diesel::delete(of_editor).execute(connection)?;
    for track_id in track_ids {
        diesel::insert_into(editor_tracks::table)
            .values((editor_tracks::editor_id.eq(id), editor_tracks::track_id.eq(track_id)))
            .execute(connection)?;
    }
    Ok(())
}

/// The numbers and titles of all tracks, in order.
pub(super) fn track_titles(connection: &mut DbConnection) -> QueryResult<Vec<(i32, String)>> {
    tracks::table
        .select((tracks::id, tracks::title))
        .order((tracks::position, tracks::id))
        .load(connection)
}

/// The track of the profession that has this address or had it before.
pub(super) fn track_of_profession(
    connection: &mut DbConnection,
    slug: &str,
) -> QueryResult<Option<String>> {
    let present = profession::table.filter(profession::slug.eq(slug)).select(profession::track);
    if let Some(track) = present.first(connection).optional()? {
        return Ok(Some(track));
    }
    former_slugs::table
        .inner_join(profession::table)
        .filter(former_slugs::slug.eq(slug))
        .select(profession::track)
        .first(connection)
        .optional()
}

/// Inserts a token.
pub(super) fn insert_token(connection: &mut DbConnection, new: &NewToken<'_>) -> QueryResult<()> {
    diesel::insert_into(api_tokens::table).values(new).execute(connection).map(drop)
}

/// Revokes a token.
pub(super) fn revoke_token(
    connection: &mut DbConnection,
    id: i32,
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(api_tokens::table.find(id))
        .set(api_tokens::revoked_at.eq(now))
        .execute(connection)
        .map(drop)
}

/// Stores the time of a token's last use; `false` if it has been revoked.
pub(super) fn touch_token(
    connection: &mut DbConnection,
    id: i32,
    now: NaiveDateTime,
) -> QueryResult<bool> {
    let unrevoked = api_tokens::table.find(id).filter(api_tokens::revoked_at.is_null());
    let touched = diesel::update(unrevoked).set(api_tokens::used_at.eq(now)).execute(connection)?;
    Ok(touched == 1)
}

/// A secret of the site.
pub(super) fn secret(connection: &mut DbConnection, name: &str) -> QueryResult<Option<String>> {
    site_secrets::table.find(name).select(site_secrets::value).get_result(connection).optional()
}

/// Inserts a secret of the site.
pub(super) fn insert_secret(
    connection: &mut DbConnection,
    name: &str,
    value: &str,
) -> QueryResult<()> {
    diesel::insert_into(site_secrets::table)
        .values((site_secrets::name.eq(name), site_secrets::value.eq(value)))
        .execute(connection)
        .map(drop)
}

/// Deletes a secret of the site, if there is one.
pub(super) fn delete_secret(connection: &mut DbConnection, name: &str) -> QueryResult<()> {
    diesel::delete(site_secrets::table.find(name)).execute(connection).map(drop)
}
