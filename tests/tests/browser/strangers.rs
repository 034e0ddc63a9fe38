//! Pages that the tenant does not list.

use inlay_tests::{Chrome, Inlay, Lack, eventually, numbered};
use serde_json::json;

use crate::host::Host;
use crate::{SHOWN, digits};

const EMBED: &str = "<inlay-dashboard dashboard=overview session=/session></inlay-dashboard>";

#[tokio::test]
async fn a_page_on_an_unlisted_origin_gets_nothing_even_with_a_listed_ones_token() {
    let inlay = Inlay::start().await;
    let host = Host::serve(&inlay, EMBED).await;
    host.tenant().feed(&numbered("e", 7), 7).await;
    let chrome = Chrome::start().await;

    chrome.open(&host.listed()).await;
    let figure = eventually("the listed page shows numbers", async || {
        let shown = chrome.run(SHOWN).await;
        shown["figures"]["Events"].as_str().map(digits)
    });
    assert_eq!(figure.await, "7");

    chrome.open(&host.unlisted()).await;
    eventually("the unlisted page is refused", async || {
        let heard = chrome.run("return heard").await;
        heard.as_array()?.iter().any(|event| event[0] == "error").then_some(())
    })
    .await;
    assert!(host.minted() >= 2, "the page had a token");
    let shown = chrome.run(SHOWN).await;
    assert!(shown.is_null(), "{shown}");
    let text = chrome.run(
        "return document.querySelector('inlay-dashboard').shadowRoot.textContent.replace(/\\s+/g, ' ')",
    );
    let text = text.await.to_string();
    assert_eq!(digits(&text), "", "{text}");
}

#[tokio::test]
async fn an_unlisted_parent_cannot_frame() {
    let inlay = Inlay::start().await;
    let frame = "<iframe src='{base}/embed/overview?tenant=north'></iframe>";
    let host = Host::serve(&inlay, frame).await;
    let chrome = Chrome::start().await;

    chrome.open(&host.listed()).await;
    eventually("the page greets a parent that is listed", async || {
        (chrome.run("return hellos").await == json!(1)).then_some(())
    })
    .await;
    assert_eq!(chrome.complaints().await, [""; 0]);

    chrome.open(&host.unlisted()).await;
    if chrome.engine().can(Lack::Log) {
        let complaint = eventually("the browser refuses the frame", async || {
            let complaints = chrome.complaints().await;
            complaints.into_iter().find(|complaint| complaint.contains("frame-ancestors"))
        });
        complaint.await;
    }
    assert_eq!(chrome.run("return hellos").await, json!(0));
}
