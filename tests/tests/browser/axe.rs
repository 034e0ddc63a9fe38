//! What axe says of our pages in both themes: all the rules that it has by default.

use inlay_tests::{Chrome, Demo, Lack, eventually, npm_text};
use serde_json::Value;

/// Every dashboard of the page, or of its frame, is there, and nothing of it waits but what shows how
/// that looks.
pub(crate) const ALL_THERE: &str = "
    const there = (element) => {
        const root = element.shadowRoot;
        if (root?.querySelector('iframe')) return true;
        const waits = element.id !== 'loading' && root?.querySelector('.skeleton');
        return Boolean(root?.querySelector('.ready') && !waits);
    };
    const all = [...document.querySelectorAll('inlay-dashboard')];
    return all.length > 0 && all.every(there);
";

const FIND: &str = "
    return axe.run().then(({ passes, violations }) => {
        if (passes.length < 10) throw new Error('it looked at nothing');
        return violations.map(({ id, nodes }) => `${id}: ` + nodes.slice(0, 3).map((node) =>
            `${node.target.flat().join(' ')}: ${node.failureSummary}`).join('; '));
    });
";

struct Axe {
    chrome: Chrome,
    script: String,
    theme: &'static str,
    found: Vec<String>,
}

impl Axe {
    async fn looks_at(&mut self, what: &str) {
        self.chrome.run(&self.script).await;
        let found = self.chrome.run(FIND).await;
        let lines = found.as_array().unwrap_or_else(|| panic!("axe on {what}: {found}"));
        let lines = lines.iter().filter_map(Value::as_str);
        self.found.extend(lines.map(|line| format!("{what}, {}: {line}", self.theme)));
    }

    async fn opens(&mut self, url: &str) {
        self.chrome.open(url).await;
        self.waits(ALL_THERE, url).await;
        self.looks_at(url).await;
    }

    async fn waits(&self, script: &str, what: &str) {
        eventually(&format!("{what} is there"), async || {
            (self.chrome.try_run(script).await? == true).then_some(())
        })
        .await;
    }

    /// Opens what a button of the dashboard opens.
    async fn presses(&mut self, button: &str, opens: &str) {
        let root = "const root = document.querySelector('inlay-dashboard').shadowRoot;";
        let button = format!("{root} root.querySelector(`{button}`).click()");
        self.chrome.run(&button).await;
        let is_open = format!("{root} return root.querySelector(`{opens}`) !== null");
        self.waits(&is_open, opens).await;
        self.looks_at(opens).await;
    }
}

#[tokio::test]
async fn axe_finds_nothing_on_any_page_in_either_theme() {
    let chrome = Chrome::start().await;
    // The rules read the document, which is the same everywhere; the theme is set by DevTools.
    if !chrome.engine().can(Lack::DevTools) {
        return;
    }
    let demo = Demo::start(5_000);
    let portal = demo.portal();
    let mut axe =
        Axe { chrome, script: npm_text("axe-core/axe.min.js"), theme: "", found: Vec::new() };
    for theme in ["light", "dark"] {
        axe.theme = theme;
        axe.chrome.emulate(&[("prefers-color-scheme", theme)]).await;
        axe.chrome.forget_cookies().await;
        axe.chrome.open(&format!("{portal}/sign-in")).await;
        axe.looks_at("the sign-in").await;
        demo.sign_in(&axe.chrome, "mara.lindqvist").await;

        axe.opens(&format!("{portal}/analytics")).await;
        axe.presses("[part=period]", "[popover] [name=from]").await;
        axe.chrome.key(ESCAPE).await;
        axe.presses("[part=filter]", "[popover] .pick").await;
        axe.chrome.key(ESCAPE).await;
        axe.presses(".wide [part=menu-button]", "[role=menuitem]").await;
        axe.presses("[role=menuitem]", "dialog [part=panel]").await;
        axe.chrome.key(ESCAPE).await;

        axe.opens(&format!("{portal}/reports")).await;
        let frame = "return document.querySelector('inlay-dashboard').shadowRoot\
            .querySelector('iframe')";
        axe.chrome.enter(frame).await;
        axe.waits(ALL_THERE, "the frame").await;
        // A frame is transparent; axe, inside, takes what is behind it for white.
        axe.chrome.run("document.documentElement.style.background = 'Canvas'").await;
        axe.looks_at("the frame").await;
        axe.chrome.leave().await;

        axe.chrome.open(&format!("{portal}/your-domain")).await;
        let link = "document.querySelector('inlay-dashboard')?.shadowRoot?.querySelector('a')";
        axe.waits(&format!("return Boolean({link})"), "the link").await;
        axe.looks_at("your domain").await;
        axe.chrome.press(&format!("return {link}"), "\n").await;
        axe.chrome.look_at_other_window().await;
        axe.chrome.emulate(&[("prefers-color-scheme", theme)]).await;
        axe.waits(ALL_THERE, "the white-labelled page").await;
        axe.looks_at("the white-labelled page").await;
        axe.chrome.close_window().await;

        axe.opens(&format!("{portal}/gallery?theme={theme}")).await;
    }
    assert!(axe.found.is_empty(), "{}", axe.found.join("\n"));
}

const ESCAPE: char = '\u{e00c}';
