//! One language's words. English is built in; a file of the others is read when it is needed.

use std::{borrow::Cow, rc::Rc};

use serde_json::Value;

use crate::data::{json, series::ALL_OTHERS};

use super::words;

/// Something that is said. Its English text is its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word(pub &'static str);

/// The words of one language. A copy shares them.
#[derive(Debug, Clone, Default)]
pub struct Lexicon(Option<Rc<serde_json::Map<String, Value>>>);

impl Lexicon {
    /// Reads a language's file: an object of English texts and their translations.
    pub fn read(text: &str) -> Option<Self> {
        match json::parse(text.as_bytes())? {
            Value::Object(words) => Some(Self(Some(Rc::new(words)))),
            _ => None,
        }
    }

    /// Says a word; one that the file lacks is said in English.
    pub fn say(&self, word: Word) -> Cow<'static, str> {
        let known = self.0.as_ref().and_then(|words| words.get(word.0)?.as_str());
        known.map_or(Cow::Borrowed(word.0), |text| Cow::Owned(text.into()))
    }

    /// Says a word by its English text, for the parts that are no Rust.
    pub fn text(&self, text: &str) -> String {
        let known = self.0.as_ref().and_then(|words| words.get(text)?.as_str());
        known.unwrap_or(text).into()
    }

    /// A group's name: it may lack a value, or be all the others.
    pub fn name(&self, name: &str) -> Cow<'static, str> {
        match name {
            "" => self.say(words::NO_VALUE),
            ALL_OTHERS => self.say(words::OTHERS),
            name => Cow::Owned(name.into()),
        }
    }

    /// Says a word that has places for others: `{name}`.
    pub fn fill(&self, word: Word, values: &[(&str, &str)]) -> String {
        fill(&self.say(word), values)
    }

    /// Says the form of a word that belongs to a category of numbers.
    pub fn count(&self, word: Word, category: &str, values: &[(&str, &str)]) -> String {
        fill(form(&self.say(word), category), values)
    }
}

fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        out.push_str(before);
        let value = values.iter().find(|(known, _)| *known == name);
        out.push_str(value.map_or("", |(_, value)| *value));
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// `one:… |other:…`: the form of that category, else the last one.
fn form<'a>(text: &'a str, category: &str) -> &'a str {
    let (mut form, mut rest) = (text, text);
    while let Some((name, behind)) = rest.split_once(':') {
        (form, rest) = behind.split_once('|').unwrap_or((behind, ""));
        if name == category {
            break;
        }
    }
    form
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn a_file_says_what_it_has_and_english_the_rest() {
        let german = Lexicon::read(r#"{"up": "gestiegen"}"#).expect("it is an object");
        assert_eq!(german.say(words::UP), "gestiegen");
        assert_eq!(german.say(words::DOWN), "down");
        assert!(Lexicon::read("[]").is_none());
        assert!(Lexicon::read("<!doctype html>").is_none());
    }

    #[test]
    fn places_are_filled_in_any_order() {
        let word = Word("{b} before {a}, {b}");
        let said = Lexicon::default().fill(word, &[("a", "{1}"), ("b", "2")]);
        assert_eq!(said, "2 before {1}, 2");
        assert_eq!(Lexicon::default().fill(Word("open { end"), &[]), "open { end");
    }

    #[test]
    fn a_number_picks_its_form() {
        let rows = Word("one:{n} row|other:{n} rows");
        let said = |category, n| Lexicon::default().count(rows, category, &[("n", n)]);
        assert_eq!(said("one", "1"), "1 row");
        assert_eq!(said("other", "5"), "5 rows");
        assert_eq!(said("few", "3"), "3 rows");
    }

    /// Categories of whole numbers that each language tells apart, after CLDR.
    const FORMS: [(&str, &[&str]); 6] = [
        ("ar", &["zero", "one", "two", "few", "many", "other"]),
        ("de", &["one", "other"]),
        ("en", &["one", "other"]),
        ("es", &["one", "many", "other"]),
        ("fr", &["one", "many", "other"]),
        ("ja", &["other"]),
    ];

    fn places(text: &str) -> BTreeSet<&str> {
        let after = text.split('{').skip(1);
        after.filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
    }

    fn forms(text: &str) -> Option<BTreeMap<&str, &str>> {
        let is_plural = text.split('|').all(|form| {
            form.split_once(':').is_some_and(|(name, _)| {
                ["zero", "one", "two", "few", "many", "other"].contains(&name)
            })
        });
        is_plural.then(|| text.split('|').filter_map(|form| form.split_once(':')).collect())
    }

    /// What is wrong with a translation.
    fn fault(word: &str, text: &str, wanted: Option<&[&str]>) -> Option<String> {
        let (Some(_), Some(spoken)) = (forms(word), forms(text)) else {
            let is_plural = forms(word).is_some();
            return match () {
                () if text.trim().is_empty() => Some("says nothing".into()),
                () if is_plural => Some("has no forms".into()),
                () if places(word) != places(text) => Some("has other places".into()),
                () => None,
            };
        };
        let names: BTreeSet<_> = spoken.keys().copied().collect();
        let wanted: BTreeSet<_> = wanted.unwrap_or(&["other"]).iter().copied().collect();
        if !names.is_superset(&wanted) {
            return Some(format!("lacks forms: {names:?}, {wanted:?} are needed"));
        }
        // `one` and `two` may be words of their own, without the digit.
        let other = spoken.get("other").copied().unwrap_or_default();
        (places(word) != places(other)).then(|| "has other places".into())
    }

    #[test]
    fn every_language_has_every_word_and_its_places() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/lang");
        let mut languages = Vec::new();
        let mut faults = Vec::new();
        for file in std::fs::read_dir(folder).expect("the folder of languages is there") {
            let path = file.expect("the folder can be read").path();
            let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("the file can be read");
            let words: BTreeMap<String, String> = serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{name}.json is no object of texts: {error}"));
            let wanted = FORMS.iter().find(|(known, _)| *known == name).map(|(_, forms)| *forms);
            for Word(word) in words::ALL {
                let fault = match words.get(*word) {
                    Some(text) => fault(word, text, wanted),
                    None => Some("is missing".into()),
                };
                faults.extend(fault.map(|fault| format!("{name}: “{word}” {fault}")));
            }
            for word in words.keys() {
                if !words::ALL.iter().any(|known| known.0 == word) {
                    faults.push(format!("{name}: “{word}” is said nowhere"));
                }
            }
            languages.push(name);
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        languages.sort();
        assert!(languages.len() >= 5, "{languages:?}");
    }

    #[test]
    fn no_word_is_there_twice() {
        let known: BTreeSet<_> = words::ALL.iter().map(|word| word.0).collect();
        assert_eq!(known.len(), words::ALL.len());
    }
}
