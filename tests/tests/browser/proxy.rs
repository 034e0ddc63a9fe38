//! The network between browser and server: it passes, delays, breaks, or has lost the widget's files.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the network does with bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Hands them on.
    Pass,
    /// Hands each piece on after a while.
    Slow,
    /// Closes every connection.
    Cut,
    /// Hands on, but the answer to every file with a hash in its name is 404.
    NoFiles,
    /// What becomes of connections while a machine sleeps: a stream says nothing any more and does not
    /// end, the others are closed; new ones are as they should be.
    Asleep,
}

/// A proxy on a port of its own.
pub(crate) struct Proxy {
    port: u16,
    mood: watch::Sender<Mood>,
    target: Arc<Mutex<SocketAddr>>,
    log: Arc<Log>,
}

/// What went through.
#[derive(Debug, Default)]
struct Log {
    /// The first line of each request.
    requests: Mutex<Vec<String>>,
    /// Whether a stream said something that was swallowed.
    swallowed: AtomicBool,
}

impl Proxy {
    /// In front of a server.
    pub(crate) async fn before(url: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("it listens").port();
        let (mood, _) = watch::channel(Mood::Pass);
        let target = Arc::new(Mutex::new(address(url)));
        let log = Arc::<Log>::default();
        let (moods, to, seen) = (mood.clone(), target.clone(), log.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (mood, to) = (moods.subscribe(), *to.lock().expect("no test panics with it"));
                tokio::spawn(serve(stream, to, mood, seen.clone()));
            }
        });
        Self { port, mood, target, log }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Changes what it does, with open connections too.
    pub(crate) fn set(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// How many requests began so.
    pub(crate) fn asked(&self, start: &str) -> usize {
        let requests = self.log.requests.lock().expect("no test panics with it");
        requests.iter().filter(|line| line.starts_with(start)).count()
    }

    /// Whether a stream said something that the page did not hear.
    pub(crate) fn swallowed(&self) -> bool {
        self.log.swallowed.load(Ordering::SeqCst)
    }

    /// Leads to another server from now on.
    pub(crate) fn lead_to(&self, url: &str) {
        *self.target.lock().expect("no test panics with it") = address(url);
    }
}

fn address(url: &str) -> SocketAddr {
    let text = url.strip_prefix("http://").expect("tests have no TLS");
    text.parse().expect("an address by number")
}

/// Streams are the only answers that go on.
const STREAM: &[u8] = b"GET /v1/embed/live";

async fn serve(
    mut browser: TcpStream,
    to: SocketAddr,
    mut mood: watch::Receiver<Mood>,
    log: Arc<Log>,
) {
    let (woken, mut streams) = (*mood.borrow() == Mood::Asleep, false);
    let Ok(mut server) = TcpStream::connect(to).await else { return };
    let (mut from_browser, mut from_server) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        if *mood.borrow() == Mood::Cut {
            return;
        }
        if *mood.borrow() == Mood::Asleep && !woken {
            while streams && server.read(&mut from_server).await.is_ok_and(|count| count > 0) {
                let said = from_server.windows(3).any(|word| word == b"id:");
                log.swallowed.fetch_or(said, Ordering::SeqCst);
            }
            return;
        }
        tokio::select! {
            changed = mood.changed() => if changed.is_err() { return },
            read = browser.read(&mut from_browser) => {
                let Ok(count @ 1..) = read else { return };
                let bytes = &from_browser[..count];
                let line = String::from_utf8_lossy(bytes).lines().next().map(str::to_owned);
                log.requests.lock().expect("no test panics with it").extend(line);
                streams = bytes.starts_with(STREAM);
                let is_file = bytes.starts_with(b"GET /assets/");
                if *mood.borrow() == Mood::NoFiles && is_file {
                    let gone = b"HTTP/1.1 404 Not Found\r\nAccess-Control-Allow-Origin: *\r\n\
                        Content-Length: 0\r\nConnection: close\r\n\r\n";
                    drop(browser.write_all(gone).await);
                    return;
                }
                if server.write_all(bytes).await.is_err() { return }
            }
            read = server.read(&mut from_server) => {
                let Ok(count @ 1..) = read else { return };
                if *mood.borrow() == Mood::Slow {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                }
                if browser.write_all(&from_server[..count]).await.is_err() { return }
            }
        }
    }
}
