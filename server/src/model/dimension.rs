//! What events are grouped and filtered by.

use inlay_shared::ColumnType;

use super::Field;

/// A named property of an event to group or filter by.
#[derive(Debug, PartialEq, Eq)]
pub struct Dimension {
    /// Its name in a query.
    pub name: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// Where it comes from.
    pub part: Part,
}

/// Where the value of a dimension comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// A column.
    Column(Field),
    /// The hour on the wall clock of the query's zone, 0 to 23.
    HourOfDay,
    /// The day of the week in the query's zone, 1 (Monday) to 7.
    DayOfWeek,
}

impl Part {
    /// What the cells of such a dimension are.
    pub const fn kind(self) -> ColumnType {
        match self {
            Self::Column(Field::Time | Field::ReceivedAt) => ColumnType::Time,
            Self::Column(Field::Value) => ColumnType::Decimal,
            Self::Column(Field::Duration | Field::Seq) => ColumnType::Integer,
            Self::Column(_) => ColumnType::String,
            Self::HourOfDay | Self::DayOfWeek => ColumnType::Integer,
        }
    }
}

const fn column(name: &'static str, label: &'static str, field: Field) -> Dimension {
    Dimension { name, label, part: Part::Column(field) }
}

/// The dimensions that every tenant has.
pub static DIMENSIONS: [Dimension; 19] = [
    column("name", "Event", Field::Name),
    column("page", "Page", Field::Page),
    column("referrer", "Referrer", Field::Referrer),
    column("country", "Country", Field::Country),
    column("device", "Device", Field::Device),
    column("browser", "Browser", Field::Browser),
    column("os", "Operating system", Field::Os),
    column("channel", "Channel", Field::Channel),
    column("utm_source", "UTM source", Field::UtmSource),
    column("utm_medium", "UTM medium", Field::UtmMedium),
    column("utm_campaign", "UTM campaign", Field::UtmCampaign),
    column("utm_term", "UTM term", Field::UtmTerm),
    column("utm_content", "UTM content", Field::UtmContent),
    column("user", "User", Field::User),
    column("account", "Account", Field::Account),
    column("session", "Session", Field::Session),
    column("currency", "Currency", Field::Currency),
    Dimension { name: "hour_of_day", label: "Hour of day", part: Part::HourOfDay },
    Dimension { name: "day_of_week", label: "Day of week", part: Part::DayOfWeek },
];

/// Columns that events are filtered by, and not grouped.
pub static COLUMNS: [Dimension; 5] = [
    column("id", "Id", Field::Id),
    column("time", "Time", Field::Time),
    column("received_at", "Received at", Field::ReceivedAt),
    column("value", "Value", Field::Value),
    column("duration_ms", "Duration", Field::Duration),
];

impl Dimension {
    /// The dimension or column of that name.
    pub fn filterable(name: &str) -> Option<&'static Self> {
        Self::find(name).or_else(|| COLUMNS.iter().find(|column| column.name == name))
    }

    /// The dimension of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        DIMENSIONS.iter().find(|dimension| dimension.name == name)
    }
}
