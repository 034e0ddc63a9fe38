//! OAuth 2.1 tokens for machines.

mod issue_token;
mod jwks;
mod metadata;

pub(super) use issue_token::issue_token;
pub(super) use jwks::jwks;
pub(super) use metadata::metadata;
