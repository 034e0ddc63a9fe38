//! What can be asked: the columns of an event, measures, dimensions, and the dashboards made of
//! them. Definitions only: pure, without IO and without a clock.
//!
//! `query` computes what stands here, and `api` refuses a dashboard that asks for anything else.

mod check;
mod dashboard;
mod dimension;
mod field;
mod measure;
mod overview;
mod question;
mod span;

pub use dashboard::validate_dashboard;
pub use dimension::{DIMENSIONS, Dimension, Part};
pub use field::Field;
pub use measure::{Compute, MEASURES, Measure};
pub use overview::overview;
pub use question::{Condition, Invalid, OrderBy, OrderKey, Question, condition};
pub use span::{NoSpan, Span, Unit};
