//! Judges dead letters anew: by the rules of the day, or with an event that was put right.

use inlay_shared::{ReplayOutcome, ReplayedAll, ReplayedLetter};
use serde_json::Value;

use super::{Ingest, IngestError, Terms, ValidEvent};
use crate::ids::DeadLetterId;
use crate::policy::TenantScope;
use crate::store::{Replay, Replayed, SourceMapping, StoredLetter, Verdict};

/// Most letters of one call.
const AT_ONCE: usize = 500;

impl Ingest {
    /// Judges one letter anew, its event as it came or the one given in its place. `None`: there is no
    /// such letter.
    ///
    /// # Errors
    /// [`IngestError`] if the control database fails; then nothing was changed.
    pub async fn replay_letter(
        &self,
        scope: &TenantScope,
        id: &DeadLetterId,
        event: Option<&Value>,
    ) -> Result<Option<ReplayedLetter>, IngestError> {
        let store = self.store.tenant(scope);
        let Some(mut letter) = store.letter(id).await? else { return Ok(None) };
        if let Some(event) = event {
            letter.body = event.to_string();
        }
        let replays = self.judge(scope, vec![letter]).await?;
        let refused = replays.first().and_then(|replay| match &replay.verdict {
            Verdict::Refused { code, detail } => Some((code.clone(), detail.clone())),
            Verdict::Fits(_) => None,
        });
        // The reason of a letter is that of the event in it, not of an attempt to put it right.
        if let (Some(_), Some((code, detail))) = (event, &refused) {
            let (code, detail) = (Some(code.clone()), Some(detail.clone()));
            return Ok(Some(ReplayedLetter { outcome: ReplayOutcome::Refused, code, detail }));
        }
        let outcome = match store.replay(&replays, self.clock.now()).await?.first() {
            Some(Replayed::Accepted) => ReplayOutcome::Accepted,
            Some(Replayed::Duplicate) => ReplayOutcome::Duplicate,
            Some(Replayed::Refused) => ReplayOutcome::Refused,
            Some(Replayed::Gone) | None => return Ok(None),
        };
        let (code, detail) = refused.unzip();
        Ok(Some(ReplayedLetter { outcome, code, detail }))
    }

    /// Judges the letters of one reason anew, the oldest first, from behind `after` on. The answer says
    /// where to go on, if there are more.
    ///
    /// # Errors
    /// [`IngestError`] if the control database fails; then nothing was changed.
    pub async fn replay_letters(
        &self,
        scope: &TenantScope,
        code: &str,
        after: Option<&str>,
    ) -> Result<ReplayedAll, IngestError> {
        let store = self.store.tenant(scope);
        let mut letters = store.letters_of(code, after, AT_ONCE as u64 + 1).await?;
        let more = letters.len() > AT_ONCE;
        letters.truncate(AT_ONCE);
        let next = letters.last().filter(|_| more).map(|letter| letter.id.to_string());
        let replays = self.judge(scope, letters).await?;
        let mut all = ReplayedAll { next, ..ReplayedAll::default() };
        if replays.is_empty() {
            return Ok(all);
        }
        for outcome in store.replay(&replays, self.clock.now()).await? {
            match outcome {
                Replayed::Accepted => all.accepted += 1,
                Replayed::Duplicate => all.duplicates += 1,
                Replayed::Refused => all.refused += 1,
                Replayed::Gone => {}
            }
        }
        Ok(all)
    }

    async fn judge(
        &self,
        scope: &TenantScope,
        letters: Vec<StoredLetter>,
    ) -> Result<Vec<Replay>, IngestError> {
        let mut rules = Vec::new();
        let mut judged = Vec::with_capacity(letters.len());
        for letter in letters {
            let known = rules.iter().find(|(source, _)| *source == letter.source);
            let sent = match known {
                Some((_, sent)) => sent,
                None => {
                    let store = self.store.tenant(scope);
                    let sent = store.source_mapping(letter.source.as_ref()).await?;
                    rules.push((letter.source.clone(), sent));
                    &rules.last().expect("one was just added").1
                }
            }
            .clone();
            let mapping = sent.as_deref().map(|sent: &SourceMapping| &sent.rules);
            let terms = Terms { now: self.clock.now(), mapping, geo: &self.geo };
            let verdict = match ValidEvent::parse(&letter.body, terms) {
                Ok(event) => Verdict::Fits(event.into_row(sent)),
                Err(refusal) => {
                    Verdict::Refused { code: refusal.code.to_owned(), detail: refusal.detail }
                }
            };
            judged.push(Replay { letter: letter.id, verdict });
        }
        Ok(judged)
    }
}
