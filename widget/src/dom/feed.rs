//! Asks for views, hands their lines to the panels, and asks again in time.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_net::http::RequestBuilder;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal};

use crate::{
    data::{
        backoff,
        json_text::{self, Writer},
        panel::{PanelState, Trouble},
    },
    text::{lexicon::Lexicon, words},
};

use super::{
    bridge::Bridge,
    context::{Context, Phase},
    fetch,
    guard::{Listener, Timer, is_seen, window},
    line::Line,
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
    pub(super) lang: RefCell<Option<String>>,
    pub(super) zone: RefCell<Option<String>>,
    /// Counts what was asked for: an answer to an older question is dropped.
    pub(super) round: Cell<u32>,
    pub(super) abort: RefCell<Option<AbortController>>,
    pub(super) timer: RefCell<Option<Timer>>,
    pub(super) listeners: RefCell<Vec<Listener>>,
    pub(super) failures: Cell<u32>,
    pub(super) etag: RefCell<Option<String>>,
    /// The live stream, shared with the page's other dashboards of the session.
    pub(super) line: Rc<Line>,
    /// The stream is open, so nobody has to ask in time.
    pub(super) hearing: Cell<bool>,
    /// The id of the last event of the stream that was taken in.
    pub(super) heard: RefCell<Option<String>>,
    /// The next question is due, but nobody looks, or another one is on its way.
    pub(super) due: Cell<bool>,
    pub(super) announced: Cell<bool>,
    /// A panel of this round has no numbers: what the server says is unchanged is not enough then.
    pub(super) lacking: Cell<bool>,
    /// The last mistake that the host page was told of.
    pub(super) complaint: RefCell<String>,
}

impl Feed {
    pub(crate) fn new(bridge: Bridge, context: Context) -> Rc<Self> {
        let feed = Rc::new(Self {
            lang: RefCell::new(said(bridge.lang())),
            zone: RefCell::new(said(bridge.zone())),
            line: Line::of(&bridge),
            bridge,
            context,
            round: Cell::new(0),
            abort: RefCell::default(),
            timer: RefCell::default(),
            listeners: RefCell::default(),
            failures: Cell::new(0),
            etag: RefCell::default(),
            hearing: Cell::new(false),
            heard: RefCell::default(),
            due: Cell::new(false),
            announced: Cell::new(false),
            lacking: Cell::new(false),
            complaint: RefCell::default(),
        });
        feed.watch_page();
        feed
    }

    /// A hidden page asks nothing and hears nothing; when it is seen again, it asks what is due. A page
    /// that was frozen, or was without a network, may hold a stream that is dead and wait for an
    /// answer that never comes: it begins again at once.
    fn watch_page(self: &Rc<Self>) {
        let window = window();
        let Some(document) = window.document() else { return };
        let on = |act: fn(&Rc<Self>)| {
            let feed = Rc::downgrade(self);
            Box::new(move |_: web_sys::Event| {
                if let Some(feed) = feed.upgrade() {
                    act(&feed);
                }
            })
        };
        let turned = |feed: &Rc<Self>| {
            if !is_seen() {
                feed.due.set(feed.due.get() || feed.hearing.get());
                feed.hush();
            } else if feed.due.get() {
                feed.ask(Cause::Clock);
            }
        };
        *self.listeners.borrow_mut() = vec![
            Listener::new(&document, "visibilitychange", on(turned)),
            Listener::new(&document, "resume", on(Self::catch_up)),
            Listener::new(&window, "online", on(Self::catch_up)),
        ];
    }

    /// Asks now, whatever is waited for, unless the viewer paused or nobody looks.
    pub(super) fn catch_up(self: &Rc<Self>) {
        self.hush();
        if self.context.paused.get_untracked() {
            return;
        }
        if is_seen() { self.ask(Cause::Clock) } else { self.due.set(true) }
    }

    /// Ends everything; what is still on its way changes nothing any more.
    pub(crate) fn stop(&self) {
        self.next_round();
        self.hush();
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
                    context.speech.set(Some(words::UPDATED));
                }
                if self.due.get() && is_seen() {
                    return self.ask(Cause::Clock);
                }
                let seconds = context.layout.get_untracked().map(|layout| layout.refresh_seconds);
                // A panel without numbers is asked for again, news or not.
                if !self.hearing.get() || self.lacking.get() {
                    self.schedule(f64::from(seconds.unwrap_or(30).max(2)) * 1_000.0);
                }
                self.listen();
            }
            Err(trouble) => {
                self.failures.set(self.failures.get() + 1);
                let retryable = if trouble.retryable { "true" } else { "false" };
                let message = words::advice(&trouble, &Lexicon::default());
                let detail = Writer::object().text("code", &trouble.code).text("message", &message);
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

    pub(super) fn schedule(self: &Rc<Self>, ms: f64) {
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
            self.hush();
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
