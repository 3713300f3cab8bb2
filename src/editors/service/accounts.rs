//! Accounts of editors: making, listing, naming, disabling, roles and sessions.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::browsers::forget_setup_token;
use super::naming::{checked_name, is_valid_login};
use super::sessions::open_sessions;
use super::{AccountError, Browser, Editor, Objection, Role};
use crate::audit::service::{self as audit, Action, Actor};
use crate::db::{self, Database, DbConnection};
use crate::editors::models::{self, EditorRow, InvitationRow, NewEditor, SessionRow};
use crate::editors::password;

/// An account as owners see it.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its number.
    pub id: i32,
    /// The name to sign in with.
    pub login: String,
    /// What its editor is called beside it; may be empty.
    pub name: String,
    /// What its editor may do.
    pub role: Role,
    /// Whether its editor has a password.
    pub has_password: bool,
    /// Until when the link works that sets a password, in UTC, be it over; `None` if there is none.
    pub invited_until: Option<NaiveDateTime>,
    /// The sessions that are open.
    pub sessions: usize,
    /// When one of them was last used, in UTC.
    pub seen_at: Option<NaiveDateTime>,
    /// When it was created, in UTC.
    pub created_at: NaiveDateTime,
    /// When it was disabled, in UTC.
    pub disabled_at: Option<NaiveDateTime>,
}

impl Account {
    /// Whether the link that sets a password works at `now`.
    #[must_use]
    pub fn is_invited(&self, now: NaiveDateTime) -> bool {
        self.disabled_at.is_none() && self.invited_until.is_some_and(|until| now < until)
    }

    fn of(row: EditorRow, invitations: &[InvitationRow], sessions: &[SessionRow]) -> Self {
        let invitation = invitations.iter().find(|invitation| invitation.editor_id == row.id);
        let sessions = sessions.iter().filter(|session| session.editor_id == row.id);
        Self {
            id: row.id,
            role: Role::of(&row),
            has_password: !row.password_hash.is_empty(),
            invited_until: invitation.map(|invitation| invitation.expires_at),
            sessions: sessions.clone().count(),
            seen_at: sessions.map(|session| session.seen_at).max(),
            login: row.login,
            name: row.display_name,
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
    database.read_committed(|connection| Ok(models::any_editor(connection)?))
}

/// All accounts, by login.
///
/// # Errors
///
/// If the database does not answer.
pub fn accounts(database: &Database) -> Result<Vec<Account>, AccountError> {
    let mut accounts = database.read(|connection| {
        let rows = models::editors(connection)?;
        let (invitations, sessions) =
            (models::open_invitations(connection)?, open_sessions(connection)?);
        let account = |row| Account::of(row, &invitations, &sessions);
        Ok::<_, AccountError>(rows.into_iter().map(account).collect::<Vec<_>>())
    })?;
    // Sorted here because the collations of the databases differ.
    accounts.sort_by_cached_key(|account| (account.login.to_lowercase(), account.id));
    Ok(accounts)
}

/// The account with this number.
///
/// # Errors
///
/// [`AccountError::NoSuchEditor`]; if the database does not answer.
pub fn account(database: &Database, id: i32) -> Result<Account, AccountError> {
    database.read(|connection| {
        let row = find(connection, id)?;
        let (invitations, sessions) =
            (models::open_invitations(connection)?, open_sessions(connection)?);
        Ok(Account::of(row, &invitations, &sessions))
    })
}

/// What editors are called, by login; who is called nothing else is left out.
///
/// # Errors
///
/// If the database does not answer.
pub fn names(database: &Database) -> Result<BTreeMap<String, String>, AccountError> {
    database
        .read_committed(|connection| Ok(models::display_names(connection)?.into_iter().collect()))
}

/// Creates an account from the command line.
///
/// # Errors
///
/// If the login is taken or invalid, or the password is weak.
pub fn create(
    database: &Database,
    login: &str,
    password: &str,
    role: Role,
) -> Result<Editor, AccountError> {
    let hash = checked_hash(database, login, password)?;
    database.write(|connection| {
        models::lock_accounts(connection)?;
        let new = New { login, name: "", password_hash: &hash, role };
        insert(connection, &new, &Actor::default(), "командная строка")
    })
}

/// Creates the first account, an owner.
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
        let new = New { login, name: "", password_hash: &hash, role: Role::Owner };
        insert(connection, &new, &by, "первый владелец")
    })
}

/// Disables an account, ends its sessions and takes its links back; does nothing if it is disabled already.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`AccountError::NoSuchEditor`], [`Objection::LastOwner`]; if the
/// database does not answer.
pub fn disable(database: &Database, id: i32, by: &Actor) -> Result<(), AccountError> {
    database.write(|connection| {
        lock_as_owner(connection, by)?;
        let row = find(connection, id)?;
        if row.disabled_at.is_some() {
            return Ok(());
        }
        refuse_last_owner(connection, &row)?;
        models::set_disabled(connection, id, Some(db::now()))?;
        models::delete_sessions_of(connection, id)?;
        models::withdraw_invitations(connection, id, db::now())?;
        Ok(audit::record(connection, by, Action::DisableEditor, &row.login, "")?)
    })
}

/// Enables a disabled account; does nothing if it is enabled already.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`AccountError::NoSuchEditor`]; if the database does not answer.
pub fn enable(database: &Database, id: i32, by: &Actor) -> Result<(), AccountError> {
    database.write(|connection| {
        lock_as_owner(connection, by)?;
        let row = find(connection, id)?;
        if row.disabled_at.is_none() {
            return Ok(());
        }
        models::set_disabled(connection, id, None)?;
        Ok(audit::record(connection, by, Action::EnableEditor, &row.login, "")?)
    })
}

/// Changes the role of an account.
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
        lock_as_owner(connection, by)?;
        let row = find(connection, id)?;
        let before = Role::of(&row);
        if before == role {
            return Ok(());
        }
        refuse_last_owner(connection, &row)?;
        models::set_role(connection, id, role.name())?;
        let detail = format!("{} → {}", before.label(), role.label());
        Ok(audit::record(connection, by, Action::ChangeRole, &row.login, &detail)?)
    })
}

/// Changes what an editor is called, on behalf of an owner. Spaces in the name are folded.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`AccountError::NoSuchEditor`], [`Objection::InvalidName`]; if the
/// database does not answer.
pub fn rename(database: &Database, id: i32, name: &str, by: &Actor) -> Result<(), AccountError> {
    database.write(|connection| {
        lock_as_owner(connection, by)?;
        let row = find(connection, id)?;
        set_name(connection, &row, name, by)
    })
}

/// Changes what the editor who asks is called; as [`rename`].
///
/// # Errors
///
/// [`Objection::InvalidName`], [`AccountError::SessionOver`]; if the database does not answer.
pub fn rename_self(database: &Database, name: &str, by: &Actor) -> Result<(), AccountError> {
    database.write(|connection| {
        models::lock_accounts(connection)?;
        let row = models::editor(connection, &by.login)?.ok_or(AccountError::SessionOver)?;
        set_name(connection, &row, name, by)
    })
}

/// Ends all sessions of an account, on behalf of an owner; returns their number.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`AccountError::NoSuchEditor`]; if the database does not answer.
pub fn end_sessions_of(database: &Database, id: i32, by: &Actor) -> Result<usize, AccountError> {
    database.write(|connection| {
        lock_as_owner(connection, by)?;
        let row = find(connection, id)?;
        let ended = models::delete_sessions_of(connection, id)?;
        if ended > 0 {
            audit::record(connection, by, Action::EndAllSessions, &row.login, "")?;
        }
        Ok(ended)
    })
}

/// Checks login and password of a new account and hashes the password.
fn checked_hash(database: &Database, login: &str, password: &str) -> Result<String, AccountError> {
    let mut objections = Vec::new();
    if !is_valid_login(login) {
        objections.push(Objection::InvalidLogin);
    } else if database
        .read(|connection| Ok::<_, AccountError>(models::editor(connection, login)?))?
        .is_some()
    {
        objections.push(Objection::LoginTaken);
    }
    objections.extend(password::check(password, login).err().map(Objection::from));
    if objections.is_empty() {
        Ok(password::hash(password)?)
    } else {
        Err(AccountError::Refused(objections))
    }
}

/// An account to be made.
pub(super) struct New<'a> {
    pub login: &'a str,
    pub name: &'a str,
    /// Empty if there is no password yet.
    pub password_hash: &'a str,
    pub role: Role,
}

/// Makes an account. The caller holds the lock on accounts.
pub(super) fn insert(
    connection: &mut DbConnection,
    new: &New<'_>,
    by: &Actor,
    detail: &str,
) -> Result<Editor, AccountError> {
    let New { login, name, password_hash, role } = *new;
    // The login may have been taken after the check.
    if models::editor(connection, login)?.is_some() {
        return Err(Objection::LoginTaken.into());
    }
    let row = NewEditor {
        login,
        password_hash,
        role: role.name(),
        created_at: db::now(),
        display_name: name,
    };
    models::insert_editor(connection, &row)?;
    forget_setup_token(connection)?;
    audit::record(connection, by, Action::AddEditor, login, detail)?;
    Ok(Editor { login: login.to_owned(), name: name.to_owned(), role })
}

fn set_name(
    connection: &mut DbConnection,
    row: &EditorRow,
    name: &str,
    by: &Actor,
) -> Result<(), AccountError> {
    let name = checked_name(name)?;
    if name == row.display_name {
        return Ok(());
    }
    models::set_display_name(connection, row.id, &name)?;
    let before = if row.display_name.is_empty() { "нет" } else { &row.display_name };
    let after = if name.is_empty() { "нет" } else { &name };
    let detail = format!("{before} → {after}");
    Ok(audit::record(connection, by, Action::ChangeName, &row.login, &detail)?)
}

/// Locks the accounts for a change that only an owner may make, and checks that `by` still is one:
/// the role may have changed since the request was authorised.
pub(in crate::editors) fn lock_as_owner(
    connection: &mut DbConnection,
    by: &Actor,
) -> Result<(), AccountError> {
    models::lock_accounts(connection)?;
    match models::editor(connection, &by.login)? {
        Some(row) if Role::of(&row) == Role::Owner && row.disabled_at.is_none() => Ok(()),
        _ => Err(AccountError::NotOwner),
    }
}

/// Refuses a change that would leave no owner who can sign in.
fn refuse_last_owner(connection: &mut DbConnection, row: &EditorRow) -> Result<(), AccountError> {
    let is_able = row.disabled_at.is_none() && !row.password_hash.is_empty();
    let counts = Role::of(row) == Role::Owner && is_able;
    if counts && models::count_able(connection, Role::Owner.name())? <= 1 {
        return Err(Objection::LastOwner.into());
    }
    Ok(())
}

pub(super) fn find(connection: &mut DbConnection, id: i32) -> Result<EditorRow, AccountError> {
    models::editor_by_id(connection, id)?.ok_or(AccountError::NoSuchEditor)
}
