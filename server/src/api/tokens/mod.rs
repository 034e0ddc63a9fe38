//! OAuth 2.1 tokens for machines.

mod issue_token;
mod jwks;
mod metadata;

pub use issue_token::issue_token;
pub use jwks::jwks;
pub use metadata::metadata;
