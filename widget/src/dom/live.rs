//! Listens for news, so that nobody has to ask for them every few seconds.
//!
//! A stream is open while the page is seen and the updates are not paused: browsers have few
//! connections to a host, and hidden tabs would hold them all. What was missed meanwhile comes with
//! the id of the last event. Without a stream the view is asked for every `refresh_seconds`, and each
//! time it is tried again.

use std::rc::Rc;

use gloo_net::http::RequestBuilder;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal};

use crate::data::{news::News, panel::Trouble};

use super::{
    choice::encoded,
    feed::{Cause, Feed},
    fetch,
    guard::is_seen,
};

/// Where the live stream is.
#[derive(Debug, Clone, Default)]
pub(crate) enum Stream {
    /// There is none, and one may be opened.
    #[default]
    Closed,
    /// It is opening or open. The controller closes it.
    Open(Option<AbortController>),
    /// The server has none.
    Never,
}

/// A stream that broke is opened again after so long.
const AGAIN_MS: f64 = 2_000.0;
/// A stream of which nothing is heard for so long, not even a heartbeat, is dead.
const SILENT_MS: f64 = 60_000.0;

impl Feed {
    /// Opens the stream, unless it is open or cannot be.
    pub(super) fn listen(self: &Rc<Self>) {
        let is_closed = matches!(*self.stream.borrow(), Stream::Closed);
        if !is_closed || self.context.paused.get_untracked() || !is_seen() {
            return;
        }
        let abort = AbortController::new().ok();
        let signal = abort.as_ref().map(AbortController::signal);
        *self.stream.borrow_mut() = Stream::Open(abort);
        let feed = self.clone();
        spawn_local(async move {
            let outcome = feed.hear(&signal).await;
            // Whoever closed it does not want it again now.
            if signal.is_some_and(|signal| signal.aborted()) {
                return;
            }
            let was_open = feed.hearing.take();
            *feed.stream.borrow_mut() = match outcome {
                Ok(true) => Stream::Never,
                _ => Stream::Closed,
            };
            // The timer waits for the stream's silence now; where none was open, it polls.
            if was_open {
                feed.schedule(AGAIN_MS * (1.0 + js_sys::Math::random()));
            }
        });
    }

    /// Hears until the stream ends. `Ok(true)`: there will never be one.
    async fn hear(self: &Rc<Self>, signal: &Option<AbortSignal>) -> Result<bool, Trouble> {
        let mut address = self.bridge.base();
        address.push_str("v1/embed/live?dashboard=");
        address.push_str(&encoded(&self.bridge.dashboard()));
        let ask = async |token: &str| {
            let mut request = self.prepare(RequestBuilder::new(&address), token, signal);
            if let Some(id) = self.heard.borrow().as_deref() {
                request = request.header("Last-Event-ID", id);
            }
            fetch::send(request).await
        };
        let response = fetch::with_token(&self.bridge, None, false, ask).await?;
        if response.status() != 200 {
            return Ok(response.status() == 204);
        }
        self.hearing.set(true);
        let mut news = News::default();
        fetch::chunks(&response, async |chunk| {
            if !self.lacking.get() {
                self.schedule(SILENT_MS);
            }
            news.push(chunk, |id| self.news(id));
            true
        })
        .await?;
        Ok(false)
    }

    /// There is another revision. A view that is on its way comes first: stopping it each time would
    /// let none arrive while news are frequent.
    fn news(self: &Rc<Self>, id: &str) {
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

    /// Closes the stream; it may be opened again.
    pub(super) fn hush(&self) {
        self.hearing.set(false);
        let is_open = matches!(*self.stream.borrow(), Stream::Open(_));
        if is_open && let Stream::Open(Some(abort)) = self.stream.take() {
            abort.abort();
        }
    }
}
