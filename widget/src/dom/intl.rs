//! Numbers, dates and durations in the viewer's language and zone, through `Intl`.

use std::{borrow::Cow, cell::RefCell};

use inlay_shared::{Column, Grain, TimeRange};
use js_sys::{Date, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use crate::{
    chart::time_axis::Says,
    data::stamp::Stamp,
    text::{
        lexicon::{Lexicon, Word},
        number::{self, Part, Place},
        range,
    },
};

use super::plural;

#[wasm_bindgen]
extern "C" {
    // Bound here, because the constructors of js-sys do not catch what `Intl` throws at an unknown
    // language, zone or currency.
    #[derive(Clone)]
    #[wasm_bindgen(js_namespace = Intl)]
    type NumberFormat;

    #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
    fn new(locales: &JsValue, options: &Object) -> Result<NumberFormat, JsValue>;

    #[wasm_bindgen(method)]
    fn format(this: &NumberFormat, value: &JsValue) -> String;

    #[derive(Clone)]
    #[wasm_bindgen(js_namespace = Intl)]
    type DateTimeFormat;

    #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
    fn new(locales: &JsValue, options: &Object) -> Result<DateTimeFormat, JsValue>;

    #[wasm_bindgen(method)]
    fn format(this: &DateTimeFormat, date: &Date) -> String;

    #[wasm_bindgen(method, catch, js_name = formatRange)]
    fn format_range(this: &DateTimeFormat, from: &Date, to: &Date) -> Result<String, JsValue>;
}

type Options = Vec<(&'static str, String)>;

/// A language's name and words.
pub(crate) type Spoken = (String, Lexicon);

/// Whether the browser knows a language tag.
pub(crate) fn knows_language(lang: &str) -> bool {
    NumberFormat::new(&lang.into(), &Object::new()).is_ok()
}

/// Whether the browser knows a zone.
pub(crate) fn knows_zone(zone: &str) -> bool {
    let options = Object::new();
    set(&options, "timeZone", zone);
    DateTimeFormat::new(&JsValue::UNDEFINED, &options).is_ok()
}

/// Writes in one language and zone. Formatters are dear to make, so they are kept.
pub(crate) struct Intl {
    lang: Option<String>,
    zone: String,
    /// The language of the words, which may be another one: English, where there are no others.
    language: String,
    lexicon: Lexicon,
    numbers: RefCell<Vec<(Options, NumberFormat)>>,
    dates: RefCell<Vec<(Options, DateTimeFormat)>>,
}

const SHORT_DAY: [(&str, &str); 2] = [("month", "short"), ("day", "numeric")];

impl Intl {
    /// `lang` is a BCP 47 tag; without one the browser's own language is taken.
    pub(crate) fn new(lang: Option<String>, zone: String, words: Spoken) -> Self {
        let (language, lexicon) = words;
        Self {
            lang,
            zone,
            language,
            lexicon,
            numbers: RefCell::default(),
            dates: RefCell::default(),
        }
    }

    /// The language of its words.
    pub(crate) fn language(&self) -> String {
        self.language.clone()
    }

    /// Its words.
    pub(crate) fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// Says a word.
    pub(crate) fn say(&self, word: Word) -> Cow<'static, str> {
        self.lexicon.say(word)
    }

    /// Says a word that has places for others.
    pub(crate) fn fill(&self, word: Word, values: &[(&str, &str)]) -> String {
        self.lexicon.fill(word, values)
    }

    /// Says a word about so many things: `{n}` is how many.
    pub(crate) fn count(&self, word: Word, count: usize) -> String {
        let count = count as f64;
        let category = plural::category(&self.locales(), count);
        let part = Part { value: count, options: Vec::new() };
        self.lexicon.count(word, &category, &[("n", &self.parts(&[part], None))])
    }

    /// Whether this is the writer for that language and zone.
    pub(crate) fn is_for(&self, lang: &Option<String>, zone: &str, words: &str) -> bool {
        self.lang == *lang && self.zone == zone && self.language == words
    }

    fn locales(&self) -> JsValue {
        self.lang.as_deref().map_or(JsValue::UNDEFINED, JsValue::from_str)
    }

    /// A column's value.
    pub(crate) fn value(&self, value: f64, column: &Column, place: Place) -> String {
        let text = self.parts(&number::shape(value, column, place), None);
        [number::about(column, place), &text].concat()
    }

    /// A column's cell, whose exact digits are in `text` if it is a decimal.
    pub(crate) fn cell(&self, value: f64, exact: Option<&str>, column: &Column) -> String {
        let text = self.parts(&number::shape(value, column, Place::Cell), exact);
        [number::about(column, Place::Cell), &text].concat()
    }

    /// A share, with its sign.
    pub(crate) fn percent(&self, share: f64) -> String {
        self.parts(&[number::percent(share)], None)
    }

    /// A share of a whole.
    pub(crate) fn share(&self, share: f64) -> String {
        self.parts(&[number::share(share)], None)
    }

    /// A whole number.
    pub(crate) fn whole(&self, count: usize) -> String {
        self.parts(&[Part { value: count as f64, options: Vec::new() }], None)
    }

    /// A day of the week, Monday being 0.
    pub(crate) fn weekday(&self, day: usize, long: bool) -> String {
        // 1 January 2024 was a Monday.
        let monday = 1_704_067_200_000.0 + day as f64 * 86_400_000.0;
        self.clock(monday, &[("weekday", if long { "long" } else { "short" })])
    }

    /// An hour of the day.
    pub(crate) fn hour(&self, hour: usize) -> String {
        self.clock(hour as f64 * 3_600_000.0, &[("hour", "numeric")])
    }

    /// What a clock in no particular zone says.
    fn clock(&self, epoch_ms: f64, options: &[(&'static str, &str)]) -> String {
        let mut options = options.to_vec();
        options.push(("timeZone", "UTC"));
        self.instant(epoch_ms, &options)
    }

    /// A range's name: `30 days`.
    pub(crate) fn range(&self, name: &str) -> String {
        match range::parse(name) {
            Some((count, unit)) => self.parts(&[number::units(count, unit)], None),
            None => name.into(),
        }
    }

    fn parts(&self, parts: &[Part], exact: Option<&str>) -> String {
        let mut out = String::new();
        for part in parts {
            if !out.is_empty() {
                out.push('\u{a0}');
            }
            // `Intl` reads decimals from strings without rounding them to a double first.
            let value = match exact {
                Some(exact) if parts.len() == 1 => JsValue::from_str(exact),
                _ => JsValue::from_f64(part.value),
            };
            out.push_str(&self.number(&part.options).format(&value));
        }
        out
    }

    fn number(&self, options: &Options) -> NumberFormat {
        if let Some((_, kept)) = self.numbers.borrow().iter().find(|(known, _)| known == options) {
            return kept.clone();
        }
        let built = object(options);
        let none = Object::new();
        let made = NumberFormat::new(&self.locales(), &built)
            .or_else(|_| NumberFormat::new(&self.locales(), &none))
            .or_else(|_| NumberFormat::new(&JsValue::UNDEFINED, &built))
            .or_else(|_| NumberFormat::new(&JsValue::UNDEFINED, &none))
            .expect("the default language and no options are always known");
        self.numbers.borrow_mut().push((options.clone(), made.clone()));
        made
    }

    /// A label of the time axis.
    pub(crate) fn tick(&self, stamp: &Stamp, says: Says, grain: Grain) -> String {
        let options: &[(&'static str, &str)] = match says {
            Says::Time if grain == Grain::Minute => &[("hour", "numeric"), ("minute", "2-digit")],
            Says::Time => &[("hour", "numeric")],
            Says::Day => &SHORT_DAY,
            Says::Month => &[("month", "short")],
            Says::Year => &[("year", "numeric")],
        };
        self.instant(stamp.epoch_ms, options)
    }

    /// A bucket, in full.
    pub(crate) fn bucket(&self, stamp: &Stamp, grain: Grain) -> String {
        let options: &[(&'static str, &str)] = match grain {
            Grain::Minute | Grain::Hour => &[
                ("weekday", "short"),
                ("month", "short"),
                ("day", "numeric"),
                ("hour", "numeric"),
                ("minute", "2-digit"),
            ],
            Grain::Day => {
                &[("weekday", "short"), ("month", "short"), ("day", "numeric"), ("year", "numeric")]
            }
            Grain::Week => &[("month", "short"), ("day", "numeric"), ("year", "numeric")],
            Grain::Month | Grain::Quarter => &[("month", "long"), ("year", "numeric")],
            Grain::Year => &[("year", "numeric")],
        };
        self.instant(stamp.epoch_ms, options)
    }

    /// The days of a range, whose end is not in it.
    pub(crate) fn span(&self, time: &TimeRange, with_year: bool) -> String {
        let (Some(from), Some(to)) = (Stamp::parse(&time.from), Stamp::parse(&time.to)) else {
            return String::new();
        };
        let mut options = SHORT_DAY.to_vec();
        if with_year {
            options.push(("year", "numeric"));
        }
        let (from, to) = (date(from.epoch_ms), date((to.epoch_ms - 1.0).max(from.epoch_ms)));
        self.dates(&options).format_range(&from, &to).unwrap_or_default()
    }

    fn instant(&self, epoch_ms: f64, options: &[(&'static str, &str)]) -> String {
        self.dates(options).format(&date(epoch_ms))
    }

    fn dates(&self, options: &[(&'static str, &str)]) -> DateTimeFormat {
        let options: Options =
            options.iter().map(|(name, value)| (*name, String::from(*value))).collect();
        if let Some((_, kept)) = self.dates.borrow().iter().find(|(known, _)| *known == options) {
            return kept.clone();
        }
        let bare = object(&options);
        let zoned = object(&options);
        if !options.iter().any(|(name, _)| *name == "timeZone") {
            set(&zoned, "timeZone", &self.zone);
        }
        let made = DateTimeFormat::new(&self.locales(), &zoned)
            .or_else(|_| DateTimeFormat::new(&JsValue::UNDEFINED, &zoned))
            .or_else(|_| DateTimeFormat::new(&JsValue::UNDEFINED, &bare))
            .expect("the default language and zone are always known");
        self.dates.borrow_mut().push((options, made.clone()));
        made
    }
}

fn date(epoch_ms: f64) -> Date {
    Date::new(&JsValue::from_f64(epoch_ms))
}

fn object(options: &[(&'static str, String)]) -> Object {
    let object = Object::new();
    options.iter().for_each(|(name, value)| set(&object, name, value));
    object
}

fn set(object: &Object, name: &str, value: &str) {
    // Setting a property of a plain object cannot fail.
    let _ = Reflect::set(object.unchecked_ref(), &name.into(), &value.into());
}
