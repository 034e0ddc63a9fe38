//! Marks of charts as plain functions of data and size.

pub mod band;
pub mod bars;
pub mod columns;
pub mod heat;
pub mod line;
pub mod path;
pub mod plot;
pub mod ring;
pub mod scale;
pub mod spark;
pub mod stack;
pub mod thin;
pub mod ticks;
pub mod time_axis;

#[cfg(test)]
mod golden;
