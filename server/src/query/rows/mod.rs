//! Single events, page by page, in the order of their time.
//!
//! A page begins behind the last row of the one before, so no row is skipped or shown twice whatever
//! happens meanwhile; and the first page fixes which events there are, so that the pages together are
//! the events of one moment. What is erased while somebody reads is gone from the pages to come.

mod columns;
mod cursor;
mod engine;
mod plan;

#[cfg(test)]
mod tests;
