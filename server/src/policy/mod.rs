//! Who may do what: pure, without IO and without a clock, and the only maker of a scope.
//!
//! Every request becomes a [`Principal`] by `access`, and comes here with an [`Action`]. The yes of
//! the Cedar policies in `inlay.cedar` is a scope: [`TenantScope`] for one tenant's data,
//! [`SystemScope`] for the deployment. The store and the lake are reached through a scope and through
//! nothing else, so code that forgets to ask does not compile.

mod decide;
mod entities;
mod principal;
mod scope;

pub use decide::{Action, Denied, Policy};
pub use principal::{Duty, Principal, Viewer};
pub use scope::{SystemScope, TenantScope};
