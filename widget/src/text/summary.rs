//! A chart in a sentence, for those who do not see it.

use crate::data::{
    ranking::Ranking,
    series::{Line, Series},
};

use super::{lexicon::Lexicon, words};

/// Says the span, the highest, the lowest and the last value of each line.
pub fn of_series(
    title: &str,
    series: &Series,
    value: &dyn Fn(f64) -> String,
    time: &dyn Fn(usize) -> String,
    lexicon: &Lexicon,
) -> String {
    let Some(last) = series.len().checked_sub(1) else { return title.into() };
    let mut out = String::from(title);
    push(&mut out, &[": ", &time(0), " – ", &time(last), "."]);
    for line in &series.lines {
        let Some((lowest, highest)) = ends(line) else { continue };
        let course = [
            ("name", line.name.as_str()),
            ("high", &value(highest.1)),
            ("high_time", &time(highest.0)),
            ("low", &value(lowest.1)),
            ("low_time", &time(lowest.0)),
        ];
        push(&mut out, &[" ", &lexicon.fill(words::COURSE, &course)]);
        if let Some(Some(value_now)) = line.values.last() {
            push(&mut out, &["; ", &lexicon.fill(words::LAST, &[("value", &value(*value_now))])]);
        }
        out.push('.');
    }
    out
}

/// Says how many groups there are and the first three.
pub fn of_ranking(
    title: &str,
    ranking: &Ranking,
    value: &dyn Fn(f64) -> String,
    lexicon: &Lexicon,
) -> String {
    let mut out = String::from(title);
    for (place, row) in ranking.rows.iter().take(3).enumerate() {
        let name = lexicon.name(&row.name);
        let number = row.value.map_or_else(|| lexicon.say(words::ABSENT).into(), value);
        push(&mut out, &[if place == 0 { ": " } else { ", " }, &name, " ", &number]);
    }
    out
}

fn ends(line: &Line) -> Option<((usize, f64), (usize, f64))> {
    let known = line.values.iter().enumerate();
    known.filter_map(|(place, value)| Some((place, (*value)?))).fold(None, |ends, point| {
        let (lowest, highest) = ends.unwrap_or((point, point));
        Some((
            if point.1 < lowest.1 { point } else { lowest },
            if point.1 > highest.1 { point } else { highest },
        ))
    })
}

fn push(out: &mut String, pieces: &[&str]) {
    pieces.iter().for_each(|piece| out.push_str(piece));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::stamp::Stamp;
    use inlay_shared::{Column, ColumnType, Grain, Role};

    fn measure() -> Column {
        Column {
            name: "events".into(),
            label: "Events".into(),
            role: Role::Measure,
            kind: ColumnType::Integer,
            format: None,
            currency: None,
            approximate: None,
        }
    }

    #[test]
    fn a_series_says_its_span_and_its_ends() {
        let series = Series {
            times: ["2026-10-01", "2026-10-02", "2026-10-03"]
                .iter()
                .filter_map(|text| Stamp::parse(text))
                .collect(),
            names: Vec::new(),
            grain: Grain::Day,
            lines: vec![Line {
                name: "Events".into(),
                values: vec![Some(4.0), None, Some(9.0)],
                before: None,
            }],
            left_out: 0,
            measure: measure(),
        };
        let said = of_series(
            "Activity",
            &series,
            &|value| format!("{value}"),
            &|place| format!("t{place}"),
            &Lexicon::default(),
        );
        assert_eq!(said, "Activity: t0 – t2. Events: highest 9, t2; lowest 4, t0; last 9.");
    }

    #[test]
    fn a_ranking_says_its_first_three() {
        let row = |name: &str, value| crate::data::ranking::Ranked {
            name: name.into(),
            value,
            before: None,
        };
        let ranking = Ranking {
            rows: vec![row("/a", Some(3.0)), row("", None), row("/c", Some(1.0)), row("/d", None)],
            measure: measure(),
            dimension: "page".into(),
        };
        assert_eq!(
            of_ranking("Pages", &ranking, &|value| format!("{value}"), &Lexicon::default()),
            "Pages: /a 3, (none) –, /c 1"
        );
    }
}
