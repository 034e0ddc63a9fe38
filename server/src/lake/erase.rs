//! Erases people: out of the raw log, the files, the tail, the dead letters and remembered answers.
//!
//! An erasure goes through three states. It is *pending* until one transaction takes the person's rows
//! out of everything that is read: until then every answer has all of them, from then on none has any.
//! It is *erased* until the replaced files are removed, because queries that began before may still
//! read them, and the database file has forgotten. Then it is *done*. Each step can be made again, so a
//! process that died goes on where it was when a server starts.
//!
//! It erases what is there when it runs, and it waits for the imports that were accepted before it: their
//! files may have rows of the person, and go when they end. What comes later is new; but an erased event
//! that is sent again is a duplicate, as it would have been.

use std::sync::Arc;

use serde_json::Value;

use super::batch::normalise;
use super::removal::Doomed;
use super::{Lake, LakeError};
use crate::model::Properties;
use crate::policy::TenantScope;
use crate::problem::chain;
use crate::store::{OpenErasure, RawEvent};

impl Lake {
    /// Goes on with every erasure that is not finished. One tenant's failure does not stop the others.
    pub(super) async fn erase_people(&self) -> Result<(), LakeError> {
        let system = self.maintenance();
        for tenant in self.inner.store.system(&system).tenants_with_open_erasures().await? {
            let scope = self.maintenance_of(&tenant);
            for erasure in self.inner.store.tenant(&scope).open_erasures().await? {
                if let Err(error) = self.erase_person(&scope, &erasure).await {
                    let id = &erasure.id;
                    tracing::error!(%tenant, %id, cause = chain(&error), "an erasure has to wait");
                }
            }
        }
        Ok(())
    }

    async fn erase_person(
        &self,
        scope: &TenantScope,
        erasure: &OpenErasure,
    ) -> Result<(), LakeError> {
        let store = self.inner.store.tenant(scope);
        match (&erasure.subject, erasure.erased_at) {
            (Some(subject), None) => {
                if store.open_imports_until(erasure.requested_at).await? > 0 {
                    return Ok(());
                }
                self.flush(scope).await?;
                self.erase_what_is_no_row(scope, subject).await?;
                let doomed = Doomed::Of(Arc::from(subject.as_str()));
                let rows = self.remove_rows(scope, &doomed, Some(&erasure.id)).await?;
                tracing::info!(tenant = %scope.tenant(), id = %erasure.id, rows, "erased a person");
                Ok(())
            }
            (subject, Some(erased_at)) => {
                if !store.retired_segments(erased_at).await?.is_empty()
                    || self.sweep_of(scope, erased_at).await? > 0
                {
                    return Ok(());
                }
                store.forget_subject(&erasure.id).await?;
                // Without the subject, a process died in the middle of this.
                let traces = subject.iter().flat_map(|id| spellings(id)).collect();
                let system = self.maintenance();
                if self.inner.store.system(&system).scrub(traces).await? {
                    store.finish_erasure(&erasure.id, self.inner.clock.now()).await?;
                }
                Ok(())
            }
            (None, None) => unreachable!("the subject is forgotten after the erasure only"),
        }
    }

    /// Erases dead letters about the person, and events of the raw log that never became a row.
    async fn erase_what_is_no_row(
        &self,
        scope: &TenantScope,
        subject: &str,
    ) -> Result<(), LakeError> {
        let store = self.inner.store.tenant(scope);
        let mut after = String::new();
        loop {
            let letters = store.letter_texts(&after).await?;
            let Some(last) = letters.last() else { break };
            after.clone_from(&last.id);
            let about = letters.into_iter().filter(|letter| mentions(&letter.body, subject));
            let ids: Vec<String> = about.map(|letter| letter.id).collect();
            store.remove_letters(&ids).await?;
        }
        let (words, mut after) = (spellings(subject), 0);
        loop {
            let (events, last) = store.raw_events_with(&words, after).await?;
            let Some(last) = last else { return Ok(()) };
            after = last;
            let places = unfit(&events, subject)?;
            store.remove_raw(&places, true).await?;
        }
    }
}

/// How an id can stand in a JSON text, with the quotes that make it a whole text.
fn spellings(id: &str) -> Vec<String> {
    let plain = format!("\"{id}\"");
    let escaped = Value::from(id).to_string();
    let ascii: String = escaped.chars().map(ascii).collect();
    let mut all = vec![plain, escaped, ascii];
    all.dedup();
    all
}

/// As JSON writes a character in ASCII.
fn ascii(character: char) -> String {
    if character.is_ascii() {
        return character.to_string();
    }
    let mut units = [0; 2];
    let units = character.encode_utf16(&mut units);
    units.iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// Is the person anywhere in a refused text? One that is no JSON may have the id anywhere.
fn mentions(text: &str, id: &str) -> bool {
    fn inside(value: &Value, id: &str) -> bool {
        match value {
            Value::String(text) => text == id,
            Value::Number(number) => number.to_string() == id,
            Value::Array(values) => values.iter().any(|value| inside(value, id)),
            Value::Object(members) => {
                members.iter().any(|(name, value)| name == id || inside(value, id))
            }
            Value::Null | Value::Bool(_) => false,
        }
    }
    serde_json::from_str(text).map_or_else(|_| text.contains(id), |value| inside(&value, id))
}

/// Places of the events about the person that cannot be rows.
fn unfit(events: &[RawEvent], subject: &str) -> Result<Vec<i64>, LakeError> {
    let unfit = normalise(events, &Properties::default())?.unfit;
    let about = unfit.into_iter().filter(|(event, _)| mentions(&event.body, subject));
    Ok(about.map(|(event, _)| event.seq).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_in_what_was_refused() {
        for text in [
            r#"{"user":"u1"}"#,
            r#"{"user":{"id":"u1"}}"#,
            r#"{"properties":{"who":["u1"]}}"#,
            r#"{"user":"\u00751"}"#,
            r#"{"u1":1}"#,
            r#"{"user":"u1""#,
            "user u1 did something",
        ] {
            assert!(mentions(text, "u1"), "{text}");
        }
        assert!(mentions(r#"{"user":42}"#, "42"));
        for text in [r#"{"user":"u11"}"#, r#"{"user":"U1"}"#, r#"{"user":null}"#, "[]"] {
            assert!(!mentions(text, "u1"), "{text}");
        }
    }

    #[test]
    fn an_id_is_spelled_in_few_ways() {
        assert_eq!(spellings("u1"), ["\"u1\""]);
        assert_eq!(spellings("jö"), ["\"jö\"", "\"j\\u00f6\""]);
        assert_eq!(spellings("a\"b"), ["\"a\"b\"", "\"a\\\"b\""]);
    }
}
