//! Instants as RFC 3339 writes them.

use jiff::Timestamp;

/// Parses RFC 3339 and nothing more lenient: other readers of the raw log must understand it too.
pub fn rfc3339(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let shape = b"dddd-dd-ddTdd:dd:dd";
    let fits = bytes.len() > shape.len()
        && shape.iter().zip(bytes).all(|(want, have)| match want {
            b'd' => have.is_ascii_digit(),
            b'T' => matches!(have, b'T' | b't'),
            other => have == other,
        });
    if !fits {
        return None;
    }
    let mut rest = &bytes[shape.len()..];
    if let [b'.', fraction @ ..] = rest {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=9).contains(&digits) {
            return None;
        }
        rest = &fraction[digits..];
    }
    match rest {
        [b'Z' | b'z'] => {}
        [b'+' | b'-', a, b, b':', c, d] if [a, b, c, d].iter().all(|x| x.is_ascii_digit()) => {}
        _ => return None,
    }
    text.parse().ok()
}
