//! From bytes on the wire to what a chart is drawn from.

pub mod backoff;
pub mod cell;
pub mod choice;
pub mod filters;
pub mod groups;
pub mod heatmap;
pub mod json;
pub mod json_text;
pub mod lines;
mod look;
pub mod news;
pub mod notes;
pub mod order;
pub mod panel;
pub mod pick;
pub mod ranking;
pub mod reader;
pub mod series;
pub mod shows;
pub mod stamp;
pub mod twin;
pub mod wire;
