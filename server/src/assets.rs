//! The files that a browser loads, carried inside the binary with both compressed forms.
//!
//! The table is made at build time from what `cargo xtask` laid into its folder (`build.rs`). A
//! binary that was built without them has an empty table and says so. Nothing here knows HTTP.

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

/// The file of that name.
pub fn find(name: &str) -> Option<&'static Asset> {
    FILES.iter().find(|asset| asset.name == name)
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
    fn other_names_find_nothing() {
        for name in ["", "v1.js", "../Cargo.toml", "manifest.json"] {
            assert!(find(name).is_none(), "{name}");
        }
    }
}
