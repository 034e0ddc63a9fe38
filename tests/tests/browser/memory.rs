//! What stays in memory: nothing of what is gone.

use inlay_tests::{Chrome, Inlay, Lack, event, eventually};
use serde_json::{Value, json};

use crate::life::{Opened, shows};

#[tokio::test]
async fn an_element_that_comes_and_goes_200_times_leaves_no_trace() {
    let page = Opened::new().await;
    let chrome = &page.chrome;
    chrome.run("window.kept = document.querySelector('inlay-dashboard'); kept.remove()").await;
    // What is made once and kept is made in the first rounds.
    for _ in 0..5 {
        come_and_go(chrome).await;
    }
    // Only DevTools count what is alive.
    if !chrome.engine().can(Lack::DevTools) {
        return;
    }
    let before = counters(chrome).await;
    for _ in 0..200 {
        come_and_go(chrome).await;
    }
    let after = counters(chrome).await;
    for what in ["nodes", "jsEventListeners", "documents"] {
        let count = |counters: &Value| counters[what].as_i64().expect("a counter is a number");
        let growth = count(&after) - count(&before);
        assert!(growth <= 0, "200 rounds left {growth} {what}: {before} → {after}");
    }
}

/// Attaches the element, waits until it shows its numbers, and detaches it.
async fn come_and_go(chrome: &Chrome) {
    chrome.run("document.body.append(kept)").await;
    shows(chrome, "7", "30d").await;
    chrome.run("kept.remove(); heard.length = 0").await;
    eventually("it is empty", async || {
        (chrome.run("return kept.shadowRoot.childNodes.length").await == json!(0)).then_some(())
    })
    .await;
}

/// A part of an hour's updates, one a second: what grows by each shows here as it does in the whole.
#[tokio::test]
async fn live_updates_leave_nothing_behind() {
    stays_flat_over(120).await;
}

#[tokio::test]
#[ignore = "it takes minutes, and says what the test above says"]
async fn an_hour_of_live_updates_leaves_nothing_behind() {
    stays_flat_over(3_600).await;
}

/// Asks for the view, and waits until so many events are shown: one script, of which the browser keeps one.
const REFRESH: &str = "
    const element = document.querySelector('inlay-dashboard');
    element.refresh();
    return new Promise((done) => {
        const look = () => {
            const panels = [...element.shadowRoot.querySelectorAll('[part=figure]')];
            const is = ({ textContent }) => Number(textContent.replace(/\\D/g, '')) === arguments[0];
            if (panels.some(is)) done();
            else setTimeout(look, 5);
        };
        look();
    });
";

async fn stays_flat_over(updates: u32) {
    let Opened { host, chrome, .. } = Opened::on(Inlay::start().await, 3_600).await;
    if !chrome.engine().can(Lack::DevTools) {
        return;
    }
    // The browser keeps what it tells of requests.
    chrome.run("performance.setResourceTimingBufferSize(0)").await;
    let mut shown = 7;
    let mut update = async || {
        shown += 1;
        let event = event(&format!("u-{shown}"), "seen", "2026-11-19T10:00:00Z");
        host.tenant().send_events(&[event]).await.is(202);
        // The stream tells of news once a second, and then the view is asked for. An hour need not
        // take an hour: the page asks at once.
        let body = json!({"script": REFRESH, "args": [shown]});
        chrome.command("execute/sync", body).await;
    };
    // What is made once and kept is made in the first rounds; numbers get the digits that they have
    // in the end.
    for _ in 0..40 {
        update().await;
    }
    // An axis may have another label or two in the end. What the browser and its driver keep of each
    // call is less than what a panel's answer is.
    let heap = i64::from(updates) * 500;
    let bounds =
        [("nodes", 30), ("jsEventListeners", 0), ("documents", 0), ("heap", heap), ("wasm", 0)];
    let count = |alive: &Value, what: &str| alive[what].as_i64().expect("a number");
    let mut all = vec![alive(&chrome).await];
    // Memory of WASM grows by pages, and a view that is on its way has listeners of its own: what leaks
    // does so in every round.
    for _ in 0..3 {
        for _ in 0..updates {
            update().await;
        }
        let (before, after) = (all[all.len() - 1].clone(), alive(&chrome).await);
        if bounds.iter().all(|(what, most)| count(&after, what) - count(&before, what) <= *most) {
            return;
        }
        all.push(after);
    }
    panic!("each {updates} updates left something behind: {all:?}");
}

/// The same with the bytes of the heap and of the memory of WASM.
async fn alive(chrome: &Chrome) -> Value {
    let mut alive = counters(chrome).await;
    let heap = chrome.devtools("Runtime.getHeapUsage").await;
    alive["heap"] = heap["usedSize"].clone();
    let kind = json!({"expression": "WebAssembly.Memory.prototype"});
    let kind = chrome.devtools_with("Runtime.evaluate", kind).await;
    let kind = json!({"prototypeObjectId": kind["result"]["objectId"]});
    let all = chrome.devtools_with("Runtime.queryObjects", kind).await;
    let sum = json!({
        "objectId": all["objects"]["objectId"], "returnByValue": true,
        "functionDeclaration": "function () {
            return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0); }",
    });
    let sum = chrome.devtools_with("Runtime.callFunctionOn", sum).await;
    alive["wasm"] = sum["result"]["value"].clone();
    assert!(alive["wasm"].as_u64() > Some(0), "no memory of WASM: {sum}");
    alive
}

/// What is alive in the page after garbage was collected.
async fn counters(chrome: &Chrome) -> Value {
    chrome.devtools("HeapProfiler.enable").await;
    for _ in 0..3 {
        chrome.devtools("HeapProfiler.collectGarbage").await;
    }
    chrome.devtools("Memory.getDOMCounters").await
}
