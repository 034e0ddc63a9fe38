//! What handlers are given. The control database is in here, and it opens to a scope only.

use std::sync::Arc;

use axum::extract::FromRef;

use crate::access::{Gate, TrustedProxies};
use crate::clock::Clock;
use crate::embed::Live;
use crate::entropy::Entropy;
use crate::ingest::{Collect, Ingest};
use crate::jobs::imports::Imports;
use crate::policy::SystemScope;
use crate::query::Engine;
use crate::store::Store;

/// The running deployment, as handlers see it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Inlay(Arc<Parts>);

/// Its parts.
#[derive(Debug)]
pub struct Parts {
    /// Finds out who is calling.
    pub gate: Gate,
    /// The control database.
    pub store: Store,
    /// Takes events in.
    pub ingest: Ingest,
    /// Takes events from the pages of a site.
    pub collect: Collect,
    /// Takes large files in, as jobs.
    pub imports: Imports,
    /// The proxies that are believed when they name a client's address.
    pub proxies: TrustedProxies,
    /// Answers queries.
    pub engine: Engine,
    /// Tells open dashboards of news.
    pub live: Live,
    /// Reads origins, domains and brands to build pages, before anybody is known.
    pub present: SystemScope,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub entropy: Entropy,
}

impl From<Parts> for Inlay {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl std::ops::Deref for Inlay {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<Inlay> for Gate {
    fn from_ref(inlay: &Inlay) -> Self {
        inlay.gate.clone()
    }
}

impl FromRef<Inlay> for TrustedProxies {
    fn from_ref(inlay: &Inlay) -> Self {
        inlay.proxies.clone()
    }
}
