//! The network between browser and server: it passes, delays, breaks, or has lost the widget's files.

use std::net::SocketAddr;
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
}

/// A proxy on a port of its own.
pub(crate) struct Proxy {
    port: u16,
    mood: watch::Sender<Mood>,
    target: Arc<Mutex<SocketAddr>>,
}

impl Proxy {
    /// In front of a server.
    pub(crate) async fn before(url: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("it listens").port();
        let (mood, _) = watch::channel(Mood::Pass);
        let target = Arc::new(Mutex::new(address(url)));
        let (moods, to) = (mood.clone(), target.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (mood, to) = (moods.subscribe(), *to.lock().expect("no test panics with it"));
                tokio::spawn(serve(stream, to, mood));
            }
        });
        Self { port, mood, target }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Changes what it does, with open connections too.
    pub(crate) fn set(&self, mood: Mood) {
        self.mood.send_replace(mood);
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

async fn serve(mut browser: TcpStream, to: SocketAddr, mut mood: watch::Receiver<Mood>) {
    let Ok(mut server) = TcpStream::connect(to).await else { return };
    let (mut from_browser, mut from_server) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        if *mood.borrow() == Mood::Cut {
            return;
        }
        tokio::select! {
            changed = mood.changed() => if changed.is_err() { return },
            read = browser.read(&mut from_browser) => {
                let Ok(count @ 1..) = read else { return };
                let bytes = &from_browser[..count];
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
