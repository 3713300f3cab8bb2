//! Every operation on accounts and sessions.

use std::fmt::Write as _;
use std::sync::LazyLock;

use chrono::{NaiveDateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::models::{self, EditorRow, NewEditor, SessionRow};
use super::password;
pub use super::password::WeakPassword;
use crate::audit::service::{self as audit, Action, Actor};
use crate::db::{self, Database, DbConnection};
use crate::error::{AppError, Missing};
use crate::fields::Fields;

/// A session ends this long after it began.
pub const LONGEST_SESSION: TimeDelta = TimeDelta::days(7);
/// A session ends this long after its last use.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(12);
/// The last use is noted no oftener than this, so that reading seldom writes.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);
/// Digits of a session's hash that name it in forms: too few to find anything by, enough to tell
/// one editor's sessions apart.
const SESSION_NAME: usize = 16;

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

/// An account as owners see it.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its number.
    pub id: i32,
    /// The name signed in with.
    pub login: String,
    /// What its editor may do.
    pub role: Role,
    /// When it was made, in UTC.
    pub created_at: NaiveDateTime,
    /// Since when nobody can sign in to it, in UTC.
    pub disabled_at: Option<NaiveDateTime>,
}

/// What is known of a browser that sends a request.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// The network address the request came from.
    pub address: String,
    /// What the browser calls itself; may be empty.
    pub user_agent: String,
}

/// A browser that has just been signed in.
#[derive(Debug)]
pub struct NewSession {
    /// The secret the browser keeps.
    pub token: String,
    /// Whose session it is.
    pub editor: Editor,
}

/// A browser that is signed in, as its editor sees it.
#[derive(Clone, Debug)]
pub struct Session {
    /// The name by which [`end_session`] knows it; no secret.
    pub name: String,
    /// When it began, in UTC.
    pub created_at: NaiveDateTime,
    /// When it was last used, in UTC.
    pub seen_at: NaiveDateTime,
    /// What the browser called itself; may be empty.
    pub user_agent: String,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// Why something typed, or a change, is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
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
    /// The present password is another one.
    #[error("wrong password")]
    WrongPassword,
    /// No owner would be left who can sign in.
    #[error("the last owner can be neither disabled nor made an editor")]
    LastOwner,
    /// The name of a token is empty, too long or has control characters.
    #[error("the name of a token has 1 to 60 characters, none of them a control character")]
    InvalidTokenName,
    /// Another token has this name or had it before it was revoked.
    #[error("the name is taken by another token")]
    TokenNameTaken,
}

/// Why an account was not made, changed or let in.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Everything that is wrong with what was typed.
    #[error("{}", in_one_line(.0))]
    Refused(Vec<Objection>),
    /// Login or password is wrong, or the account is disabled; which of them is not told.
    #[error("wrong login or password")]
    WrongCredentials,
    /// There is an editor already, so that nobody can be made the first one.
    #[error("there is an editor already")]
    NotFirst,
    /// Only an owner may do this.
    #[error("only an owner may do this")]
    NotOwner,
    /// No account has this number.
    #[error("no such editor")]
    NoSuchEditor,
    /// No token has this number.
    #[error("no such token")]
    NoSuchToken,
    /// The session that asks is over.
    #[error("the session is over")]
    SessionOver,
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

fn in_one_line(objections: &[Objection]) -> String {
    objections.iter().map(Objection::to_string).collect::<Vec<_>>().join("; ")
}

impl From<Objection> for AccountError {
    fn from(objection: Objection) -> Self {
        Self::Refused(vec![objection])
    }
}

impl From<AccountError> for AppError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::NotOwner => Self::OwnersOnly,
            AccountError::NoSuchEditor => Self::NotFound(Missing {
                sentence: "Такого редактора нет.".into(),
                way_on: "/admin/editors".into(),
                way_on_title: "Все редакторы".into(),
            }),
            AccountError::NoSuchToken => Self::NotFound(Missing {
                sentence: "Такого ключа нет.".into(),
                way_on: "/admin/tokens".into(),
                way_on_title: "Все ключи".into(),
            }),
            AccountError::SessionOver => {
                Self::SignedOut { to: "/admin".into(), typed: Fields::default() }
            }
            AccountError::Unavailable(_) => Self::Unavailable(error.into()),
            AccountError::Query(ref query) if db::is_passing(query) => {
                Self::Unavailable(error.into())
            }
            // Forms catch the others and show them beside their fields.
            _ => Self::Internal(error.into()),
        }
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 2] = [Self::Editor, Self::Owner];

    /// The name in the database and in forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Editor => "editor",
        }
    }

    /// The name on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Owner => "владелец",
            Self::Editor => "редактор",
        }
    }

    /// The role with a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// The role in a row: the database lets in no third name.
    fn of(row: &EditorRow) -> Self {
        Self::from_name(&row.role).unwrap_or(Self::Editor)
    }
}

impl From<EditorRow> for Editor {
    fn from(row: EditorRow) -> Self {
        Self { role: Role::of(&row), login: row.login }
    }
}

impl From<EditorRow> for Account {
    fn from(row: EditorRow) -> Self {
        Self {
            id: row.id,
            role: Role::of(&row),
            login: row.login,
            created_at: row.created_at,
            disabled_at: row.disabled_at,
        }
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

/// Every account, by login.
///
/// # Errors
///
/// If the database does not answer.
pub fn accounts(database: &Database) -> Result<Vec<Account>, AccountError> {
    let rows = database.read(|connection| Ok::<_, AccountError>(models::editors(connection)?))?;
    let mut accounts = rows.into_iter().map(Account::from).collect::<Vec<_>>();
    // Databases differ in how they order letters.
    accounts.sort_by_cached_key(|account| (account.login.to_lowercase(), account.id));
    Ok(accounts)
}

/// The account with a number.
///
/// # Errors
///
/// [`AccountError::NoSuchEditor`]; if the database does not answer.
pub fn account(database: &Database, id: i32) -> Result<Account, AccountError> {
    database.read(|connection| find(connection, id)).map(Account::from)
}

/// Makes an account from the command line.
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
    let hash = checked_hash(database, login, password)?;
    database.write(|connection| {
        models::lock_accounts(connection)?;
        insert(connection, login, &hash, role, &Actor::default(), "командная строка")
    })
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
    browser: &Browser,
) -> Result<Editor, AccountError> {
    let hash = checked_hash(database, login, password)?;
    let by = Actor { login: login.to_owned(), address: browser.address.clone() };
    database.write(|connection| {
        models::lock_accounts(connection)?;
        if models::any_editor(connection)? {
            return Err(AccountError::NotFirst);
        }
        insert(connection, login, &hash, Role::Owner, &by, "первый владелец")
    })
}

/// Makes an account for an owner. Sent twice, it makes one.
///
/// # Errors
///
/// As [`create`]; [`AccountError::NotOwner`].
pub fn add(
    database: &Database,
    login: &str,
    password: &str,
    role: Role,
    by: &Actor,
) -> Result<(), AccountError> {
    let added = checked_hash(database, login, password).and_then(|hash| {
        database.write(|connection| {
            begin_change(connection, by)?;
            insert(connection, login, &hash, role, by, role.label()).map(drop)
        })
    });
    match added {
        Err(AccountError::Refused(all)) if all == [Objection::LoginTaken] => {
            let there = database
                .read(|connection| Ok::<_, AccountError>(models::editor(connection, login)?))?;
            let is_same = |row: EditorRow| {
                Role::of(&row) == role
                    && row.disabled_at.is_none()
                    && is_password(password, &row.password_hash)
            };
            if there.is_some_and(is_same) { Ok(()) } else { Err(AccountError::Refused(all)) }
        }
        added => added,
    }
}

/// Disables an account and ends its sessions; one that is disabled stays so.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`AccountError::NoSuchEditor`], [`Objection::LastOwner`]; if the
/// database does not answer.
pub fn disable(database: &Database, id: i32, by: &Actor) -> Result<(), AccountError> {
    database.write(|connection| {
        begin_change(connection, by)?;
        let row = find(connection, id)?;
        if row.disabled_at.is_some() {
            return Ok(());
        }
        keep_an_owner(connection, &row)?;
        models::set_disabled(connection, id, Some(db::now()))?;
        models::delete_sessions_of(connection, id)?;
        Ok(audit::record(connection, by, Action::DisableEditor, &row.login, "")?)
    })
}

/// Enables a disabled account; one that is enabled stays so.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`AccountError::NoSuchEditor`]; if the database does not answer.
pub fn enable(database: &Database, id: i32, by: &Actor) -> Result<(), AccountError> {
    database.write(|connection| {
        begin_change(connection, by)?;
        let row = find(connection, id)?;
        if row.disabled_at.is_none() {
            return Ok(());
        }
        models::set_disabled(connection, id, None)?;
        Ok(audit::record(connection, by, Action::EnableEditor, &row.login, "")?)
    })
}

/// Gives an account another role.
///
/// # Errors
///
/// As [`disable`].
pub fn change_role(
    database: &Database,
    id: i32,
    role: Role,
    by: &Actor,
) -> Result<(), AccountError> {
    database.write(|connection| {
        begin_change(connection, by)?;
        let row = find(connection, id)?;
        let before = Role::of(&row);
        if before == role {
            return Ok(());
        }
        keep_an_owner(connection, &row)?;
        models::set_role(connection, id, role.name())?;
        let detail = format!("{} → {}", before.label(), role.label());
        Ok(audit::record(connection, by, Action::ChangeRole, &row.login, &detail)?)
    })
}

/// Gives an account another password and ends its sessions.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`AccountError::NoSuchEditor`], [`Objection::WeakPassword`]; if
/// the database does not answer.
pub fn set_password(
    database: &Database,
    id: i32,
    password: &str,
    by: &Actor,
) -> Result<(), AccountError> {
    let account = account(database, id)?;
    password::check(password, &account.login).map_err(Objection::from)?;
    let hash = hash(password)?;
    database.write(|connection| {
        begin_change(connection, by)?;
        let row = find(connection, id)?;
        models::set_password(connection, id, &hash)?;
        models::delete_sessions_of(connection, id)?;
        Ok(audit::record(connection, by, Action::ChangePassword, &row.login, "")?)
    })
}

/// Changes the password of whoever's session a token belongs to, ends every session of theirs and
/// begins one in place of this.
///
/// # Errors
///
/// [`Objection::WrongPassword`], [`Objection::WeakPassword`], [`AccountError::SessionOver`]; if
/// the database does not answer.
pub fn change_own_password(
    database: &Database,
    token: &str,
    present: &str,
    wanted: &str,
    browser: &Browser,
) -> Result<NewSession, AccountError> {
    let found = database.read(|connection| {
        Ok::<_, AccountError>(models::session(connection, &digest("session", token))?)
    })?;
    let (_, read) = found.ok_or(AccountError::SessionOver)?;
    let by = Actor { login: read.login.clone(), address: browser.address.clone() };
    let mut objections = Vec::new();
    if !is_password(present, &read.password_hash) {
        objections.push(Objection::WrongPassword);
        database.write(|connection| {
            let detail = "смена пароля";
            Ok::<_, AccountError>(audit::record(connection, &by, Action::FailedSignIn, "", detail)?)
        })?;
    }
    objections.extend(password::check(wanted, &read.login).err().map(Objection::from));
    if !objections.is_empty() {
        return Err(AccountError::Refused(objections));
    }
    let (hash, token) = (hash(wanted)?, random_token()?);
    database.write(|connection| {
        models::lock_accounts(connection)?;
        let row = still_let_in(connection, &read)?.ok_or(AccountError::SessionOver)?;
        models::set_password(connection, row.id, &hash)?;
        models::delete_sessions_of(connection, row.id)?;
        insert_session(connection, &row, &token, browser)?;
        audit::record(connection, &by, Action::ChangePassword, &row.login, "")?;
        Ok(NewSession { token, editor: row.into() })
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
    browser: &Browser,
) -> Result<NewSession, AccountError> {
    static NOBODY: LazyLock<String> =
        LazyLock::new(|| password::hash("nobody has this password").unwrap_or_default());

    let row: Option<EditorRow> = if is_login(login) {
        database.read(|connection| Ok::<_, AccountError>(models::editor(connection, login)?))?
    } else {
        None
    };
    let hash = row.as_ref().map_or(NOBODY.as_str(), |row| row.password_hash.as_str());
    let right = is_password(password, hash);
    let token = random_token()?;
    let now = db::now();
    let mut by = Actor { address: browser.address.clone(), ..Actor::default() };
    let editor = database.write(|connection| {
        models::lock_accounts(connection)?;
        let known = match &row {
            Some(row) if right => still_let_in(connection, row)?,
            _ => None,
        };
        let Some(known) = known else {
            // Somebody may have typed the password in place of the login.
            let detail = if row.is_some() { "" } else { "неизвестный логин" };
            by.login = row.map(|row| row.login).unwrap_or_default();
            audit::record(connection, &by, Action::FailedSignIn, "", detail)?;
            return Ok::<_, AccountError>(None);
        };
        models::delete_old_sessions(connection, now - LONGEST_SESSION, now - LONGEST_PAUSE)?;
        insert_session(connection, &known, &token, browser)?;
        by.login.clone_from(&known.login);
        audit::record(connection, &by, Action::SignIn, "", &browser.user_agent)?;
        Ok(Some(Editor::from(known)))
    })?;
    match editor {
        Some(editor) => Ok(NewSession { token, editor }),
        None => Err(AccountError::WrongCredentials),
    }
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
    let live =
        found.filter(|(session, editor)| editor.disabled_at.is_none() && is_live(session, now));
    let Some((session, editor)) = live else { return Ok(None) };
    if now - session.seen_at > NOTED_EVERY {
        let now = db::now();
        let noted = database.write(|connection| {
            Ok::<_, AccountError>(models::touch_session(connection, &token_hash, now)?)
        });
        // While nothing can be written, pages are still to be read.
        if let Err(error) = noted {
            log::warn!("the use of a session was not noted: {error}");
        }
    }
    Ok(Some(editor.into()))
}

/// Every session of whoever's session a token belongs to, the last used first.
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
        is_this: row.token_hash == token_hash,
        user_agent: row.user_agent,
    };
    Ok(live.map(session).collect())
}

/// Ends a session of whoever's session a token belongs to, by its name; one that is over stays
/// so. Tells whether it was the session of the token itself.
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
        let is_this = ended.token_hash == token_hash;
        let action = if is_this { Action::SignOut } else { Action::EndSession };
        if models::delete_session(connection, &ended.token_hash)? {
            audit::record(connection, by, action, "", &ended.user_agent)?;
        }
        Ok(is_this)
    })
}

/// Ends the session of a token.
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

/// The hash of a new account's password, unless there is anything against login or password.
fn checked_hash(database: &Database, login: &str, password: &str) -> Result<String, AccountError> {
    let mut objections = Vec::new();
    if !is_login(login) {
        objections.push(Objection::InvalidLogin);
    } else if database
        .read(|connection| Ok::<_, AccountError>(models::editor(connection, login)?))?
        .is_some()
    {
        objections.push(Objection::LoginTaken);
    }
    objections.extend(password::check(password, login).err().map(Objection::from));
    if objections.is_empty() { hash(password) } else { Err(AccountError::Refused(objections)) }
}

fn hash(password: &str) -> Result<String, AccountError> {
    password::hash(password).map_err(|error| AccountError::NoSecret(error.to_string()))
}

fn is_password(typed: &str, hash: &str) -> bool {
    // Longer passwords are never right, and hashing them would only tie up the server.
    let tried = if typed.chars().count() > password::LONGEST { "" } else { typed };
    password::matches(tried, hash)
}

fn insert(
    connection: &mut DbConnection,
    login: &str,
    password_hash: &str,
    role: Role,
    by: &Actor,
    detail: &str,
) -> Result<Editor, AccountError> {
    // Somebody may have taken the login since it was checked.
    if models::editor(connection, login)?.is_some() {
        return Err(Objection::LoginTaken.into());
    }
    let created_at = db::now();
    let new = NewEditor { login, password_hash, role: role.name(), created_at };
    models::insert_editor(connection, &new)?;
    audit::record(connection, by, Action::AddEditor, login, detail)?;
    Ok(Editor { login: login.to_owned(), role })
}

/// Begins a change that only an owner may make. Whoever was one when the request came may not be
/// one any more.
pub(super) fn begin_change(connection: &mut DbConnection, by: &Actor) -> Result<(), AccountError> {
    models::lock_accounts(connection)?;
    match models::editor(connection, &by.login)? {
        Some(row) if Role::of(&row) == Role::Owner && row.disabled_at.is_none() => Ok(()),
        _ => Err(AccountError::NotOwner),
    }
}

/// Refuses to take the last owner away.
fn keep_an_owner(connection: &mut DbConnection, row: &EditorRow) -> Result<(), AccountError> {
    let counts = Role::of(row) == Role::Owner && row.disabled_at.is_none();
    if counts && models::count_enabled(connection, Role::Owner.name())? <= 1 {
        return Err(Objection::LastOwner.into());
    }
    Ok(())
}

/// The account as it is now, unless it has been disabled or given another password since it was
/// read.
fn still_let_in(
    connection: &mut DbConnection,
    read: &EditorRow,
) -> Result<Option<EditorRow>, AccountError> {
    let row = models::editor_by_id(connection, read.id)?;
    Ok(row.filter(|row| row.disabled_at.is_none() && row.password_hash == read.password_hash))
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

fn find(connection: &mut DbConnection, id: i32) -> Result<EditorRow, AccountError> {
    models::editor_by_id(connection, id)?.ok_or(AccountError::NoSuchEditor)
}

fn is_live(session: &SessionRow, now: NaiveDateTime) -> bool {
    now - session.created_at < LONGEST_SESSION && now - session.seen_at < LONGEST_PAUSE
}

fn session_name(session: &SessionRow) -> &str {
    &session.token_hash[..SESSION_NAME]
}

fn is_login(text: &str) -> bool {
    (2..=40).contains(&text.chars().count())
        && text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_'))
}

/// A digest that can't be turned back; one token gives another for each purpose.
pub(super) fn digest(purpose: &str, token: &str) -> String {
    hex(&Sha256::digest(format!("{purpose}:{token}")))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut digits, byte| {
        // Writing to a String does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}
