//! A frame is as high as what it shows.

use inlay_tests::{Caller as _, Chrome, Inlay, eventually, numbered};
use serde_json::{Value, json};

use crate::host::Host;

const EMBED: &str =
    "<inlay-dashboard dashboard=overview session=/session mode=frame></inlay-dashboard>";
const FRAME: &str =
    "return document.querySelector('inlay-dashboard').shadowRoot?.querySelector('iframe') ?? null";

/// Keeps each height that the frame has, and when it got the last.
const WATCH: &str = "
    const frame = document.querySelector('inlay-dashboard').shadowRoot.querySelector('iframe');
    window.heights = [];
    new ResizeObserver(([{ contentRect }]) => {
        if (contentRect.height !== heights.at(-1)) heights.push(contentRect.height);
        window.changed = performance.now();
    }).observe(frame);
";

/// Changes that one change of the content may take: panels are drawn one by one.
const STEPS: usize = 12;

struct Framed {
    host: Host,
    chrome: Chrome,
}

impl Framed {
    async fn run_inside(&self, script: &str) -> Value {
        self.chrome.enter(FRAME).await;
        let value = self.chrome.run(script).await;
        self.chrome.leave().await;
        value
    }

    /// Waits until the frame shows so many panels and has not changed for half a second; its height.
    async fn settles(&self, panels: usize) -> f64 {
        eventually(&format!("{panels} panels are there"), async || {
            let count = "const root = document.querySelector('inlay-dashboard')?.shadowRoot;
                return root?.querySelectorAll('.bone').length ? 0 : root?.querySelectorAll('[part=panel]').length";
            (self.run_inside(count).await == json!(panels)).then_some(())
        })
        .await;
        // A frame that feeds on its own height never gets here.
        eventually("the frame rests", async || {
            (self.chrome.run("return performance.now() - changed > 500").await == true)
                .then_some(())
        })
        .await;
        let heights = self.chrome.run("return heights.splice(0)").await;
        let steps = heights.as_array().map_or(0, Vec::len);
        assert!(steps <= STEPS, "{heights}");
        // All of the content, and nothing but the content.
        let inside = "const { scrollHeight } = document.documentElement;
            const stage = document.querySelector('main').getBoundingClientRect().height;
            return [innerHeight, Math.ceil(stage), scrollHeight]";
        let inside = self.run_inside(inside).await;
        assert!(inside[0] == inside[1] && inside[0] == inside[2], "{inside}");
        inside[0].as_f64().expect("a height is a number")
    }

    async fn is_wide(&self, width: &str) {
        let script = "const { style } = document.querySelector('inlay-dashboard'); style.display = 'block'; style.width";
        self.chrome.run(&format!("window.changed = performance.now(); {script} = '{width}'")).await;
    }

    /// Leaves so many of its panels.
    async fn has_panels(&self, dashboard: &Value, count: usize) {
        let mut dashboard = dashboard.clone();
        dashboard["panels"].as_array_mut().expect("a list").truncate(count);
        self.host.tenant().put("/v1/dashboards/overview", &dashboard).await.is(200);
    }
}

#[tokio::test]
async fn a_frame_grows_and_shrinks_with_what_it_shows_and_comes_to_rest() {
    let inlay = Inlay::start().await;
    let host = Host::serve(&inlay, EMBED).await;
    host.tenant().feed(&numbered("a", 7), 7).await;
    let dashboard = host.tenant().get("/v1/dashboards/overview").await.is(200).value();
    let all = dashboard["panels"].as_array().map_or(0, Vec::len);
    assert!(all >= 4, "{dashboard}");
    let chrome = Chrome::start().await;
    chrome.open(&host.listed()).await;
    eventually("the frame is there", async || chrome.run(FRAME).await.is_object().then_some(()))
        .await;
    chrome.run(WATCH).await;
    let framed = Framed { host, chrome };

    let wide = framed.settles(all).await;
    framed.is_wide("360px").await;
    let narrow = framed.settles(all).await;
    assert!(narrow > wide, "{wide} → {narrow}");
    framed.is_wide("100%").await;
    assert_eq!(framed.settles(all).await, wide, "there and back leaves nothing behind");

    framed.has_panels(&dashboard, 2).await;
    let few = framed.settles(2).await;
    assert!(few < wide, "{wide} → {few}");
    framed.has_panels(&dashboard, all).await;
    assert_eq!(framed.settles(all).await, wide);
    assert_eq!(framed.chrome.complaints().await, [""; 0]);
}
