//! Gathers rows by tenant into portions.

use std::collections::BTreeMap;

use super::ImportError;
use super::event::Row;
use super::feed::Portion;
use crate::ids::TenantId;

/// Events of a portion: enough that each of many tenants has a good number in it.
const PORTION_EVENTS: usize = 50_000;
/// Bytes that end a portion early.
const PORTION_BYTES: usize = 32 * 1024 * 1024;

/// Rows that wait for a portion to be full.
pub(super) struct Rows<'a> {
    tenant: Option<&'a TenantId>,
    send: &'a dyn Fn(Portion) -> bool,
    names: BTreeMap<String, TenantId>,
    waiting: Portion,
    events: usize,
    bytes: usize,
    read: u64,
}

impl<'a> Rows<'a> {
    /// All rows are `tenant`'s, or each one names its own. `send` is false when nobody listens.
    pub(super) fn new(tenant: Option<&'a TenantId>, send: &'a dyn Fn(Portion) -> bool) -> Self {
        Self {
            tenant,
            send,
            names: BTreeMap::new(),
            waiting: Portion::new(),
            events: 0,
            bytes: 0,
            read: 0,
        }
    }

    /// The number of the row that comes next, from 1.
    pub(super) fn next(&self) -> u64 {
        self.read + 1
    }

    pub(super) fn push(&mut self, row: Row) -> Result<(), ImportError> {
        self.read += 1;
        let tenant = match self.tenant {
            Some(tenant) => tenant.clone(),
            None => self.tenant_of(row.tenant.unwrap_or_default())?,
        };
        self.events += 1;
        self.bytes += row.event.len();
        self.waiting.entry(tenant).or_default().push(row.event);
        if self.events >= PORTION_EVENTS || self.bytes >= PORTION_BYTES {
            return self.finish();
        }
        Ok(())
    }

    /// Sends what waits.
    pub(super) fn finish(&mut self) -> Result<(), ImportError> {
        (self.events, self.bytes) = (0, 0);
        let portion = std::mem::take(&mut self.waiting);
        if portion.is_empty() || (self.send)(portion) {
            return Ok(());
        }
        Err(ImportError::Interrupted)
    }

    fn tenant_of(&mut self, name: String) -> Result<TenantId, ImportError> {
        if let Some(tenant) = self.names.get(&name) {
            return Ok(tenant.clone());
        }
        let tenant: TenantId =
            name.parse().map_err(|source| ImportError::BadTenant { row: self.read, source })?;
        self.names.insert(name, tenant.clone());
        Ok(tenant)
    }
}
