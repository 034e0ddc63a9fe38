//! Where annotations stand among buckets.

use inlay_shared::Annotation;

use super::stamp::Stamp;

/// An annotation at its bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Place of the bucket in which it happened.
    pub bucket: usize,
    /// What happened.
    pub label: String,
}

impl Note {
    /// Finds the bucket of each annotation; those before the first bucket and after the last have none.
    pub fn place(annotations: &[Annotation], times: &[Stamp]) -> Vec<Self> {
        let mut notes = Vec::new();
        for annotation in annotations {
            let Some(at) = Stamp::parse(&annotation.time) else { continue };
            // A bare date is a day of the viewer's calendar, not an instant.
            let is_day = annotation.time.len() == 10;
            let key = |stamp: &Stamp| if is_day { reading(stamp) } else { stamp.epoch_ms };
            let wanted = if is_day { reading(&at) } else { at.epoch_ms };
            let begun = times.iter().filter(|time| key(time) <= wanted).count();
            let Some(bucket) = begun.checked_sub(1) else { continue };
            let width = match times {
                [.., before, last] => key(last) - key(before),
                _ => f64::INFINITY,
            };
            if begun < times.len() || wanted < key(&times[bucket]) + width {
                notes.push(Self { bucket, label: annotation.label.clone() });
            }
        }
        notes
    }
}

/// What calendar and clock say, as milliseconds.
fn reading(stamp: &Stamp) -> f64 {
    let minutes = stamp.day_number() * 1_440 + i64::from(stamp.hour) * 60;
    (minutes + i64::from(stamp.minute)) as f64 * 60_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(time: &str, zone: &str) -> Vec<usize> {
        let times: Vec<Stamp> = (1..=3)
            .filter_map(|day| Stamp::parse(&format!("2026-10-0{day}T00:00:00{zone}")))
            .collect();
        let annotations = [Annotation { time: time.into(), label: "Release".into() }];
        Note::place(&annotations, &times).iter().map(|note| note.bucket).collect()
    }

    #[test]
    fn a_date_is_a_day_in_every_zone_and_an_instant_is_one_instant() {
        for zone in ["Z", "-05:00", "+09:00"] {
            assert_eq!(placed("2026-10-02", zone), [1]);
        }
        assert_eq!(placed("2026-10-02T02:00:00Z", "-05:00"), [0]);
        assert_eq!(placed("2026-10-02T02:00:00Z", "+09:00"), [1]);
    }

    #[test]
    fn what_is_not_in_the_range_has_no_place() {
        assert_eq!(placed("2026-09-30", "Z"), [0; 0]);
        assert_eq!(placed("2026-10-03T23:00:00Z", "Z"), [2]);
        assert_eq!(placed("2026-10-04", "Z"), [0; 0]);
        assert_eq!(placed("soon", "Z"), [0; 0]);
    }
}
