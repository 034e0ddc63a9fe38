//! What makes a funnel or a retention grid one that can be answered. Queries and panels share it.

use inlay_shared::{Filter, FunnelStep};

use super::{Condition, Invalid, Model, conditions};

/// Longest window: a year.
const LONGEST_WINDOW: u64 = 31_536_000;

/// Types the steps of a funnel: what an event must meet to be each of them.
///
/// # Errors
/// The first thing that is wrong.
pub fn funnel_steps(
    model: &Model,
    steps: &[FunnelStep],
    window_seconds: Option<u64>,
) -> Result<Vec<Vec<Condition>>, Invalid> {
    let invalid = |pointer: &str, detail: &str| Invalid::new("invalid_funnel", pointer, detail);
    if !(2..=10).contains(&steps.len()) {
        return Err(invalid("/steps", "a funnel has 2 to 10 steps"));
    }
    if window_seconds.is_some_and(|seconds| !(1..=LONGEST_WINDOW).contains(&seconds)) {
        return Err(invalid("/window_seconds", "a window is 1 s to 31,536,000 s"));
    }
    let mut marks = Vec::with_capacity(steps.len());
    for (at, step) in steps.iter().enumerate() {
        if !(1..=120).contains(&step.label.chars().count()) {
            return Err(invalid(&format!("/steps/{at}/label"), "a label has 1 to 120 characters"));
        }
        marks.push(conditions(model, &step.filters, &format!("/steps/{at}/filters"))?);
    }
    Ok(marks)
}

/// Types what is a beginning and what is a return.
///
/// # Errors
/// The first thing that is wrong.
pub fn retention_marks(
    model: &Model,
    cohort: &[Filter],
    returning: &[Filter],
) -> Result<Vec<Vec<Condition>>, Invalid> {
    Ok(vec![conditions(model, cohort, "/cohort")?, conditions(model, returning, "/returning")?])
}
