//! What a value of an event may be.

/// The type of a declared property, or of a built-in column.
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
