//! The pure functions of this folder, held to what D3 gives for the same inputs.
//!
//! `widget/tests/golden/d3.mjs` works the values out and says with which releases of D3.

use inlay_shared::Grain;
use serde_json::Value;

use crate::data::stamp::Stamp;

use super::{band, heat, path, ring, scale::Scale, stack, ticks, time_axis};

fn cases(part: &str) -> Vec<Value> {
    let golden: Value =
        serde_json::from_str(include_str!("../../tests/golden/d3.json")).expect("golden JSON");
    let cases = golden[part].as_array().expect("a list of cases").clone();
    assert!(cases.len() >= 20, "{part} has {}", cases.len());
    cases
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

fn near(one: f64, other: f64, what: &Value) {
    let size = one.abs().max(other.abs()).max(1e-12);
    assert!((one - other).abs() <= size * 1e-9, "{one} is not {other}: {what}");
}

fn all_near(ours: &[f64], theirs: &[f64], what: &Value) {
    assert_eq!(ours.len(), theirs.len(), "{ours:?} {what}");
    for (one, other) in ours.iter().zip(theirs) {
        near(*one, *other, what);
    }
}

#[test]
fn ticks_nice_ranges_and_pixels_are_those_of_d3() {
    for case in cases("linear") {
        let (from, to, count) =
            (number(&case["from"]), number(&case["to"]), number(&case["count"]));
        all_near(&ticks::ticks(from, to, count), &numbers(&case["ticks"]), &case);
        let nice = ticks::nice(from, to, count);
        all_near(&[nice.0, nice.1], &numbers(&case["nice"]), &case);
        let scale = Scale { domain: (from, to), range: (250.0, 10.0) };
        let pixels: Vec<f64> =
            numbers(&case["values"]).into_iter().map(|value| scale.at(value)).collect();
        for (pixel, theirs) in pixels.iter().zip(numbers(&case["pixels"])) {
            assert!((pixel - theirs).abs() < 0.01, "{pixel} is not {theirs}: {case}");
        }
    }
}

#[test]
fn bars_stand_where_d3_puts_them() {
    for case in cases("bands") {
        let count = number(&case["count"]) as usize;
        let ends = (number(&case["from"]), number(&case["to"]));
        let bands = band::bands(count, ends.0, ends.1, number(&case["inner"]));
        near(bands.width, number(&case["width"]), &case);
        let starts: Vec<f64> = (0..count).map(|place| bands.at(place)).collect();
        all_near(&starts, &numbers(&case["starts"]), &case);
    }
}

#[test]
fn stacks_are_those_of_d3() {
    for case in cases("stacks") {
        let lists = case["values"].as_array().expect("series");
        let values: Vec<Vec<Option<f64>>> =
            lists.iter().map(|line| numbers(line).into_iter().map(Some).collect()).collect();
        let slices: Vec<&[Option<f64>]> = values.iter().map(Vec::as_slice).collect();
        let theirs = case["spans"].as_array().expect("spans");
        for (ours, theirs) in stack::stack(&slices).iter().zip(theirs) {
            for ((from, to), theirs) in ours.iter().zip(theirs.as_array().expect("places")) {
                // D3 writes what is below zero from its end to its beginning.
                let theirs = numbers(theirs);
                if from != to {
                    let (low, high) = (theirs[0].min(theirs[1]), theirs[0].max(theirs[1]));
                    all_near(&[from.min(*to), from.max(*to)], &[low, high], &case);
                }
            }
        }
    }
}

#[test]
fn paths_are_those_of_d3() {
    for case in cases("shapes") {
        let points: Vec<Vec<f64>> =
            case["points"].as_array().expect("points").iter().map(numbers).collect();
        let edge = |side: usize| -> Vec<Option<(f64, f64)>> {
            points.iter().map(|point| Some((point[0], point[side]))).collect()
        };
        let theirs = |name: &str| case[name].as_str().expect("a path").replace(',', " ");
        assert_eq!(path::line(&edge(1)), theirs("line"));
        assert_eq!(path::between(&edge(1), &edge(2)), theirs("between"));
    }
}

#[test]
fn rings_and_shades_are_those_of_d3() {
    for case in cases("rings") {
        let values: Vec<Option<f64>> = numbers(&case["values"]).into_iter().map(Some).collect();
        let arcs = case["arcs"].as_array().expect("arcs");
        for (slice, arc) in ring::slices(&values).iter().zip(arcs) {
            all_near(&[slice.from, slice.from + slice.length], &numbers(arc), &case);
        }
    }
    for case in cases("shades") {
        let most = number(&case["most"]);
        for (value, shade) in numbers(&case["values"]).iter().zip(numbers(&case["shades"])) {
            assert_eq!(heat::shade(*value, most) as f64, shade, "{value} of {most}");
        }
    }
}

#[test]
fn calendars_are_cut_where_d3_cuts_them() {
    let mut compared = 0;
    for case in cases("calendars") {
        let texts = case["times"].as_array().expect("times").iter();
        let times: Vec<Stamp> = texts
            .map(|text| Stamp::parse(text.as_str().expect("a text")).expect("a time"))
            .collect();
        for (unit, places) in case["units"].as_object().expect("units") {
            let ours = time_axis::starts_of(unit, &times);
            let theirs: Vec<usize> =
                numbers(places).into_iter().map(|place| place as usize).collect();
            assert_eq!(ours, theirs, "{unit} in {}", case["zone"]);
            compared += theirs.len();
        }
    }
    assert!(compared > 500, "{compared}");
}

/// A label for each unit that fits: as many as there is room for, in all zones.
#[test]
fn an_axis_never_has_more_labels_than_room() {
    for case in cases("calendars") {
        let texts = case["times"].as_array().expect("times").iter();
        let times: Vec<Stamp> =
            texts.filter_map(|text| Stamp::parse(text.as_str().unwrap_or_default())).collect();
        for room in 1..12 {
            assert!(time_axis::ticks(&times, Grain::Hour, room).len() <= room, "{room}");
        }
    }
}
