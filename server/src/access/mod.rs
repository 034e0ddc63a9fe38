//! Who is calling: keys, tokens, OAuth, and the extractors that turn a request into a proof.
//!
//! A handler's arguments are its access rule: [`Tenant<Ingest>`] gives a tenant's scope to a caller
//! whose token allows ingesting, [`Deployment<ManageTenants>`] the deployment's, [`EmbedCaller`] a
//! verified viewer on the right page. This folder never reads analytics rows.

mod address;
mod claims;
mod collector;
mod cors;
mod embed;
mod extract;
mod gate;
mod keys;
mod new_client;
mod oauth;
mod secret;
mod signature;
mod token;

pub use address::{ClientAddress, TrustedProxies};
pub use claims::EmbedGrant;
pub use collector::unknown_key;
pub use cors::{allow_embedders, preflight};
pub use embed::EmbedCaller;
pub use extract::{
    Bearer, Deployment, Erase, Ingest, ManageTenants, Mint, Minter, ReadData, ReadTenants, Tenant,
    WriteDashboards, identify,
};
pub use gate::Gate;
pub use keys::{
    KeeperError, KeyRing, KeyState, Life, Rotated, SigningKeys, UnusableKey, Vault, VaultError,
    WITHDRAWN_EVERYWHERE, Withdrawn,
};
pub use new_client::NewClient;
pub use oauth::{ClientCredentials, GRANTS, OAuthError, TokenRequest};
pub use secret::{ClientSecret, SecretHash};
pub use token::{MAX_EMBED_TTL, NoKey};
