//! Thins a line to what the pixels can show.
//!
//! Of all points in one column of pixels four matter: the first and the last, where the line enters and
//! leaves it, and the lowest and the highest, between which it fills it. A line through those covers
//! the same pixels as a line through all.

/// Keeps at most four points of each column of `width` pixels, in their order. A gap stays a gap.
pub fn thin(points: &[Option<(f64, f64)>], width: f64) -> Vec<Option<(f64, f64)>> {
    if points.len() as f64 <= width * 4.0 {
        return points.to_vec();
    }
    let column = |point: &Option<(f64, f64)>| point.map(|(x, _)| x.floor());
    let mut out = Vec::new();
    // Neighbours in one column, or in one gap, are taken together.
    for run in points.chunk_by(|one, next| column(one) == column(next)) {
        let height = |place: usize| run[place].map_or(0.0, |(_, y)| y);
        let (mut low, mut high) = (0, 0);
        for place in 1..run.len() {
            if height(place) < height(low) {
                low = place;
            }
            if height(place) > height(high) {
                high = place;
            }
        }
        let mut kept = [0, low.min(high), low.max(high), run.len() - 1].to_vec();
        kept.dedup();
        for place in kept {
            // A gap has no heights, so all but its ends fall away; one of them breaks the line.
            out.push(run[place]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For each column of pixels the lowest and the highest place that the line reaches.
    fn drawn(points: &[Option<(f64, f64)>], width: usize) -> Vec<Option<(f64, f64)>> {
        let mut columns: Vec<Option<(f64, f64)>> = vec![None; width];
        let mut touch = |column: usize, y: f64| {
            if let Some(slot) = columns.get_mut(column) {
                let (low, high) = slot.unwrap_or((y, y));
                *slot = Some((low.min(y), high.max(y)));
            }
        };
        for pair in points.windows(2) {
            let (Some(from), Some(to)) = (pair[0], pair[1]) else { continue };
            touch(from.0 as usize, from.1);
            touch(to.0 as usize, to.1);
            // Where the line crosses from one column to the next.
            for border in from.0.floor() as usize + 1..=to.0.floor() as usize {
                let share = (border as f64 - from.0) / (to.0 - from.0);
                let y = from.1 + share * (to.1 - from.1);
                touch(border - 1, y);
                touch(border, y);
            }
        }
        columns
    }

    /// A course that is jagged everywhere and has a spike that must not be lost.
    fn course(count: usize, width: f64) -> Vec<Option<(f64, f64)>> {
        let mut seed = 7_u64;
        let mut y = 100.0;
        (0..count)
            .map(|place| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                y += (seed >> 40) as f64 / (1 << 24) as f64 * 4.0 - 2.0;
                let spike = if place == count / 3 { 500.0 } else { 0.0 };
                Some((place as f64 * width / count as f64, y + spike))
            })
            .collect()
    }

    #[test]
    fn ten_thousand_points_cover_the_same_pixels_as_a_few() {
        for width in [320.0, 777.0, 1_200.0] {
            let all = course(10_000, width);
            let few = thin(&all, width);
            assert!(few.len() <= width as usize * 4, "{} points", few.len());
            assert_eq!(drawn(&few, width as usize), drawn(&all, width as usize), "{width}");
        }
    }

    #[test]
    fn gaps_stay_and_points_keep_their_order() {
        let mut all = course(10_000, 300.0);
        all[4_000..4_100].fill(None);
        let few = thin(&all, 300.0);
        assert!(few.iter().any(Option::is_none));
        let places: Vec<f64> = few.iter().flatten().map(|(x, _)| *x).collect();
        assert!(places.is_sorted());
        assert_eq!(drawn(&few, 300), drawn(&all, 300));
    }

    #[test]
    fn few_points_stay_as_they_are() {
        let few = course(90, 400.0);
        assert_eq!(thin(&few, 400.0), few);
        assert!(thin(&[], 400.0).is_empty());
    }
}
