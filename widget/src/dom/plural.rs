//! Which form of a word a number takes, as `Intl` knows it of each language.

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl)]
    type PluralRules;

    #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
    fn new(locales: &JsValue) -> Result<PluralRules, JsValue>;

    #[wasm_bindgen(method)]
    fn select(this: &PluralRules, value: f64) -> String;
}

/// The category of a number: `one`, `few`, … `other`.
pub(crate) fn category(locales: &JsValue, count: f64) -> String {
    let rules = PluralRules::new(locales);
    rules.map_or_else(|_| "other".into(), |rules| rules.select(count))
}
