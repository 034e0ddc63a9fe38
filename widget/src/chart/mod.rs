//! Data → scales → layout → marks. No module here knows a browser.

pub mod bars;
pub mod line;
pub mod path;
pub mod scale;
pub mod spark;
pub mod ticks;
pub mod time_axis;
