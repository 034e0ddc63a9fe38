//! What every part of one dashboard shares.

use std::{rc::Rc, sync::Arc};

use inlay_shared::Layout;

use crate::{
    data::{
        choice::{Choice, History},
        panel::{PanelState, Trouble},
    },
    text::lexicon::{Lexicon, Word},
};

use super::{
    feed::Feed,
    intl::Intl,
    var::{Shared, Var},
};

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
    pub(crate) phase: Var<Phase>,
    pub(crate) layout: Var<Option<Arc<Layout>>>,
    /// What went wrong while older numbers stay on the screen.
    pub(crate) notice: Var<Option<Trouble>>,
    /// The viewer asked for other numbers, and they are on their way.
    pub(crate) changing: Var<bool>,
    pub(crate) paused: Var<bool>,
    /// What a screen reader says next.
    pub(crate) speech: Var<Option<Word>>,
    pub(crate) intl: Var<Rc<Intl>>,
    /// What is chosen, and what was chosen before.
    pub(crate) choice: Var<Rc<Choice>>,
    pub(crate) history: Var<History>,
    panels: Var<Vec<(String, Shared<PanelState>)>>,
    feed: Var<Option<Rc<Feed>>>,
}

impl Context {
    /// Signals without content. They live as long as the owner in which this is called.
    pub(crate) fn new(lang: Option<String>, choice: Choice) -> Self {
        Self {
            phase: Var::new(Phase::Loading),
            layout: Var::new(None),
            notice: Var::new(None),
            changing: Var::new(false),
            paused: Var::new(false),
            speech: Var::new(None),
            intl: Var::new(Rc::new(Intl::new(
                lang,
                "UTC".into(),
                ("en".into(), Lexicon::default()),
            ))),
            choice: Var::new(Rc::new(choice)),
            history: Var::new(History::default()),
            panels: Var::new(Vec::new()),
            feed: Var::new(None),
        }
    }

    /// The state of a panel, which begins with waiting.
    pub(crate) fn panel(&self, id: &str) -> Shared<PanelState> {
        let mut panels = self.panels.get_untracked();
        if let Some((_, state)) = panels.iter().find(|(known, _)| known == id) {
            return state.clone();
        }
        let state = Shared::new(PanelState { asking: true, ..PanelState::default() });
        panels.push((id.into(), state.clone()));
        self.panels.set(panels);
        state
    }

    /// Every panel's state.
    pub(crate) fn each_panel(&self, change: impl Fn(&mut PanelState)) {
        for (_, state) in self.panels.get_untracked() {
            let before = state.get_untracked();
            let mut after = before.clone();
            change(&mut after);
            if after != before {
                state.set(after);
            }
        }
    }

    /// The tags of the numbers on the screen.
    pub(crate) fn etags(&self) -> Vec<String> {
        let mut tags = Vec::new();
        for (_, state) in self.panels.get_untracked() {
            tags.extend(state.get_untracked().etag().map(String::from));
        }
        tags
    }

    /// Gives the parts a way to ask.
    pub(crate) fn connect(&self, feed: Rc<Feed>) {
        self.feed.set(Some(feed));
    }

    /// Does something with the feed, which is there while the dashboard is mounted.
    pub(crate) fn feed(&self, act: impl FnOnce(&Rc<Feed>)) {
        if let Some(feed) = self.feed.try_get_untracked().flatten() {
            act(&feed);
        }
    }
}
