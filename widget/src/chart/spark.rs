//! The small line under a number. It has no axes; it says the course and nothing else.

use super::{
    path,
    scale::{Scale, extent_with_zero},
};

/// Width of the drawing; the page stretches it to the panel.
pub const WIDTH: f64 = 200.0;
/// Height of the drawing.
pub const HEIGHT: f64 = 48.0;
/// Room for half a stroke.
const EDGE: f64 = 2.0;

/// The marks of a sparkline.
#[derive(Debug, Clone, PartialEq)]
pub struct Spark {
    /// The line.
    pub line: String,
    /// The ground under it.
    pub area: String,
    /// A dot on the last value.
    pub end: String,
}

/// Draws the values at equal distances. `None` without two of them: one point has no course.
pub fn spark(values: &[Option<f64>]) -> Option<Spark> {
    if values.iter().flatten().count() < 2 {
        return None;
    }
    let (least, most) = extent_with_zero(values.iter().flatten().copied());
    let y = Scale {
        domain: if least == most { (0.0, 1.0) } else { (least, most) },
        range: (HEIGHT - EDGE, EDGE),
    };
    let x = Scale { domain: (0.0, (values.len() - 1) as f64), range: (EDGE, WIDTH - EDGE) };
    let point = |(place, value): (usize, &Option<f64>)| {
        value.map(|value| (x.at(place as f64), y.at(value)))
    };
    let points: Vec<_> = values.iter().enumerate().map(point).collect();
    let end = points.iter().rev().flatten().next().copied();
    Some(Spark {
        line: path::line(&points),
        area: path::area(&points, y.at(0.0)),
        end: path::line(&[end]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_course_fills_the_drawing() {
        let spark = spark(&[Some(0.0), Some(5.0), Some(10.0)]).unwrap();
        assert_eq!(spark.line, "M2 46L100 24L198 2");
        assert_eq!(spark.end, "M198 2h0");
    }

    #[test]
    fn nothing_but_zeros_lies_on_the_ground() {
        assert_eq!(spark(&[Some(0.0), Some(0.0)]).unwrap().line, "M2 46L198 46");
    }

    #[test]
    fn all_equal_and_negative_values_are_drawn_from_zero() {
        assert_eq!(spark(&[Some(7.0), Some(7.0)]).unwrap().line, "M2 2L198 2");
        assert_eq!(spark(&[Some(-7.0), None, Some(-7.0)]).unwrap().line, "M2 46h0M198 46h0");
    }

    #[test]
    fn one_point_has_no_course() {
        assert_eq!(spark(&[Some(1.0), None]), None);
        assert_eq!(spark(&[]), None);
    }
}
