//! One signature a token. Of an ECDSA signature (r, s) anybody can make another good one, (r, n − s),
//! without the key. Tokens carry the lower `s` of the two, and no other is taken, so that a token has one
//! spelling.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The order of P-256 (SP 800-186), `n`.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
/// `n / 2`, rounded down.
const HALF: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8,
];

/// The token with the lower of the two signatures.
pub(super) fn lower(token: String) -> String {
    let (rest, _) = token.rsplit_once('.').expect("a compact JWS has three parts");
    let mut parts = halves(&token).expect("ES256 gives 64 bytes");
    if parts.1 <= HALF {
        return token;
    }
    parts.1 = complement(parts.1);
    format!("{rest}.{}", URL_SAFE_NO_PAD.encode([parts.0, parts.1].concat()))
}

/// Is it the lower of the two? What is no signature at all is not.
pub(super) fn is_lower(token: &str) -> bool {
    halves(token).is_some_and(|(_, s)| s <= HALF)
}

fn halves(token: &str) -> Option<([u8; 32], [u8; 32])> {
    let (_, signature) = token.rsplit_once('.')?;
    let bytes = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let (r, s) = bytes.split_at_checked(32)?;
    Some((r.try_into().ok()?, s.try_into().ok()?))
}

/// `n − s`. Both are 32 bytes, the greatest first.
fn complement(s: [u8; 32]) -> [u8; 32] {
    let (mut left, mut borrow) = ([0; 32], false);
    for place in (0..32).rev() {
        let (once, first) = ORDER[place].overflowing_sub(s[place]);
        let (twice, second) = once.overflowing_sub(u8::from(borrow));
        (left[place], borrow) = (twice, first || second);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_one_stays_and_the_higher_one_is_turned() {
        let mut above = HALF;
        above[31] += 1;
        assert_eq!(complement(above), HALF, "n is odd: the halves are one apart");
        assert_eq!(complement(HALF), above);
        let token = |s: [u8; 32]| format!("a.b.{}", URL_SAFE_NO_PAD.encode([[7; 32], s].concat()));
        assert_eq!(lower(token(HALF)), token(HALF));
        assert_eq!(lower(token(above)), token(HALF));
        assert!(is_lower(&token(HALF)) && !is_lower(&token(above)) && !is_lower("a.b.c"));
    }
}
