//! The built `inlay` binary, for what only a process can show.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use inlay_shared::Client;

/// A command of the binary. `INLAY_BIN` names it, else it lies beside the suites.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments);
    command
}

/// The binary itself.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(find)
}

fn find() -> PathBuf {
    let named = std::env::var_os("INLAY_BIN").map(PathBuf::from);
    let path = named.unwrap_or_else(|| {
        let suite = std::env::current_exe().expect("a process knows its own file");
        let profile = suite.parent().and_then(Path::parent).expect("suites lie in <profile>/deps");
        profile.join(format!("inlay{}", std::env::consts::EXE_SUFFIX))
    });
    assert!(
        path.is_file(),
        "{} is not there; build it with `cargo build -p inlay-server`, or run the suites with \
         `cargo xtask test`, which does",
        path.display()
    );
    path
}

/// Makes an operator's client in the data folder, as an operator does: in the shell.
pub fn operator_client(data: &Path) -> Client {
    let mut command = command(&["client", "create", "--operator", "--json", "--data"]);
    let output = command.arg(data).current_dir(data).output().expect("the binary starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "inlay client create failed: {complaint}");
    let line = output.stdout.split(|byte| *byte == b'\n').find(|line| line.starts_with(b"{"));
    let line = line.unwrap_or_else(|| panic!("inlay client create printed no JSON: {complaint}"));
    serde_json::from_slice(line).expect("what it prints is a client")
}

/// A running `inlay serve`. Dropping it kills it as `kill -9` does.
#[derive(Debug)]
pub struct Process {
    child: Child,
    url: String,
    /// Kept open: a server whose output nobody takes could not say its next line.
    _output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts a server on a free port and waits until it says where it listens.
    pub fn serve(data: &Path) -> Self {
        let mut command = command(&["serve", "--listen", "127.0.0.1:0", "--data"]);
        command.arg(data).current_dir(data);
        Self::start(command)
    }

    /// Runs a command that ends up as a server, and waits until it says where it listens.
    pub fn start(mut command: Command) -> Self {
        command.env("INLAY__LOG__FILTER", "warn");
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let stdout = child.stdout.take().expect("its output is a pipe");
        let mut output = BufReader::new(stdout);
        let url = loop {
            let mut line = String::new();
            if output.read_line(&mut line).is_ok_and(|length| length == 0) {
                let status = child.wait();
                panic!("inlay serve ended before it listened: {status:?}");
            }
            if let Some(url) = line.strip_prefix("Inlay listens on ") {
                break url.trim_end().to_owned();
            }
        };
        Self { child, url, _output: output }
    }

    /// Its number among the processes of the machine.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends it with no chance to do anything more (SIGKILL).
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}
