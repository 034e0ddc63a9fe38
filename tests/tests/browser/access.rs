//! What csp_evaluator says of every policy that we serve, and that Trusted Types are enforced.

use inlay_tests::{Chrome, Demo, Engine, Inlay, node, npm_folder};
use serde_json::{Value, json};

/// Prints each finding as `severity directive value`: 10 is high, 20 wrong syntax, 30 medium, 40 possibly
/// high, 50 possibly medium.
const EVALUATE: &str = "
    const { CspEvaluator } = require('csp_evaluator/dist/evaluator.js');
    const { CspParser } = require('csp_evaluator/dist/parser.js');
    for (const found of new CspEvaluator(new CspParser(process.argv[1]).csp).evaluate())
      console.log(found.severity, found.directive, found.value ?? '');
";

#[tokio::test]
async fn no_policy_that_we_serve_is_weak() {
    if Engine::named() != Engine::Chromium {
        return;
    }
    let demo = Demo::start(1_000);
    // The system's resolver need not know names under `localhost`.
    let (name, port) = demo.portal().rsplit_once(':').expect("it has a port");
    let here = ([127, 0, 0, 1], port.parse().expect("a port is a number")).into();
    let http = reqwest::Client::builder().no_proxy();
    let http = http.resolve(name.trim_start_matches("http://"), here);
    let http = http.build().expect("a client can be built");
    let mut policies = Vec::new();
    for address in [
        format!("{}/embed/overview?tenant=northwind", demo.inlay()),
        format!("{}/v1.js", demo.inlay()),
        format!("{}/v1/embed/view?dashboard=overview", demo.inlay()),
        format!("{}/openapi.json", demo.inlay()),
        format!("{}/sign-in", demo.portal()),
    ] {
        let answer = http.get(&address).send().await.expect("it answers");
        let policy = answer.headers().get("content-security-policy");
        let policy = policy.unwrap_or_else(|| panic!("{address} has no policy"));
        policies.push((address, policy.to_str().expect("a policy is ASCII").to_owned()));
    }
    for (address, policy) in policies {
        // The demo's portal has no TLS, which is a finding of its own; customers' portals have.
        let policy = policy.replace("http://", "https://");
        let (ok, found) = node(&npm_folder(), "node", &["-e", EVALUATE, &policy]);
        assert!(ok, "{found}");
        for line in found.lines() {
            // `'self'` is possibly weak where a host serves what its users wrote. The demo's portal
            // stands for a customer's page, and has the policy that the guide gives to those.
            let is_portal = address.starts_with(demo.portal());
            assert!(is_portal && line == "50 script-src 'self'", "{line}: {address}: {policy}");
        }
        if policy.contains("script-src") {
            assert!(policy.contains("require-trusted-types-for 'script'"), "{address}: {policy}");
        }
    }
}

/// Every sink of markup refuses strings on the pages that run our scripts.
#[tokio::test]
async fn our_frame_page_enforces_trusted_types() {
    let inlay = Inlay::start().await;
    let host = crate::host::Host::serve(
        &inlay,
        "<iframe src='{base}/embed/overview?tenant=north'></iframe>",
    )
    .await;
    let chrome = Chrome::start().await;
    chrome.open(&host.listed()).await;
    chrome.enter("return document.querySelector('iframe')").await;
    let tries = "
        const refused = [];
        for (const sink of ['innerHTML', 'outerHTML']) {
          const element = document.body.appendChild(document.createElement('p'));
          try { element[sink] = '<b>x</b>'; refused.push(false); } catch { refused.push(true); }
        }
        try { new DOMParser().parseFromString('<b>x</b>', 'text/html'); refused.push(false); }
        catch { refused.push(true); }
        try { trustedTypes.createPolicy('x', {}); refused.push(false); } catch { refused.push(true); }
        return refused;";
    let refused: Value = chrome.run(tries).await;
    assert_eq!(refused, json!([true, true, true, true]));
}
