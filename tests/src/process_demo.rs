//! A running `inlay demo`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Stdio};

use tempfile::TempDir;

use crate::binary::command;
use crate::chrome::Chrome;
use crate::wait::eventually;

/// The demo on free ports with a folder of its own, its history complete and nothing new coming.
/// Dropping it kills it.
#[derive(Debug)]
pub struct Demo {
    child: Child,
    folder: TempDir,
    portal: String,
    inlay: String,
    _output: BufReader<ChildStdout>,
}

impl Demo {
    /// Starts one and waits until its history is there.
    pub fn start(events: u32) -> Self {
        Self::start_with(events, &[])
    }

    /// One whose clock stands still at an instant, so that its pages are the same every day.
    pub fn at(instant: &str) -> Self {
        Self::start_with(1_000, &["--at", instant])
    }

    fn start_with(events: u32, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let events = events.to_string();
        let mut demo = command(&["demo", "--no-live", "--events", &events, "--data"]);
        demo.arg(folder.path()).current_dir(folder.path());
        demo.args(["--listen", "127.0.0.1:0", "--portal", "127.0.0.1:0"]).args(more);
        let mut child =
            demo.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the binary starts");
        let mut output = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let (mut portal, mut inlay) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            if output.read_line(&mut line).is_ok_and(|length| length == 0) {
                panic!("inlay demo ended before it was ready: {:?}", child.wait());
            }
            let mut words = line.split_whitespace();
            match (words.next(), words.next()) {
                (Some("Portal"), Some(url)) => portal = url.to_owned(),
                (Some("Inlay"), Some(url)) => inlay = url.to_owned(),
                (Some("History"), Some("all")) => break,
                _ => {}
            }
        }
        Self { child, folder, portal, inlay, _output: output }
    }

    /// Its data folder.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The portal's origin.
    pub fn portal(&self) -> &str {
        &self.portal
    }

    /// Signs in as that person on the portal, in this browser.
    pub async fn sign_in(&self, chrome: &Chrome, person: &str) {
        chrome.open(&format!("{}/sign-in", self.portal)).await;
        let button = format!("return document.querySelector('[value=\"{person}\"]')");
        chrome.press(&button, "\n").await;
        eventually("the sign-in leads on", async || {
            (chrome.try_run("return location.pathname").await? != "/sign-in").then_some(())
        })
        .await;
    }

    /// The cookie of somebody who signed in as that person.
    pub async fn cookie(&self, person: &str) -> String {
        // The system's resolver need not know names under `localhost`.
        let (name, port) = self.portal.rsplit_once(':').expect("it has a port");
        let here = ([127, 0, 0, 1], port.parse().expect("a port is a number")).into();
        let http =
            reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let http = http.resolve(name.trim_start_matches("http://"), here);
        let http = http.build().expect("a client can be built");
        let request = http.post(format!("{}/sign-in", self.portal));
        let request = request.header("origin", &self.portal);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(format!("person={person}")).send().await.expect("it answers");
        let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok());
        let cookie = cookie.expect("who signs in gets a cookie");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }

    /// Inlay's address by number: the system's resolver need not know names under `localhost`.
    pub fn inlay(&self) -> String {
        self.inlay.replace("analytics.localhost", "127.0.0.1")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
