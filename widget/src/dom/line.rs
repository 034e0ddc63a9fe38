//! The live stream of a session, one for all of its dashboards on a page: it says that the tenant's
//! numbers have another revision, which is news for each of them, and browsers open six connections to
//! a host over HTTP/1.1.
//!
//! It is open while somebody listens. A line is dead when even the heartbeat is missing, or when the
//! machine slept: the clock on the wall jumped. Both are looked for every few seconds, because no
//! event is sure to tell a page that its machine slept.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use gloo_net::http::RequestBuilder;
use js_sys::{Date, Object};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal};

use crate::data::{news::News, panel::Trouble};

use super::{bridge::Bridge, choice::encoded, feed::Feed, fetch, guard::Timer};

/// So often it is looked whether the line lives.
const LOOK_MS: f64 = 5_000.0;
/// A look that comes so late comes after a sleep.
const SLEPT_MS: f64 = 20_000.0;
/// Looks without a word, not even a heartbeat, after which the line is dead: a minute.
const SILENT_LOOKS: u32 = 12;

/// Where the stream is.
#[derive(Debug, Clone, Default)]
enum Stream {
    /// There is none, and one may be opened.
    #[default]
    Closed,
    /// It is opening or open. The controller closes it.
    Open(Option<AbortController>),
    /// The server has none.
    Never,
}

/// One live stream and who listens to it.
#[derive(Default)]
pub(crate) struct Line {
    members: RefCell<Vec<Weak<Feed>>>,
    stream: RefCell<Stream>,
    /// It is open: the server answered.
    flows: Cell<bool>,
    /// The id of its last event.
    latest: RefCell<Option<String>>,
    look: RefCell<Option<Timer>>,
    looked_at: Cell<f64>,
    silent: Cell<u32>,
}

thread_local! {
    /// The lines of the page, by the session's object.
    static LINES: RefCell<Vec<(JsValue, Weak<Line>)>> = const { RefCell::new(Vec::new()) };
}

impl Line {
    /// The line of the bridge's session.
    pub(super) fn of(bridge: &Bridge) -> Rc<Self> {
        let session = bridge.session();
        LINES.with_borrow_mut(|lines| {
            lines.retain(|(_, line)| line.strong_count() > 0);
            let known = lines.iter().find(|(other, _)| Object::is(other, &session));
            if let Some(line) = known.and_then(|(_, line)| line.upgrade()) {
                return line;
            }
            let line = Rc::new(Self::default());
            lines.push((session, Rc::downgrade(&line)));
            line
        })
    }

    /// From now on the feed hears the line, which is opened if it must be.
    pub(super) fn join(self: &Rc<Self>, feed: &Rc<Feed>) {
        let known = self.members.borrow().iter().any(|member| member.as_ptr() == Rc::as_ptr(feed));
        if known || matches!(*self.stream.borrow(), Stream::Never) {
            return;
        }
        self.members.borrow_mut().push(Rc::downgrade(feed));
        if self.flows.get() {
            feed.opened();
        } else if matches!(*self.stream.borrow(), Stream::Closed) {
            self.open(feed.bridge.clone());
        }
        // Others heard of it before.
        let latest = self.latest.borrow().clone();
        if let Some(id) = latest {
            feed.news(&id);
        }
    }

    /// The feed hears nothing any more. Who is last closes the line.
    pub(super) fn leave(&self, feed: &Feed) {
        let mut members = self.members.borrow_mut();
        members.retain(|member| !std::ptr::eq(member.as_ptr(), feed));
        if members.is_empty() {
            self.close();
        }
    }

    fn open(self: &Rc<Self>, bridge: Bridge) {
        let abort = AbortController::new().ok();
        let signal = abort.as_ref().map(AbortController::signal);
        *self.stream.borrow_mut() = Stream::Open(abort);
        let line = self.clone();
        spawn_local(async move {
            let outcome = line.hear(&bridge, &signal).await;
            // Whoever closed it does not want it again now.
            if signal.is_some_and(|signal| signal.aborted()) {
                return;
            }
            line.close();
            if let Ok(true) = outcome {
                *line.stream.borrow_mut() = Stream::Never;
            }
            line.dismiss(Feed::lost);
        });
    }

    /// Hears until the stream ends. `Ok(true)`: there will never be one.
    async fn hear(
        self: &Rc<Self>,
        bridge: &Bridge,
        signal: &Option<AbortSignal>,
    ) -> Result<bool, Trouble> {
        let mut address = bridge.base();
        address.push_str("v1/embed/live?dashboard=");
        address.push_str(&encoded(&bridge.dashboard()));
        let ask = async |token: &str| {
            let request = RequestBuilder::new(&address);
            let mut request = fetch::prepare(request, bridge, token, signal.as_ref());
            if let Some(id) = self.latest.borrow().as_deref() {
                request = request.header("Last-Event-ID", id);
            }
            fetch::send(request).await
        };
        let response = fetch::with_token(bridge, None, false, ask).await?;
        if response.status() != 200 {
            return Ok(response.status() == 204);
        }
        self.flows.set(true);
        self.looked_at.set(Date::now());
        self.look_later();
        self.each(|feed| feed.opened());
        let mut news = News::default();
        fetch::chunks(&response, async |chunk| {
            self.silent.set(0);
            news.push(chunk, |id| {
                *self.latest.borrow_mut() = Some(id.into());
                self.each(|feed| feed.news(id));
            });
            true
        })
        .await?;
        Ok(false)
    }

    fn look_later(self: &Rc<Self>) {
        let line = Rc::downgrade(self);
        *self.look.borrow_mut() = Timer::new(LOOK_MS, move || {
            let Some(line) = line.upgrade() else { return };
            // The closure that runs must not be dropped by the next timer while it runs.
            spawn_local(async move {
                if !line.flows.get() {
                    return;
                }
                line.silent.set(line.silent.get() + 1);
                let slept = Date::now() - line.looked_at.replace(Date::now()) > SLEPT_MS;
                if slept || line.silent.get() >= SILENT_LOOKS {
                    line.close();
                    line.dismiss(Feed::catch_up);
                } else {
                    line.look_later();
                }
            });
        });
    }

    /// Closes the stream; it may be opened again.
    fn close(&self) {
        self.flows.set(false);
        self.silent.set(0);
        self.look.take();
        let is_open = matches!(*self.stream.borrow(), Stream::Open(_));
        if is_open && let Stream::Open(Some(abort)) = self.stream.take() {
            abort.abort();
        }
    }

    /// Who listens may leave or join meanwhile.
    fn each(&self, tell: impl Fn(&Rc<Feed>)) {
        let members = self.members.borrow().clone();
        members.iter().filter_map(Weak::upgrade).for_each(|feed| tell(&feed));
    }

    /// Nobody listens any more; each is told so.
    fn dismiss(&self, tell: fn(&Rc<Feed>)) {
        let members = self.members.take();
        members.iter().filter_map(Weak::upgrade).for_each(|feed| tell(&feed));
    }
}
