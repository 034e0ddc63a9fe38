//! Asks for views, hands their lines to the panels, and asks again in time.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_net::http::{RequestBuilder, Response};
use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, AbortSignal};

use crate::{
    data::{
        backoff, filters,
        json_text::{self, Writer},
        panel::{PanelState, Trouble},
        reader::Reader,
        wire,
    },
    text::words,
};

use super::{
    bridge::{self, Bridge},
    choice::Choice,
    context::{Context, Phase},
    fetch,
    guard::{Listener, Timer, window},
};

/// Why a view is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The page opened; the loader asked already.
    Opening,
    /// Time passed.
    Clock,
    /// The viewer or the host page wants it.
    Wish,
}

/// One dashboard's line to the server.
pub(crate) struct Feed {
    pub(super) bridge: Bridge,
    pub(super) context: Context,
    pub(super) choice: RefCell<Choice>,
    pub(super) lang: RefCell<Option<String>>,
    pub(super) zone: RefCell<Option<String>>,
    /// Counts what was asked for: an answer to an older question is dropped.
    pub(super) round: Cell<u32>,
    pub(super) abort: RefCell<Option<AbortController>>,
    pub(super) timer: RefCell<Option<Timer>>,
    pub(super) listeners: RefCell<Vec<Listener>>,
    pub(super) failures: Cell<u32>,
    pub(super) etag: RefCell<Option<String>>,
    /// The next question is due, but nobody looks.
    pub(super) due: Cell<bool>,
    pub(super) announced: Cell<bool>,
    /// A panel of this round has no numbers: what the server says is unchanged is not enough then.
    pub(super) lacking: Cell<bool>,
}

impl Feed {
    pub(crate) fn new(bridge: Bridge, context: Context) -> Rc<Self> {
        let filters =
            bridge.filters().and_then(|text| wire::read(text.as_bytes(), filters::filters));
        let choice = Choice { range: bridge.range(), filters: filters.unwrap_or_default() };
        let feed = Rc::new(Self {
            choice: RefCell::new(choice),
            lang: RefCell::new(said(bridge.lang())),
            zone: RefCell::new(said(bridge.zone())),
            bridge,
            context,
            round: Cell::new(0),
            abort: RefCell::default(),
            timer: RefCell::default(),
            listeners: RefCell::default(),
            failures: Cell::new(0),
            etag: RefCell::default(),
            due: Cell::new(false),
            announced: Cell::new(false),
            lacking: Cell::new(false),
        });
        feed.watch_page();
        feed
    }

    /// A hidden page asks nothing; when it is seen or back online, it asks what is due.
    fn watch_page(self: &Rc<Self>) {
        let window = window();
        let Some(document) = window.document() else { return };
        let wake = |feed: &Rc<Self>| {
            let feed = Rc::downgrade(feed);
            Box::new(move |_: web_sys::Event| {
                if let Some(feed) = feed.upgrade().filter(|feed| feed.due.get() && is_seen()) {
                    feed.ask(Cause::Clock);
                }
            })
        };
        *self.listeners.borrow_mut() = vec![
            Listener::new(&document, "visibilitychange", wake(self)),
            Listener::new(&window, "online", wake(self)),
        ];
    }

    /// Ends everything; what is still on its way changes nothing any more.
    pub(crate) fn stop(&self) {
        self.next_round();
        self.timer.take();
        self.listeners.borrow_mut().clear();
    }

    fn next_round(&self) -> u32 {
        if let Some(abort) = self.abort.take() {
            abort.abort();
        }
        self.round.set(self.round.get().wrapping_add(1));
        self.round.get()
    }

    /// Asks for the whole view.
    pub(crate) fn ask(self: &Rc<Self>, cause: Cause) {
        let round = self.next_round();
        self.timer.take();
        self.due.set(false);
        let abort = AbortController::new().ok();
        let signal = abort.as_ref().map(AbortController::signal);
        *self.abort.borrow_mut() = abort;
        self.context.each_panel(|panel| panel.asking = true);
        if cause == Cause::Wish {
            self.context.changing.set(true);
            if matches!(self.context.phase.get_untracked(), Phase::Failed(_)) {
                self.context.phase.set(Phase::Loading);
            }
        }
        let feed = self.clone();
        spawn_local(async move {
            let outcome = feed.view(cause, round, signal).await;
            if feed.round.get() == round {
                feed.settle(cause, outcome);
            }
        });
    }

    async fn view(
        &self,
        cause: Cause,
        round: u32,
        signal: Option<AbortSignal>,
    ) -> Result<(), Trouble> {
        let first = match self.bridge.first().filter(|_| cause == Cause::Opening) {
            Some(first) => {
                let pair: Array = JsFuture::from(first)
                    .await
                    .map_err(|error| bridge::trouble(&error))?
                    .unchecked_into();
                let response: web_sys::Response = pair.get(1).unchecked_into();
                Some((pair.get(0).as_string().unwrap_or_default(), Response::from(response)))
            }
            None => None,
        };
        let ask = async |token: &str| {
            let mut request = self.prepare(
                RequestBuilder::new(
                    &self.choice.borrow().address(&self.bridge, self.zone.borrow().as_deref()),
                ),
                token,
                &signal,
            );
            if let Some(etag) = self.etag.borrow().as_deref() {
                request = request.header("If-None-Match", etag);
            }
            fetch::send(request).await
        };
        let hurry = cause == Cause::Wish;
        let response = fetch::with_token(&self.bridge, first, hurry, ask).await?;
        if self.round.get() != round || response.status() == 304 {
            return Ok(());
        }
        if !response.ok() {
            return Err(fetch::refusal(&response).await);
        }
        let etag = response.headers().get("etag");
        self.read(&response, round).await?;
        *self.etag.borrow_mut() = etag.filter(|_| !self.lacking.get());
        Ok(())
    }

    async fn read(&self, response: &Response, round: u32) -> Result<(), Trouble> {
        self.lacking.set(false);
        let mut reader = Reader::default();
        let mut whole = true;
        let went_on = fetch::chunks(response, |chunk| {
            if self.round.get() != round {
                return false;
            }
            whole = reader.push(chunk, |line| self.draw(line)).is_ok();
            whole
        });
        let complete = went_on.await? && whole && reader.finish().is_ok();
        if complete || self.round.get() != round {
            Ok(())
        } else {
            Err(Trouble::new("cut_off", true))
        }
    }

    /// Says how it went, and when to ask next.
    fn settle(self: &Rc<Self>, cause: Cause, outcome: Result<(), Trouble>) {
        self.abort.take();
        let context = self.context;
        context.changing.set(false);
        let failed = outcome.is_err();
        context.each_panel(|panel: &mut PanelState| panel.close(failed));
        match outcome {
            Ok(()) => {
                self.failures.set(0);
                context.notice.set(None);
                if !self.announced.replace(true) {
                    self.bridge.emit("ready", &json_text::text(&self.bridge.dashboard()));
                }
                if cause == Cause::Wish {
                    context.speech.set(words::UPDATED);
                }
                let seconds = context.layout.get_untracked().map(|layout| layout.refresh_seconds);
                self.schedule(f64::from(seconds.unwrap_or(30).max(2)) * 1_000.0);
            }
            Err(trouble) => {
                self.failures.set(self.failures.get() + 1);
                let retryable = if trouble.retryable { "true" } else { "false" };
                let detail = Writer::object().text("code", &trouble.code);
                self.bridge.emit("error", &detail.raw("retryable", retryable).end());
                if trouble.retryable {
                    self.schedule(backoff::delay_ms(self.failures.get(), js_sys::Math::random()));
                }
                if context.phase.get_untracked() == Phase::Ready {
                    context.notice.set(Some(trouble));
                } else {
                    context.phase.set(Phase::Failed(trouble));
                    self.bridge.drawn();
                }
            }
        }
    }

    fn schedule(self: &Rc<Self>, ms: f64) {
        if self.context.paused.get_untracked() {
            return;
        }
        let feed = Rc::downgrade(self);
        *self.timer.borrow_mut() = Timer::new(ms, move || {
            let Some(feed) = feed.upgrade() else { return };
            // The closure that runs must not be dropped by the next timer while it runs.
            spawn_local(async move {
                if is_seen() { feed.ask(Cause::Clock) } else { feed.due.set(true) }
            });
        });
    }

    pub(super) fn prepare(
        &self,
        request: RequestBuilder,
        token: &str,
        signal: &Option<AbortSignal>,
    ) -> RequestBuilder {
        fetch::prepare(request, &self.bridge, token, signal.as_ref())
    }

    /// Stops and starts the updates.
    pub(crate) fn toggle_updates(self: &Rc<Self>) {
        let paused = !self.context.paused.get_untracked();
        self.context.paused.set(paused);
        if paused {
            self.timer.take();
            self.due.set(false);
        } else {
            self.ask(Cause::Clock);
        }
    }

    /// Tells the host page what the viewer picked.
    pub(crate) fn select(&self, detail: &str) {
        self.bridge.emit("select", detail);
    }
}

/// An empty attribute says nothing.
pub(super) fn said(attribute: Option<String>) -> Option<String> {
    attribute.filter(|words| !words.is_empty())
}

fn is_seen() -> bool {
    window().document().is_some_and(|document| !document.hidden())
}
