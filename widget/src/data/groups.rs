//! An answer by group as categories, for bars that stand up, side by side, or on each other.

use inlay_shared::{Answer, Grain, Role};

use super::{
    cell,
    ranking::MOST_BARS,
    series::{Line, MOST_LINES, Series, group_name, largest, place_of, places_of},
};

impl Series {
    /// Reads an answer without a grain. The first dimension gives the categories; a second one gives
    /// each of its values a line, and without one each measure of the same unit is a line. `None` where
    /// there is no measure.
    pub fn by_group(answer: &Answer) -> Option<Self> {
        let measure = place_of(answer, Role::Measure)?;
        let other = place_of(answer, Role::Other);
        let groups: Vec<usize> = places_of(answer, Role::Dimension).collect();
        let (first, second) = groups.split_at(groups.len().min(1));
        let format = answer.columns[measure].format;
        let alike = |place: &usize| answer.columns[*place].format == format;
        let measures: Vec<usize> = places_of(answer, Role::Measure).filter(alike).collect();
        let compared = answer.compare.is_some();
        let mut names: Vec<String> = Vec::new();
        let mut lines: Vec<Line> = Vec::new();
        // The values of each row, then where they belong: rows of later lines may bring new categories.
        for (row, cells) in answer.rows.iter().enumerate() {
            let name = group_name(cells, first, other);
            let category = match names.iter().position(|known| *known == name) {
                Some(known) => known,
                None if names.len() == MOST_BARS => continue,
                None => {
                    names.push(name);
                    names.len() - 1
                }
            };
            let before = answer.compare.as_ref().and_then(|compare| compare.rows.get(row));
            for (nth, column) in measures.iter().enumerate() {
                if nth > 0 && !second.is_empty() {
                    break;
                }
                let label = if second.is_empty() {
                    answer.columns[*column].label.clone()
                } else {
                    group_name(cells, second, other)
                };
                let place = match lines.iter().position(|line| line.name == label) {
                    Some(known) => known,
                    None => {
                        lines.push(Line::empty(label, 0, compared));
                        lines.len() - 1
                    }
                };
                let line = &mut lines[place];
                put(&mut line.values, category, cells.get(*column).and_then(cell::number));
                if let Some(old) = &mut line.before {
                    let value = before.and_then(|row| cell::number(row.get(*column)?));
                    put(old, category, value);
                }
            }
        }
        for line in &mut lines {
            line.values.resize(names.len(), None);
            if let Some(old) = &mut line.before {
                old.resize(names.len(), None);
            }
        }
        let left_out = lines.len().saturating_sub(MOST_LINES);
        let lines = if second.is_empty() { lines } else { largest(lines) };
        Some(Self {
            times: Vec::new(),
            names,
            grain: Grain::Day,
            lines,
            left_out,
            measure: answer.columns[measure].clone(),
        })
    }
}

fn put(values: &mut Vec<Option<f64>>, place: usize, value: Option<f64>) {
    if values.len() <= place {
        values.resize(place + 1, None);
    }
    values[place] = value;
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn answer(columns: &[(&str, &str)], rows: Value) -> Answer {
        let column = |(name, role): &(&str, &str)| json!({"name": name, "label": name, "role": role, "type": "string"});
        let columns: Vec<Value> = columns.iter().map(column).collect();
        serde_json::from_value(json!({
            "columns": columns, "rows": rows, "version": "1", "source": "lake", "elapsed_ms": 1.0,
            "time": {"from": "2026-10-01", "to": "2026-10-03", "zone": "UTC"},
        }))
        .unwrap()
    }

    #[test]
    fn a_second_dimension_gives_a_line_each() {
        let columns = [("page", "dimension"), ("device", "dimension"), ("n", "measure")];
        let rows = json!([["/a", "desktop", 9], ["/b", "phone", 7], ["/a", "phone", 3]]);
        let series = Series::by_group(&answer(&columns, rows)).unwrap();
        assert_eq!(series.names, ["/a", "/b"]);
        let lines: Vec<_> =
            series.lines.iter().map(|line| (&*line.name, line.values.clone())).collect();
        assert_eq!(
            lines,
            [("phone", vec![Some(3.0), Some(7.0)]), ("desktop", vec![Some(9.0), None]),]
        );
    }

    #[test]
    fn measures_are_lines_where_there_is_one_dimension() {
        let columns = [("page", "dimension"), ("n", "measure"), ("m", "measure")];
        let series = Series::by_group(&answer(&columns, json!([["/a", 1, 2], ["/b", null, 4]])));
        let series = series.unwrap();
        assert_eq!(series.len(), 2);
        assert_eq!(series.lines[0].values, [Some(1.0), None]);
        assert_eq!(series.lines[1].values, [Some(2.0), Some(4.0)]);
    }

    #[test]
    fn without_a_row_there_is_nothing() {
        let columns = [("page", "dimension"), ("n", "measure")];
        assert!(Series::by_group(&answer(&columns, json!([]))).unwrap().is_empty());
        assert_eq!(Series::by_group(&answer(&columns[..1], json!([]))), None);
    }
}
