//! What the site recognises a browser by beside its session: that somebody signed in with it before, and
//! that it knows the address where the first owner is made.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use secrecy::{ExposeSecret as _, SecretString};

use super::AccountError;
use crate::db::{Database, DbConnection};
use crate::editors::models;
use crate::editors::secrets::{digest, is_seal, is_signed, random_token, seal, signed_token};

/// The name of the key that signs cookies.
const SIGNING_KEY: &str = "signing-key";
/// The name of the secret part of the address where the first owner is made.
const SETUP: &str = "setup";
/// What stands before the signature of the fields of a form, as one more field.
const SEALED: &str = "&sealed=";
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

/// The key by which cookies of ours are recognised without asking the database.
#[derive(Clone)]
pub struct CookieKey(SecretString);

impl CookieKey {
    /// The key, the same for every instance of the site; made if there is none.
    ///
    /// # Errors
    ///
    /// If the database does not answer, or no key can be made.
    pub fn load(database: &Database) -> Result<Self, AccountError> {
        database.write(|connection| {
            models::lock_accounts(connection)?;
            kept(connection, SIGNING_KEY).map(|key| Self(key.into()))
        })
    }

    /// The browser that this cookie was given to; `None` if the cookie is none of ours.
    #[must_use]
    pub fn device(&self, cookie: &str) -> Option<Device> {
        let (login, token) = cookie.split_once('.')?;
        let login = percent_decode_str(login).decode_utf8().ok()?;
        let is_ours = is_signed(self.0.expose_secret(), &about_device(&login), token);
        is_ours.then(|| Device { login: login.into_owned(), id: digest("device", token) })
    }

    /// Whether a token is of a session there was once, or is. It may be signed by no key if it is from
    /// before tokens were signed.
    #[must_use]
    pub fn was_session(&self, token: &str) -> bool {
        is_signed(self.0.expose_secret(), SESSION, token)
    }

    /// The fields of a form with a signature, so that they can be sent along by whoever has no session.
    #[must_use]
    pub fn seal(&self, fields: &str) -> String {
        if fields.is_empty() {
            return String::new();
        }
        format!("{fields}{SEALED}{}", seal(self.0.expose_secret(), fields))
    }

    /// The fields that [`Self::seal`] has signed; `None` if it has not.
    #[must_use]
    pub fn unseal<'a>(&self, sealed: &'a str) -> Option<&'a str> {
        let (fields, signature) = sealed.rsplit_once(SEALED)?;
        is_seal(self.0.expose_secret(), fields, signature).then_some(fields)
    }
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
) -> Result<(SecretString, SecretString), AccountError> {
    let key = kept(connection, SIGNING_KEY)?;
    let login_part = utf8_percent_encode(login, NON_ALPHANUMERIC);
    let device = signed_token(&key, &about_device(login))?;
    Ok((signed_token(&key, SESSION)?.into(), format!("{login_part}.{device}").into()))
}

fn about_device(login: &str) -> String {
    format!("device of {login}")
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
