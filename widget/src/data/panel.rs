//! What one panel knows: its numbers, and what went wrong.

use std::sync::Arc;

use inlay_shared::PanelAnswer;

/// Why something has no numbers, in a shape that can be said to the viewer and to the host page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Stable code, as in the event `inlay-error`.
    pub code: String,
    /// What went wrong and what to do, for people. Empty where the code says it all.
    pub detail: String,
    /// Whether trying again may help.
    pub retryable: bool,
}

impl Trouble {
    /// A trouble whose words follow from its code.
    pub fn new(code: &str, retryable: bool) -> Self {
        Self { code: code.into(), detail: String::new(), retryable }
    }

    /// The viewer has to sign in again.
    pub fn is_expiry(&self) -> bool {
        self.code == "session_expired"
    }
}

/// One panel. Numbers that were shown stay until others come.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PanelState {
    /// The last numbers.
    pub answer: Option<Arc<PanelAnswer>>,
    /// What went wrong since.
    pub trouble: Option<Trouble>,
    /// A new answer is on its way.
    pub asking: bool,
}

impl PanelState {
    /// New numbers came.
    pub fn arrive(&mut self, answer: PanelAnswer) {
        *self = Self { answer: Some(Arc::new(answer)), trouble: None, asking: false };
    }

    /// The numbers that are here are the newest.
    pub fn stay(&mut self) {
        self.trouble = None;
        self.asking = false;
    }

    /// The tag of the numbers that are here.
    pub fn etag(&self) -> Option<&str> {
        self.answer.as_ref().map(|answer| answer.etag.as_str())
    }

    /// No numbers came.
    pub fn fail(&mut self, trouble: Trouble) {
        self.trouble = Some(trouble);
        self.asking = false;
    }

    /// The stream ended. Whoever still waits was cut off.
    pub fn close(&mut self, cut_off: bool) {
        if self.asking && cut_off {
            self.fail(Trouble::new("cut_off", true));
        }
        self.asking = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_when_the_stream_breaks_was_cut_off() {
        let mut waiting = PanelState { asking: true, ..PanelState::default() };
        waiting.close(true);
        assert_eq!(waiting.trouble, Some(Trouble::new("cut_off", true)));
        assert!(!waiting.asking);

        let mut served = PanelState::default();
        served.close(true);
        assert_eq!(served.trouble, None);
    }
}
