//! The two kinds of token: access tokens (`at+jwt`, RFC 9068) for machines, embed tokens
//! (`inlay-embed+jwt`) for viewers. Each has its own type, audience and claims, so that one is never
//! taken for the other (RFC 8725 section 3.11).

use std::collections::BTreeSet;

use inlay_shared::{Capability, Filter, Scope};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::keys::KeyRing;

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

/// Claims of an access token (RFC 9068 section 2.2), and the tenant that it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The deployment.
    pub iss: String,
    /// The deployment again: it is its own resource server.
    pub aud: String,
    /// The client.
    pub sub: String,
    /// The client.
    pub client_id: String,
    /// Seconds since 1970.
    pub exp: i64,
    /// Seconds since 1970.
    pub iat: i64,
    /// Unique.
    pub jti: String,
    /// Space-separated scopes.
    pub scope: String,
    /// The tenant; none in an operator's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tid: Option<String>,
    /// Who exchanged its own token for this one (RFC 8693 section 4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Actor>,
}

/// The party that acts (RFC 8693 section 4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Its client.
    pub sub: String,
}

/// What an embed token grants. Every claim is required; an absent right is an empty list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmbedGrant {
    /// The tenant whose numbers are seen.
    pub tid: String,
    /// The vendor's id of the viewer.
    pub sub: String,
    /// The dashboards that may be seen.
    pub dashboards: BTreeSet<String>,
    /// What may be done beyond looking.
    pub capabilities: BTreeSet<Capability>,
    /// Row filters that hold for every query.
    pub filters: Vec<Filter>,
    /// The origin of the page that embeds.
    pub origin: String,
    /// The viewer's IANA zone.
    pub zone: String,
    /// The viewer's language; empty where the vendor named none.
    pub lang: String,
}

/// Claims of an embed token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmbedClaims {
    /// The deployment.
    pub iss: String,
    /// The embed endpoints of the deployment.
    pub aud: String,
    /// Seconds since 1970.
    pub exp: i64,
    /// Seconds since 1970.
    pub iat: i64,
    /// Seconds since 1970.
    pub nbf: i64,
    /// The session.
    pub jti: String,
    /// What it grants.
    #[serde(flatten)]
    pub grant: EmbedGrant,
}

/// Signs and checks tokens of one deployment.
#[derive(Debug)]
pub struct Tokens {
    keys: KeyRing,
    issuer: String,
}

impl Tokens {
    /// Tokens that say `issuer`.
    pub fn new(keys: KeyRing, issuer: String) -> Self {
        Self { keys, issuer }
    }

    /// The deployment's name in every token.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The keys that verify.
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// The audience of embed tokens.
    fn embed_audience(&self) -> String {
        format!("{}/v1/embed", self.issuer)
    }

    /// Signs an access token for `subject`.
    pub fn issue_access(
        &self,
        client: &str,
        tenant: Option<&str>,
        scopes: &BTreeSet<Scope>,
        actor: Option<&str>,
        jti: String,
        now: Timestamp,
    ) -> String {
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
        self.sign(ACCESS_TYPE, &claims)
    }

    /// Signs an embed token of session `jti`, good for `ttl` seconds.
    pub fn issue_embed(&self, grant: EmbedGrant, jti: String, ttl: u32, now: Timestamp) -> String {
        let claims = EmbedClaims {
            iss: self.issuer.clone(),
            aud: self.embed_audience(),
            exp: now.as_second() + i64::from(ttl),
            iat: now.as_second(),
            nbf: now.as_second(),
            jti,
            grant,
        };
        self.sign(EMBED_TYPE, &claims)
    }

    /// The claims of an access token of this deployment that is good now.
    ///
    /// # Errors
    /// [`InvalidToken`].
    pub fn check_access(&self, token: &str, now: Timestamp) -> Result<AccessClaims, InvalidToken> {
        let claims: AccessClaims = self.verify(token, ACCESS_TYPE, &self.issuer)?;
        in_time(claims.iat, claims.exp, now)?;
        Ok(claims)
    }

    /// The claims of an embed token of this deployment that is good now.
    ///
    /// # Errors
    /// [`InvalidToken`].
    pub fn check_embed(&self, token: &str, now: Timestamp) -> Result<EmbedClaims, InvalidToken> {
        let claims: EmbedClaims = self.verify(token, EMBED_TYPE, &self.embed_audience())?;
        in_time(claims.nbf, claims.exp, now)?;
        Ok(claims)
    }

    fn sign(&self, kind: &str, claims: &impl Serialize) -> String {
        let (kid, key) = self.keys.signing();
        let header = Header {
            typ: Some(kind.to_owned()),
            kid: Some(kid.to_owned()),
            ..Header::new(Algorithm::ES256)
        };
        jsonwebtoken::encode(&header, claims, key).expect("an ES256 key signs any claims")
    }

    /// Type, algorithm and key are checked before the signature; what the header says about where to
    /// find a key (`jku`, `x5u`, `jwk`) is never followed, and such a header is refused.
    fn verify<C: DeserializeOwned>(
        &self,
        token: &str,
        kind: &str,
        audience: &str,
    ) -> Result<C, InvalidToken> {
        if token.len() > MAX_LENGTH {
            return Err(InvalidToken::Invalid("it is too long"));
        }
        let header = jsonwebtoken::decode_header(token)
            .map_err(|_| InvalidToken::Invalid("its header does not parse"))?;
        if header.alg != Algorithm::ES256 {
            return Err(InvalidToken::Invalid("its algorithm is not ES256"));
        }
        // Media types compare without case, and `application/` may be left out (RFC 7515 4.1.9).
        let typ = header.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
        if typ.strip_prefix("application/").unwrap_or(&typ) != kind {
            return Err(InvalidToken::Invalid("it is of another type"));
        }
        if header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() {
            return Err(InvalidToken::Invalid("its header names a key of its own"));
        }
        let kid = header.kid.ok_or(InvalidToken::Invalid("it names no key"))?;
        let key = self.keys.verifying(&kid).ok_or(InvalidToken::Invalid("its key is unknown"))?;
        let mut rules = Validation::new(Algorithm::ES256);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[audience]);
        // The library reads the machine's clock; time is checked by ours, without leeway.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let data = jsonwebtoken::decode(token, key, &rules)
            .map_err(|_| InvalidToken::Invalid("signature, issuer, audience or claims"))?;
        Ok(data.claims)
    }
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
    use crate::access::keys;

    fn tokens() -> Tokens {
        Tokens::new(KeyRing::new(&[keys::generate()]).unwrap(), "https://a.example".into())
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
        let token = tokens.issue_embed(grant(), "ses_1".into(), 300, start);
        let at = |second: i64| {
            tokens.check_embed(&token, Timestamp::from_second(1_800_000_000 + second).unwrap())
        };
        assert_eq!(at(0).unwrap().grant, grant());
        assert!(at(299).is_ok());
        assert_eq!(at(300), Err(InvalidToken::Expired));
        assert!(matches!(at(-1), Err(InvalidToken::Invalid(_))));
    }

    #[test]
    fn one_kind_is_never_taken_for_the_other() {
        let tokens = tokens();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let embed = tokens.issue_embed(grant(), "ses_1".into(), 300, now);
        let access = tokens.issue_access("c", None, &BTreeSet::new(), None, "j".into(), now);
        assert!(tokens.check_access(&embed, now).is_err());
        assert!(tokens.check_embed(&access, now).is_err());
        assert!(tokens.check_access(&access, now).is_ok());
    }

    #[test]
    fn another_deployment_is_not_believed() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let token = tokens().issue_embed(grant(), "ses_1".into(), 300, now);
        assert!(tokens().check_embed(&token, now).is_err());
        let keys = [keys::generate()];
        let here = Tokens::new(KeyRing::new(&keys).unwrap(), "https://a.example".into());
        let there = Tokens::new(KeyRing::new(&keys).unwrap(), "https://b.example".into());
        let token = there.issue_embed(grant(), "ses_1".into(), 300, now);
        assert!(here.check_embed(&token, now).is_err(), "same key, other issuer");
    }
}
