//! The policies that `docs/EMBEDDING.md` gives to host pages, word by word: a dashboard works under them
//! without a violation, and under none of them with a source less.

use inlay_tests::{Chrome, Inlay, eventually, node, numbered};
use serde_json::json;

use crate::host::{File, Host};
use crate::package::project;
use crate::{SHOWN, digits};

const GUIDE: &str = include_str!("../../../docs/EMBEDDING.md");
const VENDOR: &str = "https://analytics.vendor.com";
const TAG: &str = "<script type=module src='{base}/v1.js' crossorigin></script>";

/// The table's header for a mode.
fn documented(mode: &str) -> &'static str {
    let (_, section) = GUIDE.split_once("## What a host page's CSP must allow").expect("a section");
    let row = section.lines().find_map(|line| line.strip_prefix(&format!("| {mode} | `")));
    row.and_then(|row| row.strip_suffix("` |")).unwrap_or_else(|| panic!("no row for {mode}"))
}

/// Every policy that says a source less, and what it does not say.
fn with_a_source_less(policy: &str) -> Vec<(String, String)> {
    let directives: Vec<Vec<&str>> =
        policy.split("; ").map(|directive| directive.split(' ').collect()).collect();
    let mut less = Vec::new();
    for (place, directive) in directives.iter().enumerate() {
        // What these say is that nothing else may be.
        if ["default-src", "require-trusted-types-for"].contains(&directive[0]) {
            continue;
        }
        for source in 1..directive.len() {
            let mut directives = directives.clone();
            let gone = directives[place].remove(source);
            let text: Vec<_> = directives.iter().map(|directive| directive.join(" ")).collect();
            less.push((text.join("; "), format!("{} {gone}", directive[0])));
        }
    }
    less
}

/// The package in a script of the page's own.
fn bundle(base: &str) -> String {
    let project = project();
    let root = project.path();
    let main = format!(
        "import {{ create, load }} from '@inlay/embed';
         document.body.append(create({{ dashboard: 'overview', session: '/session' }}));
         load('{base}');"
    );
    std::fs::write(root.join("main.js"), main).expect("a file");
    let (ok, said) = node(
        root,
        "node_modules/esbuild/bin/esbuild",
        &["main.js", "--bundle", "--format=esm", "--outfile=out.js"],
    );
    assert!(ok, "{said}");
    std::fs::read_to_string(root.join("out.js")).expect("it was bundled")
}

/// Whether the dashboard shows its numbers, in the page or in its frame.
async fn works(chrome: &Chrome, is_framed: bool) -> bool {
    if !is_framed {
        let shown = chrome.run(SHOWN).await;
        return shown["figures"]["Events"].as_str().map(digits).as_deref() == Some("7");
    }
    chrome.run("return heard.some(([type]) => type === 'ready')").await == true
}

#[tokio::test]
async fn hosts_need_just_what_the_table_says() {
    let inlay = Inlay::start().await;
    let chrome = Chrome::start().await;
    let base = inlay.door().url();
    let element = "<inlay-dashboard dashboard=overview session=/session";
    let own: Vec<File> = vec![("/main.js", "text/javascript", bundle(base))];
    for (mode, tenant, page, files) in [
        ("script", "script", format!("{TAG}{element}></inlay-dashboard>"), Vec::new()),
        ("frame", "frame", format!("{TAG}{element} mode=frame></inlay-dashboard>"), Vec::new()),
        ("npm package", "npm", "<script type=module src=/main.js></script>".to_owned(), own),
    ] {
        let host = Host::new(&inlay, tenant, base, &page, json!({}), files).await;
        host.tenant().feed(&numbered("a", 7), 7).await;
        let policy = documented(mode);
        // The page's own needs are added: this one has an icon.
        let enforce = |policy: &str| {
            host.enforce(&format!("{}; img-src data:", policy.replace(VENDOR, base)))
        };
        enforce(policy);
        chrome.open(&host.listed()).await;
        eventually(&format!("{mode} works"), async || {
            works(&chrome, mode == "frame").await.then_some(())
        })
        .await;
        assert_eq!(chrome.complaints().await, [""; 0], "{mode}");

        let less = with_a_source_less(policy);
        assert!(less.len() >= 4, "{less:?}");
        for (policy, gone) in less {
            enforce(&policy);
            chrome.open(&host.listed()).await;
            eventually(&format!("{mode} fails without {gone}"), async || {
                // Without its own scripts the page hears nothing at all.
                let fails = chrome
                    .run("return typeof heard === 'undefined' || heard.some(([type]) => type === 'error')")
                    .await;
                (fails == true || !chrome.complaints().await.is_empty()).then_some(())
            })
            .await;
        }
        // What was complained of here is not the next mode's.
        chrome.open("about:blank").await;
        chrome.complaints().await;
    }
}
