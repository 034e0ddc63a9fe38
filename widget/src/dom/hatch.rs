//! Patterns that tell surfaces apart beside their colours.
//!
//! They lie over a surface in the colour of the ground. The first series has none.

use super::el::{El, svg};

/// Angle and distance of the strokes; the last two cross.
const STROKES: [(&str, &str, &str); 5] = [
    ("hatch-1", "rotate(45)", "M0 3h6"),
    ("hatch-2", "rotate(-45)", "M0 3h6"),
    ("hatch-3", "", "M3 3h0"),
    ("hatch-4", "", "M0 3h6"),
    ("hatch-5", "rotate(45)", "M0 3h6M3 0v6"),
];

/// Declares the patterns inside a drawing.
pub(crate) fn patterns() -> El {
    let mut all = svg("defs", "");
    for (id, turn, path) in STROKES {
        let mut pattern = svg("pattern", "")
            .set("id", id)
            .set("width", "6")
            .set("height", "6")
            .set("patternUnits", "userSpaceOnUse");
        if !turn.is_empty() {
            pattern = pattern.set("patternTransform", turn);
        }
        all = all.kid(pattern.kid(svg("path", "hatch-stroke").set("d", path)));
    }
    all
}

/// What a surface of the series at that place is filled with, over its colour.
pub(crate) fn fill(place: usize) -> Option<&'static str> {
    match place {
        1 => Some("url(#hatch-1)"),
        2 => Some("url(#hatch-2)"),
        3 => Some("url(#hatch-3)"),
        4 => Some("url(#hatch-4)"),
        5 => Some("url(#hatch-5)"),
        _ => None,
    }
}
