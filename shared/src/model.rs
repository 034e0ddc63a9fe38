//! The semantic model as it is declared, and as it is in force for a tenant.

use serde::{Deserialize, Serialize};

use crate::given::given;
use crate::{ColumnType, Filter, Format};

/// What a model declares: one layer, of the deployment or of one tenant. A model file has the same
/// fields, and dashboards besides.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelDefinition {
    /// The form of the declarations: 1.
    pub version: u32,
    /// Properties of events that have a type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<PropertyDefinition>,
    /// Further names to group and filter by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<DimensionDefinition>,
    /// Dimensions from coarse to fine, to drill through.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hierarchies: Vec<HierarchyDefinition>,
    /// Numbers about groups of events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<MeasureDefinition>,
}

/// A property of events with a type. It is a dimension of its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyDefinition {
    /// Lower-case letters, digits and `_`, at most 64.
    pub name: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: PropertyKind,
    /// Name for people; the name with spaces by default.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// What the values of a property are. A value that cannot be read so is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PropertyKind {
    /// Any text.
    String,
    /// A whole number of 64 bits.
    Integer,
    /// An exact number with at most 15 digits before the point and 6 behind it.
    Decimal,
    /// A floating-point number of 64 bits.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An RFC 3339 date-time.
    Time,
}

/// Another name for a column or a property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DimensionDefinition {
    /// As for a property.
    pub name: String,
    /// A dimension, a column of events, or `properties.<name>`.
    pub of: String,
    /// Name for people; the name with spaces by default.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// Dimensions from coarse to fine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HierarchyDefinition {
    /// As for a property.
    pub name: String,
    /// Names of 2 to 8 dimensions, the coarsest first.
    pub levels: Vec<String>,
    /// Name for people; the name with spaces by default.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A number about a group of events. Which fields it takes depends on its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureDefinition {
    /// As for a property.
    pub name: String,
    /// How it is computed.
    pub kind: MeasureKind,
    /// The column or property that is counted or added up; for `filtered` and `cumulative`, the measure.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The measure that a ratio divides.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub over: Option<String>,
    /// The measure that a ratio divides by.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub under: Option<String>,
    /// Which percentile: more than 0, less than 100, at most one digit behind the point.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
    /// Only events that meet all of these count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// Name for people; the name with spaces by default.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// How its numbers are written; by default what fits the column.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// What is counted, for people: `orders`, `MB`. At most 40 characters.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// ISO 4217 code, for an amount out of a property; `value` has the currency of its events.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// How a measure is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureKind {
    /// How many events.
    Count,
    /// How many different values of a column or property.
    Distinct,
    /// The sum of its numbers, exact but for floating-point ones.
    Sum,
    /// Their mean.
    Average,
    /// The least of them.
    Min,
    /// The greatest of them.
    Max,
    /// The value below which so many percent of them lie, interpolated.
    Percentile,
    /// One measure divided by another; null where that is zero.
    Ratio,
    /// Another measure, about some of the events.
    Filtered,
    /// The running total of another measure over the buckets of the range.
    Cumulative,
}

/// The model in force for a tenant: what is built in, then the deployment's, then its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Changes whenever anything in it does; the strong part of the ETag.
    pub version: String,
    /// Everything to group by.
    pub dimensions: Vec<DimensionInfo>,
    /// Ways to drill.
    pub hierarchies: Vec<HierarchyDefinition>,
    /// Everything to ask for.
    pub measures: Vec<MeasureInfo>,
    /// What the tenant itself declares, as it was written; `PUT /v1/model` replaces it.
    pub own: ModelDefinition,
}

/// Who declared something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Nobody: every tenant has it.
    BuiltIn,
    /// The deployment, for all tenants.
    Deployment,
    /// The tenant itself.
    Tenant,
}

/// A dimension in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DimensionInfo {
    /// Its name in a query.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Who declared it.
    pub layer: Layer,
}

/// A measure in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureInfo {
    /// Its name in a query.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// What its cells are.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// How its numbers are written.
    pub format: Format,
    /// What is counted, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// ISO 4217 code, where it is always the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Who declared it.
    pub layer: Layer,
}
