//! Private keys at rest: AES-256-GCM under a key that the operator keeps elsewhere, bound to the `kid`,
//! so that no row can take the place of another.

use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::config;

/// What an encrypted key begins with in the store. A plain one is base64url, where no `:` can stand.
const SEALED: &str = "a256gcm:";

/// Private keys cannot be read or written as they should lie on the disk.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Two places name it.
    #[error("set `keys.encryption_key` or `keys.encryption_key_file`, not both")]
    Both,
    /// The file cannot be read.
    #[error("`keys.encryption_key_file` {0} cannot be read")]
    File(PathBuf, #[source] std::io::Error),
    /// It is no key.
    #[error(
        "the encryption key is not 32 bytes in base64; make one with `openssl rand -base64 32`"
    )]
    Malformed,
    /// Keys are encrypted, and nothing is there to decrypt them with.
    #[error(
        "it is encrypted, and no encryption key is configured: set `keys.encryption_key` or \
         `keys.encryption_key_file` to the one it was encrypted with"
    )]
    Missing,
    /// Another key, or another text.
    #[error(
        "the configured encryption key is not the one it was encrypted with, or the control database \
         was changed"
    )]
    Wrong,
}

/// Encrypts and decrypts private keys; without a key of the operator's, leaves them as they are.
#[derive(Debug)]
pub struct Vault(Option<RandomizedNonceKey>);

impl Vault {
    /// With the key that the configuration names, if it names one.
    ///
    /// # Errors
    /// [`VaultError`] if there is none where it should be.
    pub fn of(config: &config::Keys) -> Result<Self, VaultError> {
        let text = match (&config.encryption_key, &config.encryption_key_file) {
            (Some(_), Some(_)) => return Err(VaultError::Both),
            (Some(key), None) => Some(key.reveal().to_owned()),
            (None, Some(file)) => Some(read(file)?),
            (None, None) => None,
        };
        let key = text.map(|text| {
            let bytes = STANDARD.decode(text.trim()).ok().filter(|bytes| bytes.len() == 32);
            let key = bytes.and_then(|bytes| RandomizedNonceKey::new(&AES_256_GCM, &bytes).ok());
            key.ok_or(VaultError::Malformed)
        });
        Ok(Self(key.transpose()?))
    }

    /// How the private half of `kid` lies in the store.
    pub(super) fn seal(&self, kid: &str, plain: &str) -> String {
        let Some(key) = &self.0 else { return plain.to_owned() };
        let mut text = plain.as_bytes().to_vec();
        let nonce = key.seal_in_place_append_tag(Aad::from(kid.as_bytes()), &mut text);
        let nonce = nonce.expect("a short text can be encrypted with randomness of the system");
        let whole = [&nonce.as_ref()[..], &text].concat();
        format!("{SEALED}{}", URL_SAFE_NO_PAD.encode(whole))
    }

    /// The private half of `kid` as it was before [`Self::seal`].
    pub(super) fn open(&self, kid: &str, stored: &str) -> Result<String, VaultError> {
        let Some(sealed) = stored.strip_prefix(SEALED) else { return Ok(stored.to_owned()) };
        let key = self.0.as_ref().ok_or(VaultError::Missing)?;
        let mut whole = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| VaultError::Wrong)?;
        let (nonce, text) = whole.split_at_mut_checked(NONCE_LEN).ok_or(VaultError::Wrong)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultError::Wrong)?;
        let plain = key.open_in_place(nonce, Aad::from(kid.as_bytes()), text);
        let plain = plain.map_err(|_| VaultError::Wrong)?;
        String::from_utf8(plain.to_vec()).map_err(|_| VaultError::Wrong)
    }

    /// Would this private half lie otherwise if it were stored now?
    pub(super) fn should_seal(&self, stored: &str) -> bool {
        self.0.is_some() && !stored.starts_with(SEALED)
    }
}

fn read(file: &Path) -> Result<String, VaultError> {
    std::fs::read_to_string(file).map_err(|source| VaultError::File(file.to_owned(), source))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(byte: u8) -> Vault {
        let key = config::Secret::new(STANDARD.encode([byte; 32]));
        Vault::of(&config::Keys { encryption_key: Some(key), ..config::Keys::default() }).unwrap()
    }

    #[test]
    fn only_the_same_key_opens_and_only_for_the_same_kid() {
        let sealed = vault(1).seal("k1", "private");
        assert!(!sealed.contains("private") && sealed != vault(1).seal("k1", "private"));
        assert_eq!(vault(1).open("k1", &sealed).unwrap(), "private");
        assert!(matches!(vault(1).open("k2", &sealed), Err(VaultError::Wrong)));
        assert!(matches!(vault(2).open("k1", &sealed), Err(VaultError::Wrong)));
        assert!(matches!(vault(1).open("k1", SEALED), Err(VaultError::Wrong)));
        let none = Vault::of(&config::Keys::default()).unwrap();
        assert!(matches!(none.open("k1", &sealed), Err(VaultError::Missing)));
        assert_eq!(vault(1).open("k1", "plain").unwrap(), "plain", "stored before there was a key");
    }
}
