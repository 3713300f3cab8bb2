//! Tokens by which programs are let in to the API.
//!
//! A token is shown once, to the owner who makes it, and kept as a hash. A revoked one stays, so
//! that its name in revisions and in the log never means another program.

use std::cmp::Reverse;

use chrono::{NaiveDateTime, TimeDelta};

use super::models::{self, NewToken, TokenRow};
use super::service::{AccountError, Objection, begin_change, digest, random_token};
use crate::audit::service::{self as audit, Action, Actor};
use crate::db::{self, Database};

/// How many days a token may be made for.
pub const LIFETIMES: [i64; 3] = [30, 90, 365];
/// What every token begins with, so that one that got out is known for what it is.
const PREFIX: &str = "grades_";
/// Characters of a token's name.
const LONGEST_NAME: usize = 60;
/// Characters of a request that the log keeps.
const LONGEST_REQUEST: usize = 200;

/// What a token lets a program do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// What the program is called that has it.
    pub name: String,
    /// What it lets the program do.
    pub scope: Scope,
    /// The login of the owner who made it.
    pub created_by: String,
    /// When it was made, in UTC.
    pub created_at: NaiveDateTime,
    /// When it ends, in UTC.
    pub expires_at: NaiveDateTime,
    /// Since when it lets nobody in, in UTC.
    pub revoked_at: Option<NaiveDateTime>,
    /// When it was last used, in UTC.
    pub used_at: Option<NaiveDateTime>,
}

/// A program that sent a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The number of the token.
    pub token_id: i32,
    /// What the program is called.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 2] = [Self::Read, Self::Write];

    /// The name in the database and in forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// The name on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Read => "чтение",
            Self::Write => "чтение и запись",
        }
    }

    /// The scope with a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl Token {
    /// Whether it can be used at a time: it is neither revoked nor expired.
    #[must_use]
    pub fn is_live(&self, now: NaiveDateTime) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

impl Program {
    /// What stands for the program in revisions and in the log; no login has a colon.
    #[must_use]
    pub fn author(&self) -> String {
        format!("API: {}", self.name)
    }
}

impl From<TokenRow> for Token {
    fn from(row: TokenRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            // The database lets in no third name.
            scope: Scope::from_name(&row.scope).unwrap_or(Scope::Read),
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            used_at: row.used_at,
        }
    }
}

/// Every token: those that can be used first, then by name.
///
/// # Errors
///
/// If the database does not answer.
pub fn all(database: &Database) -> Result<Vec<Token>, AccountError> {
    let rows = database.read(|connection| Ok::<_, AccountError>(models::tokens(connection)?))?;
    let mut tokens = rows.into_iter().map(Token::from).collect::<Vec<_>>();
    let now = db::now();
    // Databases differ in how they order letters.
    tokens.sort_by_cached_key(|token| {
        (Reverse(token.is_live(now)), token.name.to_lowercase(), token.id)
    });
    Ok(tokens)
}

/// Makes a token for as many days, one of [`LIFETIMES`], and returns it: nobody can learn it
/// afterwards. The name is taken as it is, with the spaces around it.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`Objection::InvalidTokenName`], [`Objection::TokenNameTaken`]; if
/// the database does not answer.
///
/// # Panics
///
/// If the calendar does not reach so many days ahead.
pub fn create(
    database: &Database,
    name: &str,
    scope: Scope,
    days: i64,
    by: &Actor,
) -> Result<String, AccountError> {
    let secret = format!("{PREFIX}{}", random_token()?);
    database.write(|connection| {
        begin_change(connection, by)?;
        if !is_name(name) {
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

/// Revokes a token; one that is revoked stays so.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`AccountError::NoSuchToken`]; if the database does not answer.
pub fn revoke(database: &Database, id: i32, by: &Actor) -> Result<(), AccountError> {
    database.write(|connection| {
        begin_change(connection, by)?;
        let row = models::token(connection, id)?.ok_or(AccountError::NoSuchToken)?;
        if row.revoked_at.is_some() {
            return Ok(());
        }
        models::revoke_token(connection, id, db::now())?;
        Ok(audit::record(connection, by, Action::RevokeToken, &row.name, "")?)
    })
}

/// Whose token a secret is, if it can be used. The use stands in the log before the program is
/// known to be let in; `request` is its method and path, without parameters.
///
/// # Errors
///
/// If the database does not answer, or the use can't be written down.
pub fn authenticate(
    database: &Database,
    secret: &str,
    request: &str,
    address: &str,
) -> Result<Option<Program>, AccountError> {
    let token_hash = digest("api-token", secret);
    // An unknown token must not hold up those who write.
    let found = database.read(|connection| {
        Ok::<_, AccountError>(models::token_by_hash(connection, &token_hash)?)
    })?;
    let now = db::now();
    let Some(token) = found.map(Token::from).filter(|token| token.is_live(now)) else {
        return Ok(None);
    };
    let program = Program { token_id: token.id, name: token.name, scope: token.scope };
    let by = Actor { login: program.author(), address: address.to_owned() };
    let object = request.chars().take(LONGEST_REQUEST).collect::<String>();
    database.write(|connection| {
        // An owner may have revoked it since it was read.
        if !models::touch_token(connection, program.token_id, now)? {
            return Ok(None);
        }
        audit::record(connection, &by, Action::UseToken, &object, "")?;
        Ok(Some(program))
    })
}

fn is_name(text: &str) -> bool {
    (1..=LONGEST_NAME).contains(&text.chars().count()) && !text.contains(char::is_control)
}
