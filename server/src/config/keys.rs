//! `[keys]`

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The keys that sign tokens: when they rotate, and how they lie on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// `INLAY__KEYS__ROTATE_DAYS`: days that a key signs before the next one takes over, 90 by default; 0
    /// leaves it to `inlay keys rotate`.
    pub rotate_days: u32,
    /// `INLAY__KEYS__PUBLISH_SECONDS`: seconds that a key is published before it signs, 600 by default:
    /// twice as long as an answer with the keys may be kept.
    pub publish_seconds: u32,
    /// `INLAY__KEYS__ENCRYPTION_KEY`: 32 bytes in base64, under which the private keys are encrypted in the
    /// control database. None by default.
    #[serde(skip_serializing)]
    pub encryption_key: Option<Secret>,
    /// `INLAY__KEYS__ENCRYPTION_KEY_FILE`: the file that holds the encryption key, instead.
    pub encryption_key_file: Option<PathBuf>,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            rotate_days: 90,
            publish_seconds: 600,
            encryption_key: None,
            encryption_key_file: None,
        }
    }
}

/// A setting that nobody may read in a log. Its Debug is opaque.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// This one.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What it is, for whoever uses it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}
