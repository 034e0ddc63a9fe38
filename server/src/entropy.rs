//! Chance as an input: whoever needs randomness takes an [`Entropy`].

use std::sync::Arc;

use parking_lot::Mutex;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// A source of cryptographic randomness. Clones share one stream.
#[derive(Clone)]
pub struct Entropy(Arc<Mutex<ChaCha20Rng>>);

impl Entropy {
    /// Seeded by the operating system.
    pub fn system() -> Self {
        let mut seed = [0_u8; 32];
        aws_lc_rs::rand::fill(&mut seed).expect("the operating system has randomness");
        Self::seeded(seed)
    }

    /// The same stream for the same seed; for simulations and tests.
    pub fn seeded(seed: [u8; 32]) -> Self {
        Self(Arc::new(Mutex::new(ChaCha20Rng::from_seed(seed))))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        self.0.lock().fill_bytes(&mut bytes);
        bytes
    }
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy(…)")
    }
}
