//! Asks for one panel again, after it alone had no numbers.

use std::rc::Rc;

use gloo_net::http::{Method, RequestBuilder};
use inlay_shared::PanelAnswer;
use wasm_bindgen_futures::spawn_local;

use crate::data::{json_text::Writer, panel::Trouble, wire};

use super::{feed::Feed, fetch};

impl Feed {
    /// Asks for one panel again.
    pub(crate) fn ask_panel(self: &Rc<Self>, id: &str) {
        let state = self.context.panel(id);
        state.update(|state| {
            state.asking = true;
            state.trouble = None;
        });
        let body = Writer::object().text("dashboard", &self.bridge.dashboard()).text("panel", id);
        let body = body.maybe("zone", self.zone.borrow().as_deref());
        let body = self.context.choice.get_untracked().write(body).end();
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
            let request = RequestBuilder::new(&address).method(Method::POST);
            fetch::send_json(self.prepare(request, token, &None), body.clone()).await
        };
        let response = fetch::with_token(&self.bridge, None, true, ask).await?;
        if !response.ok() {
            return Err(fetch::refusal(&response).await);
        }
        let text = response.text().await.map_err(fetch::offline)?;
        wire::read(text.as_bytes(), wire::panel_answer).ok_or_else(|| Trouble::new("cut_off", true))
    }
}
