//! A server of its own for one measurement: a folder that goes away, a free port, an end.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::http::{self, Request};
use crate::workspace;

/// Checks of the server's readiness, and the pause between two.
const CHECKS: u32 = 600;
const PAUSE: Duration = Duration::from_millis(100);

/// The data folder and the commands on it.
pub(crate) struct House {
    binary: PathBuf,
    folder: PathBuf,
}

/// A running server. Dropping it ends it.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl House {
    pub(crate) fn new(binary: &Path) -> Result<Self> {
        let name = format!("inlay-size-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder)
            .with_context(|| format!("could not make {}", folder.display()))?;
        Ok(Self { binary: binary.to_owned(), folder })
    }

    /// Runs `inlay …` on the data folder and returns what it printed.
    pub(crate) fn inlay(&self, arguments: &[&str]) -> Result<String> {
        let mut command = self.command(arguments);
        let output = command.output().with_context(|| workspace::show(&command))?;
        ensure!(
            output.status.success(),
            "`{}` failed: {}",
            workspace::show(&command),
            String::from_utf8_lossy(&output.stderr).trim()
        );
        String::from_utf8(output.stdout).context("the command's output is not text")
    }

    /// Starts the server and waits until it is ready.
    pub(crate) fn serve(&self) -> Result<Server> {
        let address = free_address()?;
        let listen = address.to_string();
        let mut command = self.command(&["serve", "--listen", &listen]);
        let log =
            fs::File::create(self.folder.join("serve.log")).context("could not make a log")?;
        let child = command.stdout(Stdio::null()).stderr(log).spawn().context("could not serve")?;
        let mut server = Server { child, address };
        for _ in 0..CHECKS {
            if server.is_ready() {
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait().context("lost the server")? {
                bail!("the server ended with {status}: {}", self.log());
            }
            sleep(PAUSE);
        }
        bail!("the server is not ready after {:?}: {}", PAUSE * CHECKS, self.log())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .current_dir(&self.folder)
            .args(arguments)
            .arg("--data")
            .arg(self.folder.join("data"))
            .stdin(Stdio::null());
        command
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("serve.log")).unwrap_or_default()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // What stays behind lies in the system's temporary folder.
        let _left_behind = fs::remove_dir_all(&self.folder);
    }
}

impl Server {
    fn is_ready(&self) -> bool {
        let request = Request { method: "GET", path: "/readyz", headers: &[], body: "" };
        http::send(self.address, &request).is_ok_and(|answer| answer.status == 200)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The only other outcome is that it has ended already.
        let _ended_already = self.child.kill();
        let _status = self.child.wait();
    }
}

/// A port that was free a moment ago.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").context("loopback has no free port")?;
    listener.local_addr().context("a bound socket has an address")
}
