//! Sessions, pages and data of embedded dashboards.

mod asset;
mod export;
mod frame_page;
mod live;
mod loader;
mod mint_session;
mod own_page;
mod prepare;
mod query_panel;
mod revoke_session;
mod rows;
mod tags;
mod values;
mod view;

pub(super) use asset::{accepts, asset, encoded};
pub(super) use export::export;
pub(super) use frame_page::frame_page;
pub(super) use live::live;
pub(super) use loader::loader;
pub(super) use mint_session::mint_session;
pub(super) use own_page::own_page;
pub(super) use query_panel::query_panel;
pub(super) use revoke_session::revoke_session;
pub(super) use rows::rows;
pub(super) use values::values;
pub(super) use view::view;
