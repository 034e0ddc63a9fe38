//! A dashboard speaks the viewer's language, in the viewer's zone, and says when it cannot.

use inlay_tests::{Chrome, Inlay, eventually, numbered};
use serde_json::{Value, json};

use crate::host::Host;
use crate::life::shows;

const EMBED: &str = "<inlay-dashboard dashboard=overview session=/session></inlay-dashboard>";

/// Every language but English, which needs no file.
const FILES: [(&str, &str); 5] = [
    ("ar", include_str!("../../../www/lang/ar.json")),
    ("de", include_str!("../../../www/lang/de.json")),
    ("es", include_str!("../../../www/lang/es.json")),
    ("fr", include_str!("../../../www/lang/fr.json")),
    ("ja", include_str!("../../../www/lang/ja.json")),
];

/// What is said, and how a number and a date are written.
const SAID: &str = "
    const root = document.querySelector('inlay-dashboard')?.shadowRoot;
    const dashboard = root?.querySelector('.ready')?.closest('[part=dashboard]');
    if (!dashboard) return null;
    const text = (selector) => dashboard.querySelector(selector)?.textContent ?? null;
    return {
        lang: dashboard.lang, dir: dashboard.dir, name: dashboard.ariaLabel,
        pause: dashboard.querySelector('[part=live]')?.title ?? null,
        live: text('[part=live] span:last-child'), figures: [...dashboard.querySelectorAll('[part=figure]')].map((e) => e.textContent),
        period: text('.period'), range: text('.range-name'),
        wide: document.documentElement.scrollWidth > innerWidth,
    };
";

/// The same by the browser's own `Intl`.
const INTL: &str = "
    const [lang, value] = arguments;
    const days = new Intl.NumberFormat(lang, { style: 'unit', unit: 'day', unitDisplay: 'long' });
    return [new Intl.NumberFormat(lang).format(value), days.format(7)];
";

const SET: &str = "document.querySelector('inlay-dashboard').setAttribute";

async fn says(chrome: &Chrome, lang: &str, words: &Value) -> Value {
    eventually(&format!("it speaks {lang}"), async || {
        let said = chrome.run(SAID).await;
        let same = said["lang"] == lang && said["pause"] == words["Pause updates"];
        same.then_some(said)
    })
    .await
}

async fn errors(chrome: &Chrome) -> Vec<Value> {
    let heard = chrome.run("return heard.filter(([type]) => type === 'error')").await;
    heard.as_array().cloned().unwrap_or_default().into_iter().map(|mut e| e[1].take()).collect()
}

#[tokio::test]
async fn every_language_is_spoken_live_from_its_file() {
    let inlay = Inlay::start().await;
    let host = Host::serve(&inlay, EMBED).await;
    host.tenant().feed(&numbered("a", 1_000), 1_000).await;
    let chrome = Chrome::start().await;
    chrome.open(&host.listed()).await;
    says(&chrome, "en", &json!({"Pause updates": "Pause updates"})).await;
    // The layout comes first, and the figures after it.
    shows(&chrome, "1000", "30d").await;
    let files = "return performance.getEntriesByType('resource').map(({ name }) => name)
        .filter((name) => name.endsWith('.json')).length";
    assert_eq!(chrome.run(files).await, json!(0), "who speaks English loads no words");

    for (lang, file) in FILES {
        let words: Value = serde_json::from_str(file).expect("a file of words is JSON");
        chrome.run(&format!("{SET}('lang', '{lang}')")).await;
        let said = says(&chrome, lang, &words).await;
        assert_eq!(said["dir"], if lang == "ar" { "rtl" } else { "ltr" }, "{said}");
        let word = words["Dashboard"].as_str().expect("a word");
        let title = "return document.querySelector('inlay-dashboard').shadowRoot
            .querySelector('[part=title]').textContent";
        let title = chrome.run(title).await;
        let title = title.as_str().filter(|title| !title.is_empty()).expect("it has a title");
        assert_eq!(said["name"], format!("{word}, {title}"), "{said}");
        assert_eq!(said["live"], words["Live"], "{said}");
        let body = json!({"script": INTL, "args": [lang, 1_000]});
        let intl = chrome.command("execute/sync", body).await;
        let figures = said["figures"].as_array().cloned().unwrap_or_default();
        assert!(figures.contains(&intl[0]), "{said} {intl}");
        let ranges = "return [...document.querySelector('inlay-dashboard').shadowRoot
            .querySelectorAll('.range-name')].map((e) => e.textContent)";
        let ranges = chrome.run(ranges).await;
        assert!(ranges.as_array().is_some_and(|names| names.contains(&intl[1])), "{ranges} {intl}");
        assert_eq!(said["wide"], false, "{said}");
    }
    assert_eq!(errors(&chrome).await, Vec::<Value>::new());
    assert_eq!(chrome.complaints().await, [""; 0]);
}

#[tokio::test]
async fn what_is_filtered_by_is_said_in_the_new_language_at_once() {
    let inlay = Inlay::start().await;
    let host = Host::serve(&inlay, EMBED).await;
    host.tenant().feed(&numbered("a", 7), 7).await;
    let chrome = Chrome::start().await;
    chrome.open(&host.listed()).await;
    says(&chrome, "en", &json!({"Pause updates": "Pause updates"})).await;
    chrome
        .run(
            "document.querySelector('inlay-dashboard')
                .setFilters([{dimension: 'page', op: 'in', values: ['/a']}])",
        )
        .await;
    let removes = async |words: &str| {
        let words = words.replace("{name}", "Page: /a");
        let look = "return document.querySelector('inlay-dashboard').shadowRoot
            .querySelector('.chip button')?.title ?? null";
        eventually(&words, async || (chrome.run(look).await == *words).then_some(())).await;
    };
    removes("Remove the filter {name}").await;
    chrome.run(&format!("{SET}('lang', 'de')")).await;
    let file = FILES.iter().find(|(name, _)| *name == "de").expect("it is there").1;
    let words: Value = serde_json::from_str(file).expect("a file of words is JSON");
    removes(words["Remove the filter {name}"].as_str().expect("a word")).await;
}

#[tokio::test]
async fn the_attribute_comes_before_the_session_and_that_before_the_page() {
    let inlay = Inlay::start().await;
    let host = Host::granting(&inlay, EMBED, json!({"lang": "fr"})).await;
    host.tenant().feed(&numbered("a", 7), 7).await;
    let chrome = Chrome::start().await;
    let words = |lang: &str| -> Value {
        let file = FILES.iter().find(|(name, _)| *name == lang).expect("it is there").1;
        serde_json::from_str(file).expect("a file of words is JSON")
    };
    chrome.open(&host.listed()).await;
    says(&chrome, "fr", &words("fr")).await;
    chrome.run(&format!("document.documentElement.lang = 'ja'; {SET}('lang', 'de-CH')")).await;
    says(&chrome, "de", &words("de")).await;
    chrome.run("document.querySelector('inlay-dashboard').removeAttribute('lang')").await;
    says(&chrome, "fr", &words("fr")).await;
}

#[tokio::test]
async fn the_page_says_the_language_where_nobody_else_does() {
    let inlay = Inlay::start().await;
    let host = Host::serve(&inlay, EMBED).await;
    host.tenant().feed(&numbered("a", 7), 7).await;
    let chrome = Chrome::start().await;
    chrome.open(&host.listed()).await;
    says(&chrome, "en", &json!({"Pause updates": "Pause updates"})).await;
    chrome.run(&format!("document.documentElement.lang = 'ja'; {SET}('lang', '')")).await;
    let words: Value = serde_json::from_str(FILES[4].1).expect("a file of words is JSON");
    says(&chrome, "ja", &words).await;
}

#[tokio::test]
async fn an_unknown_language_or_zone_is_said_to_the_page() {
    let inlay = Inlay::start().await;
    let host = Host::serve(&inlay, EMBED).await;
    host.tenant().feed(&numbered("a", 7), 7).await;
    let chrome = Chrome::start().await;
    chrome.open(&host.listed()).await;
    let english = json!({"Pause updates": "Pause updates"});
    says(&chrome, "en", &english).await;
    for wrong in ["pl", "no such language", "de_DE"] {
        chrome.run(&format!("heard.length = 0; {SET}('lang', '{wrong}')")).await;
        let told = eventually("the page is told", async || errors(&chrome).await.pop()).await;
        assert_eq!(told["code"], "unknown_language", "{told}");
        assert!(told["message"].as_str().is_some_and(|text| text.contains(wrong)), "{told}");
        says(&chrome, "en", &english).await;
    }

    chrome.run(&format!("heard.length = 0; {SET}('timezone', 'Mars/Olympus')")).await;
    let told = eventually("the page is told", async || errors(&chrome).await.pop()).await;
    assert_eq!(told["code"], "unknown_zone", "{told}");
    assert!(told["message"].as_str().is_some_and(|text| text.contains("Mars/Olympus")), "{told}");
    let notice = eventually("the viewer is told", async || {
        let script = "return document.querySelector('inlay-dashboard').shadowRoot
            .querySelector('[part=notice], [part=state]')?.textContent ?? null";
        chrome.run(script).await.as_str().map(str::to_owned)
    });
    let notice = notice.await;
    assert!(notice.contains("This time zone is not known"), "{notice}");

    chrome.run(&format!("{SET}('timezone', 'Asia/Tokyo')")).await;
    eventually("the numbers are those of the zone", async || {
        let said = chrome.run(SAID).await;
        said["period"].as_str()?.contains("Asia/Tokyo").then_some(())
    })
    .await;
}
