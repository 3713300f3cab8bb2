//! Every operation on accounts and sessions.

use std::fmt::Write as _;
use std::sync::LazyLock;

use chrono::{TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::models::{self, EditorRow, NewEditor, SessionRow};
use super::password;
pub use super::password::WeakPassword;
use crate::db::{self, Database, DbConnection};

/// A session ends this long after it began.
pub const LONGEST_SESSION: TimeDelta = TimeDelta::days(7);
/// A session ends this long after its last use.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(12);
/// The last use is noted no oftener than this, so that reading seldom writes.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// What an editor may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything an editor may, and manage editors.
    Owner,
    /// Change texts.
    Editor,
}

/// Somebody who may change the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    /// The name signed in with; stands beside each revision.
    pub login: String,
    /// What the editor may do.
    pub role: Role,
}

/// A browser that has just been signed in.
#[derive(Debug)]
pub struct NewSession {
    /// The secret the browser keeps.
    pub token: String,
    /// Whose session it is.
    pub editor: Editor,
}

/// Why an account was not made or not let in.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The login has other characters than letters, digits, dots, hyphens and underscores, or
    /// not 2 to 40 of them.
    #[error("a login has 2 to 40 letters, digits, dots, hyphens and underscores")]
    InvalidLogin,
    /// Another account has this login.
    #[error("the login is taken")]
    LoginTaken,
    /// The password is not accepted.
    #[error(transparent)]
    WeakPassword(#[from] WeakPassword),
    /// Login or password is wrong; which of them is not told.
    #[error("wrong login or password")]
    WrongCredentials,
    /// There is an editor already, so that nobody can be made the first one.
    #[error("there is an editor already")]
    NotFirst,
    /// No connection came free in time, or the database does not answer.
    #[error("no connection to the database: {0}")]
    Unavailable(#[from] r2d2::Error),
    /// The database refused a query.
    #[error("query failed: {0}")]
    Query(#[from] diesel::result::Error),
    /// The system gave no random numbers, or the password could not be hashed.
    #[error("no secret could be made: {0}")]
    NoSecret(String),
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Editor => "editor",
        }
    }
}

impl From<EditorRow> for Editor {
    fn from(row: EditorRow) -> Self {
        // The database lets in no third name.
        let role = if row.role == Role::Owner.name() { Role::Owner } else { Role::Editor };
        Self { login: row.login, role }
    }
}

/// Whether there is any editor.
///
/// # Errors
///
/// If the database does not answer.
pub fn any_exists(database: &Database) -> Result<bool, AccountError> {
    database.read(|connection| Ok(models::any_editor(connection)?))
}

/// Makes an account.
///
/// # Errors
///
/// If the login is taken or can't be one, or the password is weak.
pub fn create(
    database: &Database,
    login: &str,
    password: &str,
    role: Role,
) -> Result<Editor, AccountError> {
    let hash = checked_hash(login, password)?;
    database.write(|connection| insert(connection, login, &hash, role))
}

/// Makes the first account, an owner.
///
/// # Errors
///
/// As [`create`]; [`AccountError::NotFirst`] if there is an editor.
pub fn create_first(
    database: &Database,
    login: &str,
    password: &str,
) -> Result<Editor, AccountError> {
    let hash = checked_hash(login, password)?;
    database.write(|connection| {
        if models::any_editor(connection)? {
            return Err(AccountError::NotFirst);
        }
        insert(connection, login, &hash, Role::Owner)
    })
}

/// Begins a session. Takes as long for an unknown login as for a wrong password.
///
/// # Errors
///
/// [`AccountError::WrongCredentials`]; if the database does not answer.
pub fn sign_in(
    database: &Database,
    login: &str,
    password: &str,
) -> Result<NewSession, AccountError> {
    static NOBODY: LazyLock<String> =
        LazyLock::new(|| password::hash("nobody has this password").unwrap_or_default());

    let row: Option<EditorRow> = if is_login(login) {
        database.read(|connection| Ok::<_, AccountError>(models::editor(connection, login)?))?
    } else {
        None
    };
    // Longer passwords are never right, and hashing them would only tie up the server.
    let tried = if password.chars().count() > password::LONGEST { "" } else { password };
    let hash = row.as_ref().map_or(NOBODY.as_str(), |row| row.password_hash.as_str());
    let right = password::matches(tried, hash);
    let Some(row) = row.filter(|_| right) else {
        return Err(AccountError::WrongCredentials);
    };
    let token = random_token()?;
    let now = db::now();
    database.write(|connection| {
        models::delete_old_sessions(connection, now - LONGEST_SESSION, now - LONGEST_PAUSE)?;
        let token_hash = digest("session", &token);
        let editor_id = row.id;
        let new = SessionRow { token_hash, editor_id, created_at: now, seen_at: now };
        models::insert_session(connection, &new)?;
        Ok::<_, AccountError>(())
    })?;
    Ok(NewSession { token, editor: row.into() })
}

/// Whose session a token belongs to, if the session is not over.
///
/// # Errors
///
/// If the database does not answer.
pub fn signed_in(database: &Database, token: &str) -> Result<Option<Editor>, AccountError> {
    let token_hash = digest("session", token);
    let found = database
        .read(|connection| Ok::<_, AccountError>(models::session(connection, &token_hash)?))?;
    let now = Utc::now().naive_utc();
    let live = found.filter(|(session, _)| {
        now - session.created_at < LONGEST_SESSION && now - session.seen_at < LONGEST_PAUSE
    });
    let Some((session, editor)) = live else { return Ok(None) };
    if now - session.seen_at > NOTED_EVERY {
        let now = db::now();
        database.write(|connection| {
            Ok::<_, AccountError>(models::touch_session(connection, &token_hash, now)?)
        })?;
    }
    Ok(Some(editor.into()))
}

/// Ends the session of a token.
///
/// # Errors
///
/// If the database does not answer.
pub fn sign_out(database: &Database, token: &str) -> Result<(), AccountError> {
    let token_hash = digest("session", token);
    database.write(|connection| Ok(models::delete_session(connection, &token_hash)?))
}

/// The secret that forms of a session carry, so that no other site can send them.
#[must_use]
pub fn form_token(session_token: &str) -> String {
    digest("form", session_token)
}

/// 256 random bits in hexadecimal digits.
///
/// # Errors
///
/// If the system gives none.
pub fn random_token() -> Result<String, AccountError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| AccountError::NoSecret(error.to_string()))?;
    Ok(hex(&bytes))
}

fn checked_hash(login: &str, password: &str) -> Result<String, AccountError> {
    if !is_login(login) {
        return Err(AccountError::InvalidLogin);
    }
    password::check(password, login)?;
    password::hash(password).map_err(|error| AccountError::NoSecret(error.to_string()))
}

fn insert(
    connection: &mut DbConnection,
    login: &str,
    password_hash: &str,
    role: Role,
) -> Result<Editor, AccountError> {
    if models::editor(connection, login)?.is_some() {
        return Err(AccountError::LoginTaken);
    }
    let created_at = db::now();
    let new = NewEditor { login, password_hash, role: role.name(), created_at };
    models::insert_editor(connection, &new)?;
    Ok(Editor { login: login.to_owned(), role })
}

fn is_login(text: &str) -> bool {
    (2..=40).contains(&text.chars().count())
        && text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_'))
}

/// A digest that can't be turned back; one token gives another for each purpose.
fn digest(purpose: &str, token: &str) -> String {
    hex(&Sha256::digest(format!("{purpose}:{token}")))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut digits, byte| {
        // Writing to a String does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}
