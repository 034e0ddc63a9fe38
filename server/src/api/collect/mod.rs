//! From the pages of a site: the tracker, and what it sends.

mod take;
mod tracker;

pub(super) use take::take;
pub(super) use tracker::tracker;
