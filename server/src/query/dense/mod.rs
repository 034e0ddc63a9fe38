//! Aggregates a snapshot directly from its columns, for the questions that nearly every panel asks.
//!
//! A text column of a segment is stored as numbers and a dictionary. So grouping, filtering and counting
//! different values work on the numbers, by array index, and only the few texts of each dictionary
//! are hashed or compared. Rows of a segment rise in time, so a bucket is a range of them.
//!
//! What large segments add up to by the hour lies beside them: where a job has the same answer from there
//! (`rollup`), the rows of such a table are gone through in the same way, each for many events.
//!
//! `job` says what is computed, `decide` makes one of a plan or declines (DataFusion answers then),
//! `segments` finds the row groups and reads their columns, `worker` goes through them, `result` puts
//! the workers together. Counts, sums and sets are exact, so it does not matter who saw which row.

mod amounts;
mod columns;
mod decide;
mod distinct;
mod files;
mod groups;
mod job;
mod keep;
mod places;
mod result;
mod rollup;
mod run;
mod segments;
mod sketches;
mod texts;
mod times;
mod worker;

pub(super) use decide::{decide, order, rankable};
pub(super) use job::Job;
pub(super) use run::{Dense, aggregate};
pub(super) use segments::Files;
