//! What a page's tracker sends, and the public keys that it sends it with.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::given::given;

/// Body of `POST /v1/collect`. Events are judged one by one, so each stays as it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collected {
    /// `pk_…`: whose events these are, and the right to append them.
    pub key: String,
    /// The browser says that a program drives it.
    #[serde(default)]
    pub automated: bool,
    /// 1 to 100 events, each a [`PageEvent`].
    pub events: Vec<Value>,
}

/// An event as a page tells it. Who is looking, from where and when, is the server's to say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageEvent {
    /// Made in the browser, 1 to 64 characters; the same one is taken once.
    pub id: String,
    /// What happened, such as `page.viewed`.
    pub name: String,
    /// Milliseconds since it happened, at most a week.
    #[serde(default)]
    pub age_ms: u64,
    /// Path of the page.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// Host of the page that led here.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub referrer: Option<String>,
    /// Milliseconds that the page was in sight.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// A decimal string.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// ISO 4217.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Of the page's address.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub utm_source: Option<String>,
    /// Of the page's address.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub utm_medium: Option<String>,
    /// Of the page's address.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub utm_campaign: Option<String>,
    /// Of the page's address.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub utm_term: Option<String>,
    /// Of the page's address.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub utm_content: Option<String>,
    /// Flat: strings, numbers, booleans.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub properties: Option<Map<String, Value>>,
}

/// Body of `POST /v1/tenants/{tenant}/public-keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPublicKey {
    /// Name for people, 1 to 80 characters.
    pub name: String,
}

/// A key that pages carry. It is no secret: all it can do is append events from declared origins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// `pk_…`.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// Requests of bots that came with it. They are counted and never stored.
    pub bots: u64,
    /// RFC 3339, UTC.
    pub created_at: String,
}
