//! Keyed hashes of ids that were erased: enough to know one again, and nothing to learn one from.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::StoreError;
use crate::ids::TenantId;

/// Makes marks. Its Debug is opaque.
#[derive(Clone)]
pub(super) struct Marks([u8; 32]);

impl std::fmt::Debug for Marks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Marks(…)")
    }
}

impl Marks {
    /// With the key of this deployment.
    pub(super) async fn load(read: &impl ConnectionTrait) -> Result<Self, StoreError> {
        let sql = "SELECT key FROM erasure_key WHERE id = 1";
        let row = read.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
        let key: Vec<u8> = match row {
            Some(row) => row.try_get("", "key")?,
            None => return Err(StoreError::Corrupt("key of the marks")),
        };
        key.try_into().map(Self).map_err(|_| StoreError::Corrupt("key of the marks"))
    }

    /// The mark of an event's id.
    pub(super) fn event(&self, tenant: &TenantId, id: &str) -> Vec<u8> {
        self.mark(&["event", tenant.as_str(), id])
    }

    /// The mark of a tenant's slug.
    pub(super) fn tenant(&self, tenant: &TenantId) -> Vec<u8> {
        self.mark(&["tenant", tenant.as_str()])
    }

    /// 16 bytes: among a billion ids, two that look alike are not to be expected.
    fn mark(&self, parts: &[&str]) -> Vec<u8> {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.finalize().as_bytes()[..16].to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_of_one_id_of_one_tenant_under_one_key() {
        let (acme, acm) = ("acme".parse().unwrap(), "acm".parse().unwrap());
        let marks = Marks([1; 32]);
        assert_eq!(marks.event(&acme, "e1"), marks.event(&acme, "e1"));
        let others = [
            marks.event(&acme, "e2"),
            marks.event(&acm, "ee1"),
            marks.tenant(&acme),
            Marks([2; 32]).event(&acme, "e1"),
        ];
        assert!(!others.contains(&marks.event(&acme, "e1")));
    }
}
