//! Client secrets. The plain secret and its hash are different types, and neither prints itself.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::entropy::Entropy;

/// A secret as it is shown once. 256 bits of randomness: guessing it is hopeless (OAuth 2.1 section
/// 7.1.4 asks for 160).
pub struct ClientSecret(String);

/// What is kept of a secret: an argon2id PHC string.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretHash(String);

impl ClientSecret {
    /// A fresh one.
    pub fn generate(entropy: &Entropy) -> Self {
        Self(format!("inlay_secret_{}", URL_SAFE_NO_PAD.encode(entropy.bytes::<32>())))
    }

    /// One that a caller presented.
    pub fn presented(text: String) -> Self {
        Self(text)
    }

    /// The one place where it is told: the answer to its making.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Hashes it. Takes about 20 ms of one core: call it off the async threads.
    pub fn hash(&self, entropy: &Entropy) -> SecretHash {
        let hash: PasswordHash = Argon2::default()
            .hash_password_with_salt(self.0.as_bytes(), &entropy.bytes::<16>())
            .expect("a 16-byte salt and the default parameters are valid");
        SecretHash(hash.to_string())
    }

    /// Is it the one that was hashed? In constant time, about 20 ms of one core.
    pub fn matches(&self, hash: &SecretHash) -> bool {
        PasswordHash::new(&hash.0)
            .is_ok_and(|hash| Argon2::default().verify_password(self.0.as_bytes(), &hash).is_ok())
    }
}

impl SecretHash {
    /// A stored PHC string.
    pub fn stored(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string, for the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

impl std::fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_matches_its_own_hash_only_and_prints_nothing() {
        let entropy = Entropy::seeded([1; 32]);
        let secret = ClientSecret::generate(&entropy);
        let hash = secret.hash(&entropy);
        assert!(secret.matches(&hash));
        assert!(!ClientSecret::generate(&entropy).matches(&hash));
        assert!(!secret.matches(&SecretHash::stored("garbage".into())));
        assert!(!format!("{secret:?} {hash:?}").contains(secret.reveal()));
    }
}
