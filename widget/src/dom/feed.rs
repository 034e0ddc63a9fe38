//! Asks for views, hands their lines to the panels, and asks again in time.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_net::http::{RequestBuilder, Response};
use inlay_shared::{EmbedQuery, Filter, PanelAnswer, ViewLine};
use js_sys::Array;
use leptos::prelude::*;
use serde::Serialize;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, AbortSignal};

use crate::{
    data::{
        backoff,
        panel::{PanelState, Trouble},
        reader::Reader,
        wire,
    },
    text::words,
};

use super::{
    bridge::{self, Bridge},
    context::{Context, Phase},
    fetch,
    guard::{Listener, Timer, window},
    intl::Intl,
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

/// What the viewer chose.
#[derive(Debug, Clone, Default, Serialize)]
struct Choice {
    range: Option<String>,
    filters: Vec<Filter>,
}

#[derive(Serialize)]
struct ErrorDetail<'a> {
    code: &'a str,
    retryable: bool,
}

/// One dashboard's line to the server.
pub(crate) struct Feed {
    bridge: Bridge,
    context: Context,
    choice: RefCell<Choice>,
    lang: RefCell<Option<String>>,
    zone: RefCell<Option<String>>,
    /// Counts what was asked for: an answer to an older question is dropped.
    round: Cell<u32>,
    abort: RefCell<Option<AbortController>>,
    timer: RefCell<Option<Timer>>,
    listeners: RefCell<Vec<Listener>>,
    failures: Cell<u32>,
    etag: RefCell<Option<String>>,
    /// The next question is due, but nobody looks.
    due: Cell<bool>,
    announced: Cell<bool>,
    /// A panel of this round has no numbers: what the server says is unchanged is not enough then.
    lacking: Cell<bool>,
}

impl Feed {
    pub(crate) fn new(bridge: Bridge, context: Context) -> Rc<Self> {
        let filters = bridge.filters().and_then(|text| wire::read(text.as_bytes(), wire::filters));
        let choice = Choice { range: bridge.range(), filters: filters.unwrap_or_default() };
        let feed = Rc::new(Self {
            choice: RefCell::new(choice),
            lang: RefCell::new(bridge.lang()),
            zone: RefCell::new(bridge.zone()),
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
            let mut request = self.prepare(RequestBuilder::new(&self.address()), token, &signal);
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

    fn draw(&self, line: ViewLine) {
        match line {
            ViewLine::Layout(layout) => {
                self.speak(layout.lang.clone(), layout.time.zone.clone());
                let layout = std::sync::Arc::new(layout);
                if self.context.layout.get_untracked().as_ref() != Some(&layout) {
                    self.context.layout.set(Some(layout));
                }
                if self.context.phase.get_untracked() != Phase::Ready {
                    self.context.phase.set(Phase::Ready);
                    self.bridge.drawn();
                }
            }
            ViewLine::Panel(answer) => {
                let state = self.context.panel(&answer.id);
                state.update(|state| state.arrive(answer));
            }
            ViewLine::Error(error) => {
                self.lacking.set(true);
                let retryable = error.problem.status >= 500 || error.problem.status == 429;
                let trouble = Trouble {
                    code: error.problem.code,
                    detail: error.problem.detail,
                    retryable,
                };
                self.context.panel(&error.id).update(|state| state.fail(trouble));
            }
            ViewLine::End(_) => {}
        }
    }

    /// The language is the attribute's, else the token's, else the page's.
    fn speak(&self, of_token: Option<String>, zone: String) {
        let of_page = || {
            let root = window().document()?.document_element()?;
            root.get_attribute("lang").filter(|lang| !lang.is_empty())
        };
        let lang = self.lang.borrow().clone().or(of_token).or_else(of_page);
        let current = self.context.intl.get_untracked();
        if !current.is_for(&lang, &zone) {
            self.context.intl.set(Rc::new(Intl::new(lang, zone)));
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
                    self.bridge.emit("ready", &self.bridge.dashboard());
                }
                if cause == Cause::Wish {
                    context.speech.set(words::UPDATED);
                }
                let seconds = context.layout.get_untracked().map(|layout| layout.refresh_seconds);
                self.schedule(f64::from(seconds.unwrap_or(30).max(2)) * 1_000.0);
            }
            Err(trouble) => {
                self.failures.set(self.failures.get() + 1);
                let Trouble { code, retryable, .. } = &trouble;
                self.bridge.emit("error", &ErrorDetail { code, retryable: *retryable });
                if *retryable {
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

    /// Asks for one panel again.
    pub(crate) fn ask_panel(self: &Rc<Self>, id: &str) {
        let state = self.context.panel(id);
        state.update(|state| {
            state.asking = true;
            state.trouble = None;
        });
        let choice = self.choice.borrow().clone();
        let query = EmbedQuery {
            dashboard: self.bridge.dashboard(),
            panel: id.into(),
            range: choice.range,
            zone: self.zone.borrow().clone(),
            filters: choice.filters,
        };
        let Ok(body) = serde_json::to_string(&query) else { return };
        let feed = self.clone();
        let round = self.round.get();
        spawn_local(async move {
            let outcome = feed.panel(body).await;
            if feed.round.get() == round {
                state.update(|state| match outcome {
                    Ok(answer) => state.arrive(answer),
                    Err(trouble) => state.fail(trouble),
                });
            }
        });
    }

    async fn panel(&self, body: String) -> Result<PanelAnswer, Trouble> {
        let mut address = self.bridge.base();
        address.push_str("v1/embed/query");
        let ask = async |token: &str| {
            let request = RequestBuilder::new(&address).method(gloo_net::http::Method::POST);
            fetch::send_json(self.prepare(request, token, &None), body.clone()).await
        };
        let response = fetch::with_token(&self.bridge, None, true, ask).await?;
        if !response.ok() {
            return Err(fetch::refusal(&response).await);
        }
        let text = response.text().await.map_err(fetch::offline)?;
        wire::read(text.as_bytes(), wire::panel_answer).ok_or_else(|| Trouble::new("cut_off", true))
    }

    fn prepare(
        &self,
        request: RequestBuilder,
        token: &str,
        signal: &Option<AbortSignal>,
    ) -> RequestBuilder {
        fetch::prepare(request, &self.bridge, token, signal.as_ref())
    }

    fn address(&self) -> String {
        let mut address = self.bridge.base();
        address.push_str("v1/embed/view?dashboard=");
        address.push_str(&encoded(&self.bridge.dashboard()));
        let choice = self.choice.borrow();
        let filters = match choice.filters.as_slice() {
            [] => None,
            filters => serde_json::to_string(filters).ok(),
        };
        let zone = self.zone.borrow().clone();
        for (name, value) in
            [("&range=", choice.range.clone()), ("&zone=", zone), ("&filters=", filters)]
        {
            if let Some(value) = value {
                address.push_str(name);
                address.push_str(&encoded(&value));
            }
        }
        address
    }

    /// Shows another range.
    pub(crate) fn set_range(self: &Rc<Self>, range: Option<String>) {
        self.choice.borrow_mut().range = range;
        self.chosen();
    }

    /// Narrows by other conditions.
    pub(crate) fn set_filters(self: &Rc<Self>, filters: Vec<Filter>) {
        self.choice.borrow_mut().filters = filters;
        self.chosen();
    }

    fn chosen(self: &Rc<Self>) {
        self.etag.take();
        self.bridge.emit("filter", &*self.choice.borrow());
        self.ask(Cause::Wish);
    }

    /// Takes the element's attributes over.
    pub(crate) fn set_attributes(self: &Rc<Self>, lang: Option<String>, zone: Option<String>) {
        *self.lang.borrow_mut() = lang;
        if let Some(layout) = self.context.layout.get_untracked() {
            self.speak(layout.lang.clone(), layout.time.zone.clone());
        }
        if *self.zone.borrow() != zone {
            *self.zone.borrow_mut() = zone;
            self.etag.take();
            self.ask(Cause::Wish);
        }
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
    pub(crate) fn select(&self, detail: &impl Serialize) {
        self.bridge.emit("select", detail);
    }
}

fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

fn is_seen() -> bool {
    window().document().is_some_and(|document| !document.hidden())
}
