//! Removes files that do not count any more.
//!
//! A file that was replaced stays for a while: queries of this process hold it by a snapshot, those
//! of another process are given [`GRACE`]. A file that no catalogue row names (its process died
//! before the commit) is removed when a server starts, but only once it is so old that nobody can be
//! about to commit it.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};

use super::segment_file::relative_path;
use super::{Lake, LakeError};
use crate::ids::{SegmentId, TenantId};
use crate::policy::{Action, Duty, Principal};

/// Longer than any query runs.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// Longer than any flush or merge takes.
const ABANDONED: SignedDuration = SignedDuration::from_mins(10);

/// A file that went out of use.
#[derive(Debug)]
pub(super) struct Retired {
    pub(super) at: Timestamp,
    pub(super) tenant: TenantId,
    pub(super) id: SegmentId,
}

impl Lake {
    /// Removes replaced files after their grace, unless a snapshot of this process holds them.
    pub(super) fn remove_retired(&self) {
        let now = self.inner.clock.now();
        self.inner.retired.lock().retain(|file| {
            if now.duration_since(file.at) < GRACE || self.inner.readers.is_read(&file.id) {
                return true;
            }
            let path = self.inner.root.join(relative_path(&file.tenant, &file.id));
            if let Err(error) = fs::remove_file(&path)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(file = %path.display(), %error, "could not remove a replaced segment");
            }
            false
        });
    }

    /// Removes what crashed processes left behind.
    pub(super) async fn sweep(&self) -> Result<(), LakeError> {
        let lake = self.clone();
        let list = tokio::task::spawn_blocking(move || lake.abandoned());
        let found = list.await.map_err(|_| LakeError::Interrupted)??;
        let process = Principal::Process(Duty::Maintain);
        for (tenant, files) in found {
            let scope = self
                .inner
                .policy
                .tenant(&process, Action::Maintain, &tenant)
                .expect("the policy lets maintenance maintain: tested");
            // The catalogue is read after the folder: a file that was committed between is in it.
            let catalogue = self.inner.store.tenant(&scope).catalogue().await?;
            let live: HashSet<String> =
                catalogue.segments.iter().map(|s| format!("{}.parquet", s.id)).collect();
            for file in files {
                let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                if live.contains(name) {
                    continue;
                }
                match fs::remove_file(&file) {
                    Ok(()) => tracing::info!(file = %file.display(), "swept an abandoned segment"),
                    Err(error) => {
                        tracing::warn!(file = %file.display(), %error, "could not sweep");
                    }
                }
            }
        }
        Ok(())
    }

    /// Old files of every tenant's folder, live or not.
    fn abandoned(&self) -> Result<Vec<(TenantId, Vec<PathBuf>)>, LakeError> {
        let before = SystemTime::from(self.inner.clock.now() - ABANDONED);
        let mut found = Vec::new();
        let root = &self.inner.root;
        for folder in fs::read_dir(root).map_err(|source| LakeError::io(root, source))?.flatten() {
            let Some(tenant) = folder.file_name().to_str().and_then(|name| name.parse().ok())
            else {
                continue;
            };
            let path = folder.path();
            let Ok(entries) = fs::read_dir(&path) else { continue };
            let old = |path: &PathBuf| {
                let modified = fs::metadata(path).and_then(|about| about.modified());
                let ours = path.extension().is_some_and(|end| end == "parquet" || end == "draft");
                ours && modified.is_ok_and(|modified| modified < before)
            };
            let files: Vec<PathBuf> =
                entries.flatten().map(|entry| entry.path()).filter(old).collect();
            if !files.is_empty() {
                found.push((tenant, files));
            }
        }
        Ok(found)
    }
}
