//! What the loader gives the widget.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::Element;

use crate::data::panel::Trouble;

#[wasm_bindgen]
extern "C" {
    /// An object of the loader, one per attached element.
    #[derive(Clone)]
    pub type Bridge;

    /// Where the API is, ending in `/`.
    #[wasm_bindgen(method, getter)]
    pub fn base(this: &Bridge) -> String;

    /// The page's own object for its session: dashboards with the same one share a live stream.
    #[wasm_bindgen(method, getter)]
    pub fn session(this: &Bridge) -> JsValue;

    /// The dashboard's name.
    #[wasm_bindgen(method, getter)]
    pub fn dashboard(this: &Bridge) -> String;

    /// The attribute `lang`.
    #[wasm_bindgen(method, getter)]
    pub fn lang(this: &Bridge) -> Option<String>;

    /// The attribute `timezone`.
    #[wasm_bindgen(method, getter)]
    pub fn zone(this: &Bridge) -> Option<String>;

    /// What was chosen before, as JSON.
    #[wasm_bindgen(method, getter)]
    pub fn wish(this: &Bridge) -> String;

    /// Opens one of the parts that are brought when they are first used, beside a button.
    #[wasm_bindgen(method)]
    pub fn more(this: &Bridge, name: &str, button: &Element);

    /// The origin of the page around the frame.
    #[wasm_bindgen(method, getter)]
    pub fn embedder(this: &Bridge) -> Option<String>;

    /// The first view, which the loader asked for: `[token, response]`.
    #[wasm_bindgen(method, getter)]
    pub fn first(this: &Bridge) -> Option<Promise>;

    /// A token that lives. `refused` is one that the server did not take; `hurry` cuts a wait short.
    #[wasm_bindgen(method, js_name = token)]
    fn ask_token(this: &Bridge, refused: Option<&str>, hurry: bool) -> Promise;

    /// A language's file as text, or a promise of it; nothing where there is none.
    #[wasm_bindgen(method)]
    pub fn words(this: &Bridge, lang: &str) -> JsValue;

    /// Sends the element's event `inlay-…`, whose detail is JSON.
    #[wasm_bindgen(method)]
    pub fn emit(this: &Bridge, name: &str, detail: &str);

    /// Something better than the loader's skeleton is on the screen.
    #[wasm_bindgen(method)]
    pub fn drawn(this: &Bridge);

    /// How the loader says that there is no session.
    type Refusal;

    #[wasm_bindgen(method, getter)]
    fn code(this: &Refusal) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn retryable(this: &Refusal) -> Option<bool>;
}

impl Bridge {
    /// A token that lives, or why there is none.
    pub(crate) async fn token(
        &self,
        refused: Option<&str>,
        hurry: bool,
    ) -> Result<String, Trouble> {
        let answer = JsFuture::from(self.ask_token(refused, hurry)).await;
        answer
            .map_err(|error| trouble(&error))?
            .as_string()
            .ok_or_else(|| Trouble::new("session_unavailable", true))
    }
}

/// What the loader threw: its own refusals have a code, everything else is the network's.
pub(crate) fn trouble(error: &JsValue) -> Trouble {
    let refusal: Option<&Refusal> = error.is_object().then(|| error.unchecked_ref());
    match refusal.and_then(Refusal::code) {
        Some(code) => {
            let retryable = refusal.and_then(Refusal::retryable).unwrap_or(false);
            Trouble::new(&code, retryable)
        }
        None => Trouble::new("offline", true),
    }
}
