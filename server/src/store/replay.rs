//! Takes dead letters up again: what fits now becomes an event of the raw log and leaves the queue in one
//! transaction, so it is in exactly one of the two whenever a process dies.

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::raw_log::{NewEvent, statement};
use super::view::position;
use super::{StoreError, TenantStore};
use crate::ids::DeadLetterId;

/// The code of events that were accepted, and then could not be rows of the lake.
pub const NOT_NORMALISED: &str = "not_normalised";

/// A dead letter that was judged anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Which one.
    pub letter: DeadLetterId,
    /// What it is now.
    pub verdict: Verdict,
}

/// What became of a letter's event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It can be accepted.
    Fits(NewEvent),
    /// It is still refused, for this reason.
    Refused {
        /// Stable code.
        code: String,
        /// What is wrong and what to do.
        detail: String,
    },
}

/// What a replay came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replayed {
    /// An event of the raw log; the letter is gone.
    Accepted,
    /// An event of its id was accepted before; the letter is gone.
    Duplicate,
    /// Still a letter.
    Refused,
    /// Somebody else took it up meanwhile.
    Gone,
}

impl TenantStore<'_> {
    /// Settles letters that were judged anew, all in one transaction, committed and synced when this
    /// returns. The answer has their order.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails; then nothing was changed.
    pub async fn replay(
        &self,
        replays: &[Replay],
        now: Timestamp,
    ) -> Result<Vec<Replayed>, StoreError> {
        let write = self.store.begin().await?;
        let appended = position(&write, self.tenant.as_str()).await?.appended;
        let mut seq = appended;
        let mut outcomes = Vec::with_capacity(replays.len());
        for replay in replays {
            outcomes.push(self.settle(&write, replay, &mut seq, now).await?);
        }
        if seq > appended {
            let values = [self.tenant.as_str().into(), seq.into()];
            write.execute_raw(statement(ADVANCE, values)).await?;
        }
        write.commit().await?;
        Ok(outcomes)
    }

    async fn settle(
        &self,
        write: &DatabaseTransaction,
        replay: &Replay,
        seq: &mut i64,
        now: Timestamp,
    ) -> Result<Replayed, StoreError> {
        let tenant = self.tenant.as_str();
        let key = || [tenant.into(), replay.letter.as_str().into()];
        let event = match &replay.verdict {
            Verdict::Fits(event) => event,
            Verdict::Refused { code, detail } => {
                let values = [
                    code.as_str().into(),
                    detail.as_str().into(),
                    tenant.into(),
                    replay.letter.as_str().into(),
                ];
                let kept = write.execute_raw(statement(RENAME, values)).await?.rows_affected();
                return Ok(if kept == 1 { Replayed::Refused } else { Replayed::Gone });
            }
        };
        let letter = write.query_one_raw(statement(CODE, key())).await?;
        let Some(letter) = letter else { return Ok(Replayed::Gone) };
        let code: String = letter.try_get_by_index(0)?;
        write.execute_raw(statement(DELETE, key())).await?;
        if code == NOT_NORMALISED {
            // Its id is in the raw log, at a place that the lake went past without a row of it.
            let values = [tenant.into(), event.id.as_str().into()];
            write.execute_raw(statement(FORGET, values)).await?;
        }
        let place = *seq + 1;
        let (source, mapping) = match &event.sent {
            None => (None, None),
            Some(sent) => (Some(sent.source.as_str()), Some(sent.version)),
        };
        let values = [
            tenant.into(),
            place.into(),
            event.id.as_str().into(),
            now.as_microsecond().into(),
            event.body.as_str().into(),
            source.into(),
            mapping.into(),
        ];
        if write.execute_raw(statement(INSERT, values)).await?.rows_affected() == 0 {
            return Ok(Replayed::Duplicate);
        }
        *seq = place;
        Ok(Replayed::Accepted)
    }
}

const CODE: &str = "SELECT code FROM dead_letters WHERE tenant = ? AND id = ?";
const DELETE: &str = "DELETE FROM dead_letters WHERE tenant = ? AND id = ?";
const RENAME: &str = "UPDATE dead_letters SET code = ?, detail = ? WHERE tenant = ? AND id = ?";
const FORGET: &str = "DELETE FROM raw_events WHERE tenant = ? AND event_id = ?";
const INSERT: &str = "\
    INSERT INTO raw_events (tenant, seq, event_id, received_at, body, source, mapping) \
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, event_id) DO NOTHING";
const ADVANCE: &str = "\
    INSERT INTO lake_positions (tenant, appended, flushed, version) VALUES (?, ?, 0, 0) \
    ON CONFLICT (tenant) DO UPDATE SET appended = excluded.appended";
