//! Hands the lines of a view to the parts that draw them.

use std::{rc::Rc, sync::Arc};

use inlay_shared::ViewLine;

use crate::data::panel::{PanelState, Trouble};

use super::{context::Phase, feed::Feed};

impl Feed {
    pub(super) fn draw(self: &Rc<Self>, line: ViewLine) {
        match line {
            ViewLine::Layout(layout) => {
                self.speak(layout.lang.clone(), layout.time.zone.clone());
                let layout = Arc::new(layout);
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
            ViewLine::Unchanged(panel) => {
                self.context.panel(&panel.id).update(PanelState::stay);
            }
            ViewLine::Error(error) => {
                self.lacking.set(true);
                let retryable = error.problem.status >= 500 || error.problem.status == 429;
                let trouble =
                    Trouble { code: error.problem.code, detail: error.problem.detail, retryable };
                self.context.panel(&error.id).update(|state| state.fail(trouble));
            }
            ViewLine::End(_) => {}
        }
    }
}
