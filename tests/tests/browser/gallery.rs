//! The gallery, held to pictures of it: every chart in every state, in both themes, from right to left,
//! and narrow.
//!
//! `INLAY_GOLDEN=write` writes the pictures anew. Look at them before they are kept.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use inlay_tests::{Chrome, Demo, Lack, eventually};
use serde_json::json;

/// The demo's clock stands here, so that its numbers and dates are always the same.
const NOW: &str = "2026-10-14T12:00:00Z";

/// Name of the picture, what is opened, and how wide the page is.
const PICTURES: [(&str, &str, u32); 12] = [
    ("data-light", "data", 1280),
    ("data-dark", "data?theme=dark", 1280),
    ("data-rtl", "data?dir=rtl&lang=ar", 1280),
    ("data-narrow", "data?width=narrow", 420),
    ("empty", "empty", 1280),
    ("one", "one", 1280),
    ("negative", "negative", 1280),
    ("long", "long", 1280),
    ("long-narrow-dark", "long?width=narrow&theme=dark", 420),
    ("error", "error", 1280),
    ("loading-light", "loading", 1280),
    ("loading-dark", "loading?theme=dark", 1280),
];

/// A dashboard is there, and nothing of it waits, unless waiting is what it shows.
const IS_THERE: &str = "
    const root = document.querySelector('inlay-dashboard')?.shadowRoot;
    if (!root?.querySelector('.ready')) return false;
    const waits = root.querySelectorAll('.skeleton').length;
    const loads = location.pathname.endsWith('/loading');
    return loads ? waits > 10 : waits === 0;
";

/// Compares two pictures in a page of its own: the share of pixels that a person could tell apart.
const COMPARE: &str = "
    const read = async (data) => {
        const image = new Image();
        image.src = `data:image/png;base64,${data}`;
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext('2d');
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height);
    };
    const [one, other] = [await read(arguments[0]), await read(arguments[1])];
    if (one.width !== other.width || one.height !== other.height) {
        return `${one.width} x ${one.height}, not ${other.width} x ${other.height}`;
    }
    let different = 0;
    for (let at = 0; at < one.data.length; at += 4) {
        const by = (channel) => Math.abs(one.data[at + channel] - other.data[at + channel]);
        if (Math.max(by(0), by(1), by(2)) > 48) different += 1;
    }
    return different / (one.width * one.height);
";

/// The share of pixels that may differ: another release of the browser rounds some edges otherwise.
const TOLERANCE: f64 = 0.004;

#[tokio::test]
async fn every_chart_in_every_state_looks_as_it_did() {
    let chrome = Chrome::start().await;
    if !chrome.engine().can(Lack::DevTools) {
        return;
    }
    let demo = Demo::at(NOW);
    let write = std::env::var("INLAY_GOLDEN").is_ok_and(|what| what == "write");
    let mut wrong = Vec::new();
    for (name, path, width) in PICTURES {
        let picture = take(&chrome, &format!("{}/gallery/{path}", demo.portal()), width).await;
        let kept = kept(name);
        if write {
            let bytes = STANDARD.decode(&picture).expect("a picture in Base64");
            std::fs::create_dir_all(kept.parent().expect("a folder")).expect("it can be made");
            std::fs::write(&kept, bytes).expect("the folder is there");
            continue;
        }
        let golden = std::fs::read(&kept)
            .unwrap_or_else(|error| panic!("{}: {error}; see the module", kept.display()));
        chrome.open("about:blank").await;
        let body = json!({"script": COMPARE, "args": [STANDARD.encode(golden), picture]});
        let difference = chrome.command("execute/sync", body).await;
        if difference.as_f64().is_none_or(|share| share > TOLERANCE) {
            let seen = std::env::temp_dir().join(format!("inlay-{name}.png"));
            let bytes = STANDARD.decode(&picture).expect("a picture in Base64");
            std::fs::write(&seen, bytes).expect("a temporary file can be written");
            wrong.push(format!("{name} differs by {difference}: see {}", seen.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(chrome.complaints().await, [""; 0]);
}

fn kept(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/browser/golden");
    folder.join(format!("{name}.png"))
}

async fn take(chrome: &Chrome, url: &str, width: u32) -> String {
    chrome.emulate(&[("prefers-reduced-motion", "reduce")]).await;
    chrome.resize(width, 1000).await;
    chrome.devtools_with("Emulation.setScrollbarsHidden", json!({"hidden": true})).await;
    chrome.open(url).await;
    eventually(&format!("{url} is there"), async || {
        (chrome.run(IS_THERE).await == true).then_some(())
    })
    .await;
    // Two frames later everything has its size.
    let frames = "return new Promise((done) =>
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100))))";
    chrome.run(frames).await;
    let height = chrome.run("return document.documentElement.scrollHeight").await;
    let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": 1});
    let shot = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
    let shot = chrome.devtools_with("Page.captureScreenshot", shot).await;
    shot["data"].as_str().expect("a picture").to_owned()
}
