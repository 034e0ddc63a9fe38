//! Tokens that nobody should take.

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
        Self { header, claims, signature }
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
        let input = self.signing_input();
        let signature = key.pair.sign(&SystemRandom::new(), input.as_bytes());
        let signature = signature.expect("the operating system has randomness");
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
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
