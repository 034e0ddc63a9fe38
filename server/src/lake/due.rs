//! Whom to flush when. Pure, so that the bounds can be tested.
//!
//! No answer waits for a flush, so one can wait itself: what matters is how much has to be read from
//! the raw log, how long the tails are, and how many small files are written. A tenant is flushed
//! when it has many rows, when the rows of all tenants together are too many (the largest first), or
//! when it waited for a while; but only so many a second for their age, those that waited longest
//! first. So with few tenants files are fresh, and with ten thousand each one waits longer, writes
//! more at a time, and the disk sees the same number of files a second.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use crate::ids::TenantId;
use crate::store::Backlog;

/// Tenants that are flushed in one round only because they waited. There is a round a second, and each
/// of these flushes costs about three syncs.
const BY_AGE: usize = 20;
/// Rows that may wait over all tenants: three times what ten thousand tenants with an event a second
/// come to.
const MOST_ROWS: i64 = 8_000_000;
/// After a failure a tenant is left alone for so long: a full disk stays full for a while.
const PAUSE: SignedDuration = SignedDuration::from_secs(15);

/// What an operator can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlushPolicy {
    /// A tenant's rows wait at least so long for company, if they are few.
    pub age: SignedDuration,
    /// So many rows of a tenant do not wait.
    pub rows: i64,
}

/// How long each tenant has been waiting.
#[derive(Debug, Default)]
pub(super) struct Waits(HashMap<TenantId, Wait>);

#[derive(Debug)]
struct Wait {
    /// When this position was seen for the first time.
    since: Timestamp,
    flushed: i64,
    not_before: Timestamp,
}

impl Waits {
    /// Who is to be flushed now, the most pressing first. `backlogs` has every tenant with rows to
    /// flush, `pressing` those whose tails are heavy.
    pub(super) fn due(
        &mut self,
        policy: FlushPolicy,
        backlogs: &[Backlog],
        pressing: &HashSet<TenantId>,
        now: Timestamp,
    ) -> Vec<TenantId> {
        self.follow(backlogs, now);
        let mut rest: Vec<&Backlog> =
            backlogs.iter().filter(|one| self.0[&one.tenant].not_before <= now).collect();
        rest.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.tenant.cmp(&b.tenant)));
        let mut total: i64 = backlogs.iter().map(|one| one.rows).sum();
        let mut due = Vec::new();
        rest.retain(|one| {
            let large = one.rows >= policy.rows || pressing.contains(&one.tenant);
            if large || total > MOST_ROWS {
                total -= one.rows;
                due.push(one.tenant.clone());
                return false;
            }
            true
        });
        rest.retain(|one| now.duration_since(self.0[&one.tenant].since) >= policy.age);
        rest.sort_by_key(|one| self.0[&one.tenant].since);
        due.extend(rest.into_iter().take(BY_AGE).map(|one| one.tenant.clone()));
        due
    }

    /// A flush failed.
    pub(super) fn postpone(&mut self, tenant: &TenantId, now: Timestamp) {
        if let Some(wait) = self.0.get_mut(tenant) {
            wait.not_before = now.saturating_add(PAUSE).unwrap_or(Timestamp::MAX);
        }
    }

    fn follow(&mut self, backlogs: &[Backlog], now: Timestamp) {
        let mut before = std::mem::take(&mut self.0);
        for Backlog { tenant, flushed, .. } in backlogs {
            let wait = match before.remove(tenant) {
                Some(wait) if wait.flushed == *flushed => wait,
                _ => Wait { since: now, flushed: *flushed, not_before: Timestamp::MIN },
            };
            self.0.insert(tenant.clone(), wait);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: FlushPolicy = FlushPolicy { age: SignedDuration::from_secs(15), rows: 32_768 };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn backlog(name: &str, flushed: i64, rows: i64) -> Backlog {
        Backlog { tenant: name.parse().unwrap(), flushed, rows }
    }

    fn due(waits: &mut Waits, backlogs: &[Backlog], second: i64) -> Vec<String> {
        let due = waits.due(POLICY, backlogs, &HashSet::new(), at(second));
        due.iter().map(TenantId::to_string).collect()
    }

    #[test]
    fn few_rows_wait_and_many_do_not() {
        let mut waits = Waits::default();
        let both = [backlog("few", 0, 1), backlog("many", 0, 32_768)];
        assert_eq!(due(&mut waits, &both, 0), ["many"]);
        let both = [backlog("few", 0, 9), backlog("many", 32_768, 5)];
        assert!(due(&mut waits, &both, 14).is_empty());
        assert_eq!(due(&mut waits, &both, 15), ["few"]);
        assert_eq!(due(&mut waits, &both, 29), ["few", "many"]);
    }

    #[test]
    fn a_heavy_tail_does_not_wait() {
        let heavy = HashSet::from(["a".parse().unwrap()]);
        let backlogs = [backlog("a", 0, 10), backlog("b", 0, 20)];
        let due = Waits::default().due(POLICY, &backlogs, &heavy, at(0));
        assert_eq!(due, ["a".parse().unwrap()]);
    }

    #[test]
    fn too_much_of_all_tenants_brings_the_largest_in() {
        let backlogs: Vec<Backlog> =
            (0..400).map(|n| backlog(&format!("t{n:03}"), 0, 20_000 + n)).collect();
        assert_eq!(due(&mut Waits::default(), &backlogs, 0), ["t399", "t398", "t397", "t396"]);
    }

    #[test]
    fn a_failure_is_not_repeated_at_once() {
        let mut waits = Waits::default();
        let large = [backlog("a", 0, 40_000)];
        assert_eq!(due(&mut waits, &large, 0), ["a"]);
        waits.postpone(&large[0].tenant, at(0));
        assert!(due(&mut waits, &large, 14).is_empty());
        assert_eq!(due(&mut waits, &large, 15), ["a"]);
    }

    /// Ten thousand tenants, each with an event a second.
    #[test]
    fn ten_thousand_tenants_write_few_files_and_none_waits_for_ever() {
        let mut waits = Waits::default();
        let count = 10_000_usize;
        let mut backlogs: Vec<Backlog> =
            (0..count).map(|n| backlog(&format!("t{n}"), 0, 0)).collect();
        let mut longest = 0;
        for second in 1..=1_200 {
            for one in &mut backlogs {
                one.rows = second - one.flushed;
                longest = longest.max(one.rows);
            }
            let due = due(&mut waits, &backlogs, second);
            assert!(due.len() <= BY_AGE, "{} files in a second", due.len());
            for tenant in due {
                backlogs[tenant[1..].parse::<usize>().unwrap()].flushed = second;
            }
        }
        assert!(longest < 520, "a row waited {longest} seconds");
    }
}
