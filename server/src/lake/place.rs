//! Where a lake lies: a folder, or a bucket of an object storage.

use std::path::{Path, PathBuf};

use url::{Host, Url};

use super::LakeError;
use crate::config::{Aws, Storage};

/// Where a lake lies.
#[derive(Debug, Clone)]
pub enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket that speaks S3, with the folder in it.
    Bucket {
        /// `s3://bucket/prefix`.
        url: Url,
        /// The usual `AWS_…` settings: credentials, region, endpoint.
        aws: Aws,
    },
}

impl From<PathBuf> for Place {
    fn from(folder: PathBuf) -> Self {
        Self::Folder(folder)
    }
}

impl From<&Path> for Place {
    fn from(folder: &Path) -> Self {
        Self::Folder(folder.to_owned())
    }
}

impl Place {
    /// The place that the settings name: `storage.lake`, or the folder `lake` in the data folder.
    ///
    /// # Errors
    /// [`LakeError::Place`] for an address that is no place of a lake.
    pub fn of(storage: &Storage) -> Result<Self, LakeError> {
        let Some(address) = &storage.lake else {
            return Ok(Self::Folder(storage.data.join("lake")));
        };
        let wrong =
            |reason: &str| LakeError::Place { address: address.clone(), reason: reason.to_owned() };
        if !address.contains("://") {
            return Ok(Self::Folder(PathBuf::from(address)));
        }
        let url = Url::parse(address).map_err(|error| wrong(&error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("credentials belong into AWS_ACCESS_KEY_ID and its like"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it has a query or a fragment, which mean nothing here"));
        }
        match url.scheme() {
            "file" => {
                url.to_file_path().map(Self::Folder).map_err(|()| wrong("it names no folder"))
            }
            "s3" if url.host_str().is_some_and(|bucket| !bucket.is_empty()) => {
                Ok(Self::Bucket { url, aws: storage.aws.clone() })
            }
            "s3" => Err(wrong("it names no bucket: s3://bucket/folder")),
            _ => Err(wrong("a lake lies in a folder, at file:// or at s3://bucket/folder")),
        }
    }
}

/// May an endpoint be spoken to? Over TLS always, in plain text on this machine only.
///
/// # Errors
/// Why not.
pub(super) fn plain_text_allowed(endpoint: &str) -> Result<bool, String> {
    let url = Url::parse(endpoint).map_err(|error| format!("`{endpoint}`: {error}"))?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match (url.scheme(), loopback) {
        ("https", _) => Ok(false),
        ("http", true) => Ok(true),
        ("http", false) => Err(format!(
            "`{endpoint}` would send tenants' data in plain text; use https, or an endpoint on \
             this machine"
        )),
        _ => Err(format!("`{endpoint}` is no https address")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(address: &str) -> Result<Place, LakeError> {
        Place::of(&Storage { lake: Some(address.to_owned()), ..Storage::default() })
    }

    #[test]
    fn a_place_is_a_folder_or_a_bucket() {
        assert!(
            matches!(Place::of(&Storage::default()), Ok(Place::Folder(f)) if f.ends_with("lake"))
        );
        assert!(matches!(place("elsewhere/lake"), Ok(Place::Folder(_))));
        assert!(
            matches!(place("file:///srv/lake"), Ok(Place::Folder(f)) if f == Path::new("/srv/lake"))
        );
        assert!(
            matches!(place("s3://bucket/a/b"), Ok(Place::Bucket { url, .. }) if url.path() == "/a/b")
        );
        assert!(matches!(place("s3://bucket"), Ok(Place::Bucket { .. })));
        for bad in [
            "s3://",
            "gs://bucket/a",
            "http://bucket/a",
            "s3://key:secret@bucket/a",
            "s3://bucket/a?region=x",
        ] {
            assert!(matches!(place(bad), Err(LakeError::Place { .. })), "{bad}");
        }
    }

    #[test]
    fn plain_text_stays_on_this_machine() {
        for loopback in ["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"] {
            assert_eq!(plain_text_allowed(loopback), Ok(true), "{loopback}");
        }
        assert_eq!(plain_text_allowed("https://s3.example"), Ok(false));
        for bad in
            ["http://s3.example", "http://10.0.0.1", "http://localhost.example", "s3.example"]
        {
            assert!(plain_text_allowed(bad).is_err(), "{bad}");
        }
    }
}
