//! Random tokens, their digests and signatures.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Bytes of a signed token that are random, and of its signature: nobody tries 2¹²⁸ of either.
const HALF: usize = 16;
/// What a text is signed as.
const SEAL: &str = "seal";

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

/// A signature of a text, always the same one, by which [`is_seal`] recognises that it was written here.
pub(super) fn seal(key: &str, text: &str) -> String {
    hex::encode(signature(key, SEAL, text.as_bytes()).finalize().into_bytes())
}

/// Whether this is the [`seal`] of a text.
pub(super) fn is_seal(key: &str, text: &str, seal: &str) -> bool {
    let mut tag = [0; 32];
    let is_read = hex::decode_to_slice(seal, &mut tag).is_ok();
    is_read && signature(key, SEAL, text.as_bytes()).verify_slice(&tag).is_ok()
}

/// HMAC (RFC 2104) with SHA-256.
fn signature(key: &str, about: &str, text: &[u8]) -> Hmac<Sha256> {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_bytes());
    let mac = mac.expect("HMAC takes a key of any length");
    // With its length before it, what is signed is read in one way.
    mac.chain_update(about.len().to_be_bytes()).chain_update(about).chain_update(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_seal_is_of_one_text(text: String, other: String) {
            let made = seal("key", &text);
            prop_assert!(is_seal("key", &text, &made) && !is_seal("other key", &text, &made));
            prop_assert_eq!(is_seal("key", &other, &made), text == other);
        }
    }

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
