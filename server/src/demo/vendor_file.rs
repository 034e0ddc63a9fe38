//! What the vendor's backend keeps between two starts: its operator client, and what the simulated
//! history was made from. The file is readable by its owner alone, as a secret should be.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

const NAME: &str = "demo-vendor.json";

/// The file's content.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VendorFile {
    /// The operator client.
    pub(crate) client_id: String,
    /// Its secret.
    pub(crate) client_secret: String,
    /// Seed of the history.
    pub(crate) seed: u64,
    /// Size of the history.
    pub(crate) events: u64,
}

impl std::fmt::Debug for VendorFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VendorFile").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl VendorFile {
    fn path(folder: &Path) -> PathBuf {
        folder.join(NAME)
    }

    /// Reads it, if there is one.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Option<Self>> {
        let path = Self::path(folder);
        match std::fs::read(&path) {
            Ok(bytes) => {
                let file = serde_json::from_slice(&bytes);
                Ok(Some(file.with_context(|| format!("{} is damaged", path.display()))?))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{} is not readable", path.display())),
        }
    }

    /// Writes it, never readable by others, not even for a moment.
    pub(crate) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let path = Self::path(folder);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).with_context(|| format!("{}", path.display()))?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all().with_context(|| format!("{}", path.display()))
    }

    /// The history in the folder must be the one that was asked for: two histories in one would make
    /// numbers that nobody can explain.
    pub(crate) fn check(&self, folder: &Path, seed: u64, events: u64) -> anyhow::Result<()> {
        if (self.seed, self.events) != (seed, events) {
            bail!(
                "the demo in {} was made with --seed {} --events {}; use these, or another --data",
                folder.display(),
                self.seed,
                self.events
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> VendorFile {
        VendorFile {
            client_id: "client_1".into(),
            client_secret: "secret".into(),
            seed: 42,
            events: 300_000,
        }
    }

    #[test]
    fn it_comes_back_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(VendorFile::read(folder.path()).unwrap(), None);
        file().write(folder.path()).unwrap();
        assert_eq!(VendorFile::read(folder.path()).unwrap(), Some(file()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(VendorFile::path(folder.path())).unwrap();
            assert_eq!(mode.permissions().mode() & 0o777, 0o600);
        }
        assert!(!format!("{:?}", file()).contains("secret\""));
    }

    #[test]
    fn another_history_needs_another_folder() {
        assert!(file().check(Path::new("x"), 42, 300_000).is_ok());
        let refused = file().check(Path::new("x"), 43, 300_000).unwrap_err();
        assert!(refused.to_string().contains("--seed 42"));
    }
}
