//! Marks a stretch of the time axis and zooms into it: by dragging with mouse or finger, or by the
//! arrow keys with Shift, and Enter.

use std::sync::Arc;

use inlay_shared::Capability;
use js_sys::{Date, Reflect};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, MouseEvent};

use super::{
    chart::Drawn,
    el::{View, el},
    intl::Intl,
    panel::PanelScope,
    readout::length,
    var::Var,
};

/// Where the viewer is on the axis, and where a stretch was begun.
#[derive(Clone, Copy)]
pub(crate) struct Brush {
    pub(crate) at: Var<Option<usize>>,
    anchor: Var<Option<usize>>,
    /// A drag ends with a click, which is none.
    dragged: Var<bool>,
}

impl Brush {
    pub(crate) fn new() -> Self {
        Self { at: Var::new(None), anchor: Var::new(None), dragged: Var::new(false) }
    }

    /// The pointer went down on a place.
    pub(crate) fn press(self, event: &Event) {
        self.dragged.set(false);
        self.anchor.set(self.at.get_untracked());
        let target: Option<Element> = event.current_target().map(JsCast::unchecked_into);
        let id = Reflect::get(event, &"pointerId".into()).ok().and_then(|id| id.as_f64());
        if let (Some(target), Some(id)) = (target, id) {
            // Without it a drag ends at the edge of the chart, and that is all.
            let _ = target.set_pointer_capture(id as i32);
        }
    }

    /// The pointer moved on to `place`; without a button held there is no stretch.
    pub(crate) fn drag(self, event: &MouseEvent, place: Option<usize>) {
        if event.buttons() & 1 == 0 {
            self.forget();
        } else if self.anchor.get_untracked() != place {
            self.dragged.set(true);
        }
    }

    /// The pointer went up: a stretch is zoomed into.
    pub(crate) fn release(self, scope: &PanelScope, drawn: Option<&Arc<Drawn>>) {
        if let Some(drawn) = drawn.filter(|_| self.dragged.get_untracked()) {
            self.zoom(scope, drawn);
        }
        self.forget();
    }

    /// Says that a click is the end of a drag, once.
    pub(crate) fn was_drag(self) -> bool {
        let was = self.dragged.get_untracked();
        self.dragged.set(false);
        was
    }

    /// A step by keys; with Shift it makes a stretch longer or shorter.
    pub(crate) fn step(self, with_shift: bool, from: usize) {
        match (with_shift, self.anchor.get_untracked()) {
            (true, None) => self.anchor.set(Some(from)),
            (false, Some(_)) => self.forget(),
            _ => {}
        }
    }

    /// Forgets the stretch.
    pub(crate) fn forget(self) {
        if self.anchor.get_untracked().is_some() {
            self.anchor.set(None);
        }
    }

    /// Both ends of the stretch, tracked.
    fn ends(self) -> Option<(usize, usize)> {
        let (from, to) = (self.anchor.get()?, self.at.get()?);
        (from != to).then_some((from.min(to), from.max(to)))
    }

    /// Shows the stretch, if there is one. `false`: there is nothing to zoom into.
    pub(crate) fn zoom(self, scope: &PanelScope, drawn: &Drawn) -> bool {
        let (Some(from), Some(to)) = (self.anchor.get_untracked(), self.at.get_untracked()) else {
            return false;
        };
        let times = &drawn.series.times;
        let (from, to) = (from.min(to), from.max(to));
        let layout = scope.context.layout.get_untracked();
        let may = layout.is_some_and(|layout| layout.capabilities.contains(&Capability::Filter));
        let panel = scope.state.get_untracked().answer;
        let (Some(first), Some(panel)) = (times.get(from), panel) else { return false };
        if from == to || !may {
            return false;
        }
        let end = match times.get(to + 1) {
            Some(next) => instant(next.epoch_ms),
            None => panel.answer.time.to.clone(),
        };
        let first = instant(first.epoch_ms);
        self.forget();
        scope.context.choose(|choice| choice.set_between(&first, &end));
        true
    }

    /// Draws the stretch.
    pub(crate) fn draw(self, drawn: &Drawn) -> View {
        let places = self.ends().and_then(|(from, to)| {
            let buckets = &drawn.chart.buckets;
            Some((*buckets.get(from)?, *buckets.get(to)?))
        });
        let Some((a, b)) = places.filter(|_| !drawn.series.times.is_empty()) else {
            return View::Nothing;
        };
        el("div", "stretch")
            .set("style:left", length(a.min(b)))
            .set("style:width", length((a - b).abs()))
            .into()
    }

    /// Says where the stretch began, in front of where it ends.
    pub(crate) fn says(self, drawn: &Drawn, intl: &Intl) -> String {
        match self.anchor.get().filter(|_| self.ends().is_some()) {
            Some(anchor) => [&drawn.says(anchor, intl), " – "].concat(),
            None => String::new(),
        }
    }
}

fn instant(epoch_ms: f64) -> String {
    Date::new(&epoch_ms.into()).to_iso_string().into()
}
