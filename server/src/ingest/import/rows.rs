//! Gathers rows by tenant into portions.

use std::collections::BTreeMap;

use super::ReadError;
use super::draft::Row;
use crate::ids::TenantId;

/// Bytes that end a portion early.
const PORTION_BYTES: usize = 32 * 1024 * 1024;

/// Rows that are ready to be stored.
#[derive(Debug, Default)]
pub struct Portion {
    /// Each event's JSON text, by tenant.
    pub events: BTreeMap<TenantId, Vec<String>>,
    /// Rows of the file that were read when it was handed on, those that were skipped among them.
    pub rows: u64,
    /// How far the reading is, of `of`: bytes, or the rows of a Parquet file.
    pub done: u64,
    /// How far it goes.
    pub of: u64,
}

/// Rows that wait for a portion to be full.
pub(super) struct Rows<'a> {
    tenant: Option<&'a TenantId>,
    skip: u64,
    most: usize,
    send: &'a dyn Fn(Portion) -> bool,
    names: BTreeMap<String, TenantId>,
    waiting: Portion,
    events: usize,
    bytes: usize,
}

impl<'a> Rows<'a> {
    /// All rows are `tenant`'s, or each one names its own; the first `skip` of them are left out.
    /// `send` is false when nobody listens.
    pub(super) fn new(
        tenant: Option<&'a TenantId>,
        skip: u64,
        most: usize,
        size: u64,
        send: &'a dyn Fn(Portion) -> bool,
    ) -> Self {
        let waiting = Portion { of: size, ..Portion::default() };
        Self { tenant, skip, most, send, names: BTreeMap::new(), waiting, events: 0, bytes: 0 }
    }

    /// The reading goes so far, not as far as the file has bytes.
    pub(super) fn expect(&mut self, of: u64) {
        self.waiting.of = of;
    }

    /// The number of the row that comes next, from 1.
    pub(super) fn next(&self) -> u64 {
        self.waiting.rows + 1
    }

    /// Takes a row; the reading is at `done` then.
    pub(super) fn push(&mut self, row: Row, done: u64) -> Result<(), ReadError> {
        (self.waiting.rows, self.waiting.done) = (self.waiting.rows + 1, done);
        if self.waiting.rows <= self.skip {
            return Ok(());
        }
        let tenant = match self.tenant {
            Some(tenant) => tenant.clone(),
            None => self.tenant_of(row.tenant.unwrap_or_default())?,
        };
        self.events += 1;
        self.bytes += row.event.len();
        self.waiting.events.entry(tenant).or_default().push(row.event);
        if self.events >= self.most || self.bytes >= PORTION_BYTES {
            return self.finish();
        }
        Ok(())
    }

    /// Sends what waits.
    pub(super) fn finish(&mut self) -> Result<(), ReadError> {
        (self.events, self.bytes) = (0, 0);
        let rest = Portion { events: BTreeMap::new(), ..self.waiting };
        let portion = std::mem::replace(&mut self.waiting, rest);
        if portion.events.is_empty() || (self.send)(portion) {
            return Ok(());
        }
        Err(ReadError::Interrupted)
    }

    fn tenant_of(&mut self, name: String) -> Result<TenantId, ReadError> {
        if let Some(tenant) = self.names.get(&name) {
            return Ok(tenant.clone());
        }
        let row = self.waiting.rows;
        let tenant: TenantId =
            name.parse().map_err(|source| ReadError::BadTenant { row, source })?;
        self.names.insert(name, tenant.clone());
        Ok(tenant)
    }
}
