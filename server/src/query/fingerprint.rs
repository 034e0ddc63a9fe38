//! What a panel shows, as a tag: the same numbers have the same tag, whichever version of the lake they
//! are from and wherever they were computed. An event that a panel does not count changes nothing.

use inlay_shared::{Answer, PanelAnswer, Source};

/// The tag of everything in the answer but its tag, and how it came about.
pub(super) fn of(shown: &mut PanelAnswer) -> String {
    let stories: Vec<Story> = answers(shown).map(Story::take).collect();
    let tag = std::mem::take(&mut shown.etag);
    let text = serde_json::to_vec(&shown).expect("answers have string keys only");
    shown.etag = tag;
    for (answer, story) in answers(shown).zip(stories) {
        story.put_back(answer);
    }
    blake3::hash(&text).to_hex()[..32].to_owned()
}

fn answers(shown: &mut PanelAnswer) -> impl Iterator<Item = &mut Answer> {
    std::iter::once(&mut shown.answer).chain(&mut shown.trend)
}

/// How an answer came about, which is no part of what it says.
struct Story {
    version: String,
    source: Source,
    elapsed_ms: f64,
}

impl Story {
    fn take(answer: &mut Answer) -> Self {
        Self {
            version: std::mem::take(&mut answer.version),
            source: std::mem::replace(&mut answer.source, Source::Lake),
            elapsed_ms: std::mem::take(&mut answer.elapsed_ms),
        }
    }

    fn put_back(self, answer: &mut Answer) {
        answer.version = self.version;
        answer.source = self.source;
        answer.elapsed_ms = self.elapsed_ms;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(count: u64, version: &str, source: &str, elapsed_ms: f64) -> PanelAnswer {
        let answer: Answer = serde_json::from_value(json!({
            "columns": [], "rows": [[count]], "version": version, "source": source,
            "elapsed_ms": elapsed_ms,
            "time": {"from": "2026-11-01", "to": "2026-11-02", "zone": "UTC"}
        }))
        .unwrap();
        let trend = Some(answer.clone());
        PanelAnswer { id: "events".into(), etag: String::new(), answer, trend }
    }

    #[test]
    fn the_tag_is_of_what_is_shown() {
        let tag = |mut shown: PanelAnswer| of(&mut shown);
        let one = tag(shown(1, "3", "lake", 1.5));
        assert_eq!(tag(shown(1, "4", "cache", 0.1)), one);
        assert_ne!(tag(shown(2, "3", "lake", 1.5)), one);
        let mut course = shown(1, "3", "lake", 1.5);
        course.trend = None;
        assert_ne!(tag(course), one);
    }

    #[test]
    fn the_answer_stays_as_it_is() {
        let mut answer = shown(1, "3", "cache", 1.5);
        let before = answer.clone();
        of(&mut answer);
        assert_eq!(answer, before);
    }
}
