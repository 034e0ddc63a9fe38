//! What the viewer or the host page chose, and what a choice sets off.

use std::rc::Rc;

use inlay_shared::{Capability, PanelKind};
use wasm_bindgen::JsCast;
use web_sys::Event;

use crate::data::{
    choice::{self, Choice},
    json_text::{self, Writer},
    wire,
};

use super::{
    bridge::Bridge,
    context::Context,
    feed::{Cause, Feed, said},
};

/// What was chosen before this dashboard was mounted.
pub(super) fn before(bridge: &Bridge) -> Choice {
    wire::read(bridge.wish().as_bytes(), choice::choice).unwrap_or_default()
}

pub(super) fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

impl Context {
    /// Whether the token allows it. The server asks again.
    pub(crate) fn allows(&self, capability: Capability) -> bool {
        self.layout.get().is_some_and(|layout| layout.capabilities.contains(&capability))
    }

    /// Changes what is chosen, as one step that can be taken back.
    pub(crate) fn choose(&self, change: impl FnOnce(&mut Choice)) {
        let before = self.choice.get_untracked();
        let mut after = (*before).clone();
        change(&mut after);
        if after != *before {
            let mut history = self.history.get_untracked();
            history.push((*before).clone());
            self.history.set(history);
            self.feed(|feed| feed.take(after));
        }
    }

    /// Takes the last choice back, or takes it up again.
    pub(crate) fn step(&self, back: bool) {
        let mut history = self.history.get_untracked();
        let now = (*self.choice.get_untracked()).clone();
        if let Some(there) = history.step(now, back) {
            self.history.set(history);
            self.feed(|feed| feed.take(there));
        }
    }

    /// Picks a mark of a panel, or takes it back. Whoever may not filter picks nothing.
    pub(crate) fn pick(&self, panel: &str, filters: &str) {
        let layout = self.layout.get_untracked();
        if layout.is_some_and(|layout| layout.capabilities.contains(&Capability::Filter)) {
            self.choose(|choice| choice.toggle_mark(panel, filters));
        }
    }
}

impl Feed {
    /// Where this view is asked for.
    pub(super) fn address(&self) -> String {
        let mut address = self.bridge.base();
        address.push_str("v1/embed/view?dashboard=");
        address.push_str(&encoded(&self.bridge.dashboard()));
        let mut say = |name: &str, value: &str| {
            for piece in ["&", name, "=", &encoded(value)] {
                address.push_str(piece);
            }
        };
        if let Some(zone) = self.zone.borrow().as_deref() {
            say("zone", zone);
        }
        for (name, value) in self.context.choice.get_untracked().told() {
            say(name, &value);
        }
        address
    }

    /// Everything that the parts need that are brought when they are first used
    /// (`www/widget/more.js`), as JSON.
    pub(crate) fn state(&self) -> Option<String> {
        let layout = self.context.layout.get_untracked()?;
        let (undo, redo) = self.context.history.get_untracked().ways();
        let flag = |is: bool| if is { "true" } else { "false" };
        let offers = layout.filters.iter().map(|offer| {
            Writer::object().text("dimension", &offer.dimension).text("label", &offer.label).end()
        });
        let panels = layout.panels.iter().map(|panel| {
            let is_table = panel.kind == PanelKind::Table;
            let object = Writer::object().text("id", &panel.id).text("title", &panel.title);
            object.raw("table", flag(is_table)).end()
        });
        let timed = |kind| matches!(kind, PanelKind::Line | PanelKind::Area);
        let may = |capability| flag(layout.capabilities.contains(&capability));
        let state = Writer::object()
            .text("from", &layout.time.from)
            .text("to", &layout.time.to)
            .text("zone", &layout.time.zone)
            .text("lang", &self.context.intl.get_untracked().language())
            .raw("timed", flag(layout.panels.iter().any(|panel| timed(panel.kind))))
            .raw("offers", &json_text::list(offers))
            .raw("panels", &json_text::list(panels))
            .raw("rows", may(Capability::Rows))
            .raw("csv", may(Capability::ExportCsv))
            .raw("png", may(Capability::ExportPng))
            .raw("undo", flag(undo))
            .raw("redo", flag(redo))
            .raw("choice", &self.context.choice.get_untracked().text());
        Some(state.end())
    }

    /// Opens something beside the button of an event.
    pub(crate) fn more(&self, name: &str, event: &Event) {
        if let Some(button) = event.current_target() {
            self.bridge.more(name, button.unchecked_ref());
        }
    }

    /// Takes the last choice back, or takes it up again.
    pub(crate) fn step(&self, back: bool) {
        self.context.step(back);
    }

    /// Says a word for a part that is no Rust.
    pub(crate) fn say(&self, text: &str) -> String {
        self.context.intl.get_untracked().lexicon().text(text)
    }

    /// Sets everything at once, as the host page does.
    pub(crate) fn choose(&self, choice: Choice) {
        self.context.choose(|now| *now = choice);
    }

    fn take(self: &Rc<Self>, after: Choice) {
        let asks = after.told() != self.context.choice.get_untracked().told();
        self.bridge.emit("filter", &after.text());
        self.context.choice.set(Rc::new(after));
        if asks {
            self.etag.take();
            self.ask(Cause::Wish);
        }
    }

    /// Takes the element's attributes over.
    pub(crate) fn set_attributes(self: &Rc<Self>, lang: Option<String>, zone: Option<String>) {
        let (lang, zone) = (said(lang), said(zone));
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
}
