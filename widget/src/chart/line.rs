//! Lines and areas over time: axes, lines, ghost of the comparison, and where the pointer is.

use inlay_shared::Grain;

use crate::data::{
    series::{Line, Series},
    stamp::Stamp,
};

use super::{
    path,
    scale::{Scale, extent_with_zero},
    ticks,
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
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Its path, without the last piece if that is drawn apart.
    pub line: String,
    /// The way to the last bucket while that still fills: it is no decline.
    pub tail: Option<String>,
    /// The ground under it.
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

/// Draws a series into a rectangle.
///
/// `open` says that the last bucket is not over.
pub fn chart(series: &Series, open: bool, width: f64, height: f64, words: &Words<'_>) -> Chart {
    let count = ((height - FOOT - HEAD) / RULE).floor().max(1.0);
    let all = series
        .lines
        .iter()
        .flat_map(|line| line.values.iter().chain(line.before.iter().flatten()).flatten().copied());
    let (least, most) = extent_with_zero(all);
    let domain = ticks::nice(least, most, count);

    let values: Vec<(f64, String)> = ticks::ticks(domain.0, domain.1, count)
        .into_iter()
        .map(|value| (value, (words.value)(value)))
        .collect();
    let widest = values.iter().map(|(_, text)| text.chars().count()).max().unwrap_or(0);
    let ground = Ground {
        left: widest as f64 * CHARACTER + GAP,
        right: width,
        top: HEAD,
        bottom: (height - FOOT).max(HEAD + 1.0),
    };
    let y = Scale { domain, range: (ground.bottom, ground.top) };
    let x = Scale {
        domain: (0.0, series.times.len().saturating_sub(1) as f64),
        range: (ground.left + SIDE, ground.right - SIDE),
    };
    let buckets: Vec<f64> = (0..series.times.len()).map(|place| x.at(place as f64)).collect();
    Chart {
        values: values.into_iter().map(|(value, text)| Label { at: y.at(value), text }).collect(),
        zero: y.at(0.0),
        times: time_labels(series, &buckets, ground, words),
        marks: series.lines.iter().map(|line| mark(line, open, &buckets, &y)).collect(),
        buckets,
        ground,
    }
}

fn mark(line: &Line, open: bool, buckets: &[f64], y: &Scale) -> Mark {
    let points = |values: &[Option<f64>]| -> Vec<Option<(f64, f64)>> {
        let point = |(x, value): (&f64, &Option<f64>)| value.map(|value| (*x, y.at(value)));
        buckets.iter().zip(values).map(point).collect()
    };
    let now = points(&line.values);
    // Only a piece between two values can be drawn apart.
    let (body, tail) = match now.as_slice() {
        [rest @ .., Some(from), Some(to)] if open && !rest.is_empty() => {
            (&now[..now.len() - 1], Some(path::line(&[Some(*from), Some(*to)])))
        }
        all => (all, None),
    };
    Mark {
        line: path::line(body),
        tail,
        area: path::area(&now, y.at(0.0)),
        before: line.before.as_ref().map(|before| path::line(&points(before))),
        heights: now.iter().map(|point| point.map(|(_, y)| y)).collect(),
    }
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

impl Chart {
    /// The bucket nearest to a place.
    pub fn nearest(&self, x: f64) -> Option<usize> {
        let distance = |place: &usize| (self.buckets[*place] - x).abs();
        (0..self.buckets.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inlay_shared::{Column, ColumnType, Role};

    fn series(values: &[Option<f64>], before: Option<Vec<Option<f64>>>) -> Series {
        let times = (1..=values.len())
            .map(|day| Stamp::parse(&format!("2026-10-{day:02}T00:00:00Z")).unwrap())
            .collect();
        Series {
            times,
            grain: Grain::Day,
            lines: vec![Line { name: "Events".into(), values: values.to_vec(), before }],
            left_out: 0,
            measure: Column {
                name: "events".into(),
                label: "Events".into(),
                role: Role::Measure,
                kind: ColumnType::Integer,
                format: None,
                currency: None,
            },
        }
    }

    fn draw(series: &Series) -> Chart {
        draw_with(series, false)
    }

    fn draw_with(series: &Series, open: bool) -> Chart {
        let words = Words {
            value: &|value| format!("{value}"),
            time: &|stamp, says| match says {
                Says::Day => format!("{}.{}.", stamp.day, stamp.month),
                other => format!("{other:?}"),
            },
        };
        chart(series, open, 400.0, 200.0, &words)
    }

    #[test]
    fn values_stand_on_round_rules_from_zero() {
        let chart = draw(&series(&[Some(0.0), Some(97.0)], None));
        let labels: Vec<&str> = chart.values.iter().map(|label| label.text.as_str()).collect();
        assert_eq!(labels, ["0", "50", "100"]);
        assert_eq!(chart.zero, chart.ground.bottom);
        assert_eq!(chart.marks[0].heights[0], Some(chart.ground.bottom));
    }

    #[test]
    fn the_comparison_has_a_ghost_and_its_own_say_in_the_scale() {
        let before = Some(vec![Some(180.0), None, Some(10.0)]);
        let chart = draw(&series(&[Some(1.0), None, Some(3.0)], before));
        assert_eq!(chart.values.last().unwrap().text, "200");
        assert!(chart.marks[0].before.as_ref().unwrap().contains("h0"));
        assert_eq!(chart.marks[0].heights[1], None);
    }

    #[test]
    fn degenerate_series_stay_inside() {
        let cases: [&[Option<f64>]; 7] = [
            &[],
            &[Some(5.0)],
            &[None, None],
            &[Some(0.0), Some(0.0)],
            &[Some(4.0), Some(4.0)],
            &[Some(-1e-9), Some(1e-9)],
            &[Some(-1e12), None, Some(1e12)],
        ];
        for values in cases {
            let chart = draw(&series(values, None));
            for height in chart.marks[0].heights.iter().flatten() {
                assert!((chart.ground.top..=chart.ground.bottom).contains(height), "{values:?}");
            }
            assert!((chart.ground.top..=chart.ground.bottom).contains(&chart.zero), "{values:?}");
            assert!(!chart.marks[0].line.contains("NaN"), "{values:?}");
        }
    }

    #[test]
    fn one_point_is_a_dot_in_the_middle() {
        let chart = draw(&series(&[Some(5.0)], None));
        let middle = (chart.ground.left + chart.ground.right) / 2.0;
        assert_eq!(chart.buckets, [middle]);
        assert!(chart.marks[0].line.ends_with("h0"));
    }

    #[test]
    fn the_way_to_a_bucket_that_still_fills_is_drawn_apart() {
        let values = [Some(1.0), Some(2.0), Some(0.0)];
        let chart = draw_with(&series(&values, None), true);
        let mark = &chart.marks[0];
        assert_eq!(mark.line.matches('L').count(), 1);
        assert_eq!(mark.tail.as_ref().unwrap().matches('L').count(), 1);
        assert_eq!(draw_with(&series(&[Some(1.0), None], None), true).marks[0].tail, None);
        assert_eq!(draw(&series(&values, None)).marks[0].tail, None);
    }

    #[test]
    fn the_nearest_bucket_is_found() {
        let chart = draw(&series(&[Some(1.0), Some(2.0), Some(3.0)], None));
        assert_eq!(chart.nearest(-50.0), Some(0));
        assert_eq!(chart.nearest(chart.buckets[1] + 3.0), Some(1));
        assert_eq!(chart.nearest(9_999.0), Some(2));
        assert_eq!(Chart::default().nearest(1.0), None);
    }

    #[test]
    fn labels_of_times_stay_inside_and_apart() {
        let values: Vec<_> = (0..30).map(|day| Some(f64::from(day))).collect();
        let chart = draw(&series(&values, None));
        assert!(chart.times.len() >= 3);
        assert!(chart.times.windows(2).all(|pair| pair[1].at - pair[0].at > 40.0));
        assert!(chart.times.iter().all(|label| label.at <= chart.ground.right));
    }
}
