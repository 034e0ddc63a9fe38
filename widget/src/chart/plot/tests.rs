//! Charts as a whole: what stands where, and that nothing leaves the drawing.

use super::*;
use crate::data::series::Line;
use inlay_shared::{Column, ColumnType, Role};

fn series(values: &[Option<f64>], before: Option<Vec<Option<f64>>>) -> Series {
    let times = (1..=values.len())
        .map(|day| Stamp::parse(&format!("2026-10-{day:02}T00:00:00Z")).unwrap())
        .collect();
    Series {
        times,
        names: Vec::new(),
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
            approximate: None,
        },
    }
}

fn draw(series: &Series) -> Chart {
    draw_with(series, false)
}

fn draw_with(series: &Series, open: bool) -> Chart {
    draw_in(series, open, Frame::default())
}

fn draw_in(series: &Series, open: bool, more: Frame) -> Chart {
    let words = Words {
        value: &|value| format!("{value}"),
        time: &|stamp, says| match says {
            Says::Day => format!("{}.{}.", stamp.day, stamp.month),
            other => format!("{other:?}"),
        },
    };
    let frame = Frame { width: 400.0, height: 200.0, open, ..more };
    plot(series, &frame, &words)
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

#[test]
fn a_mirrored_chart_has_its_values_at_the_right_and_runs_leftwards() {
    let mirrored = Frame { mirrored: true, ..Frame::default() };
    let series = series(&[Some(1.0), Some(2.0), Some(3.0)], None);
    let (plain, chart) = (draw(&series), draw_in(&series, false, mirrored));
    assert_eq!(chart.ground.left, 0.0);
    for (there, here) in plain.buckets.iter().zip(&chart.buckets) {
        assert!((there + here - 400.0).abs() < 1e-9);
    }
}

#[test]
fn bars_stand_apart_inside_the_ground() {
    let columns = Frame { columns: true, ..Frame::default() };
    for mirrored in [false, true] {
        let frame = Frame { mirrored, ..columns };
        let chart = draw_in(&series(&[Some(5.0), None, Some(-5.0)], None), false, frame);
        assert_eq!(chart.marks[0].area.matches('M').count(), 2);
        assert!(chart.zero > chart.ground.top && chart.zero < chart.ground.bottom);
        let inside = |x: &f64| (chart.ground.left..=chart.ground.right).contains(x);
        assert!(chart.buckets.iter().all(inside));
    }
}

#[test]
fn stacked_lines_share_the_scale_of_their_sum() {
    let mut two = series(&[Some(10.0), Some(20.0)], None);
    let mut second = two.lines[0].clone();
    second.values = vec![Some(30.0), Some(70.0)];
    two.lines.push(second);
    for columns in [false, true] {
        let frame = Frame { stacked: true, columns, ..Frame::default() };
        let chart = draw_in(&two, false, frame);
        assert_eq!(chart.values.last().unwrap().text, "100");
        let heights = |line: usize| chart.marks[line].heights[1].unwrap();
        let share = (chart.zero - heights(1)) / (chart.zero - heights(0));
        assert!((share - 4.5).abs() < 1e-9, "90 and 20: {share}");
    }
}

#[test]
fn categories_are_labelled_as_far_as_there_is_room() {
    let mut bars = series(&vec![Some(1.0); 20], None);
    bars.times.clear();
    bars.names = (0..20).map(|place| format!("A category {place}")).collect();
    let chart = draw_in(&bars, false, Frame { columns: true, ..Frame::default() });
    assert!(chart.times.len() < 20 && chart.times.len() > 5, "{}", chart.times.len());
    assert!(chart.times.iter().all(|label| label.text.ends_with('…')));
    assert_eq!(shortened("Äpfel", 5), "Äpfel");
    assert_eq!(shortened("Äpfel", 4), "Äpf…");
}

#[test]
fn thousands_of_points_are_thinned() {
    let values: Vec<_> = (0..5_000).map(|n| Some(f64::from(n * 7919 % 1_000))).collect();
    let mut many = series(&values[..28], None);
    many.lines[0].values = values;
    many.times = (0..5_000).map(|_| many.times[0]).collect();
    let chart = draw(&many);
    assert_eq!(chart.buckets.len(), 5_000);
    assert!(chart.marks[0].line.matches('L').count() <= 1_600);
}
