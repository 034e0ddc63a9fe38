//! Waiting for what happens soon, with a bound and without guessing how soon.

use std::time::Duration;

/// Between two looks.
const STEP: Duration = Duration::from_millis(20);
/// Looks at most: 30 seconds on an idle machine.
const LOOKS: u32 = 1_500;

/// Looks again and again until `look` gives something, and fails the test if it never does. `what`
/// names it in the failure.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..LOOKS {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(STEP).await;
    }
    panic!("never happened: {what}");
}
