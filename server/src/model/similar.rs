//! The known name that was probably meant.

/// The known name nearest to `name`, if it is near enough to be worth naming: at most a third of its
/// letters differ.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let longest = name.chars().count().max(3);
    known
        .map(|other| (distance(name, other), other))
        .filter(|(distance, _)| *distance * 3 <= longest)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// Letters to insert, leave out, replace, or swap with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) =
        (left.chars().take(64).collect(), right.chars().take(64).collect());
    let mut before = vec![0; right.len() + 1];
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut next = vec![row + 1];
        for (at, b) in right.iter().enumerate() {
            let replaced = last[at] + usize::from(a != b);
            let mut best = replaced.min(last[at + 1] + 1).min(next[at] + 1);
            if row > 0 && at > 0 && *a == right[at - 1] && left[row - 1] == *b {
                best = best.min(before[at - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut last, next);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_near() {
        let known = ["events", "users", "value", "duration_avg"];
        let near = |name| nearest(name, known.into_iter());
        assert_eq!(near("evnets"), Some("events"));
        assert_eq!(near("user"), Some("users"));
        assert_eq!(near("duration-avg"), Some("duration_avg"));
        assert_eq!(near("revenue"), None);
        assert_eq!(near(""), None);
    }
}
