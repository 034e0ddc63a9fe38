//! The key ring: the ES256 key that signs, and every key that verifies, by `kid`.

use std::collections::HashMap;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

use crate::store::StoredKey;

/// A stored key cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the signing key {kid} cannot be read")]
pub struct UnusableKey {
    kid: String,
    source: jsonwebtoken::errors::Error,
}

/// One key signs, each verifies. One key, one algorithm: ES256 (RFC 8725 section 3.1).
pub struct KeyRing {
    kid: String,
    signing: EncodingKey,
    verifying: HashMap<String, DecodingKey>,
    public: JwkSet,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl KeyRing {
    /// The youngest key signs, all verify.
    ///
    /// # Errors
    /// [`UnusableKey`] names the first that cannot be read.
    pub fn new(keys: &[StoredKey]) -> Result<Self, UnusableKey> {
        let mut ring = None;
        let mut verifying = HashMap::new();
        let mut public = JwkSet { keys: Vec::new() };
        for key in keys {
            let unusable = |source| UnusableKey { kid: key.kid.clone(), source };
            let (signing, jwk) = read(key).map_err(unusable)?;
            let decoding = DecodingKey::from_jwk(&jwk).map_err(unusable)?;
            verifying.insert(key.kid.clone(), decoding);
            public.keys.push(jwk);
            ring = Some((key.kid.clone(), signing));
        }
        let (kid, signing) = ring.expect("the gate makes a key before it opens the ring");
        Ok(Self { kid, signing, verifying, public })
    }

    /// The key that signs, and its `kid`.
    pub fn signing(&self) -> (&str, &EncodingKey) {
        (&self.kid, &self.signing)
    }

    /// The key of that `kid`, which is only ever looked up here: never a path, never a URL.
    pub fn verifying(&self, kid: &str) -> Option<&DecodingKey> {
        self.verifying.get(kid)
    }

    /// The public halves (RFC 7517).
    pub fn public(&self) -> &JwkSet {
        &self.public
    }
}

/// Makes a key pair. Its `kid` is the SHA-256 thumbprint of its public half (RFC 7638).
pub(super) fn generate() -> StoredKey {
    let pkcs8 =
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .expect("the operating system has randomness");
    let private_key = URL_SAFE_NO_PAD.encode(pkcs8.as_ref());
    let key = StoredKey { kid: String::new(), algorithm: "ES256".into(), private_key };
    let (_, jwk) = read(&key).expect("a fresh key reads back");
    let kid = jwk.thumbprint(ThumbprintHash::SHA256).expect("a P-256 key has a thumbprint");
    StoredKey { kid, ..key }
}

fn read(key: &StoredKey) -> Result<(EncodingKey, Jwk), jsonwebtoken::errors::Error> {
    let der = URL_SAFE_NO_PAD.decode(&key.private_key)?;
    let signing = EncodingKey::from_ec_der(&der);
    let mut jwk = Jwk::from_encoding_key(&signing, Algorithm::ES256)?;
    jwk.common.key_id = Some(key.kid.clone());
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    Ok((signing, jwk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_set_has_no_private_member() {
        let keys = [generate(), generate()];
        let ring = KeyRing::new(&keys).unwrap();
        let text = serde_json::to_string(ring.public()).unwrap();
        assert!(!text.contains("\"d\""), "{text}");
        assert_eq!(ring.signing().0, keys[1].kid);
        assert!(ring.verifying(&keys[0].kid).is_some());
        assert!(ring.verifying("../../etc/passwd").is_none());
    }
}
