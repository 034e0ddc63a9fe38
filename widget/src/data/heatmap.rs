//! An answer by hour of the day and day of the week as a grid of a week.

use inlay_shared::{Answer, Column, Role, WeekStart};

use super::{cell, series::place_of};

/// Hours of a day.
pub const HOURS: usize = 24;
/// Days of a week.
pub const DAYS: usize = 7;

/// A week.
#[derive(Debug, Clone, PartialEq)]
pub struct Week {
    /// By day, Monday first, then by hour. Hours without events have no value.
    pub values: Vec<Option<f64>>,
    /// The greatest of them, or zero.
    pub most: f64,
    /// The column whose unit they have.
    pub measure: Column,
    /// The order in which days are shown: Monday is 0.
    pub days: [usize; DAYS],
}

impl Week {
    /// Reads an answer; `None` where it has not both dimensions and a measure.
    pub fn read(answer: &Answer) -> Option<Self> {
        let place = |name: &str| answer.columns.iter().position(|column| column.name == name);
        let (hour, day) = (place("hour_of_day")?, place("day_of_week")?);
        let measure = place_of(answer, Role::Measure)?;
        let mut values = vec![None; HOURS * DAYS];
        let mut most = 0.0_f64;
        for row in &answer.rows {
            let whole = |place: usize| cell::number(row.get(place)?).map(|number| number as usize);
            // Days are counted from 1.
            let (Some(hour), Some(day @ 1..)) = (whole(hour), whole(day)) else { continue };
            let value = row.get(measure).and_then(cell::number);
            if let Some(slot) = values.get_mut((day - 1) * HOURS + hour) {
                *slot = value;
                most = most.max(value.unwrap_or(0.0));
            }
        }
        let first = answer.time.week_start.map_or(0, first_day);
        let mut days = [0; DAYS];
        for (place, day) in days.iter_mut().enumerate() {
            *day = (first + place) % DAYS;
        }
        Some(Self { values, most, measure: answer.columns[measure].clone(), days })
    }

    /// The value of an hour on the day of that row.
    pub fn value(&self, row: usize, hour: usize) -> Option<f64> {
        self.values[self.days[row] * HOURS + hour]
    }
}

fn first_day(start: WeekStart) -> usize {
    match start {
        WeekStart::Monday => 0,
        WeekStart::Tuesday => 1,
        WeekStart::Wednesday => 2,
        WeekStart::Thursday => 3,
        WeekStart::Friday => 4,
        WeekStart::Saturday => 5,
        WeekStart::Sunday => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cells_find_their_hour_and_weeks_begin_as_the_dashboard_says() {
        let column = |name: &str, role: &str| json!({"name": name, "label": name, "role": role, "type": "integer"});
        let answer: Answer = serde_json::from_value(json!({
            "columns": [column("hour_of_day", "dimension"), column("day_of_week", "dimension"),
                column("events", "measure")],
            "rows": [[0, 1, 4], [23, 7, 9], [24, 7, 1], [5, 0, 1], [null, 3, 2]],
            "version": "1", "source": "lake", "elapsed_ms": 1.0,
            "time": {"from": "2026-10-01", "to": "2026-10-03", "zone": "UTC",
                "week_start": "sunday"},
        }))
        .unwrap();
        let week = Week::read(&answer).unwrap();
        assert_eq!(week.values.iter().flatten().count(), 2);
        assert_eq!((week.value(1, 0), week.value(0, 23)), (Some(4.0), Some(9.0)));
        assert_eq!((week.most, week.days[0]), (9.0, 6));
    }
}
