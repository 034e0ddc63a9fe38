//! What events are grouped and filtered by.

use std::sync::{Arc, LazyLock};

use inlay_shared::{ColumnType, Layer};

use super::{Column, Field, PropertyType};

/// A named property of an event to group or filter by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Its name in a query.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Where it comes from.
    pub part: Part,
    /// Who declared it.
    pub layer: Layer,
}

/// Where the value of a dimension comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    /// A column, and the type of its values.
    Column(Column, PropertyType),
    /// The hour on the wall clock of the query's zone, 0 to 23.
    HourOfDay,
    /// The day of the week in the query's zone, 1 (Monday) to 7.
    DayOfWeek,
}

impl Part {
    /// A built-in column of texts.
    pub const fn text(field: Field) -> Self {
        Self::Column(Column::Field(field), PropertyType::String)
    }

    /// What the cells of such a dimension are.
    pub const fn kind(&self) -> ColumnType {
        match self {
            Self::Column(_, PropertyType::Integer) | Self::HourOfDay | Self::DayOfWeek => {
                ColumnType::Integer
            }
            Self::Column(_, PropertyType::String) => ColumnType::String,
            Self::Column(_, PropertyType::Decimal) => ColumnType::Decimal,
            Self::Column(_, PropertyType::Number) => ColumnType::Number,
            Self::Column(_, PropertyType::Boolean) => ColumnType::Boolean,
            Self::Column(_, PropertyType::Time) => ColumnType::Time,
        }
    }
}

fn column(name: &str, label: &str, field: Field) -> Dimension {
    part(name, label, Part::text(field))
}

fn part(name: &str, label: &str, part: Part) -> Dimension {
    Dimension { name: name.to_owned(), label: label.to_owned(), part, layer: Layer::BuiltIn }
}

/// The dimensions that every tenant has.
pub static DIMENSIONS: LazyLock<Vec<Arc<Dimension>>> = LazyLock::new(|| {
    let all = [
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
        part("hour_of_day", "Hour of day", Part::HourOfDay),
        part("day_of_week", "Day of week", Part::DayOfWeek),
    ];
    all.into_iter().map(Arc::new).collect()
});

/// Columns that events are filtered by, and not grouped.
pub static COLUMNS: LazyLock<Vec<Arc<Dimension>>> = LazyLock::new(|| {
    let typed =
        |name, label, field, kind| part(name, label, Part::Column(Column::Field(field), kind));
    let all = [
        column("id", "Id", Field::Id),
        typed("time", "Time", Field::Time, PropertyType::Time),
        typed("received_at", "Received at", Field::ReceivedAt, PropertyType::Time),
        typed("value", "Value", Field::Value, PropertyType::Decimal),
        typed("duration_ms", "Duration", Field::Duration, PropertyType::Integer),
    ];
    all.into_iter().map(Arc::new).collect()
});
