//! Asks for the whole view, without what is on the screen already, and reads it.

use std::rc::Rc;

use gloo_net::http::{RequestBuilder, Response};
use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use crate::data::{
    panel::{PanelState, Trouble},
    reader::Reader,
};

use super::{
    bridge,
    feed::{Cause, Feed},
    fetch, guard,
};

impl Feed {
    pub(super) async fn view(
        self: &Rc<Self>,
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
            let known = self.known();
            if !known.is_empty() {
                request = request.header("If-None-Match", &known);
            }
            fetch::send(request).await
        };
        let hurry = cause == Cause::Wish;
        let response = fetch::with_token(&self.bridge, first, hurry, ask).await?;
        if self.round.get() != round {
            return Ok(());
        }
        if response.status() == 304 {
            self.context.each_panel(PanelState::stay);
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

    /// The tags of what is on the screen: the whole view's, and each panel's.
    fn known(&self) -> String {
        let mut known = self.etag.borrow().clone().unwrap_or_default();
        for etag in self.context.etags() {
            known.push_str(if known.is_empty() { "\"" } else { ", \"" });
            known.push_str(&etag);
            known.push('"');
        }
        known
    }

    async fn read(self: &Rc<Self>, response: &Response, round: u32) -> Result<(), Trouble> {
        self.lacking.set(false);
        let mut reader = Reader::default();
        let mut whole = true;
        let went_on = fetch::chunks(response, async |chunk| {
            let mut lines = Vec::new();
            whole = reader.push(chunk, |line| lines.push(line)).is_ok();
            // Each line is a task of its own: the page stays able to answer while panels are drawn.
            for line in lines {
                if self.round.get() != round {
                    return false;
                }
                self.draw(line);
                guard::breathe().await;
            }
            whole
        });
        let complete = went_on.await? && whole && reader.finish().is_ok();
        if complete || self.round.get() != round {
            Ok(())
        } else {
            Err(Trouble::new("cut_off", true))
        }
    }
}
