//! Compresses answers as `Accept-Encoding` allows (RFC 9110 section 12.5.3). A stream is compressed
//! chunk by chunk, and each chunk leaves at once: a panel is not held back for the next one.
//!
//! A strong ETag differs by encoding (RFC 9110 section 8.8.3.3). Handlers do not know of encodings:
//! their tags get the coding's name on the way out, and lose it on the way in.

use std::io::Write as _;

use axum::body::{Body, BodyDataStream, HttpBody as _};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::{Stream, StreamExt, stream};
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::embed::accepts;

/// Below this many bytes an answer grows by what compression adds, or hardly shrinks.
const WORTH_IT: u64 = 512;
/// A chunk of more bytes is compressed off the async threads.
const LARGE: usize = 64 * 1024;
/// Brotli's effort, where it is about as fast as gzip and a tenth smaller.
const QUALITY: u32 = 4;
/// Brotli looks back 2 to this power of bytes, which is also about the memory that a stream holds.
const WINDOW: u32 = 18;
const KINDS: [&str; 3] = ["application/json", "application/x-ndjson", "text/csv"];

/// A content coding (RFC 9110 section 8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Brotli,
    Gzip,
}

impl Coding {
    fn of(headers: &HeaderMap) -> Option<Self> {
        [Self::Brotli, Self::Gzip].into_iter().find(|coding| accepts(headers, coding.name()))
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// What a tag of this coding ends in.
    fn end(self) -> String {
        format!("-{}\"", self.name())
    }
}

/// Compresses what the API answers. Pages and assets have their own compressed forms; what is never
/// stored (`no-store`) may hold secrets beside words of the caller, and stays as it is.
pub(super) async fn encode(mut request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/v1/") {
        return next.run(request).await;
    }
    let coding = Coding::of(request.headers());
    let known = request.headers().get(IF_NONE_MATCH).cloned();
    if let (Some(coding), Some(known)) = (coding, &known) {
        request.headers_mut().insert(IF_NONE_MATCH, without_end(known, coding));
    }
    let mut response = next.run(request).await;
    if response.status() == StatusCode::NOT_MODIFIED {
        vary(response.headers_mut());
        if let (Some(coding), Some(known)) = (coding, known) {
            name_the_known(response.headers_mut(), coding, &known);
        }
        return response;
    }
    if !may_encode(&response) {
        return response;
    }
    vary(response.headers_mut());
    let exact = response.body().size_hint().exact();
    match coding {
        Some(coding) if exact.is_none_or(|bytes| bytes >= WORTH_IT) => compressed(response, coding),
        _ => response,
    }
}

fn vary(headers: &mut HeaderMap) {
    headers.append(VARY, HeaderValue::from_static("Accept-Encoding"));
}

fn may_encode(response: &Response) -> bool {
    let headers = response.headers();
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_stored = headers.get(CACHE_CONTROL).is_none_or(|value| value != "no-store");
    KINDS.contains(&kind) && is_stored && !headers.contains_key(CONTENT_ENCODING)
}

fn compressed(mut response: Response, coding: Coding) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    headers.remove(CONTENT_LENGTH);
    if let Some(tag) = headers.get(ETAG).and_then(|tag| with_end(tag, coding)) {
        headers.insert(ETAG, tag);
    }
    response.map(|body| Body::from_stream(chunks(body.into_data_stream(), Encoder::new(coding))))
}

fn with_end(tag: &HeaderValue, coding: Coding) -> Option<HeaderValue> {
    let tag = tag.to_str().ok()?.strip_suffix('"')?;
    HeaderValue::try_from(format!("{tag}{}", coding.end())).ok()
}

/// The tags that the handler may know.
fn without_end(known: &HeaderValue, coding: Coding) -> HeaderValue {
    let plain = known.to_str().ok().map(|known| known.replace(&coding.end(), "\""));
    plain.and_then(|plain| HeaderValue::try_from(plain).ok()).unwrap_or_else(|| known.clone())
}

/// 304 repeats the tag that the caller has, which is one of this coding or one of no coding.
fn name_the_known(headers: &mut HeaderMap, coding: Coding, known: &HeaderValue) {
    let tag = headers.get(ETAG).and_then(|tag| with_end(tag, coding));
    let Some(tag) = tag else { return };
    let is_known = tag.to_str().ok().zip(known.to_str().ok());
    if is_known.is_some_and(|(tag, known)| known.contains(tag)) {
        headers.insert(ETAG, tag);
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The body, each chunk compressed and complete. What fails inside cuts the stream off: an end mark
/// would make it look whole.
fn chunks(
    body: BodyDataStream,
    encoder: Encoder,
) -> impl Stream<Item = Result<Bytes, Failure>> + Send {
    stream::unfold(Some((body, encoder)), |state| async {
        let (mut body, encoder) = state?;
        Some(match body.next().await {
            Some(Ok(chunk)) if chunk.len() > LARGE => {
                let compress = move || encoder.push(&chunk);
                match tokio::task::spawn_blocking(compress).await {
                    Ok((bytes, encoder)) => (Ok(bytes), Some((body, encoder))),
                    Err(error) => (Err(error.into()), None),
                }
            }
            Some(Ok(chunk)) => {
                let (bytes, encoder) = encoder.push(&chunk);
                (Ok(bytes), Some((body, encoder)))
            }
            Some(Err(error)) => (Err(error.into()), None),
            None => (Ok(encoder.finish()), None),
        })
    })
}

/// Compresses one stream.
enum Encoder {
    Brotli(Box<brotli::CompressorWriter<Vec<u8>>>),
    Gzip(Box<GzEncoder<Vec<u8>>>),
}

impl Encoder {
    fn new(coding: Coding) -> Self {
        match coding {
            Coding::Brotli => {
                let writer = brotli::CompressorWriter::new(Vec::new(), 4096, QUALITY, WINDOW);
                Self::Brotli(Box::new(writer))
            }
            Coding::Gzip => Self::Gzip(Box::new(GzEncoder::new(Vec::new(), Compression::new(5)))),
        }
    }

    /// The chunk, compressed so far that a reader can read all of it.
    fn push(mut self, chunk: &[u8]) -> (Bytes, Self) {
        let memory = "a vector takes every byte";
        let out = match &mut self {
            Self::Brotli(encoder) => {
                encoder.write_all(chunk).expect(memory);
                encoder.flush().expect(memory);
                encoder.get_mut()
            }
            Self::Gzip(encoder) => {
                encoder.write_all(chunk).expect(memory);
                encoder.flush().expect(memory);
                encoder.get_mut()
            }
        };
        (std::mem::take(out).into(), self)
    }

    /// What ends the stream.
    fn finish(self) -> Bytes {
        match self {
            Self::Brotli(encoder) => encoder.into_inner().into(),
            Self::Gzip(encoder) => encoder.finish().expect("a vector takes every byte").into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn unpacked(coding: Coding, bytes: &[u8]) -> String {
        let mut text = Vec::new();
        // What was flushed must be readable although the end is missing.
        let mut piece = [0; 4096];
        let mut reader: Box<dyn std::io::Read> = match coding {
            Coding::Brotli => Box::new(brotli::Decompressor::new(bytes, 4096)),
            Coding::Gzip => Box::new(flate2::read::GzDecoder::new(bytes)),
        };
        while let Ok(length) = reader.read(&mut piece) {
            if length == 0 {
                break;
            }
            text.extend_from_slice(&piece[..length]);
        }
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn each_chunk_can_be_read_before_the_next_one_comes() {
        for coding in [Coding::Brotli, Coding::Gzip] {
            let (mut sent, mut whole) = (Vec::new(), String::new());
            let mut encoder = Encoder::new(coding);
            for n in 0..20 {
                let line = format!("{{\"panel\":{n},\"rows\":[{}]}}\n", "1,".repeat(n * 10));
                let (bytes, rest) = encoder.push(line.as_bytes());
                encoder = rest;
                sent.extend_from_slice(&bytes);
                whole.push_str(&line);
                assert_eq!(unpacked(coding, &sent), whole, "{coding:?}");
            }
            sent.extend_from_slice(&encoder.finish());
            assert_eq!(unpacked(coding, &sent), whole);
            assert!(sent.len() < whole.len() / 3, "{} of {}", sent.len(), whole.len());
        }
    }

    #[test]
    fn tags_get_the_coding_and_lose_it() {
        let tag = HeaderValue::from_static("\"abc\"");
        let coded = with_end(&tag, Coding::Brotli).unwrap();
        assert_eq!(coded, "\"abc-br\"");
        assert_eq!(without_end(&coded, Coding::Brotli), tag);
        assert_eq!(without_end(&coded, Coding::Gzip), coded, "another coding's tag is another tag");
        let several = HeaderValue::from_static("\"abc-br\", \"def\"");
        assert_eq!(without_end(&several, Coding::Brotli), "\"abc\", \"def\"");
    }
}
