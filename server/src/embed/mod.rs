//! What a browser gets: pages of our own, security headers for each kind of answer, and checks of
//! what integrators declare about their pages.

mod declare;
mod headers;
mod page;

pub use declare::{brand_errors, domain};
pub use headers::{Kind, secure};
pub use page::{Page, PageAssets};
