//! What a declared property may be.

/// The type of a declared property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PropertyType {
    /// Any text.
    String,
    /// A whole number of 64 bits.
    Integer,
    /// An exact number: at most 15 digits before the point and 6 behind it.
    Decimal,
    /// A floating-point number of 64 bits.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An instant, to the microsecond.
    Time,
}

impl PropertyType {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::String, Self::Integer, Self::Decimal, Self::Number, Self::Boolean, Self::Time];

    /// Its name in a model file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Time => "time",
        }
    }

    /// The type of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
