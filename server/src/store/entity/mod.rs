//! Rows of the control database, a file a table. They stay inside `store`.
#![expect(unreachable_pub, reason = "the entity macro makes public items in a private module")]

pub(super) mod clients;
pub(super) mod dashboards;
pub(super) mod dead_letters;
pub(super) mod erased_events;
pub(super) mod erased_tenants;
pub(super) mod erasures;
pub(super) mod idempotency_keys;
pub(super) mod imports;
pub(super) mod lake_positions;
pub(super) mod models;
pub(super) mod public_keys;
pub(super) mod raw_events;
pub(super) mod retired_segments;
pub(super) mod revoked_sessions;
pub(super) mod segments;
pub(super) mod signing_keys;
pub(super) mod tenant_brands;
pub(super) mod tenant_domains;
pub(super) mod tenant_origins;
pub(super) mod tenant_retention;
pub(super) mod tenants;
pub(super) mod visitor_salts;
