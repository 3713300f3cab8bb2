//! What the site recognises a browser by beside its session: that somebody signed in with it before, and
//! that it knows the address where the first owner is made.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::AccountError;
use crate::db::{Database, DbConnection};
use crate::editors::models;
use crate::editors::secrets::{digest, is_signed, random_token, signed_token};

/// The name of the key that signs cookies.
const SIGNING_KEY: &str = "signing-key";
/// The name of the secret part of the address where the first owner is made.
const SETUP: &str = "setup";
/// What a session's token is signed as.
const SESSION: &str = "session";

/// A browser in which somebody signed in before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Whose it is.
    pub login: String,
    /// Its name; not secret.
    pub id: String,
}

/// The browser that this cookie was given to; `None` if the cookie is none of ours.
///
/// # Errors
///
/// If the database does not answer.
pub fn device(database: &Database, cookie: &str) -> Result<Option<Device>, AccountError> {
    let Some((login, token)) = cookie.split_once('.') else { return Ok(None) };
    let Ok(login) = percent_decode_str(login).decode_utf8() else { return Ok(None) };
    let key = database.read(|connection| signing_key(connection))?;
    let is_ours = key.is_some_and(|key| is_signed(&key, &about_device(&login), token));
    Ok(is_ours.then(|| Device { login: login.into_owned(), id: digest("device", token) }))
}

/// Whether a token is of a session there was once, or is.
///
/// # Errors
///
/// If the database does not answer.
pub fn was_session(database: &Database, token: &str) -> Result<bool, AccountError> {
    database.read(|connection| {
        let is_signed = signing_key(connection)?.is_some_and(|key| is_signed(&key, SESSION, token));
        // The row may be from before tokens were signed.
        Ok(is_signed || models::session(connection, &digest("session", token))?.is_some())
    })
}

/// The secret part of the address where the first owner is made, the same for every instance of the
/// site; `None` if there is an editor.
///
/// # Errors
///
/// If the database does not answer, or no secret can be made.
pub fn setup_token(database: &Database) -> Result<Option<String>, AccountError> {
    database.write(|connection| {
        models::lock_accounts(connection)?;
        if models::any_editor(connection)? {
            return Ok(None);
        }
        kept(connection, SETUP).map(Some)
    })
}

/// Whether this is the [`setup_token`], and there is still no editor.
///
/// # Errors
///
/// If the database does not answer.
pub fn is_setup_token(database: &Database, token: &str) -> Result<bool, AccountError> {
    let kept =
        database.read(|connection| Ok::<_, AccountError>(models::secret(connection, SETUP)?))?;
    // Digests are compared, so that how long it takes says nothing.
    Ok(kept.is_some_and(|kept| digest(SETUP, &kept) == digest(SETUP, token)))
}

/// Forgets the [`setup_token`], in the transaction that makes an editor.
pub(super) fn forget_setup_token(connection: &mut DbConnection) -> Result<(), AccountError> {
    Ok(models::delete_secret(connection, SETUP)?)
}

/// A token for a session that begins, and the cookie for its browser.
pub(super) fn tokens(
    connection: &mut DbConnection,
    login: &str,
) -> Result<(String, String), AccountError> {
    let key = kept(connection, SIGNING_KEY)?;
    let login_part = utf8_percent_encode(login, NON_ALPHANUMERIC);
    let device = signed_token(&key, &about_device(login))?;
    Ok((signed_token(&key, SESSION)?, format!("{login_part}.{device}")))
}

fn about_device(login: &str) -> String {
    format!("device of {login}")
}

fn signing_key(connection: &mut DbConnection) -> Result<Option<String>, AccountError> {
    Ok(models::secret(connection, SIGNING_KEY)?)
}

/// A secret of the site; made if there is none. The caller holds the lock on accounts, so that two
/// instances make one.
fn kept(connection: &mut DbConnection, name: &str) -> Result<String, AccountError> {
    if let Some(value) = models::secret(connection, name)? {
        return Ok(value);
    }
    let value = random_token()?;
    models::insert_secret(connection, name, &value)?;
    Ok(value)
}
