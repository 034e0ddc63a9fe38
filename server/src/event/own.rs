//! The fields that an event has itself, and the other names under which senders know them.

use super::snake_case;

/// A field of an event's own, before anything is derived from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Own {
    /// The sender's id.
    Id,
    /// What happened.
    Name,
    /// When.
    Time,
    /// Who did it.
    User,
    /// The company of the user.
    Account,
    /// The visit.
    Session,
    /// Where it happened: a path, or a whole address.
    Page,
    /// The whole address of the page.
    Url,
    /// Where the user came from: a host, or a whole address.
    Referrer,
    /// ISO 3166-1 alpha-2.
    Country,
    /// Kind of device.
    Device,
    /// The program.
    Browser,
    /// The operating system.
    Os,
    /// How the user came.
    Channel,
    /// `utm_source`
    UtmSource,
    /// `utm_medium`
    UtmMedium,
    /// `utm_campaign`
    UtmCampaign,
    /// `utm_term`
    UtmTerm,
    /// `utm_content`
    UtmContent,
    /// An amount.
    Value,
    /// ISO 4217 code of the amount.
    Currency,
    /// How long it took.
    DurationMs,
    /// The `User-Agent` of the user's program; device, browser and system are read from it.
    UserAgent,
    /// The user's network address; the country is looked up by it, then it is dropped.
    Ip,
    /// Everything else.
    Properties,
}

/// Every field, its name, and its other names. Each is understood in any spelling.
const TABLE: [(Own, &str, &[&str]); Own::COUNT] = [
    (Own::Id, "id", &["event_id", "message_id"]),
    (Own::Name, "name", &["event", "event_name"]),
    (Own::Time, "time", &["timestamp", "event_time"]),
    (Own::User, "user", &["user_id", "distinct_id"]),
    (Own::Account, "account", &["account_id", "group_id"]),
    (Own::Session, "session", &["session_id"]),
    (Own::Page, "page", &["page_path", "path"]),
    (Own::Url, "url", &["page_url"]),
    (Own::Referrer, "referrer", &["referer"]),
    (Own::Country, "country", &["country_code"]),
    (Own::Device, "device", &["device_type"]),
    (Own::Browser, "browser", &[]),
    (Own::Os, "os", &[]),
    (Own::Channel, "channel", &[]),
    (Own::UtmSource, "utm_source", &[]),
    (Own::UtmMedium, "utm_medium", &[]),
    (Own::UtmCampaign, "utm_campaign", &[]),
    (Own::UtmTerm, "utm_term", &[]),
    (Own::UtmContent, "utm_content", &[]),
    (Own::Value, "value", &["amount"]),
    (Own::Currency, "currency", &["currency_code"]),
    (Own::DurationMs, "duration_ms", &[]),
    (Own::UserAgent, "user_agent", &[]),
    (Own::Ip, "ip", &["ip_address", "client_ip"]),
    (Own::Properties, "properties", &[]),
];

impl Own {
    /// How many there are.
    pub const COUNT: usize = 25;

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(own, ..)| *own)
    }

    /// Its name in the contract.
    pub const fn name(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// The field that a sender calls so.
    pub fn find(name: &str) -> Option<Self> {
        if let Some((own, ..)) = TABLE.iter().find(|(_, known, _)| *known == name) {
            return Some(*own);
        }
        let name = snake_case(name);
        let called = |(_, known, others): &&(Self, &str, &[&str])| {
            *known == name || others.contains(&&*name)
        };
        TABLE.iter().find(called).map(|(own, ..)| *own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_no_name_stands_twice() {
        let mut names = Vec::new();
        for (at, (own, name, others)) in TABLE.iter().enumerate() {
            assert_eq!((*own as usize, own.name()), (at, *name));
            names.push(*name);
            names.extend(*others);
        }
        assert!(names.iter().all(|name| snake_case(name) == *name));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn other_names_and_spellings_are_understood() {
        for (name, own) in [
            ("id", Own::Id),
            ("messageId", Own::Id),
            ("userId", Own::User),
            ("UserID", Own::User),
            ("distinct_id", Own::User),
            ("durationMs", Own::DurationMs),
            ("utmSource", Own::UtmSource),
            ("userAgent", Own::UserAgent),
            ("ipAddress", Own::Ip),
        ] {
            assert_eq!(Own::find(name), Some(own), "{name}");
        }
        assert_eq!(Own::find("page_type"), None);
    }
}
