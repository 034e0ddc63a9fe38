//! The browser's side: what the pure modules worked out, put on the screen.
//!
//! Everything is built element by element. `view!` would turn static markup into `innerHTML` of a
//! template, which pages that require Trusted Types refuse.

mod app;
mod ask_panel;
mod ask_view;
mod bar;
pub mod bridge;
mod brush;
mod chart;
mod choice;
mod context;
mod donut;
mod draw;
mod el;
mod feed;
mod fetch;
mod funnel;
mod groups;
mod guard;
mod hatch;
mod header;
mod heatmap;
mod icon;
mod intl;
mod line;
mod live;
mod marks;
pub mod mount;
mod number;
mod panel;
mod plural;
mod readout;
mod retention;
mod speak;
mod states;
mod table;
mod text;
mod var;
mod view;
