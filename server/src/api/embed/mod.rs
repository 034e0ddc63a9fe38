//! Sessions, pages and data of embedded dashboards.

mod asset;
mod frame_page;
mod loader;
mod mint_session;
mod own_page;
mod query_panel;
mod revoke_session;
mod view;

pub use asset::asset;
pub use frame_page::frame_page;
pub use loader::loader;
pub use mint_session::mint_session;
pub use own_page::own_page;
pub use query_panel::query_panel;
pub use revoke_session::revoke_session;
pub use view::view;
