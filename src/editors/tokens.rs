//! Tokens with which programs use the API.
//!
//! A token is shown once, to the owner who creates it; the database holds its hash. A revoked token
//! stays in the database, so that its name in revisions and in the log never means another program.

use std::cmp::Reverse;

use chrono::{NaiveDateTime, TimeDelta};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::models::{self, NewToken, TokenRow};
use super::reach::PROGRAM;
use super::secrets::{digest, random_token};
use super::service::{AccountError, Objection, lock_as_owner};
use crate::audit::service::{self as audit, Action, Actor};
use crate::clean::is_name;
use crate::db::{self, Database};
use crate::variants;

/// The lifetimes a token may have, in days.
pub const LIFETIMES: [i64; 3] = [30, 90, 365];
/// The prefix of every token, by which secret scanners and people recognise a leaked one.
const PREFIX: &str = "grades_";
/// The most characters of a token's name.
const MAX_NAME_LENGTH: usize = 60;
/// The most characters of a request that the log stores.
const MAX_LOGGED_REQUEST_LENGTH: usize = 200;

/// What a token permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Scope {
    /// Read the catalogue.
    Read,
    /// Read the catalogue and change it.
    Write,
}

/// A token as owners see it.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its number.
    pub id: i32,
    /// The name of the program that uses it.
    pub name: String,
    /// What it permits.
    pub scope: Scope,
    /// The login of the owner who created it.
    pub created_by: String,
    /// When it was created, in UTC.
    pub created_at: NaiveDateTime,
    /// When it expires, in UTC.
    pub expires_at: NaiveDateTime,
    /// When it was revoked, in UTC.
    pub revoked_at: Option<NaiveDateTime>,
    /// When it was last used, in UTC.
    pub used_at: Option<NaiveDateTime>,
}

/// A program authenticated by its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The number of the token.
    pub token_id: i32,
    /// The name of the program.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; Self::VARIANTS.len()] = variants::all(Self::VARIANTS);

    /// The name in the database and in forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The name on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Read => "чтение",
            Self::Write => "чтение и запись",
        }
    }

    /// The scope with this [`Self::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

impl Token {
    /// Whether it can be used at `now`: it is neither revoked nor expired.
    #[must_use]
    pub fn is_live(&self, now: NaiveDateTime) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

impl Program {
    /// The author that revisions and the log name.
    #[must_use]
    pub fn author(&self) -> String {
        format!("{PROGRAM}{}", self.name)
    }
}

impl From<TokenRow> for Token {
    fn from(row: TokenRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            // A check constraint allows no other name.
            scope: Scope::from_name(&row.scope).unwrap_or(Scope::Read),
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            used_at: row.used_at,
        }
    }
}

/// All tokens: live ones first, then by name.
///
/// # Errors
///
/// If the database does not answer.
pub fn all(database: &Database) -> Result<Vec<Token>, AccountError> {
    let rows = database.read(|connection| Ok::<_, AccountError>(models::tokens(connection)?))?;
    let mut tokens = rows.into_iter().map(Token::from).collect::<Vec<_>>();
    let now = db::now();
    // Sorted here because the collations of the databases differ.
    tokens.sort_by_cached_key(|token| {
        (Reverse(token.is_live(now)), token.name.to_lowercase(), token.id)
    });
    Ok(tokens)
}

/// Creates a token that lives for `days`, one of [`LIFETIMES`], and returns it: it can't be read
/// again afterwards. The name is not trimmed.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`Objection::InvalidTokenName`], [`Objection::TokenNameTaken`]; if
/// the database does not answer.
///
/// # Panics
///
/// If the expiry date is beyond the range of the calendar.
pub fn create(
    database: &Database,
    name: &str,
    scope: Scope,
    days: i64,
    by: &Actor,
) -> Result<String, AccountError> {
    let secret = format!("{PREFIX}{}", random_token()?);
    database.write(|connection| {
        lock_as_owner(connection, by)?;
        if !is_name(name, MAX_NAME_LENGTH) {
            return Err(Objection::InvalidTokenName.into());
        }
        if models::is_token_name(connection, name)? {
            return Err(Objection::TokenNameTaken.into());
        }
        let created_at = db::now();
        let new = NewToken {
            name,
            token_hash: &digest("api-token", &secret),
            scope: scope.name(),
            created_by: &by.login,
            created_at,
            expires_at: created_at + TimeDelta::days(days),
        };
        models::insert_token(connection, &new)?;
        audit::record(connection, by, Action::AddToken, name, scope.label())?;
        Ok(secret)
    })
}

/// Revokes a token; does nothing if it is revoked already.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`AccountError::NoSuchToken`]; if the database does not answer.
pub fn revoke(database: &Database, id: i32, by: &Actor) -> Result<(), AccountError> {
    database.write(|connection| {
        lock_as_owner(connection, by)?;
        let row = models::token(connection, id)?.ok_or(AccountError::NoSuchToken)?;
        if row.revoked_at.is_some() {
            return Ok(());
        }
        models::revoke_token(connection, id, db::now())?;
        Ok(audit::record(connection, by, Action::RevokeToken, &row.name, "")?)
    })
}

/// The program whose token `secret` is; `None` if there is no such token or it is not live. The use
/// is logged in the same transaction; `request` is the method and path without the query.
///
/// # Errors
///
/// If the database does not answer, or the use can't be logged.
pub fn authenticate(
    database: &Database,
    secret: &str,
    request: &str,
    address: &str,
) -> Result<Option<Program>, AccountError> {
    let token_hash = digest("api-token", secret);
    // A plain read: requests with unknown tokens must not queue for the write lock.
    let found = database.read_committed(|connection| {
        Ok::<_, AccountError>(models::token_by_hash(connection, &token_hash)?)
    })?;
    let now = db::now();
    let Some(token) = found.map(Token::from).filter(|token| token.is_live(now)) else {
        return Ok(None);
    };
    let program = Program { token_id: token.id, name: token.name, scope: token.scope };
    let by = Actor { login: program.author(), address: address.to_owned() };
    let object = request.chars().take(MAX_LOGGED_REQUEST_LENGTH).collect::<String>();
    database.write(|connection| {
        // It may have been revoked after the read.
        if !models::touch_token(connection, program.token_id, now)? {
            return Ok(None);
        }
        audit::record(connection, &by, Action::UseToken, &object, "")?;
        Ok(Some(program))
    })
}
