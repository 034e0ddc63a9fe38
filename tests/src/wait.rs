//! Waiting for what happens soon, with a bound and without guessing how soon.

use std::time::Duration;

/// Between two looks.
const STEP: Duration = Duration::from_millis(20);
/// Looks at most: 30 seconds on an idle machine.
const LOOKS: u32 = 1_500;
/// Whatever a look takes.
const LONGEST: Duration = Duration::from_secs(120);

/// Looks again and again until `look` gives something, and fails the test if it never does. `what`
/// names it in the failure.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looks = async {
        for _ in 0..LOOKS {
            if let Some(found) = look().await {
                return Some(found);
            }
            tokio::time::sleep(STEP).await;
        }
        None
    };
    // A look may hang as well: a driver that answers nothing must not hold up the whole suite.
    match tokio::time::timeout(LONGEST, looks).await {
        Ok(Some(found)) => found,
        Ok(None) => panic!("never happened: {what}"),
        Err(_) => panic!("never happened within {LONGEST:?}: {what}"),
    }
}
