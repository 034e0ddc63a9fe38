//! How busy a customer is in an hour: the hour of its day, the day of its week, its growth, the mood
//! of the day, and the stories of the quarter (a launch, an outage, a holiday).

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

use super::chance::{Chance, Purpose};

/// Length of the history.
pub(crate) const HISTORY_DAYS: i64 = 90;
/// The same in hours.
pub(super) const HISTORY_HOURS: i64 = HISTORY_DAYS * 24;

/// Weight of each hour of a working day.
const DAY: [f64; 24] = [
    0.02, 0.01, 0.01, 0.01, 0.02, 0.06, 0.20, 0.52, 0.86, 1.00, 0.98, 0.84, 0.56, 0.74, 0.96, 0.92,
    0.78, 0.55, 0.30, 0.18, 0.14, 0.12, 0.08, 0.04,
];

/// Something that makes some hours unlike the others. `days` are working days before the anchor.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Story {
    /// A roll-out that brings everybody in and wears off within days.
    Launch { days: i64 },
    /// A broken morning: hardly anybody gets through, pages crawl, afterwards all catch up.
    Outage { days: i64 },
    /// A working day on which pages are slow.
    Slow { days: i64 },
    /// A working day on which most are away.
    Holiday { days: i64 },
}

/// The rhythm of one customer. Pure: the same hour has the same answer at any time.
#[derive(Debug)]
pub(super) struct Rhythm {
    zone: TimeZone,
    seed: u64,
    customer: u64,
    start: i64,
    works_saturdays: bool,
    stories: Vec<(Story, i64)>,
    total: f64,
}

impl Rhythm {
    pub(super) fn new(
        zone: TimeZone,
        seed: u64,
        customer: u64,
        anchor: Timestamp,
        works_saturdays: bool,
        stories: &[Story],
    ) -> Self {
        let start = hour_of(anchor) - HISTORY_HOURS;
        let stories = stories.iter().map(|&story| (story, first_hour(story, &zone, anchor)));
        let stories = stories.collect();
        let mut rhythm = Self { zone, seed, customer, start, works_saturdays, stories, total: 1.0 };
        rhythm.total = (start..start + HISTORY_HOURS).map(|hour| rhythm.weight(hour)).sum();
        rhythm
    }

    /// The hour with which the history begins.
    pub(super) fn start(&self) -> i64 {
        self.start
    }

    /// The hour's part of all that happens in the history: these add up to one over its 90 days.
    pub(super) fn share(&self, hour: i64) -> f64 {
        self.weight(hour) / self.total
    }

    /// How many times longer than usual pages take in that hour.
    pub(super) fn slowness(&self, hour: i64) -> f64 {
        let slow = |&(story, first): &(Story, i64)| match (story, hour - first) {
            (Story::Outage { .. }, 0..3) => 4.5,
            (Story::Outage { .. }, 3..5) => 1.7,
            (Story::Slow { .. }, 0..10) => 2.1,
            _ => 1.0,
        };
        // A customer's pages grow a little heavier as its projects do.
        let age = (hour - self.start) as f64 / HISTORY_HOURS as f64;
        self.stories.iter().map(slow).product::<f64>() * (0.94 + 0.12 * age.clamp(0.0, 1.5))
    }

    /// The wall clock of the customer at the beginning of that hour.
    pub(super) fn local(&self, hour: i64) -> Zoned {
        instant(hour).to_zoned(self.zone.clone())
    }

    fn weight(&self, hour: i64) -> f64 {
        let local = self.local(hour);
        let day = local.date().weekday();
        let week = match day {
            Weekday::Monday => 1.04,
            Weekday::Tuesday => 1.14,
            Weekday::Wednesday => 1.10,
            Weekday::Thursday => 1.07,
            Weekday::Friday => 0.86,
            Weekday::Saturday if self.works_saturdays => 0.42,
            Weekday::Saturday => 0.15,
            Weekday::Sunday => 0.12,
        };
        let hour_of_day = usize::try_from(local.hour()).unwrap_or(0).min(DAY.len() - 1);
        // The working day has a floor at night: somebody is always awake.
        let weekend = matches!(day, Weekday::Saturday | Weekday::Sunday);
        let pattern = if weekend { 0.5 * DAY[hour_of_day] + 0.18 } else { DAY[hour_of_day] };
        let age = (hour - self.start) as f64 / HISTORY_HOURS as f64;
        let growth = 0.70 + 0.55 * age.clamp(0.0, 1.4);
        let events = self.stories.iter().map(|&(story, first)| story.pull(hour - first));
        pattern * week * growth * self.mood(&local) * events.product::<f64>()
    }

    /// Days differ a little for no reason at all.
    fn mood(&self, local: &Zoned) -> f64 {
        let date = local.date();
        let day = i64::from(date.year()) * 1_000 + i64::from(date.day_of_year());
        Chance::new(self.seed, self.customer, Purpose::Mood, day).around(1.0, 0.07)
    }
}

impl Story {
    /// How much more or less than usual happens so many hours after its beginning.
    fn pull(self, hours: i64) -> f64 {
        match (self, hours) {
            (Self::Launch { .. }, 0..192) => 1.0 + 1.05 * (-(hours as f64) / 42.0).exp(),
            (Self::Outage { .. }, 0..3) => 0.12,
            (Self::Outage { .. }, 3..8) => 1.38,
            (Self::Holiday { .. }, 0..24) => 0.22,
            _ => 1.0,
        }
    }

    fn days(self) -> i64 {
        match self {
            Self::Launch { days }
            | Self::Outage { days }
            | Self::Slow { days }
            | Self::Holiday { days } => days,
        }
    }

    fn begins_at(self) -> i8 {
        match self {
            Self::Launch { .. } | Self::Outage { .. } => 9,
            Self::Slow { .. } => 8,
            Self::Holiday { .. } => 0,
        }
    }
}

/// The hour in which a story begins: on the working day at or before that many days ago.
fn first_hour(story: Story, zone: &TimeZone, anchor: Timestamp) -> i64 {
    let back = |days: i64| (anchor - SignedDuration::from_hours(24 * days)).to_zoned(zone.clone());
    let mut date = back(story.days()).date();
    while matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
        date = date.saturating_sub(1.day());
    }
    // A zone whose clocks skip that hour begins right after the gap.
    let begin = date.at(story.begins_at(), 0, 0, 0).to_zoned(zone.clone());
    hour_of(begin.map_or(anchor, |begin| begin.timestamp()))
}

/// Hours since 1970 of that instant.
pub(crate) fn hour_of(instant: Timestamp) -> i64 {
    instant.as_second().div_euclid(3_600)
}

/// The instant at which that hour since 1970 begins.
pub(crate) fn instant(hour: i64) -> Timestamp {
    Timestamp::from_second(hour.saturating_mul(3_600)).unwrap_or(Timestamp::UNIX_EPOCH)
}
