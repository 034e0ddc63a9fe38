//! The keys that sign tokens. Each is published, then signs, then is retired, and is forgotten once
//! every token that it signed is dead (`life`); a compromised one is withdrawn in between. `vault` is how
//! they lie on the disk, `ring` what a process signs and verifies with, `keeper` brings the two together.

mod keeper;
mod life;
mod ring;
mod vault;

pub(super) use keeper::LOOK_EVERY;
pub use keeper::{KeeperError, KeyState, Rotated, SigningKeys, WITHDRAWN_EVERYWHERE, Withdrawn};
pub use life::Life;
#[cfg(test)]
pub(super) use ring::sample;
pub use ring::{KeyRing, UnusableKey};
pub use vault::{Vault, VaultError};
