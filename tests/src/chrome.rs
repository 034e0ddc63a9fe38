//! A real Chromium, driven through a chromedriver of its own.
//!
//! The suites speak the WebDriver protocol themselves: it is a handful of JSON requests, and with
//! them come the browser's log and its DevTools commands.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::wait::eventually;

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1440,1600",
];

/// What a browser says that nobody drives.
const PERSON: [&str; 2] = [
    "--disable-blink-features=AutomationControlled",
    "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
     Chrome/142.0.0.0 Safari/537.36",
];

/// A browser with a profile of its own. Dropping it ends it and its driver.
#[derive(Debug)]
pub struct Chrome {
    driver: Child,
    port: u16,
    session: String,
    http: reqwest::Client,
    _output: BufReader<ChildStdout>,
    _profile: TempDir,
}

impl Chrome {
    /// Starts one.
    pub async fn start() -> Self {
        Self::launch(&[], json!({})).await
    }

    /// Starts one that does not say that a program drives it.
    pub async fn of_a_person() -> Self {
        Self::launch(&PERSON, json!({})).await
    }

    /// The same, of a person who asks not to be tracked.
    pub async fn of_a_person_who_objects() -> Self {
        Self::launch(&PERSON, json!({"enable_do_not_track": true})).await
    }

    async fn launch(more: &[&str], preferences: Value) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("chromedriver is in the search path; `cargo xtask test` installs it");
        let mut output = BufReader::new(driver.stdout.take().expect("its output is a pipe"));
        let port = loop {
            let mut line = String::new();
            let length = output.read_line(&mut line).expect("chromedriver speaks");
            assert!(length > 0, "chromedriver ended: {:?}", driver.wait());
            let port = line.split_once("on port ").map(|(_, rest)| rest.trim());
            if let Some(port) = port.and_then(|port| port.strip_suffix('.')?.parse().ok()) {
                break port;
            }
        };
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60));
        let http = http.build().expect("a client without TLS can be built");
        let profile = tempfile::tempdir().expect("a temporary folder can be made");
        let mut chrome =
            Self { driver, port, session: String::new(), http, _output: output, _profile: profile };
        let mut flags: Vec<_> = FLAGS.map(String::from).to_vec();
        flags.push(format!("--user-data-dir={}", chrome._profile.path().display()));
        flags.extend(more.iter().map(|flag| (*flag).to_owned()));
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": flags, "binary": binary(), "prefs": preferences},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let url = format!("http://127.0.0.1:{port}/session");
        let session = chrome.send(chrome.http.post(url).json(&capabilities)).await;
        let session = session.unwrap_or_else(|error| panic!("the browser does not start: {error}"));
        chrome.session = session["sessionId"].as_str().expect("a session has an id").to_owned();
        chrome
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Value, String> {
        let answer = request.send().await.map_err(|error| format!("{error:?}"))?;
        let is_success = answer.status().is_success();
        let mut body: Value = answer.json().await.map_err(|error| format!("{error:?}"))?;
        let value = body["value"].take();
        if is_success { Ok(value) } else { Err(value.to_string()) }
    }

    fn url(&self, command: &str) -> String {
        format!("http://127.0.0.1:{}/session/{}/{command}", self.port, self.session)
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

    /// Runs a function's body that gives an element, and sends keys to it.
    pub async fn press(&self, element: &str, keys: &str) {
        let element = self.run(element).await;
        let id = element.as_object().and_then(|fields| fields.values().next());
        let id = id.and_then(Value::as_str).unwrap_or_else(|| panic!("no element: {element}"));
        self.command(&format!("element/{id}/value"), json!({"text": keys})).await;
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

    /// Waits until there are that many windows, and looks at the newest.
    pub async fn look_at_window(&self, number: usize) {
        let window = eventually("the window opens", async || {
            self.windows().await.into_iter().nth(number - 1)
        });
        let handle = window.await;
        self.command("window", json!({"handle": handle})).await;
    }

    /// Closes the window that is looked at, and looks at the first.
    pub async fn close_window(&self) {
        let closed = self.send(self.http.delete(self.url("window"))).await;
        assert!(closed.is_ok(), "{closed:?}");
        self.look_at_window(1).await;
    }

    /// Forgets every cookie of the page's site.
    pub async fn forget_cookies(&self) {
        let gone = self.send(self.http.delete(self.url("cookie"))).await;
        assert!(gone.is_ok(), "{gone:?}");
    }

    /// Sends a DevTools command.
    pub async fn devtools(&self, command: &str) -> Value {
        self.command("goog/cdp/execute", json!({"cmd": command, "params": {}})).await
    }

    /// What the browser complained of since the last call: errors, warnings, violated policies.
    pub async fn complaints(&self) -> Vec<String> {
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
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let request = format!(
                "DELETE /session/{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                self.session
            );
            drop(stream.set_read_timeout(Some(Duration::from_secs(10))));
            drop(stream.write_all(request.as_bytes()));
            drop(stream.read(&mut [0; 256]));
        }
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

/// The browser's file: chromedriver would look for another name first.
fn binary() -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut files = std::env::split_paths(&path)
        .flat_map(|folder| BROWSERS.map(|name| folder.join(name)))
        .filter(|file| file.is_file());
    let file =
        files.next().expect("Chromium is in the search path; `cargo xtask test` installs it");
    file.display().to_string()
}
