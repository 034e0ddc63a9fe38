//! Nothing moves in sight once it has its place.

use inlay_tests::{Chrome, Demo, Lack, eventually};
use serde_json::{Value, json};

use crate::axe::ALL_THERE;

/// Runs before the page's own scripts, and notes whatever moves.
const WATCH: &str = "
    window.moved = [];
    // What is inside a shadow root is told by its place alone.
    const name = ({ node, previousRect: a, currentRect: b }) =>
        `${node?.nodeName ?? 'inside'} from ${[a.x, a.y, a.width, a.height].map(Math.round)} to ${
            [b.x, b.y, b.width, b.height].map(Math.round)}`;
    new PerformanceObserver((list) => {
        for (const { startTime: at, value, sources } of list.getEntries()) {
            moved.push({ at, what: `${value.toFixed(5)}: ${sources.map(name).join('; ')}` });
        }
    }).observe({ type: 'layout-shift', buffered: true });
";

/// Names of the pages, and how large the window is: as it often is, and so high that everything is in
/// sight.
const PAGES: [(&str, u32, u32); 9] = [
    ("/analytics", 1440, 900),
    ("/analytics", 1440, 4000),
    ("/analytics", 360, 5200),
    ("/reports", 1440, 900),
    ("/gallery", 1280, 900),
    ("/gallery/data", 1280, 4000),
    ("/gallery/data?width=narrow", 420, 8000),
    ("/gallery/long", 1280, 4000),
    ("/gallery/one", 1280, 4000),
];

#[tokio::test]
async fn nothing_moves_while_numbers_arrive() {
    let chrome = Chrome::start().await;
    if !chrome.engine().can(Lack::DevTools) {
        return;
    }
    let demo = Demo::start(5_000);
    demo.sign_in(&chrome, "mara.lindqvist").await;
    let watch = json!({"source": WATCH});
    chrome.devtools_with("Page.addScriptToEvaluateOnNewDocument", watch).await;
    let mut moved = Vec::new();
    for (path, width, height) in PAGES {
        chrome.resize(width, height).await;
        chrome.open(&format!("{}{path}", demo.portal())).await;
        eventually(&format!("{path} is there"), async || {
            (chrome.try_run(ALL_THERE).await? == true).then_some(())
        })
        .await;
        // What moves is told after the frame in which it moved.
        let frames = "return new Promise((done) =>
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100))))";
        chrome.run(frames).await;
        // A page whose text has not come to its end grows with it.
        let here = "const [{ domInteractive }] = performance.getEntriesByType('navigation');
            return moved.filter(({ at }) => at >= domInteractive).map(({ what }) => what)";
        let here = chrome.run(here).await;
        let lines = here.as_array().expect("a list").iter().filter_map(Value::as_str);
        moved.extend(lines.map(|line| format!("{path} at {width} × {height}: {line}")));
    }
    assert!(moved.is_empty(), "{}", moved.join("\n"));
}
