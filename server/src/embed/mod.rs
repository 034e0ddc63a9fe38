//! What a browser gets: pages of our own, security headers for each kind of answer, and checks of
//! what integrators declare about their pages. And the live streams, by which open dashboards learn
//! of news.

mod declare;
mod headers;
mod live;
mod nonce;
mod page;

pub use declare::{brand_errors, domain};
pub use headers::{Kind, secure};
pub use live::{Listener, Live, LiveStream, NoStream, Word};
pub use nonce::Nonce;
pub use page::{Page, PageAssets};
