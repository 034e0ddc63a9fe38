//! Buckets and earlier periods, as plainly as can be.

use inlay_shared::{Compare, Grain, WeekStart};
use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Span, ToSpan, Unit, Zoned};

use super::plain::{World, instant};

impl World<'_> {
    /// The ends of the period to compare with.
    pub(super) fn compared(&self, compare: &Compare, from: &Zoned, to: &Zoned) -> (Zoned, Zoned) {
        let day = |date: Date| date.to_zoned(self.zone.clone()).unwrap().start_of_day().unwrap();
        let whole = |at: &Zoned| *at == at.start_of_day().unwrap();
        let before = |at: &Zoned, step: Span| {
            if whole(at) { day(at.date() - step) } else { at - step }
        };
        match compare {
            Compare::PreviousYear => (before(from, 1.year()), before(to, 1.year())),
            Compare::Range { from, to } => (instant(from, &self.zone), instant(to, &self.zone)),
            Compare::PreviousPeriod if whole(from) && whole(to) => {
                let coarse = matches!(
                    self.query.time.grain,
                    Some(Grain::Month | Grain::Quarter | Grain::Year)
                );
                let step = if coarse && from.day() == 1 && to.day() == 1 {
                    from.date().until((Unit::Month, to.date())).unwrap()
                } else {
                    from.date().until(to.date()).unwrap()
                };
                (before(from, step), from.clone())
            }
            Compare::PreviousPeriod => {
                let length = to.timestamp().duration_since(from.timestamp());
                ((from.timestamp() - length).to_zoned(self.zone.clone()), from.clone())
            }
        }
    }

    /// The beginning of the bucket that an instant is in.
    pub(super) fn floor(&self, time: &Zoned) -> Zoned {
        let day = |date: Date| date.to_zoned(self.zone.clone()).unwrap().start_of_day().unwrap();
        let down = |unit| jiff::ZonedRound::new().smallest(unit).mode(jiff::RoundMode::Floor);
        match self.query.time.grain.unwrap() {
            Grain::Minute => time.round(down(Unit::Minute)).unwrap(),
            Grain::Hour => time.round(down(Unit::Hour)).unwrap(),
            Grain::Day => time.start_of_day().unwrap(),
            Grain::Week => {
                let mut date = time.date();
                let first = match self.query.time.week_start {
                    None | Some(WeekStart::Monday) => Weekday::Monday,
                    Some(WeekStart::Sunday) => Weekday::Sunday,
                    Some(WeekStart::Saturday) => Weekday::Saturday,
                    Some(other) => panic!("{other:?} is not asked for here"),
                };
                while date.weekday() != first {
                    date = date.yesterday().unwrap();
                }
                day(date)
            }
            Grain::Month => day(time.date().first_of_month()),
            Grain::Quarter => {
                let mut date = time.date().first_of_month();
                while ![1, 4, 7, 10].contains(&date.month()) {
                    date = date.yesterday().unwrap().first_of_month();
                }
                day(date)
            }
            Grain::Year => day(time.date().first_of_year()),
        }
    }

    /// Every bucket that an instant of the range is in, found by walking through it in steps of a
    /// quarter of an hour, or of a minute. Without a grain, one for everything.
    pub(super) fn buckets(&self, from: &Zoned, to: &Zoned) -> Vec<Option<Zoned>> {
        if self.query.time.grain.is_none() {
            return vec![None];
        }
        let fine = self.query.time.grain == Some(Grain::Minute);
        let step = SignedDuration::from_mins(if fine { 1 } else { 15 });
        let mut starts: Vec<Option<Zoned>> = Vec::new();
        let mut at = from.timestamp();
        let last = to.timestamp() - 1.microsecond();
        loop {
            let start = Some(self.floor(&at.min(last).to_zoned(self.zone.clone())));
            if starts.last() != Some(&start) {
                starts.push(start);
            }
            if at >= last {
                return starts;
            }
            at += step;
        }
    }
}
