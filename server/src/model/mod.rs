//! What can be asked: the columns of an event, measures, dimensions, and the dashboards made of
//! them. Definitions only: pure, without IO and without a clock.
//!
//! `query` computes what stands here, and `api` refuses a dashboard that asks for anything else.

mod check;
mod condition;
mod dashboard;
mod dimension;
mod field;
mod measure;
mod overview;
mod question;
mod span;

pub use condition::{Condition, End, Literal, Range, Test, condition, conditions, millionths};
pub use dashboard::validate_dashboard;
pub use dimension::{COLUMNS, DIMENSIONS, Dimension, Part};
pub use field::Field;
pub use measure::{Compute, MEASURES, Measure};
pub use overview::overview;
pub use question::{Invalid, OrderBy, OrderKey, Question};
pub use span::{NoSpan, Span, Unit};
