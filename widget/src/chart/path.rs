//! Writes the `d` of an SVG path.
//!
//! Pixels are written to a tenth by hand: the standard writer of floats would cost kilobytes, and
//! finer digits are seen by nobody.

/// Appends a length in pixels, rounded to a tenth.
pub fn push_px(out: &mut String, value: f64) {
    let tenths = (value * 10.0).round() as i64;
    let (whole, tenth) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    if tenths < 0 {
        out.push('-');
    }
    push_whole(out, whole);
    if tenth > 0 {
        out.push('.');
        push_whole(out, tenth);
    }
}

fn push_whole(out: &mut String, value: u64) {
    if value >= 10 {
        push_whole(out, value / 10);
    }
    out.push(char::from(b'0' + (value % 10) as u8));
}

/// A length as a string of its own.
pub fn px(value: f64) -> String {
    let mut out = String::new();
    push_px(&mut out, value);
    out
}

fn push_point(out: &mut String, command: char, x: f64, y: f64) {
    out.push(command);
    push_px(out, x);
    out.push(' ');
    push_px(out, y);
}

/// A line through the points, broken at gaps. A point without neighbours becomes a dot: a line of
/// no length, which round caps make visible.
pub fn line(points: &[Option<(f64, f64)>]) -> String {
    let mut out = String::new();
    for run in runs(points) {
        for (place, (x, y)) in run.iter().enumerate() {
            push_point(&mut out, if place == 0 { 'M' } else { 'L' }, *x, *y);
        }
        if run.len() == 1 {
            out.push_str("h0");
        }
    }
    out
}

/// The ground between the line and `base`, broken at gaps.
pub fn area(points: &[Option<(f64, f64)>], base: f64) -> String {
    let mut out = String::new();
    for run in runs(points) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        if run.len() < 2 {
            continue;
        }
        push_point(&mut out, 'M', first.0, base);
        for (x, y) in &run {
            push_point(&mut out, 'L', *x, *y);
        }
        push_point(&mut out, 'L', last.0, base);
        out.push('Z');
    }
    out
}

/// The ground between two lines without gaps.
pub fn between(top: &[Option<(f64, f64)>], base: &[Option<(f64, f64)>]) -> String {
    let mut out = String::new();
    let back = base.iter().rev();
    for (place, (x, y)) in top.iter().chain(back).flatten().enumerate() {
        push_point(&mut out, if place == 0 { 'M' } else { 'L' }, *x, *y);
    }
    out.push('Z');
    out
}

/// Adds a bar from one height to another, its far end rounded if it is large enough for that.
pub fn bar(out: &mut String, x: f64, width: f64, (from, to): (f64, f64), round: bool) {
    let (left, right) = (x.min(x + width), x.max(x + width));
    // What has a value is seen.
    let to = if (to - from).abs() < 1.0 { from + 1.0_f64.copysign(to - from) } else { to };
    let fits = round && right - left >= 6.0 && (to - from).abs() >= 3.0;
    let corner: f64 = if fits { 2.0 } else { 0.0 };
    let inner = to + corner.copysign(from - to);
    push_point(out, 'M', left, from);
    push_point(out, 'L', left, inner);
    if fits {
        push_point(out, 'Q', left, to);
        push_point(out, ' ', left + corner, to);
        push_point(out, 'L', right - corner, to);
        push_point(out, 'Q', right, to);
        push_point(out, ' ', right, inner);
    } else {
        push_point(out, 'L', right, to);
    }
    push_point(out, 'L', right, from);
    out.push('Z');
}

/// Adds a level line.
pub fn rule(out: &mut String, from: f64, to: f64, y: f64) {
    push_point(out, 'M', from, y);
    push_point(out, 'L', to, y);
}

/// The stretches between gaps.
fn runs(points: &[Option<(f64, f64)>]) -> Vec<Vec<(f64, f64)>> {
    points
        .split(Option::is_none)
        .map(|run| run.iter().flatten().copied().collect::<Vec<_>>())
        .filter(|run| !run.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_have_a_tenth_at_most() {
        let cases = [(0.0, "0"), (12.0, "12"), (3.12, "3.1"), (-0.06, "-0.1"), (-0.04, "0")];
        for (value, expected) in cases {
            assert_eq!(px(value), expected);
        }
        assert_eq!((px(1234.96), px(f64::NAN)), ("1235".into(), "0".into()));
    }

    #[test]
    fn bars_are_rounded_at_their_far_end_where_they_are_large_enough() {
        let draw = |width: f64, to: f64, round: bool| {
            let mut out = String::new();
            bar(&mut out, 0.0, width, (100.0, to), round);
            out
        };
        assert_eq!(draw(10.0, 40.0, false), "M0 100L0 40L10 40L10 100Z");
        assert_eq!(draw(10.0, 40.0, true), "M0 100L0 42Q0 40 2 40L8 40Q10 40 10 42L10 100Z");
        assert_eq!(draw(-10.0, 140.0, false), "M-10 100L-10 140L0 140L0 100Z");
        assert_eq!(draw(4.0, 99.9, true), "M0 100L0 99L4 99L4 100Z");
    }

    #[test]
    fn gaps_break_a_line_and_single_points_are_dots() {
        let points = [Some((0.0, 1.0)), Some((2.0, 3.5)), None, Some((6.0, 7.0)), None];
        assert_eq!(line(&points), "M0 1L2 3.5M6 7h0");
        assert_eq!(area(&points, 10.0), "M0 10L0 1L2 3.5L2 10Z");
        assert_eq!((line(&[]), line(&[None])), (String::new(), String::new()));
    }
}
