//! Series that stand on each other: what is above zero grows upwards from it, what is below downwards.

/// From where to where each value reaches, by series and then by place. A gap has no height and adds
/// nothing.
pub fn stack(series: &[&[Option<f64>]]) -> Vec<Vec<(f64, f64)>> {
    let places = series.iter().map(|values| values.len()).max().unwrap_or(0);
    let mut tops = vec![(0.0, 0.0); places];
    let mut out = Vec::new();
    for values in series {
        let mut spans = Vec::new();
        for (place, value) in values.iter().enumerate() {
            let value = value.unwrap_or(0.0);
            let (below, above) = &mut tops[place];
            let top = if value < 0.0 { below } else { above };
            let from = *top;
            *top += value;
            spans.push((from, *top));
        }
        out.push(spans);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_below_zero_grow_downwards_and_gaps_add_nothing() {
        let first = [Some(1.0), Some(-2.0), None];
        let second = [Some(2.0), Some(-1.0), Some(4.0)];
        let third = [Some(-3.0), Some(5.0), Some(1.0)];
        let spans = stack(&[&first, &second, &third]);
        assert_eq!(spans[0], [(0.0, 1.0), (0.0, -2.0), (0.0, 0.0)]);
        assert_eq!(spans[1], [(1.0, 3.0), (-2.0, -3.0), (0.0, 4.0)]);
        assert_eq!(spans[2], [(0.0, -3.0), (0.0, 5.0), (4.0, 5.0)]);
        assert!(stack(&[]).is_empty());
    }
}
