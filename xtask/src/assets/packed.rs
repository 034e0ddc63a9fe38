//! One file as it is served: named by its content, with its integrity and both compressed forms.

use std::io::Write as _;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use sha2::{Digest as _, Sha384};

/// A file ready to be served.
pub(crate) struct Packed {
    pub(crate) name: String,
    pub(crate) content_type: &'static str,
    pub(crate) integrity: String,
    pub(crate) raw: Vec<u8>,
    pub(crate) brotli: Vec<u8>,
    pub(crate) gzip: Vec<u8>,
}

/// How many bytes a file has, as it is and compressed.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Sizes {
    pub(crate) raw: usize,
    pub(crate) gzip: usize,
    pub(crate) brotli: usize,
}

impl std::ops::Add for Sizes {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            raw: self.raw + other.raw,
            gzip: self.gzip + other.gzip,
            brotli: self.brotli + other.brotli,
        }
    }
}

impl Packed {
    /// Names and compresses a file: `stem-<hash>.extension`.
    pub(crate) fn new(stem: &str, extension: &str, raw: Vec<u8>) -> Result<Self> {
        let hash = blake3::hash(&raw).to_hex();
        Ok(Self {
            name: format!("{stem}-{}.{extension}", &hash[..16]),
            content_type: content_type(extension)?,
            integrity: format!("sha384-{}", STANDARD.encode(Sha384::digest(&raw))),
            brotli: brotli(&raw)?,
            gzip: gzip(&raw)?,
            raw,
        })
    }
}

fn content_type(extension: &str) -> Result<&'static str> {
    Ok(match extension {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "wasm" => "application/wasm",
        other => anyhow::bail!("no content type is known for `.{other}`"),
    })
}

fn brotli(mut raw: &[u8]) -> Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: raw.len(),
        ..BrotliEncoderParams::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut raw, &mut packed, &parameters).context("brotli failed")?;
    Ok(packed)
}

fn gzip(raw: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(raw).context("gzip failed")?;
    encoder.finish().context("gzip failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_and_the_integrity_follow_from_the_content() -> Result<()> {
        let one = Packed::new("a", "js", b"alert()".to_vec())?;
        let same = Packed::new("a", "js", b"alert()".to_vec())?;
        let other = Packed::new("a", "js", b"alert(1)".to_vec())?;
        assert_eq!((&one.name, &one.integrity), (&same.name, &same.integrity));
        assert_ne!(one.name, other.name);
        assert_eq!(one.name.len(), "a-0123456789abcdef.js".len());
        Ok(())
    }

    #[test]
    fn the_integrity_is_the_one_browsers_compute() -> Result<()> {
        // printf '' | openssl dgst -sha384 -binary | base64
        let empty = "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb";
        assert_eq!(Packed::new("a", "css", Vec::new())?.integrity, empty);
        Ok(())
    }

    #[test]
    fn the_compressed_forms_unpack_to_the_same() -> Result<()> {
        use std::io::Read as _;
        let raw = "inlay ".repeat(500).into_bytes();
        let packed = Packed::new("a", "js", raw.clone())?;
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&packed.gzip[..]).read_to_end(&mut unpacked)?;
        assert_eq!(unpacked, raw);
        unpacked.clear();
        brotli::BrotliDecompress(&mut &packed.brotli[..], &mut unpacked)?;
        assert_eq!(unpacked, raw);
        Ok(())
    }

    #[test]
    fn an_unknown_kind_of_file_is_refused() {
        assert!(Packed::new("a", "exe", Vec::new()).is_err());
    }
}
