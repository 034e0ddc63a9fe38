//! How the control database fails.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};

/// The control database failed. The text names the operation; the source has the database's words.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database itself failed.
    #[error("the control database failed")]
    Database(#[source] DbErr),
    /// What is to be created exists already.
    #[error("it exists already")]
    Exists,
    /// A stored value is not what this build writes.
    #[error("a stored {0} does not parse")]
    Corrupt(&'static str),
    /// The tenant is being erased: its slug is not free yet.
    #[error("the tenant is being erased")]
    BeingErased,
    /// Too much is under way, or another process holds the database for too long.
    #[error("the control database is busy")]
    Busy,
    /// No room is left on the disk.
    #[error("the disk is full")]
    Full,
    /// The data folder cannot be written: it is read-only, or the disk fails.
    #[error("the data folder cannot be written")]
    Unwritable(#[source] Arc<dyn Error + Send + Sync>),
    /// The process is going down.
    #[error("the write was interrupted")]
    Interrupted,
}

impl StoreError {
    /// What a failed write of a file comes to.
    pub(super) fn from_io(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Unwritable(Arc::new(error)),
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        // Result codes of SQLite (sqlite.org/rescode.html); the low byte is the kind.
        const BUSY: i32 = 5;
        const READONLY: i32 = 8;
        const FULL: i32 = 13;
        const CANTOPEN: i32 = 14;
        const IOERR_WRITES: [i32; 7] = [778, 1034, 1290, 1546, 4618, 4874, 6154];
        let Some(code) = code(&error) else {
            return match error {
                DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => Self::Busy,
                other => Self::Database(other),
            };
        };
        match code & 0xff {
            BUSY => Self::Busy,
            FULL => Self::Full,
            READONLY | CANTOPEN => Self::Unwritable(Arc::new(error)),
            _ if IOERR_WRITES.contains(&code) => Self::Unwritable(Arc::new(error)),
            _ => Self::Database(error),
        }
    }
}

fn code(error: &DbErr) -> Option<i32> {
    let (DbErr::Conn(source) | DbErr::Exec(source) | DbErr::Query(source)) = error else {
        return None;
    };
    let RuntimeErr::SqlxError(source) = source else { return None };
    source.as_database_error()?.code()?.parse().ok()
}
