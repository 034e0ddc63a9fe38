//! What the viewer or the host page chose, and what a choice sets off.

use std::rc::Rc;

use inlay_shared::Filter;

use crate::data::{filters, json_text::Writer};

use super::{
    bridge::Bridge,
    feed::{Cause, Feed, said},
};

/// What the viewer chose.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    pub(super) range: Option<String>,
    pub(super) filters: Vec<Filter>,
}

impl Choice {
    /// Where this view is asked for.
    pub(super) fn address(&self, bridge: &Bridge, zone: Option<&str>) -> String {
        let mut address = bridge.base();
        address.push_str("v1/embed/view?dashboard=");
        address.push_str(&encoded(&bridge.dashboard()));
        let filters = match self.filters.as_slice() {
            [] => None,
            filters => Some(filters::filters_text(filters)),
        };
        for (name, value) in [
            ("&range=", self.range.clone()),
            ("&zone=", zone.map(String::from)),
            ("&filters=", filters),
        ] {
            if let Some(value) = value {
                address.push_str(name);
                address.push_str(&encoded(&value));
            }
        }
        address
    }

    /// What the event `inlay-filter` says.
    fn detail(&self) -> String {
        Writer::object()
            .maybe("range", self.range.as_deref())
            .raw("filters", &filters::filters_text(&self.filters))
            .end()
    }
}

pub(super) fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

impl Feed {
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
        self.bridge.emit("filter", &self.choice.borrow().detail());
        self.ask(Cause::Wish);
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
