//! Keeps no event longer than its tenant's retention says.
//!
//! An event is as old as its own time. What is kept begins at a midnight of UTC, so a file on the border
//! is rewritten once a day at most; files before it go as a whole. The raw log loses the same events,
//! and dead letters go by the time at which they came.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use super::removal::Doomed;
use super::{Lake, LakeError};
use crate::ids::TenantId;
use crate::problem::chain;

/// An event's own time is at most so far ahead of its coming.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

impl Lake {
    /// Takes out what is older than each tenant wants. One failure does not stop the others.
    pub(super) async fn apply_retention(&self) -> Result<(), LakeError> {
        let system = self.maintenance();
        for (tenant, days) in self.inner.store.system(&system).retentions().await? {
            if let Err(error) = self.apply_retention_of(&tenant, days).await {
                tracing::error!(%tenant, cause = chain(&error), "old events stay for now");
            }
        }
        Ok(())
    }

    async fn apply_retention_of(&self, tenant: &TenantId, days: u32) -> Result<(), LakeError> {
        let scope = self.maintenance_of(tenant);
        let store = self.inner.store.tenant(&scope);
        let Some(kept_from) = kept_from(self.inner.clock.now(), days) else { return Ok(()) };
        self.flush(&scope).await?;
        let doomed = Doomed::Before(kept_from.as_microsecond());
        let rows = self.remove_rows(&scope, &doomed, None).await?;
        store.remove_raw_before(kept_from - AHEAD).await?;
        store.remove_letters_before(kept_from).await?;
        if rows > 0 {
            tracing::info!(%tenant, rows, %kept_from, "took old events out");
        }
        Ok(())
    }
}

/// The first instant that is kept: today and so many whole days before it.
fn kept_from(now: Timestamp, days: u32) -> Option<Timestamp> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let first = today.checked_sub(Span::new().try_days(i64::from(days)).ok()?).ok()?;
    first.to_datetime(Time::midnight()).to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_begins_at_midnight() {
        let now: Timestamp = "2026-11-20T12:34:56Z".parse().unwrap();
        for (days, first) in [(1, "2026-11-19"), (30, "2026-10-21"), (365, "2025-11-20")] {
            let expected: Timestamp = format!("{first}T00:00:00Z").parse().unwrap();
            assert_eq!(kept_from(now, days), Some(expected));
        }
        assert_eq!(kept_from(now, u32::MAX), None);
    }
}
