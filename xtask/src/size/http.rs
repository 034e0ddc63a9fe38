//! The least HTTP that a measurement needs: one request, one answer, over loopback, with the body
//! left in the encoding it came in.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// How long an answer may take. A debug build plans its first query slowly.
const PATIENCE: Duration = Duration::from_secs(60);

/// One request.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a str,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON, if the request succeeded.
    pub(crate) fn json(&self) -> Result<serde_json::Value> {
        ensure!(
            (200..300).contains(&self.status),
            "the server answered {}: {}",
            self.status,
            String::from_utf8_lossy(&self.body)
        );
        serde_json::from_slice(&self.body).context("the server's answer is not JSON")
    }
}

/// Sends a request and reads the whole answer.
pub(crate) fn send(server: SocketAddr, request: &Request<'_>) -> Result<Answer> {
    let mut stream = TcpStream::connect(server).context("the server does not listen")?;
    stream.set_read_timeout(Some(PATIENCE)).context("could not set a time limit")?;
    let Request { method, path, headers, body } = request;
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {server}\r\nconnection: close\r\n");
    for (name, value) in *headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(head.as_bytes()).context("the server took no request")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).context("the server's answer broke off")?;
    parse(&answer)
}

fn parse(answer: &[u8]) -> Result<Answer> {
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .context("the answer has no end of headers")?;
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .context("the answer has no status")?;
    let body = &answer[end + 4..];
    let chunked =
        head.lines().any(|line| line.starts_with("transfer-encoding:") && line.contains("chunked"));
    Ok(Answer { status, body: if chunked { join_chunks(body)? } else { body.to_vec() } })
}

/// Takes the chunks' frames away. An answer that ends before its last chunk is an error: it would
/// measure too small.
fn join_chunks(mut rest: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|window| window == b"\r\n") else {
            bail!("the answer ends before its last chunk");
        };
        let size = String::from_utf8_lossy(&rest[..end]);
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).context("a chunk has no size")?;
        if size == 0 {
            return Ok(body);
        }
        let chunk = rest.get(end + 2..end + 2 + size).context("the answer ends inside a chunk")?;
        body.extend_from_slice(chunk);
        rest = rest.get(end + 4 + size..).context("the answer ends after a chunk")?;
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_whole_body_is_taken_as_it_is() {
        let answer =
            parse(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}").expect("an answer");
        assert_eq!((answer.status, answer.body.as_slice()), (201, &b"{}"[..]));
    }

    #[test]
    fn chunks_are_joined() {
        let raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
        assert_eq!(parse(raw).expect("an answer").body, b"abcde");
    }

    #[test]
    fn a_broken_answer_is_an_error() {
        assert!(parse(b"HTTP/1.1 200 OK\r\n").is_err());
        let cut = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
        assert!(parse(cut).is_err());
    }
}
