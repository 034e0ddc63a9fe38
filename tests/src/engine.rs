//! The engines in which the browser suite is run, and how their drivers are started.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

const CHROMIUMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const FIREFOXES: [&str; 2] = ["firefox-esr", "firefox"];
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

/// A browser engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Chromium through chromedriver.
    Chromium,
    /// Firefox through geckodriver.
    Firefox,
    /// WebKitGTK's MiniBrowser through WebKitWebDriver, on a screen of its own.
    WebKit,
}

/// What is asked of a browser beyond the usual.
#[derive(Debug, Default)]
pub(crate) struct Launch {
    pub(crate) person: bool,
    pub(crate) objects: bool,
    pub(crate) flags: Vec<&'static str>,
}

impl Engine {
    /// The engine that `INLAY_ENGINE` names; Chromium without it.
    pub fn named() -> Self {
        match std::env::var("INLAY_ENGINE").as_deref() {
            Err(_) | Ok("chromium") => Self::Chromium,
            Ok("firefox") => Self::Firefox,
            Ok("webkit") => Self::WebKit,
            Ok(other) => panic!("INLAY_ENGINE is chromium, firefox or webkit, and not {other}"),
        }
    }

    /// Whether a flag gives the window its size.
    pub(crate) fn has_size_flag(self) -> bool {
        self == Self::Chromium
    }
}

/// A running driver. Dropping it ends it, and the screen that it draws on.
#[derive(Debug)]
pub(crate) struct Driver {
    engine: Engine,
    port: u16,
    child: Child,
    screen: Option<Child>,
    _output: Option<BufReader<ChildStdout>>,
    profile: TempDir,
}

impl Driver {
    pub(crate) fn start(engine: Engine) -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder can be made");
        let mut screen = None;
        let mut port = 0;
        let mut command = match engine {
            Engine::Chromium => Command::new("chromedriver"),
            Engine::Firefox => {
                let mut command = Command::new(geckodriver());
                command.args(["--log", "info", "--profile-root"]).arg(profile.path());
                command
            }
            Engine::WebKit => {
                let (child, display) = xvfb();
                screen = Some(child);
                // It takes no port of its own choice.
                port = free_port();
                let mut command = Command::new("WebKitWebDriver");
                command.env("DISPLAY", display).env("HOME", profile.path());
                command.env("GDK_BACKEND", "x11").env("NO_AT_BRIDGE", "1");
                command
                    .env("LIBGL_ALWAYS_SOFTWARE", "1")
                    .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1");
                command
            }
        };
        if engine != Engine::Chromium {
            // They and their browsers talk a lot.
            command.stderr(Stdio::null());
        }
        command.arg(format!("--port={port}")).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| {
            let name = command.get_program().display();
            panic!("{name} does not start ({error}); `cargo xtask test` installs it")
        });
        let mut output = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        if port == 0 {
            port = spoken_port(&mut output);
        }
        Self { engine, port, child, screen, _output: Some(output), profile }
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What is asked of the driver when a session begins.
    pub(crate) fn capabilities(&self, launch: &Launch) -> Value {
        let wanted = match self.engine {
            Engine::Chromium => {
                let mut flags = FLAGS.map(str::to_owned).to_vec();
                flags.push(format!("--user-data-dir={}", self.profile.path().display()));
                let person = PERSON.iter().filter(|_| launch.person);
                flags.extend(person.chain(&launch.flags).map(|flag| (*flag).to_owned()));
                let preferences = match launch.objects {
                    true => json!({"enable_do_not_track": true}),
                    false => json!({}),
                };
                json!({
                    "browserName": "chrome",
                    "goog:chromeOptions": {
                        "args": flags, "binary": program(&CHROMIUMS), "prefs": preferences
                    },
                    "goog:loggingPrefs": {"browser": "ALL"},
                })
            }
            Engine::Firefox => json!({
                "browserName": "firefox",
                "moz:firefoxOptions": {
                    "args": ["-headless"], "binary": program(&FIREFOXES),
                    // Pages of tests open windows without a click of a person.
                    "prefs": {"dom.disable_open_during_load": false},
                },
            }),
            Engine::WebKit => json!({
                "browserName": "MiniBrowser",
                "webkitgtk:browserOptions": {
                    "binary": mini_browser(), "args": ["--automation"]
                },
            }),
        };
        json!({"capabilities": {"alwaysMatch": wanted}})
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        for child in [Some(&mut self.child), self.screen.as_mut()].into_iter().flatten() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// Chromedriver says `… on port 1234.`, geckodriver `Listening on 127.0.0.1:1234`.
fn spoken_port(output: &mut impl std::io::BufRead) -> u16 {
    loop {
        let mut line = String::new();
        let length = output.read_line(&mut line).expect("the driver speaks");
        assert!(length > 0, "the driver ended before it listened");
        let behind = ["on port ", "Listening on 127.0.0.1:"];
        let port = behind.iter().find_map(|words| Some(line.split_once(words)?.1));
        let port = port.map(|rest| rest.trim().trim_end_matches('.'));
        // First it says what it was asked for, which is any port.
        match port.and_then(|port| port.parse().ok()) {
            None | Some(0) => {}
            Some(port) => return port,
        }
    }
}

/// A screen that nobody sees, and its name.
fn xvfb() -> (Child, String) {
    let mut screen = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1600x1800x24", "-nolisten", "tcp"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb is in the search path; `cargo xtask test` installs it");
    let mut number = String::new();
    let output = screen.stdout.take().expect("its output is a pipe");
    let read = BufReader::new(output).read_line(&mut number);
    assert!(read.is_ok() && !number.trim().is_empty(), "Xvfb has no screen");
    (screen, format!(":{}", number.trim()))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it listens").port()
}

/// `cargo xtask test` says where it put it.
fn geckodriver() -> PathBuf {
    std::env::var_os("INLAY_GECKODRIVER").map_or_else(|| "geckodriver".into(), PathBuf::from)
}

/// Drivers would look for other names first.
fn program(names: &[&str]) -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut files = std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .filter(|file| file.is_file());
    let file = files.next();
    let file = file
        .unwrap_or_else(|| panic!("none of {names:?} is there; `cargo xtask test` installs one"));
    file.display().to_string()
}

/// It lies in no search path.
fn mini_browser() -> String {
    let mut found = Vec::new();
    for folder in ["/usr/lib", "/usr/libexec", "/usr/lib64"] {
        look_for(Path::new(folder), 2, &mut found);
    }
    found.sort();
    let file = found.pop().expect("MiniBrowser is there; `cargo xtask test` installs it");
    file.display().to_string()
}

fn look_for(folder: &Path, depth: u8, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.file_name().is_some_and(|name| name == "MiniBrowser") {
            found.push(path);
        } else if depth > 0 && path.is_dir() {
            look_for(&path, depth - 1, found);
        }
    }
}
