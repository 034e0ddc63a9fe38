//! The files that a browser loads, carried inside the binary with both compressed forms.
//!
//! The table is made at build time from what `cargo xtask` laid into its folder (`build.rs`). A
//! binary that was built without them has an empty table and says so. Nothing here knows HTTP.

use std::io::Write as _;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::write::GzEncoder;

/// The tracker as a script tag loads it.
const TRACKER_SOURCE: &str = include_str!(concat!(env!("OUT_DIR"), "/t.js"));

/// One file, named by its content: under the same name there are never other bytes.
#[derive(Clone, Copy)]
pub struct Asset {
    /// The file's name, such as `inlay-0123456789abcdef.wasm`.
    pub name: &'static str,
    /// The media type it is served with.
    pub content_type: &'static str,
    /// The hash a page may demand, as the `integrity` attribute takes it: `sha384-…`.
    pub integrity: &'static str,
    /// The bytes as they are.
    pub raw: &'static [u8],
    /// The bytes in brotli.
    pub brotli: &'static [u8],
    /// The bytes in gzip.
    pub gzip: &'static [u8],
}

/// Which file plays which part.
#[derive(Clone, Copy, Debug)]
pub struct Manifest {
    /// The script that a customer's page names: `/v1.js`.
    pub loader: &'static Asset,
    /// The script that binds the widget to the browser.
    pub glue: &'static Asset,
    /// The widget.
    pub wasm: &'static Asset,
    /// The widget's style.
    pub css: &'static Asset,
    /// The script of the frame page and of the white-labelled page.
    pub frame: &'static Asset,
    /// The style of those pages.
    pub page: &'static Asset,
}

/// The parts, or nothing in a binary that was built without them.
pub fn manifest() -> Option<&'static Manifest> {
    MANIFEST.as_ref()
}

/// The loader, the one file that is also served under a name that stays.
pub fn loader() -> Option<&'static Asset> {
    manifest().map(|manifest| manifest.loader)
}

/// The tracker that sites name: `/t.js`. It is made of text alone, so every binary has it.
pub fn tracker() -> &'static Asset {
    static TRACKER: LazyLock<Asset> = LazyLock::new(|| packed("t", TRACKER_SOURCE));
    &TRACKER
}

/// The file of that name.
pub fn find(name: &str) -> Option<&'static Asset> {
    FILES.iter().chain([tracker()]).find(|asset| asset.name == name)
}

/// A script as it is served. It is packed once a process and kept for as long.
fn packed(stem: &str, source: &'static str) -> Asset {
    let raw = source.as_bytes();
    let hash = blake3::hash(raw).to_hex();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA384, raw);
    let mut best = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        size_hint: raw.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*raw, &mut best, &parameters).expect("a vector takes every byte");
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(raw).expect("a vector takes every byte");
    Asset {
        name: format!("{stem}-{}.js", &hash[..16]).leak(),
        content_type: "text/javascript; charset=utf-8",
        integrity: format!("sha384-{}", STANDARD.encode(digest)).leak(),
        raw,
        brotli: best.leak(),
        gzip: gzip.finish().expect("a vector takes every byte").leak(),
    }
}

impl Asset {
    /// The part of the name that follows from the content; it identifies these very bytes.
    pub fn hash(&self) -> &'static str {
        let stem = self.name.rsplit_once('.').map_or(self.name, |(stem, _)| stem);
        stem.rsplit_once('-').map_or(stem, |(_, hash)| hash)
    }
}

impl std::fmt::Debug for Asset {
    /// Leaves out the bytes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asset").field("name", &self.name).finish_non_exhaustive()
    }
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_found_by_its_name() {
        let Some(manifest) = manifest() else { return assert!(FILES.is_empty()) };
        for part in [manifest.loader, manifest.wasm, manifest.page] {
            assert_eq!(find(part.name).map(|found| found.integrity), Some(part.integrity));
            assert_eq!(part.hash().len(), 16);
        }
        assert_eq!(loader().map(|asset| asset.name), Some(manifest.loader.name));
    }

    #[test]
    fn the_tracker_is_in_every_binary_and_within_its_budget() {
        let tracker = tracker();
        assert_eq!(find(tracker.name).map(|found| found.integrity), Some(tracker.integrity));
        assert!(tracker.brotli.len() <= 2_048, "{} bytes of brotli", tracker.brotli.len());
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*tracker.brotli, &mut unpacked).unwrap();
        assert_eq!(unpacked, tracker.raw);
        // printf '' | openssl dgst -sha384 -binary | base64
        let empty = "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb";
        assert_eq!(packed("a", "").integrity, empty);
    }

    #[test]
    fn other_names_find_nothing() {
        for name in ["", "v1.js", "t.js", "../Cargo.toml", "manifest.json"] {
            assert!(find(name).is_none(), "{name}");
        }
    }
}
