//! `GET /.well-known/oauth-authorization-server`

use axum::Json;
use axum::extract::State;
use inlay_shared::Scope;
use serde_json::{Value, json};

use crate::access::{GRANTS, Gate};

/// Authorization server metadata (RFC 8414).
pub(crate) async fn metadata(State(gate): State<Gate>) -> Json<Value> {
    let issuer = gate.tokens().issuer();
    Json(json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/v1/oauth/token"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "response_types_supported": [],
        "grant_types_supported": GRANTS,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": Scope::ALL.map(Scope::name),
    }))
}
