//! A disk that never answers.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Command;

use inlay_server::policy::{Action, Duty, Policy, Principal};

use crate::callers::TenantClient;
use crate::inlay::Inlay;

/// The files of one tenant's lake, on a disk that never answers: each is a pipe that nobody writes
/// to, so whoever reads one waits until this is dropped. A query that needs them runs for as long as
/// it may, which no amount of data would make sure of.
#[derive(Debug)]
pub struct StuckDisk(Vec<PathBuf>);

impl StuckDisk {
    /// Brings everything that `tenant` sent into files, and the files onto that disk.
    pub async fn of(inlay: &Inlay, tenant: &TenantClient) -> Self {
        let maintenance = Principal::Process(Duty::Maintain);
        let id = tenant.id().parse().expect("a tenant has a valid id");
        let scope = Policy::new().tenant(&maintenance, Action::Maintain, &id);
        let scope = scope.expect("maintenance may maintain");
        inlay.running().lake().flush_now(&scope).await.expect("the lake can be flushed");
        let mut pipes = Vec::new();
        find(&inlay.folder().join("lake").join(tenant.id()), &mut pipes);
        assert!(!pipes.is_empty(), "nothing was flushed");
        for pipe in &pipes {
            std::fs::remove_file(pipe).expect("the file can be removed");
            let made = Command::new("mkfifo").arg(pipe).status().expect("mkfifo starts");
            assert!(made.success(), "a pipe can be made");
        }
        Self(pipes)
    }
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the tenant's folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            find(&path, found);
        } else {
            found.push(path);
        }
    }
}

impl Drop for StuckDisk {
    /// Lets go of who still waits: a pipe that is opened and closed has ended.
    fn drop(&mut self) {
        for pipe in &self.0 {
            let end = OpenOptions::new().read(true).write(true).open(pipe);
            drop(std::fs::remove_file(pipe));
            drop(end);
        }
    }
}
