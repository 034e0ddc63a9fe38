//! Who is calling: keys, tokens, OAuth, and the extractors that turn a request into a proof.
//!
//! A handler's arguments are its access rule: [`Tenant<Ingest>`] gives a tenant's scope to a caller
//! whose token allows ingesting, [`Deployment<ManageTenants>`] the deployment's, [`EmbedCaller`] a
//! verified viewer on the right page. This folder never reads analytics rows.

mod address;
mod collector;
mod cors;
mod embed;
mod extract;
mod gate;
mod keys;
mod oauth;
mod secret;
mod token;

pub use address::{ClientAddress, TrustedProxies};
pub use collector::unknown_key;
pub use cors::{allow_embedders, preflight};
pub use embed::EmbedCaller;
pub use extract::{
    Bearer, Deployment, Erase, Ingest, ManageTenants, Mint, Minter, ReadData, ReadTenants, Tenant,
    WriteDashboards, identify,
};
pub use gate::{AccessError, Gate};
pub use oauth::{ClientCredentials, GRANTS, OAuthError, TokenRequest};
pub use secret::{ClientSecret, SecretHash};
pub use token::{EmbedGrant, MAX_EMBED_TTL};
