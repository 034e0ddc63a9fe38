//! Reads how a panel looks, and on which day weeks begin. See [`super::wire`] for why by hand.

use inlay_shared::{Annotation, Look, WeekStart};
use serde_json::Value;

use super::wire::{Fields, list};

/// How a panel is drawn.
pub(super) fn look(value: Value) -> Option<Look> {
    let mut fields = Fields::of(value)?;
    let mut flag =
        |name: &str| fields.take(name).is_some_and(|value| value.as_bool() == Some(true));
    Some(Look {
        stacked: flag("stacked"),
        vertical: flag("vertical"),
        cell_bars: flag("cell_bars"),
        target: fields.take("target").and_then(|value| value.as_f64()),
        annotations: match fields.take("annotations") {
            Some(value) => list(value, annotation)?,
            None => Vec::new(),
        },
    })
}

fn annotation(value: Value) -> Option<Annotation> {
    let mut fields = Fields::of(value)?;
    Some(Annotation { time: fields.string("time")?, label: fields.string("label")? })
}

/// A day by its name.
pub(super) fn week_start(day: &str) -> Option<WeekStart> {
    Some(match day {
        "monday" => WeekStart::Monday,
        "tuesday" => WeekStart::Tuesday,
        "wednesday" => WeekStart::Wednesday,
        "thursday" => WeekStart::Thursday,
        "friday" => WeekStart::Friday,
        "saturday" => WeekStart::Saturday,
        "sunday" => WeekStart::Sunday,
        _ => return None,
    })
}
