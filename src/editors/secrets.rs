//! Random tokens and their digests.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// 256 random bits as hexadecimal digits.
///
/// # Errors
///
/// If the operating system provides no random numbers.
pub fn random_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// The SHA-256 digest of a token, different for each purpose.
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
