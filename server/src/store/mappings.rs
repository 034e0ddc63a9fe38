//! How each source's events are read: every version of its rules, so that an event that was accepted by
//! one is always read by that one.

use std::collections::BTreeMap;
use std::sync::Arc;

use inlay_shared::{Mapping as Wire, MappingRule};
use jiff::Timestamp;
use sea_orm::{ConnectionTrait, FromQueryResult};

use super::raw_log::statement;
use super::{StoreError, TenantStore};
use crate::event::Mapping;
use crate::ids::{SourceName, TenantId};

/// A source and the version of its rules that hold for an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceMapping {
    /// The source's label.
    pub source: SourceName,
    /// The version; 0 where the source had no rules.
    pub version: i64,
    /// Its rules, checked.
    pub rules: Mapping,
}

#[derive(FromQueryResult)]
struct Row {
    source: String,
    version: i64,
    rules: String,
    created_at: i64,
}

const LATEST: &str = "\
    SELECT source, version, rules, created_at FROM mappings \
    WHERE tenant = ? AND source = ? ORDER BY version DESC LIMIT 1";

const LATEST_OF_EACH: &str = "\
    SELECT source, version, rules, created_at FROM mappings AS latest \
    WHERE tenant = ? AND source > ? AND version = (\
        SELECT max(version) FROM mappings \
        WHERE tenant = latest.tenant AND source = latest.source) \
    ORDER BY source LIMIT ?";

const ONE_VERSION: &str = "\
    SELECT source, version, rules, created_at FROM mappings \
    WHERE tenant = ? AND source = ? AND version = ?";

const INSERT: &str = "\
    INSERT INTO mappings (tenant, source, version, rules, created_at) VALUES (?, ?, ?, ?, ?)";

impl TenantStore<'_> {
    /// The rules of each source in the order of their labels, those after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn mappings(&self, after: Option<&str>, limit: u64) -> Result<Vec<Wire>, StoreError> {
        let values = [self.tenant.as_str().into(), after.unwrap_or_default().into(), limit.into()];
        let find = Row::find_by_statement(statement(LATEST_OF_EACH, values));
        find.all(&self.store.read).await?.into_iter().map(Row::wire).collect()
    }

    /// The rules of one source; version 0 and none where it has no rules.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn mapping(&self, source: &SourceName) -> Result<Wire, StoreError> {
        let row = latest(&self.store.read, self.tenant, source).await?;
        row.map_or_else(|| Ok(empty(source)), Row::wire)
    }

    /// Writes new rules of one source as its next version. The same rules again are no new version.
    /// They were checked by [`Mapping::new`].
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn put_mapping(
        &self,
        source: &SourceName,
        rules: &[MappingRule],
        now: Timestamp,
    ) -> Result<Wire, StoreError> {
        let write = self.store.begin().await?;
        let row = latest(&write, self.tenant, source).await?;
        let before = row.map_or_else(|| Ok(empty(source)), Row::wire)?;
        if before.rules == rules {
            write.rollback().await?;
            return Ok(before);
        }
        let version = before.version + 1;
        let text = serde_json::to_string(rules).expect("rules are texts");
        let values = [
            self.tenant.as_str().into(),
            source.as_str().into(),
            version.into(),
            text.into(),
            now.as_microsecond().into(),
        ];
        write.execute_raw(statement(INSERT, values)).await?;
        write.commit().await?;
        let updated_at = Some(now.to_string());
        Ok(Wire { source: source.to_string(), version, updated_at, rules: rules.to_vec() })
    }

    /// What holds for the events that a source sends now. Events that name no source are those of
    /// [`SourceName::unnamed`]: `None` if that one has no rules.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn source_mapping(
        &self,
        source: Option<&SourceName>,
    ) -> Result<Option<Arc<SourceMapping>>, StoreError> {
        let unnamed = SourceName::unnamed();
        let row = latest(&self.store.read, self.tenant, source.unwrap_or(&unnamed)).await?;
        match (row, source) {
            (Some(row), _) => row.checked().map(|mapping| Some(Arc::new(mapping))),
            (None, Some(source)) => Ok(Some(Arc::new(without_rules(source.clone())))),
            (None, None) => Ok(None),
        }
    }
}

/// Finds the rules of accepted events, each version once.
#[derive(Debug, Default)]
pub(super) struct Versions(BTreeMap<(String, i64), Arc<SourceMapping>>);

impl Versions {
    /// The rules by which an event was accepted.
    pub(super) async fn find(
        &mut self,
        read: &impl ConnectionTrait,
        tenant: &TenantId,
        source: String,
        version: i64,
    ) -> Result<Arc<SourceMapping>, StoreError> {
        let key = (source, version);
        if let Some(known) = self.0.get(&key) {
            return Ok(known.clone());
        }
        let (source, version) = &key;
        let mapping = if *version == 0 {
            without_rules(source.parse().map_err(|_| StoreError::Corrupt("source"))?)
        } else {
            let values = [tenant.as_str().into(), source.as_str().into(), (*version).into()];
            let row = Row::find_by_statement(statement(ONE_VERSION, values)).one(read).await?;
            row.ok_or(StoreError::Corrupt("version of a mapping"))?.checked()?
        };
        let mapping = Arc::new(mapping);
        self.0.insert(key, mapping.clone());
        Ok(mapping)
    }
}

impl Row {
    fn rules(&self) -> Result<Vec<MappingRule>, StoreError> {
        serde_json::from_str(&self.rules).map_err(|_| StoreError::Corrupt("mapping"))
    }

    fn wire(self) -> Result<Wire, StoreError> {
        let rules = self.rules()?;
        let at = Timestamp::from_microsecond(self.created_at);
        let at = at.map_err(|_| StoreError::Corrupt("time of a mapping"))?;
        let updated_at = Some(at.to_string());
        Ok(Wire { source: self.source, version: self.version, updated_at, rules })
    }

    fn checked(self) -> Result<SourceMapping, StoreError> {
        let rules = Mapping::new(&self.rules()?).map_err(|_| StoreError::Corrupt("mapping"))?;
        let source = self.source.parse().map_err(|_| StoreError::Corrupt("source"))?;
        Ok(SourceMapping { source, version: self.version, rules })
    }
}

async fn latest(
    read: &impl ConnectionTrait,
    tenant: &TenantId,
    source: &SourceName,
) -> Result<Option<Row>, StoreError> {
    let values = [tenant.as_str().into(), source.as_str().into()];
    Ok(Row::find_by_statement(statement(LATEST, values)).one(read).await?)
}

fn empty(source: &SourceName) -> Wire {
    Wire { source: source.to_string(), version: 0, updated_at: None, rules: Vec::new() }
}

fn without_rules(source: SourceName) -> SourceMapping {
    SourceMapping { source, version: 0, rules: Mapping::default() }
}

#[cfg(test)]
mod tests {
    use inlay_shared::MappingAction;

    use super::*;
    use crate::store::testing::{Folder, scope};

    fn drops(from: &str) -> Vec<MappingRule> {
        let from = Some(from.to_owned());
        vec![MappingRule { action: MappingAction::Drop, from, to: None, value: None }]
    }

    #[tokio::test]
    async fn versions_count_changes_and_old_ones_stay() {
        let folder = Folder::new().await;
        let (acme, globex) = (scope("acme"), scope("globex"));
        let (store, now) = (folder.store.tenant(&acme), folder.clock.now());
        let source: SourceName = "segment".parse().unwrap();
        assert_eq!(store.mapping(&source).await.unwrap().version, 0);
        for (rules, version) in [("a", 1), ("b", 2), ("b", 2), ("a", 3)] {
            let put = store.put_mapping(&source, &drops(rules), now).await.unwrap();
            assert_eq!((put.version, &put.rules), (version, &drops(rules)));
        }
        assert_eq!(store.mapping(&source).await.unwrap().version, 3);
        assert_eq!(store.mappings(None, 10).await.unwrap().len(), 1);
        assert_eq!(store.mappings(Some("segment"), 10).await.unwrap(), []);
        let mut versions = Versions::default();
        let read = &folder.store.read;
        let second = versions.find(read, acme.tenant(), "segment".into(), 2).await.unwrap();
        assert_eq!(second.rules, Mapping::new(&drops("b")).unwrap());
        assert!(versions.find(read, globex.tenant(), "segment".into(), 1).await.is_err());
        assert_eq!(folder.store.tenant(&globex).mapping(&source).await.unwrap().version, 0);
    }

    #[tokio::test]
    async fn events_without_a_source_have_the_rules_of_the_unnamed_one() {
        let folder = Folder::new().await;
        let acme = scope("acme");
        let store = folder.store.tenant(&acme);
        assert_eq!(store.source_mapping(None).await.unwrap(), None);
        let named: SourceName = "segment".parse().unwrap();
        let mapping = store.source_mapping(Some(&named)).await.unwrap().unwrap();
        assert_eq!((mapping.source.as_str(), mapping.version), ("segment", 0));
        let now = folder.clock.now();
        store.put_mapping(&SourceName::unnamed(), &drops("a"), now).await.unwrap();
        let mapping = store.source_mapping(None).await.unwrap().unwrap();
        assert_eq!((mapping.source.as_str(), mapping.version), ("default", 1));
    }
}
