//! The two kinds of token: access tokens (`at+jwt`, RFC 9068) for machines, embed tokens
//! (`inlay-embed+jwt`) for viewers. Each has its own type, audience and claims, so that one is never
//! taken for the other (RFC 8725 section 3.11).

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use inlay_shared::Scope;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Header, Validation};
use parking_lot::RwLock;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::claims::{AccessClaims, Actor, EmbedClaims, EmbedGrant};
use super::keys::KeyRing;
use super::signature;

/// Seconds that an access token lives.
pub(super) const ACCESS_TTL: u32 = 900;
/// Seconds that an embed token lives at most.
pub const MAX_EMBED_TTL: u32 = 900;

const ACCESS_TYPE: &str = "at+jwt";
const EMBED_TYPE: &str = "inlay-embed+jwt";
/// A token much longer than any that Inlay makes is not worth a look.
const MAX_LENGTH: usize = 16 * 1024;

/// Why a token is refused. What is wrong with it exactly is nobody's business but the log's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// It was good, and its time is over.
    #[error("the token has expired")]
    Expired,
    /// It is not one of ours for this purpose.
    #[error("the token is not valid here: {0}")]
    Invalid(&'static str),
}

/// Nothing can be signed: every key was withdrawn, and the next one cannot be used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no signing key that this process can use")]
pub struct NoKey;

/// Signs and checks tokens of one deployment.
#[derive(Debug)]
pub struct Tokens {
    keys: RwLock<Arc<KeyRing>>,
    issuer: String,
}

impl Tokens {
    /// Tokens that say `issuer`.
    pub fn new(keys: KeyRing, issuer: String) -> Self {
        Self { keys: RwLock::new(Arc::new(keys)), issuer }
    }

    /// The deployment's name in every token.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The keys that verify.
    pub fn keys(&self) -> Arc<KeyRing> {
        self.keys.read().clone()
    }

    /// From now on, these.
    pub(super) fn replace(&self, ring: KeyRing) {
        let mut keys = self.keys.write();
        *keys = Arc::new(ring.after(&keys));
    }

    /// From now on, without these.
    pub(super) fn withdraw(&self, gone: impl Fn(&str) -> bool) {
        let mut keys = self.keys.write();
        *keys = Arc::new(KeyRing::clone(&keys).without(gone));
    }

    /// Is this a token of a known key, or none at all? Then there is no other key to look for.
    pub(super) fn knows_key_of(&self, token: &str) -> bool {
        header(token).map_or(true, |header| self.keys.read().verifying(&header.kid).is_some())
    }

    /// The audience of embed tokens.
    fn embed_audience(&self) -> String {
        format!("{}/v1/embed", self.issuer)
    }

    /// Signs an access token for `subject`.
    ///
    /// # Errors
    /// [`NoKey`].
    pub fn issue_access(
        &self,
        client: &str,
        tenant: Option<&str>,
        scopes: &BTreeSet<Scope>,
        actor: Option<&str>,
        jti: String,
        now: Timestamp,
    ) -> Result<String, NoKey> {
        let scope: Vec<_> = scopes.iter().map(|scope| scope.name()).collect();
        let claims = AccessClaims {
            iss: self.issuer.clone(),
            aud: self.issuer.clone(),
            sub: client.to_owned(),
            client_id: client.to_owned(),
            exp: now.as_second() + i64::from(ACCESS_TTL),
            iat: now.as_second(),
            jti,
            scope: scope.join(" "),
            tid: tenant.map(str::to_owned),
            act: actor.map(|sub| Actor { sub: sub.to_owned() }),
        };
        self.sign(ACCESS_TYPE, &claims, now)
    }

    /// Signs an embed token of session `jti`, good for `ttl` seconds.
    ///
    /// # Errors
    /// [`NoKey`].
    pub fn issue_embed(
        &self,
        grant: EmbedGrant,
        jti: String,
        ttl: u32,
        now: Timestamp,
    ) -> Result<String, NoKey> {
        let claims = EmbedClaims {
            iss: self.issuer.clone(),
            aud: self.embed_audience(),
            exp: now.as_second() + i64::from(ttl),
            iat: now.as_second(),
            nbf: now.as_second(),
            jti,
            grant,
        };
        self.sign(EMBED_TYPE, &claims, now)
    }

    /// The claims of an access token of this deployment that is good now.
    ///
    /// # Errors
    /// [`InvalidToken`].
    pub fn check_access(&self, token: &str, now: Timestamp) -> Result<AccessClaims, InvalidToken> {
        let (claims, _): (AccessClaims, _) = self.verify(token, ACCESS_TYPE, &self.issuer)?;
        in_time(claims.iat, claims.exp, now)?;
        Ok(claims)
    }

    /// The claims of an embed token of this deployment that is good now, and what tells when its key is
    /// withdrawn.
    ///
    /// # Errors
    /// [`InvalidToken`].
    pub fn check_embed(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<(EmbedClaims, CancellationToken), InvalidToken> {
        let (claims, withdrawn): (EmbedClaims, _) =
            self.verify(token, EMBED_TYPE, &self.embed_audience())?;
        in_time(claims.nbf, claims.exp, now)?;
        Ok((claims, withdrawn))
    }

    fn sign(&self, kind: &str, claims: &impl Serialize, now: Timestamp) -> Result<String, NoKey> {
        let keys = self.keys();
        let (kid, key) = keys.signing(now).ok_or(NoKey)?;
        let header = Header {
            typ: Some(kind.to_owned()),
            kid: Some(kid.to_owned()),
            ..Header::new(Algorithm::ES256)
        };
        let token = jsonwebtoken::encode(&header, claims, key);
        Ok(signature::lower(token.expect("an ES256 key signs any claims")))
    }

    /// Type, algorithm and key are checked before the signature.
    fn verify<C: DeserializeOwned>(
        &self,
        token: &str,
        kind: &str,
        audience: &str,
    ) -> Result<(C, CancellationToken), InvalidToken> {
        let OurHeader { typ, alg, kid } = header(token)?;
        if alg != "ES256" {
            return Err(InvalidToken::Invalid("its algorithm is not ES256"));
        }
        // Media types compare without case, and `application/` may be left out (RFC 7515 4.1.9).
        let typ = typ.to_ascii_lowercase();
        if typ.strip_prefix("application/").unwrap_or(&typ) != kind {
            return Err(InvalidToken::Invalid("it is of another type"));
        }
        if !signature::is_lower(token) {
            return Err(InvalidToken::Invalid("its signature is not the one that it was given"));
        }
        let unknown = || InvalidToken::Invalid("its key is unknown");
        let keys = self.keys();
        let (key, withdrawn) =
            keys.verifying(&kid).zip(keys.withdrawn(&kid)).ok_or_else(unknown)?;
        let mut rules = Validation::new(Algorithm::ES256);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[audience]);
        // The library reads the machine's clock; time is checked by ours, without leeway.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let data = jsonwebtoken::decode(token, key, &rules)
            .map_err(|_| InvalidToken::Invalid("signature, issuer, audience or claims"))?;
        Ok((data.claims, withdrawn))
    }
}

/// A header as Inlay writes it. Any other member (`jku`, `jwk`, `x5u`, `crit` and what comes) is refused,
/// and so is one that stands there twice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OurHeader {
    typ: String,
    alg: String,
    kid: String,
}

fn header(token: &str) -> Result<OurHeader, InvalidToken> {
    if token.len() > MAX_LENGTH {
        return Err(InvalidToken::Invalid("it is too long"));
    }
    let text = token.split_once('.').and_then(|(text, _)| URL_SAFE_NO_PAD.decode(text).ok());
    text.and_then(|text| serde_json::from_slice(&text).ok())
        .ok_or(InvalidToken::Invalid("its header is not one of ours"))
}

fn in_time(begins: i64, ends: i64, now: Timestamp) -> Result<(), InvalidToken> {
    if now.as_second() >= ends {
        return Err(InvalidToken::Expired);
    }
    if now.as_second() < begins {
        return Err(InvalidToken::Invalid("it is not valid yet"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::keys::sample;

    fn tokens() -> Tokens {
        Tokens::new(sample(1), "https://a.example".into())
    }

    fn grant() -> EmbedGrant {
        EmbedGrant {
            tid: "acme".into(),
            sub: "u1".into(),
            dashboards: BTreeSet::from(["overview".to_owned()]),
            capabilities: BTreeSet::new(),
            filters: Vec::new(),
            origin: "https://portal.example".into(),
            zone: "UTC".into(),
            lang: String::new(),
        }
    }

    #[test]
    fn a_token_lives_from_its_first_second_to_its_last() {
        let tokens = tokens();
        let start = Timestamp::from_second(1_800_000_000).unwrap();
        let token = tokens.issue_embed(grant(), "ses_1".into(), 300, start).unwrap();
        let at = |second: i64| {
            tokens.check_embed(&token, Timestamp::from_second(1_800_000_000 + second).unwrap())
        };
        assert_eq!(at(0).unwrap().0.grant, grant());
        assert!(at(299).is_ok());
        assert_eq!(at(300).unwrap_err(), InvalidToken::Expired);
        assert!(matches!(at(-1), Err(InvalidToken::Invalid(_))));
    }

    #[test]
    fn one_kind_is_never_taken_for_the_other() {
        let tokens = tokens();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let embed = tokens.issue_embed(grant(), "ses_1".into(), 300, now).unwrap();
        let access =
            tokens.issue_access("c", None, &BTreeSet::new(), None, "j".into(), now).unwrap();
        assert!(tokens.check_access(&embed, now).is_err());
        assert!(tokens.check_embed(&access, now).is_err());
        assert!(tokens.check_access(&access, now).is_ok());
    }

    #[test]
    fn another_deployment_is_not_believed() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let token = tokens().issue_embed(grant(), "ses_1".into(), 300, now).unwrap();
        assert!(tokens().check_embed(&token, now).is_err());
        let keys = sample(1);
        let here = Tokens::new(keys.clone(), "https://a.example".into());
        let there = Tokens::new(keys, "https://b.example".into());
        let token = there.issue_embed(grant(), "ses_1".into(), 300, now).unwrap();
        assert!(here.check_embed(&token, now).is_err(), "same key, other issuer");
    }
}
