//! Compressed bodies.

use std::io::Read as _;

use brotli::Decompressor;
use flate2::read::GzDecoder;

/// The body as it was before it was compressed as `encoding` (`Content-Encoding`) says.
pub(crate) fn unpack(encoding: Option<&str>, body: &[u8]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let unpacked = match encoding {
        None => return Ok(body.to_vec()),
        Some("gzip") => GzDecoder::new(body).read_to_end(&mut bytes),
        Some("br") => Decompressor::new(body, 4096).read_to_end(&mut bytes),
        Some(other) => return Err(format!("its encoding is {other}")),
    };
    unpacked.map(|_| bytes).map_err(|error| format!("it cannot be unpacked: {error}"))
}
