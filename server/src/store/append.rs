//! Appends to the raw log, many requests in one transaction: one sync for all of them.
//!
//! A request that comes while another group is written waits for the next one, so groups grow with the
//! load and nobody waits for company. A group is committed by a task of its own: a client that hangs up
//! takes nobody with it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, Value};
use tokio::sync::oneshot;

use super::dead_letters::{NewDeadLetter, insert_dead_letters};
use super::erased::take_out_erased;
use super::queue::{AppendLoad, Permit, Queue, Waiting};
use super::raw_log::{NewEvent, statement};
use super::{Store, StoreError, TenantStore};
use crate::ids::TenantId;

/// What one request appends.
#[derive(Debug)]
pub(super) struct Append {
    pub(super) tenant: TenantId,
    pub(super) events: Vec<NewEvent>,
    pub(super) dead: Vec<NewDeadLetter>,
    pub(super) at: Timestamp,
}

impl Store {
    /// What is under way before the raw log: sizes and a count, nobody's data.
    pub fn append_load(&self) -> AppendLoad {
        self.queue.load()
    }
}

impl TenantStore<'_> {
    /// The right to have a request of so many bytes under way.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if too much is under way, of this tenant or of all.
    pub fn permit(&self, bytes: usize) -> Result<Permit, StoreError> {
        self.store.queue.permit(self.tenant, bytes).ok_or(StoreError::Busy)
    }

    /// Appends events and dead letters: all or nothing, committed and synced when this returns. The
    /// answer counts the events that were new. It waits for room where there is none; who must not
    /// wait takes a [`Permit`] first and uses [`TenantStore::append_permitted`].
    ///
    /// # Errors
    /// [`StoreError`] if the database fails; then nothing was written.
    pub async fn append(
        &self,
        events: impl Into<Vec<NewEvent>>,
        dead: impl Into<Vec<NewDeadLetter>>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let (events, dead) = (events.into(), dead.into());
        let bytes = events.iter().map(|event| event.body.len()).sum::<usize>()
            + dead.iter().map(|letter| letter.body.len()).sum::<usize>();
        let permit = self.store.queue.permit_in_time(self.tenant, bytes).await;
        self.append_permitted(permit, events, dead, now).await
    }

    /// Appends with a permit that was taken before. See [`TenantStore::append`].
    ///
    /// # Errors
    /// [`StoreError`] if the database fails; then nothing was written.
    pub async fn append_permitted(
        &self,
        permit: Permit,
        events: Vec<NewEvent>,
        dead: Vec<NewDeadLetter>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let append = Append { tenant: self.tenant.clone(), events, dead, at: now };
        let (reply, answer) = oneshot::channel();
        if self.store.queue.put(append, permit, reply) {
            tokio::spawn(drain(self.store.clone()));
        }
        answer.await.map_err(|_| StoreError::Interrupted)?
    }
}

/// Leaves the queue usable if its task comes to a bad end.
struct Watch {
    queue: Arc<Queue>,
    done: bool,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.done {
            self.queue.abandon();
        }
    }
}

/// Commits groups until nothing waits.
async fn drain(store: Store) {
    let mut watch = Watch { queue: store.queue.clone(), done: false };
    loop {
        let mut group = watch.queue.next_group();
        if group.is_empty() {
            watch.done = true;
            return;
        }
        let outcome = commit(&store, &mut group).await;
        store.health.learn(outcome.as_ref().err());
        let mut counts = outcome.map(Vec::into_iter);
        for waiting in group {
            let answer = match &mut counts {
                Ok(counts) => {
                    let count = counts.next().expect("each request has its count");
                    if count > 0 {
                        store.changed(&waiting.append.tenant);
                    }
                    Ok(count)
                }
                Err(error) => Err(error.clone()),
            };
            // Who hung up meanwhile does not hear it; what was accepted stays.
            let _gone = waiting.reply.send(answer);
        }
    }
}

/// Where the events of a request were put: the places `(after, last]` of the tenant's log.
struct Stretch {
    after: i64,
    last: i64,
    duplicates: bool,
}

/// One transaction for a group. The answer has the number of new events of each request.
async fn commit(store: &Store, group: &mut [Waiting]) -> Result<Vec<u64>, StoreError> {
    let write = store.begin().await?;
    take_out_erased(store, &write, group).await?;
    let mut stretches = places(&write, group).await?;
    insert(&write, group, &mut stretches).await?;
    let mut counts = Vec::with_capacity(group.len());
    let mut ends: HashMap<&str, i64> = HashMap::new();
    for (waiting, stretch) in group.iter().zip(&stretches) {
        let tenant = &waiting.append.tenant;
        let count = if stretch.duplicates {
            stored(&write, tenant, stretch).await?
        } else {
            u64::try_from(stretch.last - stretch.after).expect("places count up")
        };
        counts.push(count);
        if count > 0 {
            // Where nothing was new the log did not change, and no answer does.
            ends.insert(tenant.as_str(), stretch.last);
        }
        insert_dead_letters(&write, tenant, &waiting.append.dead, waiting.append.at).await?;
    }
    if !ends.is_empty() {
        let ends = serde_json::to_string(&ends.into_iter().collect::<Vec<_>>())
            .expect("names and numbers are JSON");
        write.execute_raw(statement(ADVANCE, [ends.into()])).await?;
    }
    write.commit().await?;
    Ok(counts)
}

/// Gives each request its places, behind what its tenant has and behind the requests before it.
async fn places(
    write: &DatabaseTransaction,
    group: &[Waiting],
) -> Result<Vec<Stretch>, StoreError> {
    #[derive(FromQueryResult)]
    struct End {
        tenant: String,
        appended: i64,
    }
    let tenants: HashSet<&str> = group.iter().map(|one| one.append.tenant.as_str()).collect();
    let tenants = serde_json::to_string(&tenants).expect("names are JSON");
    let ends = End::find_by_statement(statement(ENDS, [tenants.into()])).all(write).await?;
    let mut ends: HashMap<String, i64> =
        ends.into_iter().map(|end| (end.tenant, end.appended)).collect();
    let stretch = |waiting: &Waiting| {
        let end = ends.entry(waiting.append.tenant.to_string()).or_default();
        let after = *end;
        *end += i64::try_from(waiting.append.events.len()).expect("a request has few events");
        Stretch { after, last: *end, duplicates: false }
    };
    Ok(group.iter().map(stretch).collect())
}

/// Writes the events of all requests as one row of rows, and marks where some were there before.
async fn insert(
    write: &DatabaseTransaction,
    group: &mut [Waiting],
    stretches: &mut [Stretch],
) -> Result<(), StoreError> {
    let mut left: usize = group.iter().map(|waiting| waiting.append.events.len()).sum();
    let (mut values, mut owners) = (Vec::new(), Vec::new());
    let (mut size, mut sql) = largest_step(left.max(1));
    for (index, waiting) in group.iter_mut().enumerate() {
        let Append { tenant, events, at, .. } = &mut waiting.append;
        for (event, seq) in std::mem::take(events).into_iter().zip(stretches[index].after + 1..) {
            values.extend([
                Value::from(tenant.as_str()),
                seq.into(),
                event.id.into(),
                at.as_microsecond().into(),
                event.body.into(),
                event.sent.as_ref().map(|sent| sent.source.as_str()).into(),
                event.sent.as_ref().map(|sent| sent.version).into(),
            ]);
            owners.push(index);
            if owners.len() < size {
                continue;
            }
            left -= size;
            let step = statement(sql, std::mem::take(&mut values));
            let inserted = write.execute_raw(step).await?.rows_affected();
            if inserted < size as u64 {
                for owner in &owners {
                    stretches[*owner].duplicates = true;
                }
            }
            owners.clear();
            (size, sql) = largest_step(left.max(1));
        }
    }
    Ok(())
}

/// How many events of a stretch are in the log: a duplicate left its place empty.
async fn stored(
    write: &DatabaseTransaction,
    tenant: &TenantId,
    stretch: &Stretch,
) -> Result<u64, StoreError> {
    let values = [tenant.as_str().into(), stretch.after.into(), stretch.last.into()];
    let row = write.query_one_raw(statement(COUNT, values)).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    u64::try_from(count).map_err(|_| StoreError::Corrupt("count"))
}

const ENDS: &str = "\
    SELECT tenant, appended FROM lake_positions \
    WHERE tenant IN (SELECT value FROM json_each(?))";

const COUNT: &str = "SELECT count(*) FROM raw_events WHERE tenant = ? AND seq > ? AND seq <= ?";

/// `WHERE true` tells the parser that `ON` begins no join.
const ADVANCE: &str = "\
    INSERT INTO lake_positions (tenant, appended, flushed, version) \
    SELECT value ->> 0, value ->> 1, 0, 0 FROM json_each(?) WHERE true \
    ON CONFLICT (tenant) DO UPDATE SET appended = excluded.appended";

/// Statements of so many rows, the largest first: few different ones, so that each stays prepared.
static STEPS: LazyLock<[(usize, String); 9]> = LazyLock::new(|| {
    [256, 128, 64, 32, 16, 8, 4, 2, 1].map(|rows| {
        let values = vec!["(?, ?, ?, ?, ?, ?, ?)"; rows].join(", ");
        let sql = format!(
            "INSERT INTO raw_events (tenant, seq, event_id, received_at, body, source, mapping) \
             VALUES {values} ON CONFLICT (tenant, event_id) DO NOTHING"
        );
        (rows, sql)
    })
});

fn largest_step(rows: usize) -> (usize, &'static str) {
    let (size, sql) =
        STEPS.iter().find(|(size, _)| *size <= rows).expect("there is a step of one row");
    (*size, sql)
}

#[cfg(test)]
mod tests;
