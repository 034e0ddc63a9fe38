//! Hands events of a portion to their tenants, and counts what became of them.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use inlay_shared::Receipt;

use crate::ingest::{Ingest, IngestError};
use crate::policy::TenantScope;

/// Events of one transaction: a server beside the import waits no longer than for one of these.
const TRANSACTION: usize = 5_000;
/// Transactions that are prepared at the same time: while one is written, the next is validated.
const AT_ONCE: usize = 3;

/// What became of events.
#[derive(Debug, Default, Clone)]
pub struct Tally {
    /// New and stored.
    pub accepted: u64,
    /// Stored before.
    pub duplicates: u64,
    /// Refused, by the code of the reason.
    pub codes: BTreeMap<String, u64>,
}

impl Tally {
    /// Events that were refused.
    pub fn rejected(&self) -> u64 {
        self.codes.values().sum()
    }

    fn add(&mut self, receipt: Receipt) {
        self.accepted += receipt.accepted;
        self.duplicates += receipt.duplicates;
        for refused in receipt.rejected {
            *self.codes.entry(refused.code).or_default() += 1;
        }
    }
}

/// Stores events, each list with the scope of its tenant: durable when this returns. Counts go to
/// `tally`, also of the transactions before one that failed.
///
/// # Errors
/// [`IngestError`] if some could not be stored.
pub async fn store(
    ingest: &Ingest,
    work: Vec<(TenantScope, Vec<String>)>,
    tally: &mut Tally,
) -> Result<(), IngestError> {
    let mut batches = Vec::new();
    for (scope, mut events) in work {
        while !events.is_empty() {
            let rest = events.split_off(events.len().min(TRANSACTION));
            batches.push((scope.clone(), std::mem::replace(&mut events, rest)));
        }
    }
    stream::iter(batches)
        .map(|(scope, events)| {
            let ingest = ingest.clone();
            async move { ingest.accept_events(&scope, events).await }
        })
        .buffered(AT_ONCE)
        .try_for_each(|receipt| {
            tally.add(receipt);
            std::future::ready(Ok(()))
        })
        .await
}
