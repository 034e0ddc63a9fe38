//! The key ring: the ES256 key that signs, and every key that verifies, by `kid`.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use tokio_util::sync::CancellationToken;

use super::life;
use super::vault::{Vault, VaultError};
use crate::store::StoredKey;

/// A stored key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnusableKey {
    /// It is no key.
    #[error("the signing key {0} cannot be read")]
    Unreadable(String, #[source] jsonwebtoken::errors::Error),
    /// It cannot be decrypted.
    #[error("the signing key {0} cannot be decrypted")]
    Sealed(String, #[source] VaultError),
}

/// One key signs at a time, each verifies. One key, one algorithm: ES256 (RFC 8725 section 3.1).
#[derive(Clone)]
pub struct KeyRing {
    /// In the order in which they sign.
    keys: Vec<RingKey>,
    public: JwkSet,
}

#[derive(Clone)]
struct RingKey {
    kid: String,
    signs_from: Timestamp,
    signing: EncodingKey,
    verifying: DecodingKey,
    withdrawn: CancellationToken,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kids = self.keys.iter().map(|key| &key.kid);
        f.debug_set().entries(kids).finish()
    }
}

impl KeyRing {
    /// A ring of these keys, which were not withdrawn and stand in the order in which they sign.
    ///
    /// # Errors
    /// [`UnusableKey`] names the first that cannot be read.
    pub fn new(live: &[StoredKey], vault: &Vault) -> Result<Self, UnusableKey> {
        let mut ring = Self { keys: Vec::new(), public: JwkSet { keys: Vec::new() } };
        for key in live {
            let unreadable = |source| UnusableKey::Unreadable(key.kid.clone(), source);
            let private_key = vault.open(&key.kid, &key.private_key);
            let private_key =
                private_key.map_err(|source| UnusableKey::Sealed(key.kid.clone(), source))?;
            let (signing, jwk) = read(&key.kid, &private_key).map_err(unreadable)?;
            ring.keys.push(RingKey {
                kid: key.kid.clone(),
                signs_from: key.signs_from,
                signing,
                verifying: DecodingKey::from_jwk(&jwk).map_err(unreadable)?,
                withdrawn: CancellationToken::new(),
            });
            ring.public.keys.push(jwk);
        }
        Ok(ring)
    }

    /// Takes the place of `before`: what listens for the end of a key of both goes on listening.
    pub(in crate::access) fn after(mut self, before: &Self) -> Self {
        for key in &mut self.keys {
            if let Some(known) = before.key(&key.kid) {
                key.withdrawn = known.withdrawn.clone();
            }
        }
        self
    }

    /// Without the keys of which `gone` is true; whoever relies on their tokens hears of it.
    pub(in crate::access) fn without(mut self, gone: impl Fn(&str) -> bool) -> Self {
        let (out, keys) = self.keys.into_iter().partition(|key| gone(&key.kid));
        self.keys = keys;
        let out: Vec<RingKey> = out;
        out.iter().for_each(|key| key.withdrawn.cancel());
        self.public.keys.retain(|jwk| !jwk.common.key_id.as_deref().is_some_and(&gone));
        self
    }

    /// The key that signs at `now`, and its `kid`.
    pub fn signing(&self, now: Timestamp) -> Option<(&str, &EncodingKey)> {
        let place = life::signing(self.keys.iter().map(|key| key.signs_from), now)?;
        Some((&self.keys[place].kid, &self.keys[place].signing))
    }

    /// The key of that `kid`, which is only ever looked up here: never a path, never a URL.
    pub fn verifying(&self, kid: &str) -> Option<&DecodingKey> {
        self.key(kid).map(|key| &key.verifying)
    }

    /// Told when the key of that `kid` is withdrawn.
    pub fn withdrawn(&self, kid: &str) -> Option<CancellationToken> {
        self.key(kid).map(|key| key.withdrawn.clone())
    }

    fn key(&self, kid: &str) -> Option<&RingKey> {
        self.keys.iter().find(|key| key.kid == kid)
    }

    /// The public halves (RFC 7517).
    pub fn public(&self) -> &JwkSet {
        &self.public
    }
}

/// Makes a key pair that signs from `signs_from` on. Its `kid` is the SHA-256 thumbprint of its public
/// half (RFC 7638).
pub(super) fn generate(vault: &Vault, now: Timestamp, signs_from: Timestamp) -> StoredKey {
    let pkcs8 =
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .expect("the operating system has randomness");
    let private_key = URL_SAFE_NO_PAD.encode(pkcs8.as_ref());
    let (_, jwk) = read("", &private_key).expect("a fresh key reads back");
    let kid = jwk.thumbprint(ThumbprintHash::SHA256).expect("a P-256 key has a thumbprint");
    let private_key = vault.seal(&kid, &private_key);
    let algorithm = "ES256".into();
    StoredKey { kid, algorithm, private_key, created_at: now, signs_from, withdrawn_at: None }
}

fn read(kid: &str, private_key: &str) -> Result<(EncodingKey, Jwk), jsonwebtoken::errors::Error> {
    let der = URL_SAFE_NO_PAD.decode(private_key)?;
    let signing = EncodingKey::from_ec_der(&der);
    let mut jwk = Jwk::from_encoding_key(&signing, Algorithm::ES256)?;
    jwk.common.key_id = Some(kid.to_owned());
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    Ok((signing, jwk))
}

#[cfg(test)]
pub(in crate::access) fn sample(keys: usize) -> KeyRing {
    let vault = Vault::of(&crate::config::Keys::default()).unwrap();
    let from = |place: usize| Timestamp::from_second(i64::try_from(place).unwrap()).unwrap();
    let keys: Vec<_> = (0..keys).map(|place| generate(&vault, from(place), from(place))).collect();
    KeyRing::new(&keys, &vault).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_set_has_no_private_member() {
        let ring = sample(2);
        let text = serde_json::to_string(ring.public()).unwrap();
        assert!(!text.contains("\"d\""), "{text}");
        assert!(ring.verifying("../../etc/passwd").is_none());
    }

    #[test]
    fn a_withdrawn_key_is_told_of_and_gone_and_the_others_stay() {
        let ring = sample(2);
        let kids: Vec<_> = ring.keys.iter().map(|key| key.kid.clone()).collect();
        let ends: Vec<_> = kids.iter().map(|kid| ring.withdrawn(kid).unwrap()).collect();
        let ring = ring.clone().after(&ring).without(|kid| kid == kids[0]);
        assert!(ends[0].is_cancelled() && !ends[1].is_cancelled());
        assert!(ring.verifying(&kids[0]).is_none() && ring.verifying(&kids[1]).is_some());
        assert_eq!(ring.public().keys.len(), 1);
        assert_eq!(ring.signing(Timestamp::MIN).unwrap().0, kids[1]);
    }
}
