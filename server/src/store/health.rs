//! Whether the data folder takes what is written into it, as the last write found out.
//!
//! A full or a read-only disk is no bug of anybody's: it has a name, an answer that says what to do,
//! and an end. While it lasts, a small file is written now and then to see whether it is over, so a
//! server that nobody sends anything to any more finds back by itself.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;

use super::{Store, StoreError, SystemStore};

/// What is written to see whether anything can be: more than a transaction of one event.
const PROBE_BYTES: usize = 256 * 1024;

/// What the last write came to.
#[derive(Debug)]
pub(super) struct Health {
    folder: PathBuf,
    trouble: Mutex<Option<StoreError>>,
}

impl Health {
    pub(super) fn of(database: &Path) -> Self {
        let folder = database.parent().unwrap_or(Path::new(".")).to_owned();
        Self { folder, trouble: Mutex::default() }
    }

    /// Takes note of what a write came to.
    pub(super) fn learn(&self, error: Option<&StoreError>) {
        let lasting = error.filter(|e| matches!(e, StoreError::Full | StoreError::Unwritable(_)));
        *self.trouble.lock() = lasting.cloned();
    }

    /// What keeps the last write from having been made, if it was not.
    pub(super) fn trouble(&self) -> Option<StoreError> {
        self.trouble.lock().clone()
    }

    /// Looks before anything is asked for: on a read-only disk, SQLite opens a file that another process
    /// left with its log, and says so only at the first write. A full disk keeps nobody from starting:
    /// what is stored can be queried.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`]
    pub(super) fn prove(&self) -> Result<(), StoreError> {
        let trouble = self.probe().err().map(StoreError::from_io);
        if let Some(error @ StoreError::Unwritable(_)) = trouble {
            return Err(error);
        }
        self.learn(trouble.as_ref());
        Ok(())
    }

    fn probe(&self) -> io::Result<()> {
        let path = self.folder.join("probe.tmp");
        let write = || {
            let mut file = File::create(&path)?;
            file.write_all(&[0; PROBE_BYTES])?;
            file.sync_all()
        };
        let written = write();
        // Also what was written in part takes up room. Another process that looks at the same moment may
        // have removed it: what counts is that it was written.
        let removed = match std::fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        };
        written.and(removed)
    }
}

impl SystemStore<'_> {
    /// Does the data folder take writes? Where the last one failed, it is tried.
    ///
    /// # Errors
    /// [`StoreError::Full`] or [`StoreError::Unwritable`].
    pub async fn writable(&self) -> Result<(), StoreError> {
        let Store { health, .. } = self.store;
        if health.trouble().is_none() {
            return Ok(());
        }
        let tried = health.clone();
        let probe = tokio::task::spawn_blocking(move || {
            // One at a time: others take the answer that is there.
            let mut trouble = tried.trouble.lock();
            if trouble.is_some() {
                *trouble = tried.probe().err().map(StoreError::from_io);
            }
            trouble.clone()
        });
        match probe.await {
            Ok(None) => Ok(()),
            Ok(Some(trouble)) => Err(trouble),
            Err(_) => Err(StoreError::Interrupted),
        }
    }
}
