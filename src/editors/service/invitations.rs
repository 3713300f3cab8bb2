//! Links by which editors set their own passwords, so that nobody else knows them.
//!
//! A link is shown once, to the owner who makes it; the database holds its digest. It works once and for some
//! days, and an account has one at a time.

use chrono::{NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use secrecy::{ExposeSecret as _, SecretString};

use super::accounts::{self, New, find, lock_as_owner};
use super::naming::{checked_name, is_valid_login};
use super::sessions::begin;
use super::{AccountError, Browser, NewSession, Objection, Role};
use crate::audit::service::{self as audit, Action, Actor};
use crate::db::{self, Database, DbConnection};
use crate::editors::models::{self, EditorRow, InvitationRow};
use crate::editors::password;
use crate::editors::secrets::{digest, random_token};
use crate::russian;

/// How many days a link works.
pub const INVITATION_DAYS: i64 = 7;
/// What the digests of links are for.
const PURPOSE: &str = "invitation";

/// A link that has just been made.
#[derive(Debug)]
pub struct NewInvitation {
    /// The number of the account.
    pub id: i32,
    /// Whose password it sets.
    pub login: String,
    /// The secret part of its address.
    pub token: SecretString,
    /// Until when it works, in UTC.
    pub until: NaiveDateTime,
}

/// Who opens a link.
#[derive(Clone, Debug)]
pub struct Invited {
    /// Whose password it sets.
    pub login: String,
    /// What its editor is called; may be empty.
    pub name: String,
    /// What its editor may do.
    pub role: Role,
    /// Until when it works, in UTC.
    pub until: NaiveDateTime,
}

/// Makes an account without a password, and a link by which its editor sets one. Repeated, it makes the
/// link anew, as long as the account was made the same and nobody has used the link.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`Objection::InvalidLogin`], [`Objection::LoginTaken`],
/// [`Objection::InvalidName`]; if the database does not answer.
pub fn invite(
    database: &Database,
    (login, name): (&str, &str),
    role: Role,
    by: &Actor,
) -> Result<NewInvitation, AccountError> {
    let token = SecretString::from(random_token()?);
    database.write(|connection| {
        lock_as_owner(connection, by)?;
        let mut objections = Vec::new();
        if !is_valid_login(login) {
            objections.push(Objection::InvalidLogin);
        }
        let name = checked_name(name).unwrap_or_else(|objection| {
            objections.push(objection);
            String::new()
        });
        let existing = models::editor(connection, login)?;
        let is_repeated = |row: &EditorRow| {
            row.login == login
                && row.display_name == name
                && Role::of(row) == role
                && row.password_hash.is_empty()
                && row.disabled_at.is_none()
        };
        if existing.as_ref().is_some_and(|row| !is_repeated(row)) {
            objections.push(Objection::LoginTaken);
        }
        if !objections.is_empty() {
            return Err(AccountError::Refused(objections));
        }
        if existing.is_none() {
            let new = New { login, name: &name, password_hash: "", role };
            accounts::insert(connection, &new, by, role.label())?;
        }
        let row = models::editor(connection, login)?.ok_or(AccountError::NoSuchEditor)?;
        make(connection, &row, token.clone(), by)
    })
}

/// Makes the link of an account without a password anew; the one before works no more.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`AccountError::NoSuchEditor`], [`AccountError::Disabled`],
/// [`Objection::PasswordSet`]; if the database does not answer.
pub fn renew_invitation(
    database: &Database,
    id: i32,
    by: &Actor,
) -> Result<NewInvitation, AccountError> {
    let token = SecretString::from(random_token()?);
    database.write(|connection| {
        lock_as_owner(connection, by)?;
        let row = find(connection, id)?;
        if !row.password_hash.is_empty() {
            return Err(Objection::PasswordSet.into());
        }
        make(connection, &row, token.clone(), by)
    })
}

/// Takes the password of an account away, ends its sessions, and makes a link by which its editor sets
/// another one.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`AccountError::NoSuchEditor`], [`AccountError::Disabled`]; if the
/// database does not answer.
pub fn reset_password(
    database: &Database,
    id: i32,
    by: &Actor,
) -> Result<NewInvitation, AccountError> {
    let token = SecretString::from(random_token()?);
    database.write(|connection| {
        lock_as_owner(connection, by)?;
        let row = find(connection, id)?;
        if row.disabled_at.is_some() {
            return Err(AccountError::Disabled);
        }
        if !row.password_hash.is_empty() {
            models::set_password(connection, id, "")?;
            models::delete_sessions_of(connection, id)?;
            audit::record(connection, by, Action::ResetPassword, &row.login, "")?;
        }
        make(connection, &row, token.clone(), by)
    })
}

/// Takes the link of an account back; does nothing if there is none.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`AccountError::NoSuchEditor`]; if the database does not answer.
pub fn withdraw_invitation(database: &Database, id: i32, by: &Actor) -> Result<(), AccountError> {
    database.write(|connection| {
        lock_as_owner(connection, by)?;
        let row = find(connection, id)?;
        if models::withdraw_invitations(connection, id, db::now())? {
            audit::record(connection, by, Action::WithdrawInvitation, &row.login, "")?;
        }
        Ok(())
    })
}

/// Whose password the link with this secret sets.
///
/// # Errors
///
/// [`AccountError::NoSuchInvitation`], [`AccountError::InvitationUsed`],
/// [`AccountError::InvitationWithdrawn`], [`AccountError::InvitationExpired`]; if the database does not
/// answer.
pub fn invited(database: &Database, token: &str) -> Result<Invited, AccountError> {
    let (invitation, row) = database.read(|connection| open(connection, token))?;
    Ok(Invited {
        role: Role::of(&row),
        login: row.login,
        name: row.display_name,
        until: invitation.expires_at,
    })
}

/// Sets the password of the account that the link with this secret belongs to, typed twice, and signs in. The
/// link works no more.
///
/// # Errors
///
/// [`Objection::WeakPassword`], [`Objection::PasswordsDiffer`]; as [`invited`].
pub fn accept_invitation(
    database: &Database,
    token: &str,
    (password, repeated): (&str, &str),
    browser: &Browser,
) -> Result<NewSession, AccountError> {
    let login = invited(database, token)?.login;
    let mut objections = Vec::new();
    objections.extend(password::check(password, &login).err().map(Objection::from));
    if password != repeated {
        objections.push(Objection::PasswordsDiffer);
    }
    if !objections.is_empty() {
        return Err(AccountError::Refused(objections));
    }
    let hash = password::hash(password)?;
    let by = Actor { login, address: browser.address.clone() };
    database.write(|connection| {
        models::lock_accounts(connection)?;
        let (invitation, row) = open(connection, token)?;
        models::use_invitation(connection, invitation.id, db::now())?;
        models::set_password(connection, row.id, &hash)?;
        models::delete_sessions_of(connection, row.id)?;
        audit::record(connection, &by, Action::AcceptInvitation, &row.login, "")?;
        begin(connection, row, browser, &by)
    })
}

/// The link with this secret and its account, if it still sets a password.
fn open(
    connection: &mut DbConnection,
    token: &str,
) -> Result<(InvitationRow, EditorRow), AccountError> {
    let found = models::invitation(connection, &digest(PURPOSE, token))?;
    let (invitation, row) = found.ok_or(AccountError::NoSuchInvitation)?;
    if invitation.used_at.is_some() {
        Err(AccountError::InvitationUsed)
    } else if invitation.withdrawn_at.is_some() || row.disabled_at.is_some() {
        Err(AccountError::InvitationWithdrawn)
    } else if invitation.expires_at <= db::now() {
        Err(AccountError::InvitationExpired)
    } else {
        Ok((invitation, row))
    }
}

/// Makes the only link of an account that works. The caller holds the lock on accounts.
fn make(
    connection: &mut DbConnection,
    row: &EditorRow,
    token: SecretString,
    by: &Actor,
) -> Result<NewInvitation, AccountError> {
    if row.disabled_at.is_some() {
        return Err(AccountError::Disabled);
    }
    let now = db::now();
    let until = now + TimeDelta::days(INVITATION_DAYS);
    models::withdraw_invitations(connection, row.id, now)?;
    let new = models::NewInvitation {
        editor_id: row.id,
        token_hash: &digest(PURPOSE, token.expose_secret()),
        created_at: now,
        expires_at: until,
    };
    models::insert_invitation(connection, &new)?;
    let detail = format!("действует до {}", russian::stamp(until, Tz::UTC));
    audit::record(connection, by, Action::MakeInvitation, &row.login, &detail)?;
    Ok(NewInvitation { id: row.id, login: row.login.clone(), token, until })
}
