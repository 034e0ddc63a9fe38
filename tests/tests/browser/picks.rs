//! What a viewer does with a dashboard: picks ranges, values and marks, goes back, looks closer, and
//! takes files away.

use inlay_tests::{Caller as _, Chrome, Inlay, event, eventually};
use serde_json::{Value, json};

use crate::host::Host;
use crate::{SHOWN, digits};

const EMBED: &str = "<inlay-dashboard dashboard=overview session=/session></inlay-dashboard>";
const ROOT: &str = "const element = document.querySelector('inlay-dashboard');
    const root = element.shadowRoot;
    const one = (selector) => root.querySelector(selector);
    const row = (text) => [...root.querySelectorAll('.bar-row')]
        .find((row) => row.querySelector('.bar-name').textContent === text);
    const panel = (id) => one(`[data-panel=${id}]`);
    const item = (text) => [...root.querySelectorAll('[role=menuitem]')]
        .find((item) => item.textContent === text) ?? null;
    ";
const ESCAPE: char = '\u{e00c}';
const ENTER: char = '\u{e007}';
const DOWN: char = '\u{e015}';

/// Six events of the last week on two pages in two countries, and one of three weeks ago.
async fn opened(capabilities: Value) -> (Host, Chrome) {
    opened_as(EMBED, capabilities).await
}

async fn opened_as(embed: &str, capabilities: Value) -> (Host, Chrome) {
    let inlay = Inlay::start().await;
    let host = Host::granting(&inlay, embed, json!({"capabilities": capabilities})).await;
    let rows = [
        ("02", "/a", "DE"),
        ("16", "/a", "DE"),
        ("16", "/a", "DE"),
        ("17", "/a", "FR"),
        ("18", "/b", "DE"),
        ("18", "/b", "FR"),
        ("19", "/b", "FR"),
    ];
    let events: Vec<Value> = rows
        .iter()
        .enumerate()
        .map(|(n, (day, page, country))| {
            let mut event = event(&format!("e-{n}"), "seen", &format!("2026-11-{day}T10:00:00Z"));
            event["page"] = json!(page);
            event["country"] = json!(country);
            event
        })
        .collect();
    host.tenant().feed(&events, 7).await;
    let chrome = Chrome::start().await;
    chrome.open(&host.listed()).await;
    (host, chrome)
}

async fn run(chrome: &Chrome, script: &str) -> Value {
    chrome.run(&format!("{ROOT}{script}")).await
}

async fn press(chrome: &Chrome, element: &str, keys: &str) {
    chrome.press(&format!("{ROOT}return {element}"), keys).await;
}

/// Waits until so many events are shown.
async fn shows(chrome: &Chrome, events: &str) -> Value {
    eventually(&format!("{events} events are shown"), async || {
        let shown = chrome.run(SHOWN).await;
        let figure = shown["figures"]["Events"].as_str().map(digits);
        // The other panels are drawn one after the other.
        let waits = "return one('.skeleton') !== null";
        let is_drawn = figure.as_deref() == Some(events) && run(chrome, waits).await == false;
        is_drawn.then_some(shown)
    })
    .await
}

/// Waits until a panel has these bars.
async fn bars(chrome: &Chrome, title: &str, expected: Value) {
    eventually(&format!("{title}: {expected}"), async || {
        (chrome.run(SHOWN).await["bars"][title] == expected).then_some(())
    })
    .await;
}

/// Waits until a script says yes.
async fn until(chrome: &Chrome, what: &str, script: &str) {
    eventually(what, async || (run(chrome, script).await == true).then_some(())).await;
}

#[tokio::test]
async fn a_mark_narrows_the_others_and_again_undoes_it() {
    let (_host, chrome) = opened(json!(["filter"])).await;
    shows(&chrome, "7").await;
    // By keyboard: to the first bar, and in.
    press(&chrome, "panel('pages').querySelector('[role=listbox]')", "\u{e015}\u{e007}").await;
    shows(&chrome, "4").await;
    bars(&chrome, "Top countries", json!([["DE", "3"], ["FR", "1"]])).await;
    bars(&chrome, "Top pages", json!([["/a", "4"], ["/b", "3"]])).await;
    assert_eq!(run(&chrome, "return row('/a').getAttribute('aria-selected')").await, "true");
    until(&chrome, "a chip says it", "return one('.chip')?.textContent === 'Page: /a'").await;
    let told = run(&chrome, "return heard.findLast(([type]) => type === 'filter')[1].marks").await;
    let filters = json!([{"dimension": "page", "op": "in", "values": ["/a"]}]);
    assert_eq!(told, json!([{"panel": "pages", "filters": filters}]));

    chrome.key(ENTER).await;
    shows(&chrome, "7").await;
    until(&chrome, "the chip is gone", "return one('.chip') === null").await;
    // The click does the same, and a step back takes it back.
    run(&chrome, "row('FR').click()").await;
    shows(&chrome, "3").await;
    bars(&chrome, "Top pages", json!([["/b", "2"], ["/a", "1"]])).await;
    until(&chrome, "there is a way back", "return one('[aria-label=Undo]') !== null").await;
    press(&chrome, "one('[aria-label=Undo]')", "\n").await;
    shows(&chrome, "7").await;
    press(&chrome, "one('[aria-label=Redo]')", "\n").await;
    shows(&chrome, "3").await;
    press(&chrome, "one('[aria-label=\"Remove the filter Country: FR\"]')", "\n").await;
    shows(&chrome, "7").await;
    assert_eq!(chrome.complaints().await, [""; 0]);
}

#[tokio::test]
async fn any_range_is_picked_by_its_days_and_can_be_compared() {
    let (_host, chrome) = opened(json!(["filter"])).await;
    shows(&chrome, "7").await;
    press(&chrome, "one('[part=period]')", "\n").await;
    until(&chrome, "it opens", "return one('[name=from]') !== null").await;
    assert_eq!(run(&chrome, "return root.activeElement.name").await, "from");
    let fill = "one('[name=from]').value = '2026-11-16'; one('[name=to]').value = '2026-11-17';";
    run(&chrome, fill).await;
    press(&chrome, "one('[name=compare][value=none]')", " ").await;
    press(&chrome, "one('[name=grain][value=hour]')", " ").await;
    press(&chrome, "one('.form [type=submit]')", "\n").await;
    let shown = shows(&chrome, "3").await;
    assert_eq!(shown["range"], Value::Null);
    until(&chrome, "nothing is compared", "return one('.delta') === null").await;
    let wish = run(&chrome, "return element.wish").await;
    assert_eq!(
        wish,
        json!({"from": "2026-11-16", "to": "2026-11-18", "compare": "none", "grain": "hour", "filters": []})
    );
    // An element that is taken out and put in again shows the same.
    chrome.run("window.kept = document.querySelector('inlay-dashboard'); kept.remove()").await;
    eventually("it is empty", async || {
        (chrome.run("return kept.shadowRoot.childNodes.length").await == json!(0)).then_some(())
    })
    .await;
    chrome.run("document.body.append(kept)").await;
    shows(&chrome, "3").await;
}

#[tokio::test]
async fn values_are_searched_picked_and_taken_away() {
    let (_host, chrome) = opened(json!(["filter"])).await;
    shows(&chrome, "7").await;
    press(&chrome, "one('[part=filter]')", "\n").await;
    let values = "[...root.querySelectorAll('.pick')].map((value) => value.textContent)";
    let listed = |list: &str| format!("return JSON.stringify({values}) === '{list}'");
    until(&chrome, "countries are listed", &listed("[\"DE4\",\"FR3\"]")).await;
    press(&chrome, "one('.form [type=search]')", "f").await;
    until(&chrome, "they are searched", &listed("[\"FR3\"]")).await;
    press(&chrome, "one('.check')", " ").await;
    press(&chrome, "one('[name=op][value=not_in]')", " ").await;
    press(&chrome, "one('.form [type=submit]')", "\n").await;
    shows(&chrome, "4").await;
    until(&chrome, "a chip says it", "return one('.chip')?.textContent === 'Country ≠ FR'").await;
    assert_eq!(run(&chrome, "return one('[popover]')").await, Value::Null);

    run(&chrome, "element.setFilters([{dimension: 'page', op: 'in', values: ['/b']}])").await;
    shows(&chrome, "3").await;
    until(&chrome, "the page's filter", "return one('.chip')?.textContent === 'Page: /b'").await;
    let refused = "try { element.setFilters([{dimension: 'page', op: 'like', values: []}]) }
        catch (error) { return error.message.includes('filters') }";
    assert_eq!(run(&chrome, refused).await, true);
    run(&chrome, "element.setRange({from: '2026-11-18', to: '2026-11-19'})").await;
    shows(&chrome, "2").await;
    run(&chrome, "element.setRange('7d')").await;
    let shown = shows(&chrome, "3").await;
    assert_eq!(shown["range"], "7d");
}

#[tokio::test]
async fn a_panel_alone_keeps_the_focus_and_gives_it_back() {
    let (_host, chrome) = opened(json!(["filter"])).await;
    shows(&chrome, "7").await;
    let button = "panel('pages').querySelector('[part=menu-button]')";
    press(&chrome, button, "\n").await;
    until(&chrome, "the menu opens", "return item('Full screen') === root.activeElement").await;
    chrome.key(DOWN).await;
    assert_eq!(run(&chrome, "return item('Show as table') === root.activeElement").await, true);
    chrome.key(ESCAPE).await;
    until(&chrome, "it closes", &format!("return root.activeElement === {button}")).await;
    // Nothing is offered that the token does not allow.
    press(&chrome, button, "\n").await;
    until(&chrome, "it opens again", "return item('Full screen') === root.activeElement").await;
    for word in ["Save as CSV", "Save as PNG", "Save as SVG", "Single events"] {
        assert_eq!(run(&chrome, &format!("return item('{word}')")).await, Value::Null, "{word}");
    }
    chrome.key(ENTER).await;
    until(&chrome, "the dialog opens", "return one('dialog')?.contains(panel('pages')) ?? false")
        .await;
    for _ in 0..6 {
        chrome.key('\u{e004}').await;
        let inside =
            "return root.activeElement === null || one('dialog').contains(root.activeElement)";
        assert_eq!(run(&chrome, inside).await, true, "the focus stays inside");
    }
    chrome.key(ESCAPE).await;
    until(&chrome, "it is back in its place", "return panel('pages').closest('.grid') !== null")
        .await;
    until(&chrome, "so is the focus", &format!("return root.activeElement === {button}")).await;
    // Past the dialog's end Tab leads to the browser's own bar, in Firefox for good: its buttons
    // then take no Enter of the driver before somebody turns to the page again.
    chrome.look_at_first_window().await;
    press(&chrome, button, "\n").await;
    until(&chrome, "the menu opens", "return item('Show as table') !== null").await;
    press(&chrome, "item('Show as table')", "\n").await;
    until(&chrome, "it is a table", "return panel('pages').querySelector('table') !== null").await;
    assert_eq!(run(&chrome, "return element.wish.tables").await, json!(["pages"]));
    assert_eq!(chrome.complaints().await, [""; 0]);
}

#[tokio::test]
async fn a_mark_leads_to_its_events_page_by_page() {
    let (host, chrome) = opened(json!(["filter", "drill", "rows"])).await;
    shows(&chrome, "7").await;
    let more: Vec<Value> = (0..60)
        .map(|n| {
            let mut event = event(&format!("m-{n}"), "more", "2026-11-18T11:00:00Z");
            event["page"] = json!("/b");
            event
        })
        .collect();
    host.tenant().feed(&more, 67).await;
    run(&chrome, "element.refresh()").await;
    shows(&chrome, "67").await;
    run(&chrome, "row('/b').click()").await;
    shows(&chrome, "63").await;
    let drill = "one('[aria-label=\"Single events of Page: /b\"]')";
    until(&chrome, "the chip leads on", &format!("return {drill} !== null")).await;
    press(&chrome, drill, "\n").await;
    let rows = "root.querySelectorAll('dialog tbody tr').length";
    until(&chrome, "the first page", &format!("return {rows} === 50")).await;
    press(&chrome, "one('.dialog-foot .button')", "\n").await;
    until(&chrome, "the rest", &format!("return {rows} === 63")).await;
    until(&chrome, "that is all", "return one('.dialog-foot .button').hidden").await;
    chrome.key(ESCAPE).await;
    until(&chrome, "it closes", "return one('dialog') === null").await;
    until(&chrome, "the focus is back", &format!("return root.activeElement === {drill}")).await;
}

/// Keeps what the page saves, and its text.
const KEEP: &str = "window.saved = [];
    const make = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob) => {
        const one = { type: blob.type, size: blob.size };
        blob.text().then((text) => { one.text = text; });
        saved.push(one);
        return make(blob);
    };";

/// Asks for a file of the pages, and waits for it.
async fn saved(chrome: &Chrome, format: &str) -> Value {
    run(chrome, "window.saved.length = 0").await;
    run(chrome, &format!("element.exportPanel('pages', '{format}')")).await;
    eventually(&format!("a file as {format}"), async || {
        let saved = run(chrome, "return window.saved[0] ?? null").await;
        saved["text"].is_string().then_some(saved)
    })
    .await
}

#[tokio::test]
async fn a_panel_is_saved_as_numbers_and_as_a_picture() {
    let (_host, chrome) = opened(json!(["filter", "export:csv", "export:png"])).await;
    shows(&chrome, "7").await;
    run(&chrome, KEEP).await;
    let csv = saved(&chrome, "csv").await;
    let lines: Vec<&str> = csv["text"].as_str().unwrap_or_default().lines().collect();
    assert_eq!(lines[1..], ["/a,4", "/b,3"], "{csv}");
    // The numbers are those of what is picked.
    run(&chrome, "row('FR').click()").await;
    shows(&chrome, "3").await;
    let csv = saved(&chrome, "csv").await;
    let lines: Vec<&str> = csv["text"].as_str().unwrap_or_default().lines().collect();
    assert_eq!(lines[1..], ["/b,2", "/a,1"], "{csv}");

    let svg = saved(&chrome, "svg").await;
    let text = svg["text"].as_str().unwrap_or_default();
    assert!(text.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{text}");
    for words in [">Top pages</text>", ">/a</text>", ">/b</text>"] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    for outside in ["href", "url(", "<image", "<style", "oklch", "light-dark"] {
        assert!(!text.contains(outside), "{outside} is in {text}");
    }
    let png = saved(&chrome, "png").await;
    assert_eq!(png["type"], "image/png");
    assert!(png["size"].as_u64() > Some(2_000), "{}", png["size"]);
    assert_eq!(chrome.complaints().await, [""; 0]);
}

#[tokio::test]
async fn no_file_without_the_right_and_none_of_what_is_not_there() {
    let (_host, chrome) = opened(json!(["filter", "export:csv"])).await;
    shows(&chrome, "7").await;
    for (panel, format, code) in [
        ("pages", "png", "missing_capability"),
        ("pages", "svg", "missing_capability"),
        ("pages", "exe", "unknown_format"),
        ("unknown", "csv", "unknown_panel"),
    ] {
        let ask = format!(
            "document.body.dataset.refused = '';
             element.exportPanel('{panel}', '{format}')
                 .catch((e) => {{ document.body.dataset.refused = e.code }})"
        );
        run(&chrome, &ask).await;
        let what = format!("{panel} as {format} is refused");
        until(&chrome, &what, &format!("return document.body.dataset.refused === '{code}'")).await;
    }
}

#[tokio::test]
async fn a_frame_takes_the_same_calls() {
    let embed =
        "<inlay-dashboard mode=frame dashboard=overview session=/session></inlay-dashboard>";
    let (_host, chrome) = opened_as(embed, json!(["filter", "export:csv"])).await;
    let frame =
        "return document.querySelector('inlay-dashboard').shadowRoot.querySelector('iframe')";
    eventually("the frame is ready", async || {
        let heard = chrome.run("return heard").await;
        heard.as_array()?.iter().any(|event| event[0] == "ready").then_some(())
    })
    .await;
    run(&chrome, "element.setFilters([{dimension: 'page', op: 'in', values: ['/b']}])").await;
    run(&chrome, "element.setRange({from: '2026-11-18', to: '2026-11-19'})").await;
    chrome.enter(frame).await;
    shows(&chrome, "2").await;
    chrome.leave().await;
    let told = run(&chrome, "return heard.findLast(([type]) => type === 'filter')[1].from").await;
    assert_eq!(told, "2026-11-18");
    run(&chrome, "element.exportPanel('pages').then(() => { window.done = 'yes' })").await;
    until(&chrome, "the file is saved", "return window.done === 'yes'").await;
    let refused = "element.exportPanel('pages', 'png').catch((e) => { window.done = e.code })";
    run(&chrome, refused).await;
    until(&chrome, "it is refused", "return window.done === 'missing_capability'").await;
}

/// What the chart of activity reads, and which range is asked for.
const SLIDER: &str = "panel('activity').querySelector('[role=slider]')";

#[tokio::test]
async fn a_stretch_of_time_is_zoomed_into_by_keys_and_by_dragging() {
    let (_host, chrome) = opened(json!(["filter"])).await;
    shows(&chrome, "7").await;
    until(&chrome, "the chart is drawn", &format!("return Boolean({SLIDER})")).await;
    // The last day is the 20th; two days back, and with Shift two more.
    press(&chrome, SLIDER, "\u{e010}\u{e012}\u{e012}\u{e008}\u{e012}\u{e012}").await;
    until(&chrome, "a stretch is marked", "return one('.stretch') !== null").await;
    chrome.key(ENTER).await;
    until(&chrome, "it is zoomed into", "return 'from' in element.wish").await;
    let wish = run(&chrome, "return element.wish").await;
    let days = |text: &Value| text.as_str().unwrap_or_default()[..10].to_owned();
    assert_eq!(
        (days(&wish["from"]), days(&wish["to"])),
        ("2026-11-16".into(), "2026-11-19".into())
    );
    shows(&chrome, "5").await;
    until(&chrome, "there is a way back", "return one('[aria-label=Undo]') !== null").await;
    press(&chrome, "one('[aria-label=Undo]')", "\n").await;
    shows(&chrome, "7").await;

    // The same with the mouse, over the right half of the chart.
    let box_of = format!(
        "const at = {SLIDER}.getBoundingClientRect();
         return [at.left, at.width, at.top + at.height / 2].map(Math.round)"
    );
    let at = run(&chrome, &box_of).await;
    let part = |share: f64| {
        let (left, width) = (at[0].as_f64().unwrap_or(0.0), at[1].as_f64().unwrap_or(0.0));
        json!({"type": "pointerMove", "x": (left + width * share).round(), "y": at[2], "duration": 50})
    };
    let down = json!({"type": "pointerDown", "button": 0});
    let up = json!({"type": "pointerUp", "button": 0});
    let moves = json!([part(0.6), down, part(0.7), part(0.85), up]);
    let mouse = json!({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": moves});
    chrome.command("actions", json!({"actions": [mouse]})).await;
    until(&chrome, "it is zoomed into", "return 'from' in element.wish").await;
    let selects = run(&chrome, "return heard.filter(([type]) => type === 'select').length").await;
    assert_eq!(selects, 0, "the end of a drag picks nothing");
}

#[tokio::test]
async fn what_a_chart_says_can_be_pointed_at_and_put_away() {
    let (_host, chrome) = opened(json!(["filter"])).await;
    shows(&chrome, "7").await;
    until(&chrome, "the chart is drawn", &format!("return Boolean({SLIDER})")).await;
    let point = async |script: &str| {
        let at = run(&chrome, script).await;
        let go = json!([{"type": "pointerMove", "x": at[0], "y": at[1], "duration": 50}]);
        let mouse = json!({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": go});
        chrome.command("actions", json!({"actions": [mouse]})).await;
    };
    let middle = |element: &str| {
        format!(
            "const at = {element}.getBoundingClientRect();
             return [at.left + at.width / 2, at.top + at.height / 2].map(Math.round)"
        )
    };
    let card = "panel('activity').querySelector('[part=tooltip]')";
    point(&middle(SLIDER)).await;
    until(&chrome, "it says something", &format!("return {card} !== null")).await;
    // On its way the pointer may cross other marks, and the card speaks of them, elsewhere.
    let is_pointed_at = format!("return {card}?.matches(':hover') ?? false");
    for _ in 0..5 {
        point(&middle(card)).await;
        if run(&chrome, &is_pointed_at).await == true {
            break;
        }
    }
    assert_eq!(run(&chrome, &is_pointed_at).await, true, "it can be pointed at");
    let said = run(&chrome, &format!("return {card}.textContent")).await;
    point(&format!("{}.map((at) => at + 3)", middle(card))).await;
    let still = run(&chrome, &format!("return {card}?.textContent ?? null")).await;
    assert_eq!(still, said, "it stays while it is pointed at");
    chrome.key(ESCAPE).await;
    until(&chrome, "Escape puts it away", &format!("return {card} === null")).await;
}

#[tokio::test]
async fn a_line_is_hidden_and_shown_by_its_name() {
    let (host, chrome) = opened(json!(["filter"])).await;
    let mut dashboard = host.tenant().get("/v1/dashboards/overview").await.is(200).value();
    let panels = dashboard["panels"].as_array_mut().expect("it has panels");
    let activity = panels.iter_mut().find(|panel| panel["id"] == "activity");
    activity.expect("one of them is drawn over time")["query"]["measures"] =
        json!(["events", "users"]);
    host.tenant().put("/v1/dashboards/overview", &dashboard).await.is(200);
    chrome.open(&host.listed()).await;
    shows(&chrome, "7").await;
    let name = "panel('activity').querySelector('[part=legend] button')";
    until(&chrome, "lines have names", &format!("return {name} !== null")).await;
    let lines = "[...panel('activity').querySelectorAll('path.line[data-tone=s-0]')]
        .filter((line) => line.closest('.picture') && line.getAttribute('d')).length";
    until(&chrome, "the first is drawn", &format!("return {lines} > 0")).await;
    press(&chrome, name, "\n").await;
    until(&chrome, "it is hidden", &format!("return {lines} === 0")).await;
    assert_eq!(run(&chrome, &format!("return {name}.getAttribute('aria-pressed')")).await, "false");
    press(&chrome, name, "\n").await;
    until(&chrome, "it is shown again", &format!("return {lines} > 0")).await;
}

#[tokio::test]
async fn paper_shows_the_dashboard_and_nothing_else() {
    let embed = "<main><p id=beside>Beside</p><section>\
        <inlay-dashboard dashboard=overview session=/session></inlay-dashboard></section></main>";
    let (_host, chrome) = opened_as(embed, json!(["filter"])).await;
    shows(&chrome, "7").await;
    let look = "window.look = () => [
            getComputedStyle(document.querySelector('#beside')).display,
            document.querySelector('inlay-dashboard').offsetWidth,
        ];
        window.print = () => { window.paper = look(); };
        window.before = look();";
    run(&chrome, look).await;
    press(&chrome, "panel('pages').querySelector('[part=menu-button]')", "\n").await;
    until(&chrome, "the menu opens", "return item('Print dashboard') !== null").await;
    press(&chrome, "item('Print dashboard')", "\n").await;
    until(&chrome, "it is printed", "return Boolean(window.paper)").await;
    assert_eq!(run(&chrome, "return window.paper").await, json!(["none", 700]));
    until(&chrome, "all is as before", "return String(look()) === String(before)").await;
    assert_eq!(chrome.complaints().await, [""; 0]);
}
