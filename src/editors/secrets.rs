//! Random tokens, their digests and signatures.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Bytes of a signed token that are random, and of its signature: nobody tries 2¹²⁸ of either.
const HALF: usize = 16;

/// 256 random bits as hexadecimal digits.
///
/// # Errors
///
/// If the operating system provides no random numbers.
pub fn random_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}

/// The SHA-256 digest of a token, different for each purpose.
pub(super) fn digest(purpose: &str, token: &str) -> String {
    hex::encode(Sha256::digest(format!("{purpose}:{token}")))
}

/// 128 random bits with a signature of them and of `about`, by which [`is_signed`] recognises them, as
/// hexadecimal digits.
///
/// # Errors
///
/// If the operating system provides no random numbers.
pub(super) fn signed_token(key: &str, about: &str) -> Result<String, getrandom::Error> {
    let mut nonce = [0; HALF];
    getrandom::fill(&mut nonce)?;
    let signature = signature(key, about, &nonce).finalize().into_bytes();
    Ok(hex::encode(nonce) + &hex::encode(&signature[..HALF]))
}

/// Whether [`signed_token`] made this token with the same key and about the same.
pub(super) fn is_signed(key: &str, about: &str, token: &str) -> bool {
    let mut bytes = [0; 2 * HALF];
    let is_read = hex::decode_to_slice(token, &mut bytes).is_ok();
    let (nonce, tag) = bytes.split_at(HALF);
    is_read && signature(key, about, nonce).verify_truncated_left(tag).is_ok()
}

/// HMAC (RFC 2104) with SHA-256.
fn signature(key: &str, about: &str, nonce: &[u8]) -> Hmac<Sha256> {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_bytes());
    // The nonce has one length, so what is signed is read in one way.
    mac.expect("HMAC takes a key of any length").chain_update(nonce).chain_update(about)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_token_of_the_same_key_and_purpose_is_signed() {
        let token = signed_token("key", "device of ann").unwrap();
        assert_eq!(token.len(), 64);
        assert!(is_signed("key", "device of ann", &token));
        assert!(!is_signed("other key", "device of ann", &token));
        assert!(!is_signed("key", "device of bob", &token));
        let (nonce, tag) = token.split_at(32);
        for forged in [
            format!("{}{tag}", "0".repeat(32)),
            nonce.into(),
            String::new(),
            "я".repeat(32),
            "0".repeat(64),
        ] {
            assert!(!is_signed("key", "device of ann", &forged), "{forged}");
        }
    }
}
