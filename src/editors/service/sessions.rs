//! Sessions: signing in and out, and the password of one's own account.

use std::sync::LazyLock;

use chrono::{NaiveDateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};

use super::naming::is_valid_login;
use super::{AccountError, Browser, Editor, Objection, browsers};
use crate::audit::service::{self as audit, Action, Actor};
use crate::db::{self, Database, DbConnection};
use crate::editors::models::{self, EditorRow, SessionRow};
use crate::editors::password;
use crate::editors::secrets::digest;

/// How long a session can be used.
pub const SESSION_LIFETIME: TimeDelta = TimeDelta::days(7);
/// How long a session can be left unused.
const IDLE_TIMEOUT: TimeDelta = TimeDelta::hours(12);
/// The last use is stored at most this often, so that reading pages seldom writes.
const TOUCH_INTERVAL: TimeDelta = TimeDelta::minutes(1);
/// Who has not been here for so long begins another visit.
const AWAY: TimeDelta = TimeDelta::hours(1);
/// The digits of a session's hash that form its public name: too few to reveal the hash, enough to
/// tell one editor's sessions apart.
const NAME_LENGTH: usize = 16;

/// A session that has just begun.
#[derive(Debug)]
pub struct NewSession {
    /// The secret for the cookie.
    pub token: SecretString,
    /// The cookie by which [`super::CookieKey::device`] recognises the browser later on.
    pub device: SecretString,
    /// Whose session it is.
    pub editor: Editor,
}

/// A session as its editor sees it.
#[derive(Clone, Debug)]
pub struct Session {
    /// The name for [`end_session`]; not secret.
    pub name: String,
    /// When it began, in UTC.
    pub created_at: NaiveDateTime,
    /// When it was last used, in UTC.
    pub seen_at: NaiveDateTime,
    /// The `User-Agent` at sign-in; may be empty.
    pub user_agent: String,
    /// Whether it is the session of this request.
    pub is_current: bool,
}

/// Signs in. An unknown login takes as long to refuse as a wrong password.
///
/// # Errors
///
/// [`AccountError::WrongCredentials`]; if the database does not answer.
pub fn sign_in(
    database: &Database,
    login: &str,
    password: &str,
    browser: &Browser,
) -> Result<NewSession, AccountError> {
    static NOBODY: LazyLock<String> =
        LazyLock::new(|| password::hash("nobody has this password").unwrap_or_default());

    let row: Option<EditorRow> = if is_valid_login(login) {
        database.read(|connection| Ok::<_, AccountError>(models::editor(connection, login)?))?
    } else {
        None
    };
    // An account without a password takes as long to refuse as any other.
    let hash = row.as_ref().map(|row| row.password_hash.as_str()).filter(|hash| !hash.is_empty());
    let hash = hash.unwrap_or(NOBODY.as_str());
    let is_right = password::matches(password, hash);
    let mut by = Actor { address: browser.address.clone(), ..Actor::default() };
    let session = database.write(|connection| {
        models::lock_accounts(connection)?;
        let known = match &row {
            Some(row) if is_right => reread(connection, row)?,
            _ => None,
        };
        let Some(known) = known else {
            // An unknown login is not logged: it may be a password typed into the wrong field.
            let detail = if row.is_some() { "" } else { "неизвестный логин" };
            by.login = row.map(|row| row.login).unwrap_or_default();
            by.address.clone_from(&browser.network);
            audit::sum_up(connection, &by, Action::FailedSignIn, detail)?;
            return Ok::<_, AccountError>(None);
        };
        by.login.clone_from(&known.login);
        begin(connection, known, browser, &by).map(Some)
    })?;
    session.ok_or(AccountError::WrongCredentials)
}

/// The editor of the session with this token, unless the session has ended.
///
/// # Errors
///
/// If the database does not answer.
pub fn signed_in(database: &Database, token: &str) -> Result<Option<Editor>, AccountError> {
    let token_hash = digest("session", token);
    let found = database.read_committed(|connection| {
        Ok::<_, AccountError>(models::session(connection, &token_hash)?)
    })?;
    let now = Utc::now().naive_utc();
    let live =
        found.filter(|(session, editor)| editor.disabled_at.is_none() && is_live(session, now));
    let Some((session, editor)) = live else { return Ok(None) };
    if now - session.seen_at > TOUCH_INTERVAL {
        let now = db::now();
        let touched = database.write(|connection| {
            models::touch_session(connection, &token_hash, now)?;
            Ok::<_, AccountError>(models::note_visit(connection, editor.id, (now, now - AWAY))?)
        });
        // Pages stay readable while the database refuses writes.
        if let Err(error) = touched {
            log::warn!("the last use of a session was not stored: {error}");
        }
    }
    Ok(Some(editor.into()))
}

/// When somebody's visit before this one ended, in UTC; `None` if this is the first one.
///
/// # Errors
///
/// If the database does not answer.
pub fn last_visit_at(
    database: &Database,
    login: &str,
) -> Result<Option<NaiveDateTime>, AccountError> {
    database.read_committed(|connection| Ok(models::last_visit_at(connection, login)?))
}

/// All sessions of the editor whose session has this token, the last used first.
///
/// # Errors
///
/// If the database does not answer.
pub fn sessions(database: &Database, token: &str) -> Result<Vec<Session>, AccountError> {
    let token_hash = digest("session", token);
    let rows = database.read(|connection| match models::session(connection, &token_hash)? {
        Some((_, editor)) => Ok(models::sessions_of(connection, editor.id)?),
        None => Err(AccountError::SessionOver),
    })?;
    let now = Utc::now().naive_utc();
    let live = rows.into_iter().filter(|row| is_live(row, now));
    let session = |row: SessionRow| Session {
        name: session_name(&row).to_owned(),
        created_at: row.created_at,
        seen_at: row.seen_at,
        is_current: row.token_hash == token_hash,
        user_agent: row.user_agent,
    };
    Ok(live.map(session).collect())
}

/// Ends the session with this [`Session::name`] of the editor whose session has this token; does
/// nothing if it has ended already. Returns whether it was the session of the token itself.
///
/// # Errors
///
/// If the database does not answer.
pub fn end_session(
    database: &Database,
    token: &str,
    name: &str,
    by: &Actor,
) -> Result<bool, AccountError> {
    let token_hash = digest("session", token);
    database.write(|connection| {
        let (_, editor) =
            models::session(connection, &token_hash)?.ok_or(AccountError::SessionOver)?;
        let rows = models::sessions_of(connection, editor.id)?;
        let Some(ended) = rows.into_iter().find(|row| session_name(row) == name) else {
            return Ok(false);
        };
        let is_current = ended.token_hash == token_hash;
        let action = if is_current { Action::SignOut } else { Action::EndSession };
        if models::delete_session(connection, &ended.token_hash)? {
            audit::record(connection, by, action, "", &ended.user_agent)?;
        }
        Ok(is_current)
    })
}

/// Ends all sessions of the editor whose session has this token, this one too.
///
/// # Errors
///
/// [`AccountError::SessionOver`]; if the database does not answer.
pub fn end_all_sessions(database: &Database, token: &str, by: &Actor) -> Result<(), AccountError> {
    let token_hash = digest("session", token);
    database.write(|connection| {
        let (_, editor) =
            models::session(connection, &token_hash)?.ok_or(AccountError::SessionOver)?;
        models::delete_sessions_of(connection, editor.id)?;
        Ok(audit::record(connection, by, Action::EndAllSessions, &editor.login, "")?)
    })
}

/// Ends the session with this token.
///
/// # Errors
///
/// If the database does not answer.
pub fn sign_out(database: &Database, token: &str, by: &Actor) -> Result<(), AccountError> {
    let token_hash = digest("session", token);
    database.write(|connection| {
        if models::delete_session(connection, &token_hash)? {
            audit::record(connection, by, Action::SignOut, "", "")?;
        }
        Ok(())
    })
}

/// Changes the password of the editor whose session has this token, ends all sessions of the editor
/// and begins a new one.
///
/// # Errors
///
/// [`Objection::WrongPassword`], [`Objection::WeakPassword`], [`AccountError::SessionOver`]; if
/// the database does not answer.
pub fn change_own_password(
    database: &Database,
    token: &str,
    current: &str,
    new: &str,
    browser: &Browser,
) -> Result<NewSession, AccountError> {
    let found = database.read(|connection| {
        Ok::<_, AccountError>(models::session(connection, &digest("session", token))?)
    })?;
    let (_, read) = found.ok_or(AccountError::SessionOver)?;
    let by = Actor { login: read.login.clone(), address: browser.address.clone() };
    let mut objections = Vec::new();
    if !password::matches(current, &read.password_hash) {
        objections.push(Objection::WrongPassword);
        database.write(|connection| {
            let (detail, by) =
                ("смена пароля", Actor { address: browser.network.clone(), ..by.clone() });
            Ok::<_, AccountError>(audit::sum_up(connection, &by, Action::FailedSignIn, detail)?)
        })?;
    }
    objections.extend(password::check(new, &read.login).err().map(Objection::from));
    if !objections.is_empty() {
        return Err(AccountError::Refused(objections));
    }
    let hash = password::hash(new)?;
    database.write(|connection| {
        models::lock_accounts(connection)?;
        let row = reread(connection, &read)?.ok_or(AccountError::SessionOver)?;
        models::set_password(connection, row.id, &hash)?;
        models::delete_sessions_of(connection, row.id)?;
        let (token, device) = browsers::tokens(connection, &row.login)?;
        insert_session(connection, &row, token.expose_secret(), browser)?;
        audit::record(connection, &by, Action::ChangePassword, &row.login, "")?;
        Ok(NewSession { token, device, editor: row.into() })
    })
}

/// The token that a session's forms carry against cross-site requests.
#[must_use]
pub fn form_token(session_token: &str) -> String {
    digest("form", session_token)
}

/// The account again, unless it was disabled or its password was changed after `read`.
fn reread(
    connection: &mut DbConnection,
    read: &EditorRow,
) -> Result<Option<EditorRow>, AccountError> {
    let row = models::editor_by_id(connection, read.id)?;
    Ok(row.filter(|row| row.disabled_at.is_none() && row.password_hash == read.password_hash))
}

/// Begins a session. The caller holds the lock on accounts.
pub(super) fn begin(
    connection: &mut DbConnection,
    row: EditorRow,
    browser: &Browser,
    by: &Actor,
) -> Result<NewSession, AccountError> {
    let now = db::now();
    let (token, device) = browsers::tokens(connection, &row.login)?;
    models::delete_old_sessions(connection, now - SESSION_LIFETIME, now - IDLE_TIMEOUT)?;
    insert_session(connection, &row, token.expose_secret(), browser)?;
    models::note_visit(connection, row.id, (now, now - AWAY))?;
    audit::record(connection, by, Action::SignIn, "", &browser.user_agent)?;
    Ok(NewSession { token, device, editor: row.into() })
}

/// The sessions of everybody that have not ended, unordered.
pub(super) fn open_sessions(
    connection: &mut DbConnection,
) -> Result<Vec<SessionRow>, AccountError> {
    let now = Utc::now().naive_utc();
    let mut rows = models::sessions(connection)?;
    rows.retain(|row| is_live(row, now));
    Ok(rows)
}

fn insert_session(
    connection: &mut DbConnection,
    editor: &EditorRow,
    token: &str,
    browser: &Browser,
) -> Result<(), AccountError> {
    let now = db::now();
    let new = SessionRow {
        token_hash: digest("session", token),
        editor_id: editor.id,
        created_at: now,
        seen_at: now,
        user_agent: browser.user_agent.clone(),
    };
    Ok(models::insert_session(connection, &new)?)
}

fn is_live(session: &SessionRow, now: NaiveDateTime) -> bool {
    now - session.created_at < SESSION_LIFETIME && now - session.seen_at < IDLE_TIMEOUT
}

fn session_name(session: &SessionRow) -> &str {
    &session.token_hash[..NAME_LENGTH]
}
