//! Rewrites segments that an older build wrote, or that were written under other declarations.

use super::{Lake, LakeError};
use crate::model::Properties;
use crate::policy::TenantScope;
use crate::store::{Catalogue, SEGMENT_FORMAT};

impl Lake {
    /// The properties that get typed columns in what is written now. None so far: a model declares
    /// them.
    #[expect(clippy::unused_async, reason = "declarations are read from the control database")]
    pub(super) async fn declared(&self, _scope: &TenantScope) -> Result<Properties, LakeError> {
        Ok(Properties::default())
    }

    /// The catalogue, every segment of it in the present format. Segments of an older build are
    /// rewritten before anything reads them: once in the life of each.
    pub(super) async fn present(&self, scope: &TenantScope) -> Result<Catalogue, LakeError> {
        loop {
            let catalogue = self.inner.store.tenant(scope).catalogue().await?;
            let old = catalogue.segments.iter().find(|segment| segment.format < SEGMENT_FORMAT);
            let Some(old) = old else { return Ok(catalogue) };
            self.rewrite(scope, vec![old.id.clone()]).await?;
        }
    }

    /// Rewrites one segment that lacks the column of a declared property. Answers come right without
    /// it, out of the map; with it they come fast.
    pub(super) async fn modernise(&self, scope: &TenantScope) -> Result<usize, LakeError> {
        let declared = self.declared(scope).await?;
        let catalogue = self.inner.store.tenant(scope).catalogue().await?;
        let lacks = |segment: &&crate::store::Segment| {
            segment.format < SEGMENT_FORMAT || !segment.properties.covers(&declared)
        };
        match catalogue.segments.iter().find(lacks) {
            Some(segment) => self.rewrite(scope, vec![segment.id.clone()]).await,
            None => Ok(0),
        }
    }
}
