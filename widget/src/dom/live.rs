//! What a dashboard makes of the news, so that nobody has to ask for them every few seconds.
//!
//! It listens while the page is seen and the updates are not paused: browsers have few connections to
//! a host, and hidden tabs would hold them all. What was missed meanwhile comes with the id of the
//! last event. Without a stream the view is asked for every `refresh_seconds`, and each time it is
//! tried again.

use std::rc::Rc;

use super::{
    feed::{Cause, Feed},
    guard::is_seen,
};

/// A stream that broke is opened again after so long.
const AGAIN_MS: f64 = 2_000.0;

impl Feed {
    /// Listens, unless nobody looks.
    pub(super) fn listen(self: &Rc<Self>) {
        if !self.context.paused.get_untracked() && is_seen() {
            self.line.join(self);
        }
    }

    /// The stream is open: it says when there is something to ask for.
    pub(super) fn opened(&self) {
        self.hearing.set(true);
        if !self.lacking.get() {
            self.timer.take();
        }
    }

    /// The stream is over. Where none was open, the timer polls already.
    pub(super) fn lost(self: &Rc<Self>) {
        if self.hearing.take() {
            self.schedule(AGAIN_MS * (1.0 + js_sys::Math::random()));
        }
    }

    /// There is another revision. A view that is on its way comes first: stopping it each time would
    /// let none arrive while news are frequent.
    pub(super) fn news(self: &Rc<Self>, id: &str) {
        if self.heard.borrow().as_deref() == Some(id) {
            return;
        }
        *self.heard.borrow_mut() = Some(id.into());
        if self.abort.borrow().is_some() {
            self.due.set(true);
        } else {
            self.ask(Cause::Clock);
        }
    }

    /// Listens no more; it may again.
    pub(super) fn hush(&self) {
        self.hearing.set(false);
        self.line.leave(self);
    }
}
