//! `@inlay/embed/react`, packed as it would be published, with the real React 18 and 19: bundled for the
//! browser and for a server, in StrictMode, written by the server and taken over in the browser.

use inlay_tests::{Chrome, Inlay, eventually, node, numbered};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::host::Host;
use crate::life::shows;
use crate::package::project;

/// A page of a customer. Everything that is heard is kept, and a test sets the state from outside.
const APP: &str = "
import { StrictMode, useState } from 'react';
import { InlayDashboard } from '@inlay/embed/react';

export function App({ base }) {
  const [{ shown = true, generation = 1, ...props }, set] = useState({ theme: 'light' });
  if (globalThis.window) window.change = set;
  const hear = (name) => (detail) => window.calls.push([name, generation, detail]);
  return <StrictMode>
    <h1>Numbers</h1>
    {shown && <InlayDashboard dashboard='overview' session='/session' base={base} className='wide' title='Ours'
      ref={(element) => { if (globalThis.window) window.api = element; }} {...props}
      onReady={hear('ready')} onFilter={hear('filter')} onError={hear('error')} onToken={hear('token')} />}
  </StrictMode>;
}
";

const BROWSER: &str = "
import { createRoot, hydrateRoot } from 'react-dom/client';
import { App } from './app.jsx';

window.calls = [];
const complain = console.error;
console.error = (...words) => { complaints.push(words.join(' ')); complain(...words); };
const place = document.querySelector('#root');
const app = <App base={place.dataset.base} />;
window.root = place.firstChild ? hydrateRoot(place, app) : createRoot(place);
if (!place.firstChild) root.render(app);
";

const SERVER: &str = "
import { renderToString } from 'react-dom/server';
import { App } from './app.jsx';

process.stdout.write(renderToString(<App base={process.argv[2]} />));
";

/// A customer's project with this version of React, and its script for the browser.
fn bundled(version: u8) -> (TempDir, String) {
    let project = project();
    let root = project.path();
    for (name, text) in [("app.jsx", APP), ("browser.jsx", BROWSER), ("server.jsx", SERVER)] {
        std::fs::write(root.join(name), text).expect("a file");
    }
    let out = |name: &str| format!("--outfile={name}");
    for (entry, platform, outfile) in [
        ("browser.jsx", "--platform=browser", "browser.js"),
        ("server.jsx", "--platform=node", "server.cjs"),
    ] {
        let outfile = out(outfile);
        let mut arguments = vec![entry, platform, &outfile, "--bundle", "--jsx=automatic"];
        if version == 18 {
            arguments.extend(["--alias:react=react-18", "--alias:react-dom=react-dom-18"]);
        }
        let (ok, said) = node(root, "node_modules/esbuild/bin/esbuild", &arguments);
        assert!(ok, "{said}");
    }
    let script = std::fs::read_to_string(root.join("browser.js")).expect("it was bundled");
    assert!(
        script.contains(&format!("reconcilerVersion: \"{version}."))
            || script.contains(&format!("ReactVersion = \"{version}.")),
        "it is React {version}"
    );
    (project, script)
}

async fn attributes(chrome: &Chrome) -> Value {
    let script = "const element = document.querySelector('inlay-dashboard');
        return Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]))";
    chrome.run(script).await
}

/// A page whose part of React is this markup.
async fn opened(inlay: &Inlay, chrome: &Chrome, tenant: &str, markup: &str, script: &str) -> Host {
    let page = format!(
        "<div id=root data-base='{{base}}'>{markup}</div><script type=module src=/app.js></script>"
    );
    let files = vec![("/app.js", "text/javascript", script.to_owned())];
    let host = Host::bare_of(inlay, tenant, &page, files).await;
    host.tenant().feed(&numbered("a", 7), 7).await;
    chrome.open(&host.listed()).await;
    shows(chrome, "7", "30d").await;
    host
}

#[tokio::test]
async fn a_component_is_its_element_in_react_18_and_19() {
    let inlay = Inlay::start().await;
    let chrome = Chrome::start().await;
    for version in [18, 19] {
        let (_project, script) = bundled(version);
        let tenant = format!("react-{version}");
        let host = opened(&inlay, &chrome, &tenant, "", &script).await;
        let fixed = json!({"dashboard": "overview", "session": "/session", "class": "wide", "title": "Ours"});
        let with = |more: &[(&str, &str)]| {
            let mut all = fixed.clone();
            more.iter().for_each(|(name, value)| all[*name] = json!(value));
            all
        };
        assert_eq!(attributes(&chrome).await, with(&[("theme", "light")]), "React {version}");
        assert_eq!(host.minted(), 1, "StrictMode attaches twice, which costs nothing");

        // A changed prop is a changed attribute, and what is not said any more is gone.
        chrome.run("change({ theme: 'dark', lang: 'de' })").await;
        let said = "return document.querySelector('inlay-dashboard').shadowRoot.querySelector('.dashboard').lang";
        eventually("it speaks German", async || (chrome.run(said).await == "de").then_some(()))
            .await;
        assert_eq!(attributes(&chrome).await, with(&[("theme", "dark"), ("lang", "de")]));
        chrome.run("change({ generation: 2, timezone: 'Asia/Tokyo' })").await;
        let asked = "return performance.getEntriesByType('resource')
            .some(({ name }) => name.includes('zone=Asia%2FTokyo'))";
        eventually("the zone is asked for", async || {
            (chrome.run(asked).await == true).then_some(())
        })
        .await;
        assert_eq!(attributes(&chrome).await, with(&[("timezone", "Asia/Tokyo")]));

        // The ref is the element, and the newest callback is called.
        chrome.run("api.setRange('7d')").await;
        shows(&chrome, "7", "7d").await;
        let heard =
            chrome.run("return calls.map(([name, generation]) => `${name} ${generation}`)").await;
        assert_eq!(heard, json!(["token 1", "ready 1", "filter 2"]), "React {version}");

        chrome.run("change({ shown: false })").await;
        eventually("it is gone", async || {
            (chrome.run("return api === null && !document.querySelector('inlay-dashboard')").await
                == true)
                .then_some(())
        })
        .await;
        assert_eq!(chrome.run("return complaints").await, json!([]), "React {version}");
        assert_eq!(chrome.complaints().await, [""; 0], "React {version}");
    }
}

#[tokio::test]
async fn what_a_server_wrote_is_taken_over() {
    let inlay = Inlay::start().await;
    let chrome = Chrome::start().await;
    for version in [18, 19] {
        let (project, script) = bundled(version);
        let (ok, markup) = node(project.path(), "node", &["server.cjs", inlay.door().url()]);
        assert!(ok && markup.contains("<inlay-dashboard"), "{markup}");
        let tenant = format!("server-{version}");
        let _host = opened(&inlay, &chrome, &tenant, &markup, &script).await;
        chrome.run("change({ theme: 'dark' })").await;
        eventually("the attribute follows", async || {
            (attributes(&chrome).await["theme"] == "dark").then_some(())
        })
        .await;
        assert_eq!(chrome.run("return complaints").await, json!([]), "React {version}");
        assert_eq!(chrome.complaints().await, [""; 0], "React {version}");
    }
}

#[tokio::test]
async fn who_cannot_load_or_is_misconfigured_is_told() {
    let inlay = Inlay::start().await;
    let chrome = Chrome::start().await;
    let (_project, script) = bundled(19);
    let _host = opened(&inlay, &chrome, "told", "", &script).await;
    chrome.run("change({ base: 'http://127.0.0.1:9/' })").await;
    chrome
        .run("change({ base: 'http://127.0.0.1:9/', session: 'https://elsewhere.example/s' })")
        .await;
    eventually("both are heard", async || {
        let codes = chrome.run(
            "return calls.filter(([name]) => name === 'error').map((call) => call[2].code).sort()",
        );
        (codes.await == json!(["loader_unavailable", "session_origin"])).then_some(())
    })
    .await;
    // An element that is wrong from its first moment says so to a listener that React adds after it.
    chrome.run("change({ shown: false })").await;
    chrome.run("calls.length = 0; change({ session: 'https://elsewhere.example/s' })").await;
    eventually("it is heard", async || {
        // The script that cannot be loaded is told again, sooner or later.
        let codes = chrome.run("return calls.map((call) => call[2].code)").await;
        codes.as_array()?.contains(&json!("session_origin")).then_some(())
    })
    .await;
}
