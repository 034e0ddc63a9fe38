//! The unified schema of an event, by the name of each column.

use super::PropertyName;

/// Where a value of an event is stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Column {
    /// In a column that every tenant has.
    Field(Field),
    /// In the column of a declared property.
    Property(PropertyName),
    /// In a property that is not declared: its text, read out of the map of all properties.
    Undeclared(PropertyName),
}

/// A column of the lake that every tenant has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// When it happened.
    Time,
    /// The sender's own id.
    Id,
    /// What happened.
    Name,
    /// Who did it.
    User,
    /// The company that the user belongs to.
    Account,
    /// The visit.
    Session,
    /// Where it happened.
    Page,
    /// Where the user came from.
    Referrer,
    /// ISO 3166-1 alpha-2.
    Country,
    /// Kind of device: `desktop`, `mobile`, `tablet`, `console`, `bot`, or what the sender calls it.
    Device,
    /// The program that was used.
    Browser,
    /// The operating system.
    Os,
    /// How the user came: `direct`, `search`, `social`, `email`, `paid`, `referral`, `internal`, …
    Channel,
    /// `utm_source` of the page's address.
    UtmSource,
    /// `utm_medium`
    UtmMedium,
    /// `utm_campaign`
    UtmCampaign,
    /// `utm_term`
    UtmTerm,
    /// `utm_content`
    UtmContent,
    /// An amount, exact to six places.
    Value,
    /// ISO 4217 code of the amount.
    Currency,
    /// How long it took, in milliseconds.
    Duration,
    /// Everything else, by name: a map of texts. A declared property is in here too, and in a typed
    /// column of its own besides.
    Properties,
    /// When Inlay took it in.
    ReceivedAt,
    /// Place in the raw log of the tenant.
    Seq,
}

impl Field {
    /// All of them, in the order in which they stand in a segment.
    pub const ALL: [Self; 24] = [
        Self::Time,
        Self::Id,
        Self::Name,
        Self::User,
        Self::Account,
        Self::Session,
        Self::Page,
        Self::Referrer,
        Self::Country,
        Self::Device,
        Self::Browser,
        Self::Os,
        Self::Channel,
        Self::UtmSource,
        Self::UtmMedium,
        Self::UtmCampaign,
        Self::UtmTerm,
        Self::UtmContent,
        Self::Value,
        Self::Currency,
        Self::Duration,
        Self::Properties,
        Self::ReceivedAt,
        Self::Seq,
    ];

    /// Its name in a segment.
    pub const fn column(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Id => "id",
            Self::Name => "name",
            Self::User => "user",
            Self::Account => "account",
            Self::Session => "session",
            Self::Page => "page",
            Self::Referrer => "referrer",
            Self::Country => "country",
            Self::Device => "device",
            Self::Browser => "browser",
            Self::Os => "os",
            Self::Channel => "channel",
            Self::UtmSource => "utm_source",
            Self::UtmMedium => "utm_medium",
            Self::UtmCampaign => "utm_campaign",
            Self::UtmTerm => "utm_term",
            Self::UtmContent => "utm_content",
            Self::Value => "value",
            Self::Currency => "currency",
            Self::Duration => "duration_ms",
            Self::Properties => "properties",
            Self::ReceivedAt => "received_at",
            Self::Seq => "seq",
        }
    }
}
