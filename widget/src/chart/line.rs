//! Lines and areas, and the ghost of the comparison.

use crate::data::series::{Line, Series};

use super::{
    path,
    plot::{Frame, Mark},
    scale::Scale,
    thin::thin,
};

/// The mark of each line. `spans` are those of stacked lines.
pub(super) fn marks(
    series: &Series,
    spans: &[Vec<(f64, f64)>],
    frame: &Frame,
    buckets: &[f64],
    y: &Scale,
) -> Vec<Mark> {
    let mark = |(place, line): (usize, &Line)| match spans.get(place) {
        Some(spans) => stacked(spans, frame, buckets, y),
        None => mark(line, frame, buckets, y),
    };
    series.lines.iter().enumerate().map(mark).collect()
}

fn stacked(spans: &[(f64, f64)], frame: &Frame, buckets: &[f64], y: &Scale) -> Mark {
    let edge = |end: fn(&(f64, f64)) -> f64| -> Vec<Option<(f64, f64)>> {
        buckets.iter().zip(spans).map(|(x, span)| Some((*x, y.at(end(span))))).collect()
    };
    let (base, top) = (edge(|span| span.0), edge(|span| span.1));
    let thinned = thin(&top, frame.width);
    Mark {
        line: path::line(&thinned),
        area: path::between(&thinned, &thin(&base, frame.width)),
        heights: top.iter().map(|point| point.map(|(_, y)| y)).collect(),
        ..Mark::default()
    }
}

fn mark(line: &Line, frame: &Frame, buckets: &[f64], y: &Scale) -> Mark {
    let points = |values: &[Option<f64>]| -> Vec<Option<(f64, f64)>> {
        let point = |(x, value): (&f64, &Option<f64>)| value.map(|value| (*x, y.at(value)));
        buckets.iter().zip(values).map(point).collect()
    };
    let now = points(&line.values);
    let thinned = thin(&now, frame.width);
    // Only a piece between two values can be drawn apart.
    let (body, tail) = match thinned.as_slice() {
        [rest @ .., Some(from), Some(to)] if frame.open && !rest.is_empty() => {
            (&thinned[..thinned.len() - 1], Some(path::line(&[Some(*from), Some(*to)])))
        }
        all => (all, None),
    };
    let ghost = |before: &Vec<Option<f64>>| path::line(&thin(&points(before), frame.width));
    Mark {
        line: path::line(body),
        tail,
        area: path::area(&thinned, y.at(0.0)),
        before: line.before.as_ref().map(ghost),
        heights: now.iter().map(|point| point.map(|(_, y)| y)).collect(),
    }
}
