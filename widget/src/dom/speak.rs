//! Decides in which language and zone a dashboard speaks, and fetches the words for it.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::{data::json_text::Writer, text::lexicon::Lexicon};

use super::{
    feed::Feed,
    guard::window,
    intl::{self, Intl},
};

impl Feed {
    /// The language is the attribute's, else the token's, else the page's. What is not known is said
    /// to the host page: a wrong language or zone that nobody notices would stay for ever.
    pub(super) fn speak(self: &Rc<Self>, of_token: Option<String>, zone: String) {
        let of_page = || {
            let root = window().document()?.document_element()?;
            root.get_attribute("lang").filter(|lang| !lang.is_empty())
        };
        let lang = self.lang.borrow().clone().or(of_token).or_else(of_page);
        let valid = lang.as_deref().is_none_or(intl::knows_language);
        let tag = if valid { lang.as_deref().unwrap_or("en") } else { "en" };
        if !intl::knows_zone(&zone) {
            self.complain("unknown_zone", &["This browser does not know the zone “", &zone, "”."]);
        }
        let words = self.bridge.words(tag);
        if !valid || words.is_undefined() {
            let name = lang.as_deref().unwrap_or_default();
            self.complain(
                "unknown_language",
                &["There are no words in “", name, "”: English it is."],
            );
        }
        let name = tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
        let lang = lang.filter(|_| valid);
        match words.dyn_into::<Promise>() {
            Ok(promise) => self.learn(promise, lang, zone, name),
            Err(words) => self.say_in(lang, zone, &name, &words),
        }
    }

    /// Waits for the words; until they are here the ones before stay.
    fn learn(self: &Rc<Self>, words: Promise, lang: Option<String>, zone: String, name: String) {
        let feed = self.clone();
        spawn_local(async move {
            let known = JsFuture::from(words).await.is_ok_and(|words| words.is_string());
            match feed.context.layout.try_get_untracked().flatten() {
                // Meanwhile another one may be wanted.
                Some(layout) if known => feed.speak(layout.lang.clone(), layout.time.zone.clone()),
                Some(_) => {
                    // The next view tries again.
                    let message = ["The words in “", &name, "” could not be fetched."];
                    feed.complain("language_unavailable", &message);
                    feed.say_in(lang, zone, "en", &JsValue::UNDEFINED);
                }
                None => {}
            }
        });
    }

    fn say_in(&self, lang: Option<String>, zone: String, name: &str, words: &JsValue) {
        let lexicon = words.as_string().and_then(|text| Lexicon::read(&text));
        let name = if lexicon.is_some() { name } else { "en" };
        let current = self.context.intl.get_untracked();
        if !current.is_for(&lang, &zone, name) {
            let words = (name.into(), lexicon.unwrap_or_default());
            self.context.intl.set(Rc::new(Intl::new(lang, zone, words)));
        }
    }

    /// Tells the host page of a mistake of its own, once for each.
    fn complain(&self, code: &str, message: &[&str]) {
        let detail = Writer::object().text("code", code).text("message", &message.concat());
        let detail = detail.raw("retryable", "false").end();
        if self.complaint.replace(detail.clone()) != detail {
            self.bridge.emit("error", &detail);
        }
    }
}
