//! A dashboard for everyone: by finger, by keys, in forced colours, without motion, narrow and enlarged.

use inlay_tests::{Chrome, Demo, Lack, eventually};
use serde_json::{Value, json};

use crate::axe::ALL_THERE;

const ROOT: &str = "const element = document.querySelector('inlay-dashboard');
    const root = element.shadowRoot;
    const all = (selector) => [...root.querySelectorAll(selector)];
    const seen = (one) => one.checkVisibility({ visibilityProperty: true });
    ";

async fn run(chrome: &Chrome, script: &str) -> Value {
    chrome.run(&format!("{ROOT}{script}")).await
}

/// Opens a page and waits until everything is there.
async fn open(chrome: &Chrome, demo: &Demo, path: &str) {
    chrome.open(&format!("{}{path}", demo.portal())).await;
    eventually(&format!("{path} is there"), async || {
        (chrome.try_run(ALL_THERE).await? == true).then_some(())
    })
    .await;
}

/// The demo, somebody who is signed in, and DevTools; none where the engine has none.
async fn signed_in() -> Option<(Demo, Chrome)> {
    let chrome = Chrome::start().await;
    if !chrome.engine().can(Lack::DevTools) {
        return None;
    }
    let demo = Demo::start(5_000);
    demo.sign_in(&chrome, "mara.lindqvist").await;
    Some((demo, chrome))
}

#[tokio::test]
async fn a_finger_zooms_into_a_stretch_of_time() {
    let Some((demo, chrome)) = signed_in().await else { return };
    open(&chrome, &demo, "/analytics").await;
    let at = run(
        &chrome,
        "const slider = all('[role=slider]')[0];
         slider.scrollIntoView({ block: 'center' });
         const at = slider.getBoundingClientRect();
         return [at.left, at.width, at.top + at.height / 2]",
    )
    .await;
    let number = |place: usize| at[place].as_f64().expect("a number");
    let part = |share: f64| {
        let x = (number(0) + number(1) * share).round();
        json!({"type": "pointerMove", "x": x, "y": number(2).round(), "duration": 50})
    };
    let down = json!({"type": "pointerDown", "button": 0});
    let up = json!({"type": "pointerUp", "button": 0});
    let moves = json!([part(0.3), down, part(0.4), part(0.5), part(0.6), up]);
    let finger = json!({"type": "pointer", "id": "finger",
        "parameters": {"pointerType": "touch"}, "actions": moves});
    chrome.command("actions", json!({"actions": [finger]})).await;
    eventually("it is zoomed into", async || {
        (run(&chrome, "return 'from' in element.wish").await == true).then_some(())
    })
    .await;
}

/// The systems' own colours, and marks that are still told from their ground.
#[tokio::test]
async fn forced_colours_leave_every_mark_in_sight() {
    let Some((demo, chrome)) = signed_in().await else { return };
    chrome.emulate(&[("forced-colors", "active")]).await;
    open(&chrome, &demo, "/gallery/data").await;
    let faint = run(
        &chrome,
        "const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
         const light = (colour) => {
             canvas.fillStyle = colour;
             canvas.fillRect(0, 0, 1, 1);
             const part = (value) => ((value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
             const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
             return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
         };
         const contrast = (one, other) => {
             const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
             return (high + 0.05) / (low + 0.05);
         };
         const ground = getComputedStyle(all('.panel')[0]).backgroundColor;
         const marks = [['.bar-fill', 'fill'], ['.picture .surface', 'fill'], ['.picture .line', 'stroke'],
             ['.spark-line', 'stroke'], ['.slice', 'stroke'], ['.block', 'backgroundColor'],
             ['.tick', 'fill'], ['.toggle', 'color'], ['.period', 'color'], ['.panel-title', 'color']];
         return marks.flatMap(([selector, property]) => {
             const found = all(selector);
             const least = Math.min(...found.map((one) => contrast(getComputedStyle(one)[property], ground)));
             return found.length && least >= 3 ? [] : [`${selector} ${least.toFixed(2)}`];
         });",
    )
    .await;
    assert_eq!(faint, json!([]));
    let picked = run(
        &chrome,
        "const list = all('.bars')[0];
         list.focus();
         list.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
         return new Promise((done) => setTimeout(() =>
             done(getComputedStyle(list.querySelector('.current')).outlineStyle), 50));",
    )
    .await;
    assert_eq!(picked, "solid", "what is current has an outline");
}

#[tokio::test]
async fn nothing_moves_by_itself_for_who_wants_no_motion() {
    let Some((demo, chrome)) = signed_in().await else { return };
    let running = "return all('*').flatMap((one) => one.getAnimations()).length";
    let lasting = "return all('*').filter((one) => {
        const { transitionDuration, transitionProperty } = getComputedStyle(one);
        return transitionProperty !== 'none' && transitionDuration.split(',').some((time) => parseFloat(time) > 0);
    }).map((one) => one.getAttribute('class'))";
    open(&chrome, &demo, "/gallery/loading").await;
    assert!(run(&chrome, running).await.as_u64() > Some(0), "bones breathe for others");
    chrome.emulate(&[("prefers-reduced-motion", "reduce")]).await;
    for path in ["/gallery/loading", "/gallery/data"] {
        open(&chrome, &demo, path).await;
        assert_eq!(run(&chrome, running).await, json!(0), "{path}");
        assert_eq!(run(&chrome, lasting).await, json!([]), "{path}");
    }
}

/// 320 px, and a window of 1280 px at 200 and at 400 percent: what is zoomed has fewer pixels of its own.
#[tokio::test]
async fn narrow_and_enlarged_pages_are_scrolled_one_way_only() {
    let Some((demo, chrome)) = signed_in().await else { return };
    let mut wide = Vec::new();
    for (width, height, scale) in [(320, 640, 1), (640, 512, 2), (320, 256, 4)] {
        let screen =
            json!({"width": width, "height": height, "deviceScaleFactor": scale, "mobile": false});
        chrome.devtools_with("Emulation.setDeviceMetricsOverride", screen).await;
        for path in
            ["/analytics", "/gallery/data", "/gallery/long", "/gallery/data?dir=rtl&lang=ar"]
        {
            open(&chrome, &demo, path).await;
            for size in ["14px", "28px"] {
                // Letters of twice the size alone, too.
                let script = format!(
                    "element.style.setProperty('--inlay-font-size', '{size}');
                     return new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))
                         .then(() => {{
                             const room = document.documentElement.clientWidth;
                             const over = all('.panel, .head, .controls, .ranges, .chips, .legend, .canvas')
                                 .filter((one) => {{
                                     const at = one.getBoundingClientRect();
                                     return at.width && (at.right > room + 1 || at.left < -1);
                                 }})
                                 .map((one) => one.getAttribute('class'));
                             const page = document.documentElement.scrollWidth;
                             return page > room ? [`${{page}} px`, ...over] : over;
                         }})"
                );
                let over = run(&chrome, &script).await;
                if over != json!([]) {
                    wide.push(format!("{path} at {width} px, {size}: {over}"));
                }
            }
        }
    }
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

#[tokio::test]
async fn whatever_is_pressed_has_24_pixels_each_way() {
    let Some((demo, chrome)) = signed_in().await else { return };
    let small = "const target = (one) => one.closest('label') ?? one;
        return all('button, input, select, [role=option], [role=slider], [tabindex]')
            .filter(seen).map(target).filter((one) => {
                const { width, height } = one.getBoundingClientRect();
                return width < 23.99 || height < 23.99;
            }).map((one) => `${one.localName}.${one.getAttribute('class')} ${
                Object.values(one.getBoundingClientRect().toJSON()).slice(2, 4)}`)";
    for (path, width) in
        [("/analytics", 1440), ("/analytics", 320), ("/gallery/data", 1280), ("/gallery/long", 420)]
    {
        chrome.resize(width, 900).await;
        open(&chrome, &demo, path).await;
        assert_eq!(run(&chrome, small).await, json!([]), "{path} at {width}");
    }
    chrome.resize(1440, 900).await;
    open(&chrome, &demo, "/analytics").await;
    for (button, opens) in
        [("period", "[name=from]"), ("filter", ".pick"), ("menu-button", "[role=menuitem]")]
    {
        run(&chrome, &format!("all('[part={button}]')[0].click()")).await;
        eventually(opens, async || {
            (run(&chrome, &format!("return all('[popover] {opens}').length > 0")).await == true)
                .then_some(())
        })
        .await;
        assert_eq!(run(&chrome, small).await, json!([]), "{button}");
        chrome.key('\u{e00c}').await;
    }
}

/// Every chart is one stop of the tabulator key; arrows walk over its marks, and each says what it is.
#[tokio::test]
async fn keys_walk_over_every_kind_of_chart() {
    let Some((demo, chrome)) = signed_in().await else { return };
    open(&chrome, &demo, "/gallery/data").await;
    let panels = [
        "area",
        "line",
        "stacked-area",
        "columns",
        "ranked",
        "upright",
        "donut",
        "grouped",
        "stacked",
        "heatmap",
        "funnel",
        "retention",
        "table",
    ];
    let says = |panel: &str| {
        format!(
            "const one = root.activeElement;
             const mark = one.getAttribute('aria-activedescendant');
             const said = mark && root.getElementById(mark);
             return [one.closest('[data-panel]')?.dataset.panel === '{panel}',
                 one.getAttribute('aria-valuetext') ?? said?.getAttribute('aria-label') ?? said?.textContent
                     ?? `${{one.scrollLeft}} ${{one.getAttribute('aria-label')}}`]"
        )
    };
    for panel in panels {
        let stop = format!(
            "all('[data-panel={panel}] :is([role=slider], [role=listbox], [role=grid], .scroll)')[0].focus()"
        );
        run(&chrome, &stop).await;
        chrome.key(HOME).await;
        let first = run(&chrome, &says(panel)).await;
        chrome.key(if panel == "heatmap" { RIGHT } else { DOWN }).await;
        if !["retention", "table"].contains(&panel) {
            // On a time axis, down is back.
            chrome.key(RIGHT).await;
            chrome.key(RIGHT).await;
        }
        let next = run(&chrome, &says(panel)).await;
        assert_eq!((&first[0], &next[0]), (&json!(true), &json!(true)), "{panel} has the focus");
        let words = |said: &Value| said[1].as_str().unwrap_or_default().to_owned();
        assert!(words(&first).chars().any(char::is_alphanumeric), "{panel} says {first}");
        if !["retention", "table"].contains(&panel) {
            assert_ne!(words(&first), words(&next), "{panel} is walked");
        }
    }
}

const HOME: char = '\u{e011}';
const RIGHT: char = '\u{e014}';
const DOWN: char = '\u{e015}';
