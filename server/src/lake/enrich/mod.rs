//! Adds to an event what follows from what it says: device, browser and system from the user agent,
//! host and channel from the referrer, campaign from the address. Pure. What the sender says itself
//! is never changed.

mod address;
mod agent;
mod channel;

use std::borrow::Cow;

pub(super) use agent::Agents;

use self::address::Address;
use self::channel::Signs;
use super::normalise::Normal;
use crate::model::Field;

/// The parameters of an address that become columns.
const CAMPAIGN: [(Field, &str); 5] = [
    (Field::UtmSource, "utm_source"),
    (Field::UtmMedium, "utm_medium"),
    (Field::UtmCampaign, "utm_campaign"),
    (Field::UtmTerm, "utm_term"),
    (Field::UtmContent, "utm_content"),
];

/// Fills in what the sender left out and what follows.
pub(super) fn enrich(event: &mut Normal<'_>, agents: &mut Agents) {
    if let Some(user_agent) = event.user_agent.take() {
        let agent = agents.read(&user_agent);
        event.fill(Field::Device, agent.device);
        event.fill(Field::Browser, agent.browser);
        event.fill(Field::Os, agent.os);
    }
    let seen = event.url.is_some()
        || event.text(Field::Page).is_some()
        || event.text(Field::Referrer).is_some();
    let page = event.text(Field::Page).and_then(Address::read);
    let address = page.or_else(|| event.url.as_deref().and_then(Address::read));
    if let Some(address) = &address {
        if address.host.is_some() {
            let own = event.text(Field::Page).filter(|page| page.starts_with('/'));
            if own.is_none() {
                event.set(Field::Page, Cow::Owned(address.path.clone()));
            }
        }
        for (field, name) in CAMPAIGN {
            event.fill(field, address.parameter(name).map(str::to_owned));
        }
    }
    let referrer = event.text(Field::Referrer).and_then(Address::read);
    let referrer = referrer.and_then(|address| address.host);
    if let Some(host) = &referrer {
        event.set(Field::Referrer, Cow::Owned(host.clone()));
    }
    if event.text(Field::Channel).is_none() && (seen || event.text(Field::UtmSource).is_some()) {
        let signs = Signs {
            referrer: referrer.as_deref().or_else(|| event.text(Field::Referrer)),
            own_host: address.as_ref().and_then(|address| address.host.as_deref()),
            source: event.text(Field::UtmSource),
            medium: event.text(Field::UtmMedium),
            click: address.as_ref().is_some_and(Address::is_paid_click),
        };
        let channel = channel::of(&signs);
        event.set(Field::Channel, Cow::Borrowed(channel));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::normalise::normalise;

    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

    /// The texts that an event comes to, by column.
    fn enriched(more: &str) -> Vec<(&'static str, String)> {
        let body = format!(r#"{{"id":"e","name":"n","time":"2026-11-20T10:00:00Z"{more}}}"#);
        let mut event = normalise(&body, None).unwrap();
        enrich(&mut event, &mut Agents::default());
        let shown = Field::ALL.into_iter().filter_map(|field| {
            let told = !matches!(field, Field::Id | Field::Name);
            told.then(|| event.text(field).map(|text| (field.column(), text.to_owned()))).flatten()
        });
        shown.collect()
    }

    fn pairs<'a>(found: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
        found.iter().map(|(name, text)| (*name, text.as_str())).collect()
    }

    #[test]
    fn a_whole_address_becomes_a_path_and_a_campaign() {
        let found = enriched(
            r#","page":"https://app.example/board?utm_source=News%20letter&utmMedium=x&utm_medium=email#top""#,
        );
        let expected = [
            ("page", "/board"),
            ("channel", "email"),
            ("utm_source", "News letter"),
            ("utm_medium", "email"),
        ];
        assert_eq!(pairs(&found), expected);
        let found =
            enriched(r#","url":"https://app.example/board?utm_campaign=c","page":"/named""#);
        assert_eq!(pairs(&found)[0], ("page", "/named"));
        assert!(found.contains(&("utm_campaign", "c".to_owned())));
    }

    #[test]
    fn a_plain_page_stays_as_it_was_sent() {
        for page in ["/board", "/a?b=c", "board", "Über uns", "/x%20y", "mailto:x", "//a/b"] {
            let found = enriched(&format!(r#","page":"{page}""#));
            assert_eq!(pairs(&found), [("page", page), ("channel", "direct")], "{page}");
        }
    }

    #[test]
    fn a_referrer_is_its_host_and_tells_the_channel() {
        for (page, referrer, host, channel) in [
            ("/a", "https://www.Google.de/search?q=x", "google.de", "search"),
            ("/a", "google.com", "google.com", "search"),
            ("/a", "https://t.co/x", "t.co", "social"),
            ("/a", "https://news.example/post", "news.example", "referral"),
            ("https://app.example/b", "https://app.example/a", "app.example", "internal"),
            ("https://app.example/b", "https://www.app.example/a", "app.example", "internal"),
            ("/a", "android-app://com.google.android.gm/", "com.google.android.gm", "email"),
            ("/a", "the newspaper", "the newspaper", "referral"),
        ] {
            let found = enriched(&format!(r#","page":"{page}","referrer":"{referrer}""#));
            assert!(found.contains(&("referrer", host.to_owned())), "{found:?}");
            assert!(found.contains(&("channel", channel.to_owned())), "{found:?}");
        }
    }

    #[test]
    fn what_the_sender_says_counts() {
        let found = enriched(&format!(
            r#","user_agent":"{FIREFOX}","device":"kiosk","os":"Ours","channel":"partner",
               "url":"https://a.example/?utm_source=x","utm_source":"mine","referrer":"google.com""#
        ));
        for pair in [
            ("device", "kiosk"),
            ("browser", "Firefox"),
            ("os", "Ours"),
            ("channel", "partner"),
            ("utm_source", "mine"),
        ] {
            assert!(pairs(&found).contains(&pair), "{pair:?} in {found:?}");
        }
    }

    #[test]
    fn an_event_of_a_backend_has_no_channel() {
        assert_eq!(enriched(""), []);
        assert_eq!(pairs(&enriched(r#","country":"DE""#)), [("country", "DE")]);
    }
}
