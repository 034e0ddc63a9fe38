//! Every operation through its public door: one happy path, then the refusals.

mod cors;
mod dashboards;
mod dead_letters;
mod events;
mod model;
mod pages;
mod problems;
mod queries;
mod sessions;
mod tenants;
mod tokens;
mod view;
