//! The word that tells the scripts of one answer from all others.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::entropy::Entropy;

/// A nonce of the Content Security Policy: 128 random bits, for one answer alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonce(String);

impl Nonce {
    /// A new one.
    pub fn new(entropy: &Entropy) -> Self {
        Self(STANDARD_NO_PAD.encode(entropy.bytes::<16>()))
    }

    /// The scripts that have it, and those that they load.
    pub fn sources(&self) -> String {
        format!("'nonce-{self}' 'strict-dynamic'")
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
