//! Values over time or by category: axes, marks, and where the pointer is.

use inlay_shared::Grain;

use crate::data::{series::Series, stamp::Stamp};

use super::{
    band::{self, Bands},
    columns, line,
    scale::{Scale, extent_with_zero},
    stack, ticks,
    time_axis::{self, Says},
};

/// How the axes are written; the words come from whoever knows the viewer's language.
pub struct Words<'a> {
    /// A value on the vertical axis.
    pub value: &'a dyn Fn(f64) -> String,
    /// A bucket on the horizontal axis.
    pub time: &'a dyn Fn(&Stamp, Says) -> String,
}

impl std::fmt::Debug for Words<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Words").finish_non_exhaustive()
    }
}

/// What is to be drawn into which rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Frame {
    /// Pixels.
    pub width: f64,
    /// Pixels.
    pub height: f64,
    /// The last bucket is not over.
    pub open: bool,
    /// The page reads from right to left, and so does time.
    pub mirrored: bool,
    /// Upright bars, and not lines.
    pub columns: bool,
    /// Series stand on each other.
    pub stacked: bool,
}

/// A finished drawing, in pixels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chart {
    /// Left, right, top and bottom of the ground on which values stand.
    pub ground: Ground,
    /// Labels and rules of the vertical axis, from the ground up.
    pub values: Vec<Label>,
    /// The rule that stands for zero.
    pub zero: f64,
    /// Labels of the horizontal axis.
    pub times: Vec<Label>,
    /// A mark per line of the series.
    pub marks: Vec<Mark>,
    /// Where each bucket stands.
    pub buckets: Vec<f64>,
}

/// Edges of the ground.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ground {
    /// Left edge.
    pub left: f64,
    /// Right edge.
    pub right: f64,
    /// Upper edge.
    pub top: f64,
    /// Lower edge.
    pub bottom: f64,
}

/// A label and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Along its axis.
    pub at: f64,
    /// What it says.
    pub text: String,
}

/// The drawing of one line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mark {
    /// Its path, without the last piece if that is drawn apart.
    pub line: String,
    /// The way to the last bucket while that still fills: it is no decline.
    pub tail: Option<String>,
    /// The ground under it, or its bars.
    pub area: String,
    /// The comparison's path.
    pub before: Option<String>,
    /// Height of each value, for the dots under the pointer.
    pub heights: Vec<Option<f64>>,
}

/// Room under the ground for the labels of times.
const FOOT: f64 = 24.0;
/// Room above the ground, for half a label.
const HEAD: f64 = 10.0;
/// Between a value's label and the ground.
const GAP: f64 = 10.0;
/// Room for half a stroke or dot at both sides.
const SIDE: f64 = 5.0;
/// Mean width of a character of a label. Too much rather than too little.
const CHARACTER: f64 = 6.8;
/// Least distance of two rules.
const RULE: f64 = 60.0;
/// Least distance of two labels of times beyond their own width.
const BETWEEN: f64 = 28.0;
/// Least width of a category's label.
const LEAST_LABEL: f64 = 48.0;

/// Draws a series into a frame.
pub fn plot(series: &Series, frame: &Frame, words: &Words<'_>) -> Chart {
    let values: Vec<&[Option<f64>]> = series.lines.iter().map(|line| &*line.values).collect();
    let spans = if frame.stacked { stack::stack(&values) } else { Vec::new() };
    let (ground, y, labels) = vertical(extent(series, &spans), frame, words);
    let count = series.len();
    let (first, last) = (ground.left + SIDE, ground.right - SIDE);
    let (first, last) = if frame.mirrored { (last, first) } else { (first, last) };
    // Many bars are as wide as their step; few have air between them.
    let air = if (last - first).abs() / count as f64 > 6.0 { 0.3 } else { 0.0 };
    let bands = band::bands(count, first, last, air);
    let across = Scale { domain: (0.0, count.saturating_sub(1) as f64), range: (first, last) };
    let buckets: Vec<f64> = (0..count)
        .map(|place| if frame.columns { bands.middle(place) } else { across.at(place as f64) })
        .collect();
    let marks = if frame.columns {
        columns::marks(series, &spans, &bands, &y)
    } else {
        line::marks(series, &spans, frame, &buckets, &y)
    };
    Chart {
        values: labels,
        zero: y.at(0.0),
        times: if series.names.is_empty() {
            time_labels(series, &buckets, ground, words)
        } else {
            name_labels(series, &buckets, &bands)
        },
        marks,
        buckets,
        ground,
    }
}

/// Least and greatest value that is drawn.
fn extent(series: &Series, spans: &[Vec<(f64, f64)>]) -> (f64, f64) {
    if spans.is_empty() {
        let all = series.lines.iter().flat_map(|line| {
            line.values.iter().chain(line.before.iter().flatten()).flatten().copied()
        });
        return extent_with_zero(all);
    }
    extent_with_zero(spans.iter().flatten().map(|(_, to)| *to))
}

/// The ground, the scale of values, and their labels.
fn vertical(extent: (f64, f64), frame: &Frame, words: &Words<'_>) -> (Ground, Scale, Vec<Label>) {
    let count = ((frame.height - FOOT - HEAD) / RULE).floor().max(1.0);
    let domain = ticks::nice(extent.0, extent.1, count);
    let values = ticks::ticks(domain.0, domain.1, count);
    let texts: Vec<String> = values.iter().map(|value| (words.value)(*value)).collect();
    let widest = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
    let room = widest as f64 * CHARACTER + GAP;
    let (left, right) =
        if frame.mirrored { (0.0, frame.width - room) } else { (room, frame.width) };
    let bottom = (frame.height - FOOT).max(HEAD + 1.0);
    let ground = Ground { left, right, top: HEAD, bottom };
    let y = Scale { domain, range: (bottom, HEAD) };
    let labels = values.iter().zip(texts).map(|(value, text)| Label { at: y.at(*value), text });
    let labels = labels.collect();
    (ground, y, labels)
}

/// Labels that fit: none leaves the drawing, and they do not touch.
fn time_labels(series: &Series, buckets: &[f64], ground: Ground, words: &Words<'_>) -> Vec<Label> {
    let Some(sample) = series.times.last() else { return Vec::new() };
    let says =
        if matches!(series.grain, Grain::Minute | Grain::Hour) { Says::Time } else { Says::Day };
    let width = (words.time)(sample, says).chars().count() as f64 * CHARACTER + BETWEEN;
    let room = ((ground.right - ground.left) / width).floor().max(1.0) as usize;
    time_axis::ticks(&series.times, series.grain, room)
        .into_iter()
        .map(|tick| {
            let text = (words.time)(&series.times[tick.bucket], tick.says);
            let half = text.chars().count() as f64 * CHARACTER / 2.0;
            Label { at: buckets[tick.bucket].min(ground.right - half).max(half), text }
        })
        .collect()
}

/// A label under each category, or under every second, third, … where they are narrow.
fn name_labels(series: &Series, buckets: &[f64], bands: &Bands) -> Vec<Label> {
    let step = bands.step.abs();
    let longest = series.names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let wanted = (longest as f64 * CHARACTER + 8.0).min(LEAST_LABEL);
    let each = (wanted / step).ceil().max(1.0);
    let most = ((step * each - 8.0) / CHARACTER).max(1.0) as usize;
    let labelled = series.names.iter().zip(buckets).step_by(each as usize);
    labelled.map(|(name, at)| Label { at: *at, text: shortened(name, most) }).collect()
}

/// At most so many characters, the last an ellipsis if some were left out.
fn shortened(name: &str, most: usize) -> String {
    match name.char_indices().nth(most) {
        None => name.into(),
        Some(_) => {
            let mut short: String = name.chars().take(most - 1).collect();
            short.push('…');
            short
        }
    }
}

impl Chart {
    /// The bucket nearest to a place.
    pub fn nearest(&self, x: f64) -> Option<usize> {
        let distance = |place: &usize| (self.buckets[*place] - x).abs();
        (0..self.buckets.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }
}

#[cfg(test)]
mod tests;
