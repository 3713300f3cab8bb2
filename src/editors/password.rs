//! Passwords: what is accepted and how they are kept.
//!
//! Source: NIST SP 800-63B-4, section 3.1.1.2 (a password used alone has at least 15 characters,
//! no rules of composition, the commonest are refused), and the OWASP Password Storage Cheat
//! Sheet (argon2id with 19 MiB, two passes, one lane), whose figures are the crate's defaults.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// Characters a password must have.
pub(super) const SHORTEST: usize = 15;
/// Characters a password may have: more than anyone types, less than would tie up the server.
pub(super) const LONGEST: usize = 256;

/// Begins what people choose when they are made to choose something long.
const COMMON: [&str; 10] = [
    "passwordpassword",
    "qwertyuiopasdfgh",
    "qwerty1234567890",
    "1234567890123456",
    "1q2w3e4r5t6y7u8i",
    "adminadminadmin",
    "йцукенгшщзхъфыва",
    "парольпарольпароль",
    "qwertyqwertyqwerty",
    "iloveyouiloveyou",
];

/// Why a password is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than 15 characters.
    #[error("the password needs at least {SHORTEST} characters")]
    TooShort,
    /// More than 256 characters.
    #[error("the password may have at most {LONGEST} characters")]
    TooLong,
    /// One of the commonest, one character over and over, or the login.
    #[error("the password is too easy to guess")]
    TooCommon,
}

/// Whether a password may be used with a login.
pub(super) fn check(password: &str, login: &str) -> Result<(), WeakPassword> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(WeakPassword::TooShort);
    }
    if length > LONGEST {
        return Err(WeakPassword::TooLong);
    }
    let small = password.to_lowercase();
    let one_letter = small.chars().all(|letter| small.starts_with(letter));
    let common = COMMON.iter().any(|common| common.starts_with(&small) || small == *common);
    let is_login = !login.is_empty() && small.replace(&login.to_lowercase(), "").is_empty();
    if one_letter || common || is_login { Err(WeakPassword::TooCommon) } else { Ok(()) }
}

/// The hash to store.
pub(super) fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

/// Whether a password is the one behind a hash.
pub(super) fn matches(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_and_composition_does_not() {
        assert_eq!(check("длинная фраза без цифр", "ann"), Ok(()));
        assert_eq!(check("aB3$aB3$aB3$aB", "ann"), Err(WeakPassword::TooShort));
        assert_eq!(check(&"ab".repeat(129), "ann"), Err(WeakPassword::TooLong));
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for password in
            ["PasswordPassword", "aaaaaaaaaaaaaaaaaaaa", "123456789012345", "annannannannann"]
        {
            assert_eq!(check(password, "ann"), Err(WeakPassword::TooCommon), "{password}");
        }
    }

    #[test]
    fn a_hash_knows_its_password_only() {
        let hash = hash("верный пароль редактора").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(matches("верный пароль редактора", &hash));
        assert!(!matches("неверный пароль редактора", &hash));
        assert!(!matches("", "no hash"));
    }
}
