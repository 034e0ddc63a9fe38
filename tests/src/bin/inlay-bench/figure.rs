//! One measured figure, and how it is told.

use std::cell::RefCell;

use serde::Serialize;

/// A figure: what was measured, and against what it is held.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) name: String,
    /// How much it was.
    pub(crate) value: f64,
    /// In what unit.
    pub(crate) unit: &'static str,
    /// What it may be at most, or must be at least where more is better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) budget: Option<f64>,
    /// What another engine took for the same in the same run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) against: Option<Against>,
}

/// The same work done by another engine.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Against {
    /// Which one.
    pub(crate) name: &'static str,
    /// How much it was there, in the figure's unit.
    pub(crate) value: f64,
}

/// Tells figures as they come: a line of a table, or a JSON object a line.
#[derive(Debug)]
pub(crate) struct Figures {
    json: bool,
    told: RefCell<Vec<Figure>>,
}

impl Figures {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, told: RefCell::default() }
    }

    /// A figure that stands for itself.
    pub(crate) fn tell(&self, name: &str, value: f64, unit: &'static str) {
        self.add(Figure { name: name.to_owned(), value, unit, budget: None, against: None });
    }

    /// A figure with a budget.
    pub(crate) fn hold(&self, name: &str, value: f64, unit: &'static str, budget: f64) {
        let budget = Some(budget);
        self.add(Figure { name: name.to_owned(), value, unit, budget, against: None });
    }

    /// Tells any figure.
    pub(crate) fn add(&self, figure: Figure) {
        if self.json {
            println!("{}", serde_json::to_string(&figure).expect("a figure is plain data"));
        } else {
            println!("{}", line(&figure));
        }
        self.told.borrow_mut().push(figure);
    }
}

fn line(figure: &Figure) -> String {
    let number = |value: f64| match value.abs() {
        value if value >= 1_000.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    };
    let mut line = format!("{:<58}{:>12} {:<10}", figure.name, number(figure.value), figure.unit);
    if let Some(budget) = figure.budget {
        line.push_str(&format!(" budget {}", number(budget)));
    }
    if let Some(Against { name, value }) = &figure.against {
        let ratio = figure.value / value;
        line.push_str(&format!("  {name} {} ({ratio:.2} x)", number(*value)));
    }
    line.trim_end().to_owned()
}

/// The median of some measured times.
pub(crate) fn median(times: &[f64]) -> f64 {
    percentile(times, 0.5)
}

/// The value below which that share of the times lies (nearest rank).
pub(crate) fn percentile(times: &[f64], share: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rank is a small whole number"
    )]
    let rank = ((sorted.len() as f64 * share).ceil() as usize).saturating_sub(1);
    sorted.get(rank).copied().unwrap_or(f64::NAN)
}
