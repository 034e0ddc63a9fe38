//! The browser's side: what the pure modules worked out, put on the screen.
//!
//! Everything is built element by element. `view!` would turn static markup into `innerHTML` of a
//! template, which pages that require Trusted Types refuse.

mod app;
mod ask_panel;
mod ask_view;
mod bar;
pub mod bridge;
mod chart;
mod choice;
mod context;
mod draw;
mod el;
mod feed;
mod fetch;
mod guard;
mod header;
mod icon;
mod intl;
mod live;
pub mod mount;
mod number;
mod panel;
mod readout;
mod states;
mod table;
mod var;
mod view;
