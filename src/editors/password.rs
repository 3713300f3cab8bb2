//! Passwords: which are accepted and how they are hashed.
//!
//! Source: NIST SP 800-63B-4, section 3.1.1.2 (a password used alone has at least 15 characters,
//! no rules of composition, the commonest are refused; it is normalised by NFKC), and the OWASP
//! Password Storage Cheat Sheet (argon2id with 19 MiB, two passes, one lane), whose figures are the
//! crate's defaults.

use std::borrow::Cow;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use icu_normalizer::ComposingNormalizerBorrowed;

/// The fewest characters of a password.
const MIN_LENGTH: usize = 15;
/// The most characters of a password: hashing a longer one would cost the server too much.
const MAX_LENGTH: usize = 256;

/// Common passwords of 15 characters and more; prefixes of them are refused too.
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
    #[error("the password needs at least {MIN_LENGTH} characters")]
    TooShort,
    /// More than 256 characters.
    #[error("the password may have at most {MAX_LENGTH} characters")]
    TooLong,
    /// A common password, one repeated character, or the login repeated.
    #[error("the password is too easy to guess")]
    TooCommon,
}

/// Checks a new password for the account with `login`.
pub(super) fn check(password: &str, login: &str) -> Result<(), WeakPassword> {
    let password = normalised(password);
    let length = password.chars().count();
    if length < MIN_LENGTH {
        return Err(WeakPassword::TooShort);
    }
    if length > MAX_LENGTH {
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
    Ok(Argon2::default().hash_password(normalised(password).as_bytes())?.to_string())
}

/// Whether `password` is the one that was hashed.
pub(super) fn matches(password: &str, hash: &str) -> bool {
    // A longer password was never accepted, and hashing it would only cost time.
    let password = if password.chars().count() > MAX_LENGTH { "" } else { password };
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    let is_hashed =
        |password: &str| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
    let normalised = normalised(password);
    // Before passwords were normalised they were hashed as they were typed.
    is_hashed(&normalised) || normalised != password && is_hashed(password)
}

/// The same letters are the same password, whichever keyboard they come from.
fn normalised(password: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfkc().normalize(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_length_matters_not_the_composition() {
        assert_eq!(check("длинная фраза без цифр", "ann"), Ok(()));
        assert_eq!(check("aB3$aB3$aB3$aB", "ann"), Err(WeakPassword::TooShort));
        assert_eq!(check(&"ab".repeat(129), "ann"), Err(WeakPassword::TooLong));
    }

    #[test]
    fn common_passwords_are_refused() {
        for password in
            ["PasswordPassword", "aaaaaaaaaaaaaaaaaaaa", "123456789012345", "annannannannann"]
        {
            assert_eq!(check(password, "ann"), Err(WeakPassword::TooCommon), "{password}");
        }
    }

    #[test]
    fn a_password_is_the_same_in_both_normal_forms() {
        let (composed, apart) = ("мой йодистый пароль", "мои\u{306} и\u{306}одистыи\u{306} пароль");
        assert!(matches(apart, &hash(composed).unwrap()));
        assert!(matches(composed, &hash(apart).unwrap()));
        let as_typed = Argon2::default().hash_password(apart.as_bytes()).unwrap().to_string();
        assert!(matches(apart, &as_typed) && !matches(composed, &as_typed));
    }

    #[test]
    fn a_hash_matches_only_its_password() {
        let hash = hash("верный пароль редактора").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(matches("верный пароль редактора", &hash));
        assert!(!matches("неверный пароль редактора", &hash));
        assert!(!matches("", "no hash"));
    }
}
