//! The door to JavaScript: mounts a dashboard, and hands the loader a handle to it.

use std::{cell::OnceCell, rc::Rc};

use leptos::mount::UnmountHandle;
use wasm_bindgen::{JsError, prelude::wasm_bindgen};
use web_sys::HtmlElement;

use crate::data::{choice, wire};

use super::{
    app,
    bridge::Bridge,
    context::Context,
    feed::{Cause, Feed},
    view::ViewState,
};

/// A mounted dashboard.
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "it holds views and closures")]
pub struct Handle {
    feed: Rc<Feed>,
    // Dropping it takes every element and every effect away.
    _view: UnmountHandle<ViewState>,
}

/// Runs once, when the module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// Draws a dashboard into `base`, an element inside the shadow root.
#[wasm_bindgen]
pub fn mount(base: HtmlElement, bridge: Bridge) -> Handle {
    let made = Rc::new(OnceCell::new());
    let slot = made.clone();
    let view = leptos::mount::mount_to_renderer(&base, move || {
        let context = Context::new(bridge.lang(), super::choice::before(&bridge));
        let feed = slot.get_or_init(|| Feed::new(bridge, context));
        context.connect(feed.clone());
        feed.ask(Cause::Opening);
        app::app(context)
    });
    let feed = made.get().expect("the view is built at once").clone();
    Handle { feed, _view: view }
}

#[wasm_bindgen]
impl Handle {
    /// Takes everything away: elements, listeners, timers, requests.
    pub fn unmount(self) {
        self.feed.stop();
    }

    /// Asks for the numbers now.
    pub fn refresh(&self) {
        self.feed.ask(Cause::Wish);
    }

    /// Sets everything that can be chosen, given as JSON in the shape of the event `inlay-filter`.
    pub fn choose(&self, json: &str) -> Result<(), JsError> {
        let choice = wire::read(json.as_bytes(), choice::choice).ok_or_else(|| {
            JsError::new(
                "a range is a name or {from, to}, and filters are a list of {dimension, op, \
                 values}, {and}, {or} or {not}",
            )
        })?;
        self.feed.choose(choice);
        Ok(())
    }

    /// Takes the last choice back, or takes it up again.
    pub fn step(&self, back: bool) {
        self.feed.step(back);
    }

    /// What there is and what is chosen, as JSON; nothing before there is a layout.
    pub fn state(&self) -> Option<String> {
        self.feed.state()
    }

    /// Says a word, which is named by its English text.
    pub fn say(&self, text: &str) -> String {
        self.feed.say(text)
    }

    /// Takes over the attributes `lang` and `timezone`.
    #[wasm_bindgen(js_name = setAttributes)]
    pub fn set_attributes(&self, lang: Option<String>, zone: Option<String>) {
        self.feed.set_attributes(lang, zone);
    }
}
