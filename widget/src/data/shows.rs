//! Whether there is anything to show.

use inlay_shared::{Answer, PanelKind};

use super::cell;

/// A panel of that kind would be empty. People who are followed have a row for each step or cohort even
/// where there is nobody.
pub fn nothing(kind: PanelKind, answer: &Answer) -> bool {
    let nobody = |row: &Vec<serde_json::Value>| row.get(1).and_then(cell::number) == Some(0.0);
    match kind {
        PanelKind::Funnel | PanelKind::Retention => answer.rows.iter().all(nobody),
        _ => answer.rows.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_funnel_that_nobody_enters_is_empty() {
        let answer = |rows: serde_json::Value| -> Answer {
            serde_json::from_value(json!({
                "columns": [], "rows": rows, "version": "1", "source": "lake", "elapsed_ms": 1.0,
                "time": {"from": "2026-10-01", "to": "2026-10-03", "zone": "UTC"},
            }))
            .unwrap()
        };
        let nobody = answer(json!([["a", 0], ["b", 0]]));
        assert!(nothing(PanelKind::Funnel, &nobody) && !nothing(PanelKind::Bar, &nobody));
        assert!(!nothing(PanelKind::Retention, &answer(json!([["a", 0], ["b", 3]]))));
        assert!(nothing(PanelKind::Table, &answer(json!([]))));
    }
}
