//! What one tenant's lake holds at one moment.

use std::sync::Arc;

use super::readers::{Hold, Readers};
use super::segment_file::relative_path;
use crate::ids::TenantId;
use crate::store::{Catalogue, Segment};

/// The live segments of one tenant. Their files stay readable until it is dropped.
#[derive(Debug)]
pub struct Snapshot {
    tenant: TenantId,
    version: i64,
    segments: Vec<Segment>,
    _hold: Hold,
}

impl Snapshot {
    pub(super) fn new(tenant: TenantId, catalogue: Catalogue, readers: &Arc<Readers>) -> Self {
        let Catalogue { version, segments } = catalogue;
        let hold = readers.hold(segments.iter().map(|segment| segment.id.clone()).collect());
        Self { tenant, version, segments, _hold: hold }
    }

    /// Changes whenever an answer may change.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The live segments, the oldest events first.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Where the file of a segment lies, relative to the lake's folder.
    pub fn path(&self, segment: &Segment) -> String {
        relative_path(&self.tenant, &segment.id)
    }
}
