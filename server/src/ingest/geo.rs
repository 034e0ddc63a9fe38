//! From a network address to a country, by a file that the operator supplies. The address itself goes no
//! further than this.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use maxminddb::{MaxMindDbError, Reader, path};

/// A file of the MaxMind DB format with countries in it, or none. Cheap to clone.
#[derive(Clone, Default)]
pub struct Geo(Option<Arc<Reader<Vec<u8>>>>);

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{} is no database of countries that can be read", file.display())]
pub struct GeoError {
    /// Which one.
    file: PathBuf,
    /// Why.
    source: MaxMindDbError,
}

impl Geo {
    /// Reads a file whole. What replaces it is taken up at the next start.
    ///
    /// # Errors
    /// [`GeoError`] if it is not there, or not of the format.
    pub fn open(file: &Path) -> Result<Self, GeoError> {
        let failed = |source| GeoError { file: file.to_owned(), source };
        Ok(Self(Some(Arc::new(Reader::open_readfile(file).map_err(failed)?))))
    }

    /// The ISO 3166-1 code of the country of an address, if the file knows it.
    pub(super) fn country(&self, address: IpAddr) -> Option<String> {
        let found = self.0.as_ref()?.lookup(address.to_canonical()).ok()?;
        let code = ["country", "registered_country"]
            .into_iter()
            .find_map(|kind| found.decode_path::<String>(&path![kind, "iso_code"]).ok().flatten());
        code.filter(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
    }
}

impl fmt::Debug for Geo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Geo(a file)" } else { "Geo(none)" })
    }
}
