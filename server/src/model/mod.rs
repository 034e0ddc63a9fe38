//! What can be asked: the columns of an event, measures, dimensions, and the dashboards made of
//! them. Definitions only: pure, without IO and without a clock.
//!
//! `query` computes what stands here, and `api` refuses a dashboard that asks for anything else.

mod aggregate;
mod check;
mod condition;
mod dashboard;
mod declare;
mod definitions;
mod dimension;
mod field;
mod formula;
mod journey;
mod measure;
mod overview;
mod panel;
mod property;
mod property_type;
mod question;
mod similar;
mod span;
pub mod values;
mod yaml;

pub use aggregate::{Aggregate, Compute, NumberType, Numbers};
pub use condition::{Condition, End, Literal, Range, Test, condition, conditions};
pub use dashboard::{offered_filters, validate_dashboard};
pub use definitions::Model;
pub use dimension::{COLUMNS, DIMENSIONS, Dimension, Part};
pub use field::{Column, Field};
pub use journey::{funnel_steps, retention_marks};
pub use measure::{Formula, MEASURES, Measure};
pub use overview::overview;
pub use property::{InvalidProperty, Properties, PropertyName};
pub use property_type::PropertyType;
pub use question::{Invalid, OrderBy, OrderKey, Question};
pub use similar::nearest;
pub use span::{NoSpan, Span, Unit};
pub use yaml::{Fault, ModelFile, read_model_file};
