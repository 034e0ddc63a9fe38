//! What is said to the viewer: shapes of numbers, words, summaries.

pub mod delta;
pub mod lexicon;
pub mod markdown;
pub mod number;
pub mod range;
pub mod summary;
pub mod words;
