//! Makes the database file forget what was deleted from it.
//!
//! Deleted rows are overwritten with zeros as they go (`secure_delete`). What is left is the write-ahead
//! log, which is emptied into the database and cut to nothing; and, at times, the gap of a page whose
//! rows were moved when it was split. The file is searched for that, and only if something is found is
//! the whole database written anew.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{StoreError, SystemStore};

/// Bytes that are searched at a time.
const BLOCK: usize = 1 << 20;

impl SystemStore<'_> {
    /// Makes the file forget. `traces` are what must not be in it; without any, nothing is searched
    /// for and the database is written anew. `false`: somebody reads what the log has; try again.
    ///
    /// # Errors
    /// [`StoreError`] if the database or its file fails.
    pub async fn scrub(&self, traces: Vec<String>) -> Result<bool, StoreError> {
        if !self.empty_log().await? {
            return Ok(false);
        }
        let file = self.store.file.clone();
        let search = tokio::task::spawn_blocking(move || has_one_of(&file, &traces));
        let found = search.await.map_err(|_| StoreError::Interrupted)?;
        if !found.map_err(StoreError::from_io)? {
            return Ok(true);
        }
        self.store.write.execute_unprepared("VACUUM").await?;
        self.empty_log().await
    }

    async fn empty_log(&self) -> Result<bool, StoreError> {
        let sql = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let row = self.store.write.query_one_raw(sql).await?;
        let busy: i64 = row.map_or(Ok(1), |row| row.try_get("", "busy"))?;
        Ok(busy == 0)
    }
}

/// Is one of these texts anywhere in the file? Without any: as if.
fn has_one_of(file: &Path, texts: &[String]) -> std::io::Result<bool> {
    let Some(longest) = texts.iter().map(String::len).max() else { return Ok(true) };
    let mut file = File::open(file)?;
    let (mut block, mut kept) = (vec![0; BLOCK + longest], 0);
    loop {
        let read = file.read(&mut block[kept..])?;
        if read == 0 {
            return Ok(false);
        }
        let filled = kept + read;
        if texts.iter().any(|text| contains(&block[..filled], text.as_bytes())) {
            return Ok(true);
        }
        // A text may begin at the end of this block.
        kept = filled.min(longest.saturating_sub(1));
        block.copy_within(filled - kept..filled, 0);
    }
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    let Some(first) = text.first() else { return true };
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| byte == first) {
        if bytes[from + at..].starts_with(text) {
            return true;
        }
        from += at + 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_wherever_it_lies() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let text = "u-4711";
        for at in [0, 10, BLOCK - 3, BLOCK, BLOCK + 3, 2 * BLOCK + 1] {
            let mut bytes = vec![b'u'; at];
            bytes.extend(text.as_bytes());
            bytes.extend([0; 100]);
            std::fs::write(&file, bytes).unwrap();
            assert!(has_one_of(&file, &["x".into(), text.into()]).unwrap(), "{at}");
            assert!(!has_one_of(&file, &["u-4712".into()]).unwrap(), "{at}");
        }
    }
}
