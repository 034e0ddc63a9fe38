//! Every operation through its public door: one happy path, then the refusals.

mod collect;
mod cors;
mod dashboards;
mod dead_letters;
mod encoding;
mod enrichment;
mod events;
mod formats;
mod idempotency;
mod imports;
mod journeys;
mod limits;
mod live;
mod mappings;
mod model;
mod pages;
mod panels;
mod picks;
mod pressure;
mod problems;
mod queries;
mod rows;
mod sessions;
mod tenants;
mod tokens;
mod view;
