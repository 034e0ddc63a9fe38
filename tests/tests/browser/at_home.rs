//! The dashboard at home in other people's pages: nothing of them gets in but what is meant to, nothing of
//! it gets out, and the table of what hosts may set is the whole table.

use std::collections::BTreeSet;

use inlay_tests::{Chrome, Inlay, eventually, npm_text, numbered};
use serde_json::{Value, json};

use crate::host::Host;
use crate::life::shows;

const CSS: &str = include_str!("../../../www/widget/widget.css");
const GUIDE: &str = include_str!("../../../docs/EMBEDDING.md");

const PROBES: &str = "<h2 id=probe-title>Title</h2><p id=probe-words>Words</p>\
    <button id=probe-button>Button</button><table id=probe-table><tr><td>1</td></tr></table>";

/// A style sheet of somebody who means it.
const HOSTILE: &str = "
    * { letter-spacing: 9px !important; text-transform: uppercase !important; line-height: 3 !important;
        word-spacing: 20px !important; text-align: right !important; text-indent: 40px !important;
        font-size: 40px !important; font-style: italic !important; font-weight: 900 !important;
        white-space: pre !important; list-style: square !important; cursor: wait !important;
        box-sizing: content-box !important; text-shadow: 2px 2px red !important; font-variant: small-caps !important }
    div, section, header, fieldset, span, svg, path, table, td, button, input, label {
        all: unset !important; display: inline !important; float: right !important; margin: 50px !important;
        position: fixed !important; fill: red !important; stroke: red !important; opacity: 0.2 !important }
    [part], .panel, .grid, .figure, .head, .range { display: none !important; }
";

/// What is looked at inside: how it is laid out and how its words are set.
const INSIDE: &str = "
    const root = document.querySelector('inlay-dashboard').shadowRoot;
    const names = ['display', 'position', 'float', 'opacity', 'fontSize', 'fontWeight', 'fontStyle', 'lineHeight',
        'letterSpacing', 'wordSpacing', 'textTransform', 'textAlign', 'textIndent', 'whiteSpace', 'color',
        'backgroundColor', 'boxSizing', 'marginTop', 'paddingTop', 'fill', 'textShadow', 'fontVariant'];
    const inside = {};
    for (const selector of ['.dashboard', '.head', '.title', '.range-name', '.grid', '.panel', '.panel-title',
        '[part=figure]', '.toggle', '.icon', '.data td', '.delta']) {
      const element = root.querySelector(selector);
      if (!element) continue;
      const style = getComputedStyle(element);
      inside[selector] = Object.fromEntries(names.map((name) => [name, style[name]]));
    }
    return inside;
";

/// What is looked at outside.
const OUTSIDE: &str = "
    return ['#probe-title', '#probe-words', '#probe-button', '#probe-table', 'html', 'body'].map((selector) => {
      const style = getComputedStyle(document.querySelector(selector));
      return [selector, ...[...style].filter((name) => !/size|height|width|origin|inset|top|left|right|bottom/.test(name))
        .map((name) => `${name}: ${style.getPropertyValue(name)}`)].join('; ');
    });
";

async fn opened(
    inlay: &Inlay,
    chrome: &Chrome,
    tenant: &str,
    head: &str,
    files: Vec<(&'static str, &'static str, String)>,
) -> Host {
    let embed = "<script type=module src='{base}/v1.js' crossorigin></script>\
        <inlay-dashboard dashboard=overview session=/session theme=light \
         style='display:block;width:1000px'></inlay-dashboard>";
    let host = Host::bare_of(inlay, tenant, &format!("{head}{PROBES}{embed}"), files).await;
    host.tenant().feed(&numbered("a", 7), 7).await;
    chrome.open(&host.listed()).await;
    shows(chrome, "7", "30d").await;
    // Panels come one by one; the table's comes last.
    eventually("every panel is drawn", async || {
        let script = "return document.querySelector('inlay-dashboard').shadowRoot.querySelectorAll('.bone').length";
        (chrome.run(script).await == json!(0)).then_some(())
    })
    .await;
    host
}

#[tokio::test]
async fn pages_of_all_kinds_leave_it_as_it_is_and_it_leaves_them() {
    let inlay = Inlay::start().await;
    let chrome = Chrome::start().await;
    let link = "<link rel=stylesheet href=/page.css>";
    let jquery = "<script src=/jquery.js></script>\
        <script>$(function () { $('#probe-words').addClass('on').html('Words'); $('p').show(); });</script>";
    let _plain = opened(&inlay, &chrome, "plain", "", Vec::new()).await;
    let plain: Value = chrome.run(INSIDE).await;
    assert!(plain.as_object().is_some_and(|parts| parts.len() > 8), "{plain}");
    for (tenant, head, css, script) in [
        ("hostile", link, HOSTILE.to_owned(), String::new()),
        ("bootstrap", link, npm_text("bootstrap/dist/css/bootstrap.css"), String::new()),
        ("tailwind", link, npm_text("tailwindcss/preflight.css"), String::new()),
        ("jquery", jquery, String::new(), npm_text("jquery/dist/jquery.js")),
    ] {
        let files = vec![("/page.css", "text/css", css), ("/jquery.js", "text/javascript", script)];
        let _host = opened(&inlay, &chrome, tenant, head, files).await;
        let inside = chrome.run(INSIDE).await;
        for (part, style) in plain.as_object().expect("it is an object") {
            assert_eq!(inside[part], *style, "{part} beside {tenant}");
        }
        let with = chrome.run(OUTSIDE).await;
        chrome.run("document.querySelector('inlay-dashboard').remove()").await;
        assert_eq!(with, chrome.run(OUTSIDE).await, "what is around changes, {tenant}");
        assert_eq!(chrome.complaints().await, [""; 0], "{tenant}");
    }
}

/// Names in a text that begin so.
fn names<'a>(text: &'a str, start: &str) -> BTreeSet<&'a str> {
    text.match_indices(start)
        .map(|(at, _)| {
            let rest = &text[at..];
            let end =
                rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(rest.len());
            &rest[..end]
        })
        .collect()
}

#[test]
fn the_table_of_properties_is_the_whole_table() {
    let theming = GUIDE.split_once("## Theming").expect("there is a section").1;
    let theming = theming.split_once("\n## ").map_or(theming, |(section, _)| section);
    let in_css: BTreeSet<_> = CSS
        .lines()
        .filter(|line| line.contains("var(--inlay-"))
        .flat_map(|line| names(line, "--inlay-"))
        .collect();
    assert_eq!(names(theming, "--inlay-"), in_css);
}

#[tokio::test]
async fn properties_and_parts_are_live() {
    let inlay = Inlay::start().await;
    let chrome = Chrome::start().await;
    let _host = opened(&inlay, &chrome, "themed", "<style id=own></style>", Vec::new()).await;
    let set = |css: &str| format!("document.querySelector('#own').textContent = {}", json!(css));
    let style = async |selector: &str, name: &str| {
        let script = format!(
            "return getComputedStyle(document.querySelector('inlay-dashboard').shadowRoot\
             .querySelector('{selector}')).{name}"
        );
        chrome.run(&script).await.as_str().unwrap_or_default().to_owned()
    };
    chrome.run(&set("body { font-family: monospace } inlay-dashboard { --inlay-surface: rgb(1, 2, 3); \
        --inlay-text: rgb(4, 5, 6); --inlay-radius: 3px; --inlay-gap: 5px; --inlay-font-size: 17px; \
        --inlay-pad: 9px } inlay-dashboard::part(panel) { border-top-width: 7px }")).await;
    for (selector, name, wanted) in [
        (".panel", "backgroundColor", "rgb(1, 2, 3)"),
        (".dashboard", "color", "rgb(4, 5, 6)"),
        (".panel", "borderTopLeftRadius", "3px"),
        (".grid", "rowGap", "5px"),
        (".dashboard", "fontSize", "17px"),
        (".dashboard", "fontFamily", "monospace"),
        (".panel", "borderTopWidth", "7px"),
        (".panel", "paddingLeft", "9px"),
    ] {
        assert_eq!(style(selector, name).await, wanted, "{selector} {name}");
    }
    chrome.run(&set("")).await;
    assert_ne!(style(".panel", "backgroundColor").await, "rgb(1, 2, 3)");
}
