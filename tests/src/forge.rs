//! Tokens that nobody should take.

use std::path::Path;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A token taken apart (RFC 7515): header and claims can be changed, and the whole signed anew with
/// whatever an attacker may have.
#[derive(Debug, Clone)]
pub struct Jose {
    /// The header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
    signature: String,
    /// Header and claims as they were written.
    written: String,
}

/// A key pair of the attacker's own.
#[derive(Debug)]
pub struct Forged {
    pair: EcdsaKeyPair,
}

impl Jose {
    /// Takes a real token apart.
    pub fn take_apart(token: &str) -> Self {
        let mut parts = token.split('.');
        let mut part = || parts.next().expect("a compact JWS has three parts");
        let (header, claims, signature) = (decode(part()), decode(part()), part().to_owned());
        let written = token.rsplit_once('.').expect("three parts").0.to_owned();
        Self { header, claims, signature, written }
    }

    /// With a member of the header set.
    pub fn with_header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header[name] = value.into();
        self
    }

    /// Without a member of the header.
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.as_object_mut().expect("headers are objects").remove(name);
        self
    }

    /// With a claim set.
    pub fn with_claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims[name] = value.into();
        self
    }

    /// With the signature that it came with, which no longer fits what was changed.
    pub fn with_old_signature(&self) -> String {
        format!("{}.{}", self.signing_input(), self.signature)
    }

    /// With no signature.
    pub fn unsigned(&self) -> String {
        format!("{}.", self.signing_input())
    }

    /// With an HMAC under `secret`.
    pub fn with_hmac(&self, secret: &[u8]) -> String {
        let input = self.signing_input();
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input.as_bytes());
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// Signed with ES256 by the attacker's own key.
    pub fn signed_by(&self, key: &Forged) -> String {
        Self::texts_signed_by(&self.header.to_string(), &self.claims.to_string(), key)
    }

    /// Header and claims that need be no JSON, signed with ES256. Of the two signatures that fit it takes
    /// the one that a token of ours would have.
    pub fn texts_signed_by(header: &str, claims: &str, key: &Forged) -> String {
        let input =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let pair = || key.pair.sign(&SystemRandom::new(), input.as_bytes());
        // Each is the lower one with a chance of one half: 64 in vain do not happen.
        let low = (0..64).find_map(|_| {
            let signature = pair().expect("the operating system has randomness");
            (signature.as_ref()[32] < 0x7f).then(|| URL_SAFE_NO_PAD.encode(signature))
        });
        format!("{input}.{}", low.expect("chance is fair"))
    }

    /// The two halves of its signature, `r` and `s`.
    pub fn halves(&self) -> ([u8; 32], [u8; 32]) {
        let bytes = URL_SAFE_NO_PAD.decode(&self.signature).expect("real tokens are base64url");
        let (r, s) = bytes.split_at(32);
        (r.try_into().expect("32 bytes"), s.try_into().expect("32 bytes"))
    }

    /// As it was written, to the byte, with these bytes for a signature.
    pub fn with_signature(&self, bytes: &[u8]) -> String {
        format!("{}.{}", self.written, URL_SAFE_NO_PAD.encode(bytes))
    }

    fn signing_input(&self) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", encode(&self.header), encode(&self.claims))
    }
}

impl Forged {
    /// A fresh pair.
    pub fn key() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        Self { pair: pair.expect("the operating system has randomness") }
    }

    /// The key of a deployment itself, out of a copy of its data folder: what only its thief can forge.
    pub fn stolen_from(folder: &Path) -> Self {
        const BEGINS: &[u8] = b"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEH";
        const LENGTH: usize = 184;
        let found = ["control.db", "control.db-wal"].iter().find_map(|name| {
            let bytes = std::fs::read(folder.join(name)).ok()?;
            let at = bytes.windows(BEGINS.len()).position(|window| window == BEGINS)?;
            URL_SAFE_NO_PAD.decode(bytes.get(at..at + LENGTH)?).ok()
        });
        let found = found.expect("the key lies in the folder");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &found);
        Self { pair: pair.expect("it is a key") }
    }

    /// Its public half as a JWK.
    pub fn jwk(&self, kid: &str) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid,
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        })
    }
}

fn decode(part: &str) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("real tokens are base64url");
    serde_json::from_slice(&bytes).expect("real tokens carry JSON")
}
