//! What every part of one dashboard shares.

use std::{rc::Rc, sync::Arc};

use inlay_shared::Layout;
use leptos::prelude::*;

use crate::data::panel::{PanelState, Trouble};

use super::{feed::Feed, intl::Intl};

/// Where a dashboard is in its life.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Phase {
    /// Nothing came yet.
    Loading,
    /// There is a layout to draw.
    Ready,
    /// Nothing came, and this is why.
    Failed(Trouble),
}

/// The signals of one dashboard. A copy is a handle.
#[derive(Clone, Copy)]
pub(crate) struct Context {
    pub(crate) phase: RwSignal<Phase>,
    pub(crate) layout: RwSignal<Option<Arc<Layout>>>,
    /// What went wrong while older numbers stay on the screen.
    pub(crate) notice: RwSignal<Option<Trouble>>,
    /// The viewer asked for other numbers, and they are on their way.
    pub(crate) changing: RwSignal<bool>,
    pub(crate) paused: RwSignal<bool>,
    /// What a screen reader says next.
    pub(crate) speech: RwSignal<&'static str>,
    pub(crate) intl: RwSignal<Rc<Intl>, LocalStorage>,
    panels: StoredValue<Vec<(String, ArcRwSignal<PanelState>)>>,
    feed: StoredValue<Option<Rc<Feed>>, LocalStorage>,
}

impl Context {
    /// Signals without content. They live as long as the owner in which this is called.
    pub(crate) fn new(lang: Option<String>) -> Self {
        Self {
            phase: RwSignal::new(Phase::Loading),
            layout: RwSignal::new(None),
            notice: RwSignal::new(None),
            changing: RwSignal::new(false),
            paused: RwSignal::new(false),
            speech: RwSignal::new(""),
            intl: RwSignal::new_local(Rc::new(Intl::new(lang, "UTC".into()))),
            panels: StoredValue::new(Vec::new()),
            feed: StoredValue::new_local(None),
        }
    }

    /// The state of a panel, which begins with waiting.
    pub(crate) fn panel(&self, id: &str) -> ArcRwSignal<PanelState> {
        let mut found = None;
        self.panels.update_value(|panels| {
            let known = panels.iter().find(|(known, _)| known == id);
            found = Some(known.map(|(_, state)| state.clone()).unwrap_or_else(|| {
                let waiting = PanelState { asking: true, ..PanelState::default() };
                let state = ArcRwSignal::new(waiting);
                panels.push((id.into(), state.clone()));
                state
            }));
        });
        found.unwrap_or_default()
    }

    /// Every panel's state.
    pub(crate) fn each_panel(&self, change: impl Fn(&mut PanelState)) {
        let states: Vec<_> =
            self.panels.with_value(|panels| panels.iter().map(|it| it.1.clone()).collect());
        for state in states {
            let before = state.get_untracked();
            let mut after = before.clone();
            change(&mut after);
            if after != before {
                state.set(after);
            }
        }
    }

    /// Gives the parts a way to ask.
    pub(crate) fn connect(&self, feed: Rc<Feed>) {
        self.feed.set_value(Some(feed));
    }

    /// Does something with the feed, which is there while the dashboard is mounted.
    pub(crate) fn feed(&self, act: impl FnOnce(&Rc<Feed>)) {
        if let Some(feed) = self.feed.try_get_value().flatten() {
            act(&feed);
        }
    }
}
