//! A real browser, driven through a driver of its own: Chromium, or what `INLAY_ENGINE` names.
//!
//! The suites speak the WebDriver protocol themselves: it is a handful of JSON requests, and with
//! them come, in Chromium, the browser's log and its DevTools commands.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::engine::{Driver, Engine, Launch};
use crate::lack::Lack;
use crate::wait::eventually;

/// A browser with a profile of its own. Dropping it ends it and its driver.
#[derive(Debug)]
pub struct Chrome {
    driver: Driver,
    session: String,
    /// The handle of the window that it began with.
    first: Value,
    http: reqwest::Client,
}

impl Chrome {
    /// Starts one.
    pub async fn start() -> Self {
        Self::launch(Launch::default()).await
    }

    /// Starts one that does not say that a program drives it; none where the engine always says so.
    pub async fn of_a_person() -> Option<Self> {
        Self::launch_if(Launch { person: true, ..Launch::default() }).await
    }

    /// The same, of a person who asks not to be tracked.
    pub async fn of_a_person_who_objects() -> Option<Self> {
        Self::launch_if(Launch { person: true, objects: true, ..Launch::default() }).await
    }

    /// Starts one with these flags of Chromium; none in another engine.
    pub async fn with_flags(flags: &[&'static str]) -> Option<Self> {
        if !Engine::named().can(Lack::Flags) {
            return None;
        }
        Some(Self::launch(Launch { flags: flags.to_vec(), ..Launch::default() }).await)
    }

    async fn launch_if(launch: Launch) -> Option<Self> {
        if !Engine::named().can(Lack::Person) {
            return None;
        }
        Some(Self::launch(launch).await)
    }

    async fn launch(launch: Launch) -> Self {
        let driver = Driver::start(Engine::named());
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60));
        let http = http.build().expect("a client without TLS can be built");
        let mut chrome = Self { driver, session: String::new(), first: Value::Null, http };
        let url = format!("http://127.0.0.1:{}", chrome.driver.port());
        eventually("the driver listens", async || {
            chrome.http.get(format!("{url}/status")).send().await.ok()
        })
        .await;
        let capabilities = chrome.driver.capabilities(&launch);
        let request = chrome.http.post(format!("{url}/session")).json(&capabilities);
        let session = chrome.send(request).await;
        let session = session.unwrap_or_else(|error| panic!("the browser does not start: {error}"));
        chrome.session = session["sessionId"].as_str().expect("a session has an id").to_owned();
        chrome.first = chrome.windows().await.swap_remove(0);
        if !chrome.engine().has_size_flag() {
            let size = json!({"width": 1440, "height": 1600});
            chrome.command("window/rect", size).await;
        }
        chrome
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        self.driver.engine()
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Value, String> {
        let answer = request.send().await.map_err(|error| format!("{error:?}"))?;
        let is_success = answer.status().is_success();
        let mut body: Value = answer.json().await.map_err(|error| format!("{error:?}"))?;
        let value = body["value"].take();
        if is_success { Ok(value) } else { Err(value.to_string()) }
    }

    fn url(&self, command: &str) -> String {
        format!("http://127.0.0.1:{}/session/{}/{command}", self.driver.port(), self.session)
    }

    /// Sends a WebDriver command that has a body.
    pub async fn command(&self, command: &str, body: Value) -> Value {
        let request = self.http.post(self.url(command)).json(&body);
        self.send(request).await.unwrap_or_else(|error| panic!("{command} {body}: {error}"))
    }

    /// Opens an address and waits until it is loaded.
    pub async fn open(&self, url: &str) {
        self.command("url", json!({"url": url})).await;
    }

    /// Runs a function's body in the page that is looked at.
    pub async fn run(&self, script: &str) -> Value {
        self.command("execute/sync", json!({"script": script, "args": []})).await
    }

    /// The same, where the page may be going away meanwhile.
    pub async fn try_run(&self, script: &str) -> Option<Value> {
        let body = json!({"script": script, "args": []});
        self.send(self.http.post(self.url("execute/sync")).json(&body)).await.ok()
    }

    /// Sends keys to the element that a function's body gives, as soon as it is there.
    pub async fn press(&self, element: &str, keys: &str) {
        // The end of a line is a key to some drivers, and a character that nobody types to others.
        let keys = json!({"text": keys.replace('\n', "\u{e007}")});
        eventually(element, async || {
            let found = self.try_run(element).await?;
            let id = found.as_object()?.values().next()?.as_str()?.to_owned();
            let request = self.http.post(self.url(&format!("element/{id}/value"))).json(&keys);
            match self.send(request).await {
                // It was drawn anew between the two calls.
                Err(error) if format!("{error:?}").contains("stale element") => None,
                sent => Some(sent.unwrap_or_else(|error| panic!("{element}: {error:?}"))),
            }
        })
        .await;
    }

    /// Presses a key where the focus is.
    pub async fn key(&self, key: char) {
        let press = json!([{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]);
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": press});
        self.command("actions", json!({"actions": [keyboard]})).await;
    }

    /// Looks into a frame: a function's body gives its element.
    pub async fn enter(&self, frame: &str) {
        let frame = self.run(frame).await;
        self.command("frame", json!({"id": frame})).await;
    }

    /// Looks at the whole page again.
    pub async fn leave(&self) {
        self.command("frame", json!({"id": null})).await;
    }

    async fn windows(&self) -> Vec<Value> {
        let windows = self.send(self.http.get(self.url("window/handles"))).await;
        match windows {
            Ok(Value::Array(windows)) => windows,
            other => panic!("no windows: {other:?}"),
        }
    }

    /// Looks at the window that it began with.
    pub async fn look_at_first_window(&self) {
        self.command("window", json!({"handle": self.first})).await;
    }

    /// Waits until there is another window, and looks at it. Drivers list them in any order.
    pub async fn look_at_other_window(&self) {
        let other = eventually("the window opens", async || {
            self.windows().await.into_iter().find(|handle| *handle != self.first)
        });
        let handle = other.await;
        self.command("window", json!({"handle": handle})).await;
    }

    /// Closes the window that is looked at, and looks at the first.
    pub async fn close_window(&self) {
        let closed = self.send(self.http.delete(self.url("window"))).await;
        assert!(closed.is_ok(), "{closed:?}");
        self.look_at_first_window().await;
    }

    /// Forgets every cookie of the page's site.
    pub async fn forget_cookies(&self) {
        let gone = self.send(self.http.delete(self.url("cookie"))).await;
        assert!(gone.is_ok(), "{gone:?}");
    }

    /// Sends a DevTools command, which Chromium alone has: ask [`Engine::can`] before.
    pub async fn devtools(&self, command: &str) -> Value {
        self.devtools_with(command, json!({})).await
    }

    /// The same with parameters.
    pub async fn devtools_with(&self, command: &str, parameters: Value) -> Value {
        self.command("goog/cdp/execute", json!({"cmd": command, "params": parameters})).await
    }

    /// Says that the viewer's system asks for something: a media feature and its value.
    pub async fn emulate(&self, features: &[(&str, &str)]) {
        let features: Vec<Value> =
            features.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        self.devtools_with("Emulation.setEmulatedMedia", json!({"features": features})).await;
    }

    /// Gives the page a screen of that size.
    pub async fn resize(&self, width: u32, height: u32) {
        let screen =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools_with("Emulation.setDeviceMetricsOverride", screen).await;
    }

    /// What the browser complained of since the last call: errors, warnings, violated policies.
    pub async fn complaints(&self) -> Vec<String> {
        if !self.engine().can(Lack::Log) {
            // What the test's own page heard of is better than nothing.
            let heard = self.try_run("return (window.complaints ?? []).splice(0)").await;
            let heard = heard.unwrap_or_default().as_array().cloned().unwrap_or_default();
            return heard.iter().filter_map(|line| line.as_str().map(str::to_owned)).collect();
        }
        let log = self.command("se/log", json!({"type": "browser"})).await;
        let entries = log.as_array().cloned().unwrap_or_default();
        let bad = |entry: &&Value| {
            entry["level"] != "INFO" && entry["level"] != "DEBUG"
                || entry["message"].as_str().is_some_and(|m| m.contains("Content Security Policy"))
        };
        entries.iter().filter(bad).map(ToString::to_string).collect()
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        // The driver ends its browser when the session is deleted; killed before, it would leave it.
        let port = self.driver.port();
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
            let request = format!(
                "DELETE /session/{} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n",
                self.session
            );
            drop(stream.set_read_timeout(Some(Duration::from_secs(10))));
            drop(stream.write_all(request.as_bytes()));
            drop(stream.read(&mut [0; 256]));
        }
    }
}
