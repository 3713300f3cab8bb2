//! Accounts of editors: making, listing, disabling, roles and passwords.

use chrono::NaiveDateTime;

use super::browsers::forget_setup_token;
use super::{AccountError, Browser, Editor, Objection, Role};
use crate::audit::service::{self as audit, Action, Actor};
use crate::db::{self, Database, DbConnection};
use crate::editors::models::{self, EditorRow, NewEditor};
use crate::editors::password;

/// An account as owners see it.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its number.
    pub id: i32,
    /// The name to sign in with.
    pub login: String,
    /// What its editor may do.
    pub role: Role,
    /// When it was created, in UTC.
    pub created_at: NaiveDateTime,
    /// When it was disabled, in UTC.
    pub disabled_at: Option<NaiveDateTime>,
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

/// All accounts, by login.
///
/// # Errors
///
/// If the database does not answer.
pub fn accounts(database: &Database) -> Result<Vec<Account>, AccountError> {
    let rows = database.read(|connection| Ok::<_, AccountError>(models::editors(connection)?))?;
    let mut accounts = rows.into_iter().map(Account::from).collect::<Vec<_>>();
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
    database.read(|connection| find(connection, id)).map(Account::from)
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
        insert(connection, login, &hash, role, &Actor::default(), "командная строка")
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
        insert(connection, login, &hash, Role::Owner, &by, "первый владелец")
    })
}

/// Creates an account on behalf of an owner. Idempotent: a repeated request with the same login,
/// password and role succeeds.
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
            lock_as_owner(connection, by)?;
            insert(connection, login, &hash, role, by, role.label()).map(drop)
        })
    });
    match added {
        Err(AccountError::Refused(all)) if all == [Objection::LoginTaken] => {
            let existing = database
                .read(|connection| Ok::<_, AccountError>(models::editor(connection, login)?))?;
            let is_same = |row: EditorRow| {
                Role::of(&row) == role
                    && row.disabled_at.is_none()
                    && password::matches(password, &row.password_hash)
            };
            if existing.is_some_and(is_same) { Ok(()) } else { Err(AccountError::Refused(all)) }
        }
        added => added,
    }
}

/// Disables an account and ends its sessions; does nothing if it is disabled already.
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

/// Changes the password of an account and ends its sessions.
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
    let hash = password::hash(password)?;
    database.write(|connection| {
        lock_as_owner(connection, by)?;
        let row = find(connection, id)?;
        models::set_password(connection, id, &hash)?;
        models::delete_sessions_of(connection, id)?;
        Ok(audit::record(connection, by, Action::ChangePassword, &row.login, "")?)
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

fn insert(
    connection: &mut DbConnection,
    login: &str,
    password_hash: &str,
    role: Role,
    by: &Actor,
    detail: &str,
) -> Result<Editor, AccountError> {
    // The login may have been taken after the check.
    if models::editor(connection, login)?.is_some() {
        return Err(Objection::LoginTaken.into());
    }
    let created_at = db::now();
    let new = NewEditor { login, password_hash, role: role.name(), created_at };
    models::insert_editor(connection, &new)?;
    forget_setup_token(connection)?;
    audit::record(connection, by, Action::AddEditor, login, detail)?;
    Ok(Editor { login: login.to_owned(), role })
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

/// Refuses a change that would leave no enabled owner.
fn refuse_last_owner(connection: &mut DbConnection, row: &EditorRow) -> Result<(), AccountError> {
    let counts = Role::of(row) == Role::Owner && row.disabled_at.is_none();
    if counts && models::count_enabled(connection, Role::Owner.name())? <= 1 {
        return Err(Objection::LastOwner.into());
    }
    Ok(())
}

fn find(connection: &mut DbConnection, id: i32) -> Result<EditorRow, AccountError> {
    models::editor_by_id(connection, id)?.ok_or(AccountError::NoSuchEditor)
}

pub(super) fn is_valid_login(text: &str) -> bool {
    (2..=40).contains(&text.chars().count())
        && text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_'))
}
