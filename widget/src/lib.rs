//! The dashboard that draws itself inside a customer's page.
//!
//! Charts are plain functions of their inputs: data → scales → layout → marks, no step reaching
//! back. They live in [`data`], [`chart`] and [`text`], know no browser and are tested natively.
//! `dom` puts their result on the screen and exists on `wasm32` alone. The custom element itself is
//! JavaScript (`www/loader/v1.js`): WASM cannot extend `HTMLElement`.

pub mod chart;
pub mod data;
pub mod text;

#[cfg(target_arch = "wasm32")]
pub mod dom;
