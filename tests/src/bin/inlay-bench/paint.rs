//! How soon a viewer sees the first chart: the demo's portal page in a real Chromium, cold.

use anyhow::Result;
use inlay_tests::{Chrome, Demo, eventually};
use serde_json::json;

use crate::figure::{Figures, median};

/// Runs before the page's own scripts, and notes when the first mark of a chart is there.
const WATCH: &str = "
    const look = () => {
        const root = document.querySelector('inlay-dashboard')?.shadowRoot;
        const mark = root?.querySelector('svg path, svg rect, .bar-row');
        if (mark) requestAnimationFrame(() => { window.firstChart ??= performance.now(); });
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    // What keeps the page from answering for more than 50 ms.
    window.tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: 'longtask' });
";

/// When everything is drawn: the longest of the long tasks that began after the first paint.
const LONGEST: &str = "
    const root = document.querySelector('inlay-dashboard')?.shadowRoot;
    if (!root?.querySelector('.ready') || root.querySelector('.skeleton')) return null;
    const painted = performance.getEntriesByName('first-paint')[0].startTime;
    return new Promise((done) => setTimeout(() => done(Math.max(0,
        ...tasks.filter((task) => task.startTime > painted).map((task) => task.duration))), 300));
";

/// Tells the median over some cold loads.
pub(crate) async fn tell(figures: &Figures) -> Result<()> {
    let demo = Demo::start(20_000);
    let chrome = Chrome::start().await;
    demo.sign_in(&chrome, "mara.lindqvist").await;
    let watch = json!({"source": WATCH});
    chrome.devtools_with("Page.addScriptToEvaluateOnNewDocument", watch).await;
    let (mut times, mut tasks) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        chrome.open("about:blank").await;
        chrome.devtools("Network.clearBrowserCache").await;
        chrome.open(&format!("{}/analytics", demo.portal())).await;
        let first = eventually("the first chart is drawn", async || {
            chrome.try_run("return window.firstChart ?? null").await?.as_f64()
        });
        times.push(first.await);
        let longest =
            eventually("everything is drawn", async || chrome.try_run(LONGEST).await?.as_f64());
        tasks.push(longest.await);
    }
    figures.hold("first chart, cold cache, demo's portal", median(&times), "ms", 300.0);
    // 0 where no task takes more than 50 ms.
    figures.hold("longest task after the first paint, demo's portal", median(&tasks), "ms", 50.0);
    Ok(())
}
