//! Rewrites segments that an older build wrote, or that were written under other declarations.

use super::{Lake, LakeError};
use crate::model::Properties;
use crate::policy::TenantScope;
use crate::store::{SEGMENT_FORMAT, Segment};

impl Lake {
    /// The properties that get typed columns in what is written now: those that the model declares.
    pub(super) async fn declared(&self, scope: &TenantScope) -> Result<Properties, LakeError> {
        Ok(self.model(scope).await?.properties().clone())
    }

    /// Rewrites one segment that lacks the column of a declared property. Answers come right without
    /// it, out of the map; with it they come fast.
    pub(super) async fn modernise(&self, scope: &TenantScope) -> Result<usize, LakeError> {
        let declared = self.declared(scope).await?;
        let catalogue = self.inner.store.tenant(scope).catalogue().await?;
        let lacks = |segment: &&Segment| {
            segment.format < SEGMENT_FORMAT || !segment.properties.covers(&declared)
        };
        match catalogue.segments.iter().find(lacks) {
            Some(segment) => self.rewrite(scope, vec![segment.id.clone()]).await,
            None => Ok(0),
        }
    }
}
