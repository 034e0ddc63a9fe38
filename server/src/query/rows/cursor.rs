//! Where a page begins. A cursor is opaque to its bearer, and bound to the tenant and the question.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use inlay_shared::{Filter, RowsQuery};

use crate::ids::TenantId;
use crate::model::Invalid;

/// Of this build's cursors. Those of another one are refused, and the reader begins anew.
const VERSION: u8 = 1;
const BINDING: usize = 16;
const LENGTH: usize = 1 + BINDING + 3 * 8;

/// The last row of the page before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The last place of the raw log when the first page was read: what came later is on no page.
    pub(super) upto: i64,
    /// Its time, in microseconds since 1970.
    pub(super) time: i64,
    /// Its place in the raw log.
    pub(super) seq: i64,
}

/// What a cursor is bound to: it leads nowhere for another tenant or another question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Binding([u8; BINDING]);

impl Binding {
    pub(super) fn of(tenant: &TenantId, query: &RowsQuery, row_filters: &[Filter]) -> Self {
        // A page may be of another size than the one before.
        let question = RowsQuery { cursor: None, limit: None, ..query.clone() };
        let text = serde_json::to_vec(&(tenant.as_str(), question, row_filters))
            .expect("questions have string keys only");
        let mut binding = [0; BINDING];
        binding.copy_from_slice(&blake3::hash(&text).as_bytes()[..BINDING]);
        Self(binding)
    }
}

impl Cursor {
    pub(super) fn write(self, binding: Binding) -> String {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.push(VERSION);
        bytes.extend(binding.0);
        for number in [self.upto, self.time, self.seq] {
            bytes.extend(number.to_be_bytes());
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub(super) fn read(text: &str, binding: Binding) -> Result<Self, Invalid> {
        let detail = "take `next` from the page before as it is, and ask the same question; to begin \
                      anew, leave `cursor` out";
        let refused = || Invalid::new("invalid_cursor", "/cursor", detail);
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
        let fits = bytes.len() == LENGTH && bytes[0] == VERSION;
        if !fits || bytes[1..=BINDING] != binding.0 {
            return Err(refused());
        }
        let number = |at: usize| {
            let from = 1 + BINDING + at * 8;
            let eight = bytes[from..from + 8].try_into().expect("eight bytes of the length above");
            i64::from_be_bytes(eight)
        };
        Ok(Self { upto: number(0), time: number(1), seq: number(2) })
    }
}
