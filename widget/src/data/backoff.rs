//! How long to wait before the next try.

/// Milliseconds to wait after `failures` failures in a row: 1, 2, 4, … 30 s, of which `chance`
/// (0 to 1) takes up to half away, so that many pages do not come back in the same instant.
pub fn delay_ms(failures: u32, chance: f64) -> f64 {
    let seconds = f64::from(1_u32 << failures.saturating_sub(1).min(5)).min(30.0);
    seconds * 1_000.0 * (1.0 - chance / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_half_a_minute() {
        let waits: Vec<f64> = (1..=7).map(|failures| delay_ms(failures, 0.0)).collect();
        assert_eq!(waits, [1e3, 2e3, 4e3, 8e3, 16e3, 30e3, 30e3]);
        assert_eq!(delay_ms(u32::MAX, 0.0), 30e3);
    }

    #[test]
    fn chance_takes_up_to_half() {
        assert_eq!(delay_ms(3, 1.0), 2e3);
        assert_eq!(delay_ms(3, 0.5), 3e3);
    }
}
