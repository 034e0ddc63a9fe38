//! What is remembered of the lake's files.

use super::promises::{event, range};
use super::*;

#[tokio::test]
async fn what_was_in_a_file_is_forgotten_when_it_goes() {
    let house = House::new().await;
    let datafusion = house.engine.clone().without_dense();
    let ask = query(json!({"measures": ["events"], "dimensions": ["name"], "time": range()}));
    let mut known = BTreeSet::new();
    for n in 0..30 {
        house.send(&[event(&n.to_string(), json!({}))]).await;
        house.flush().await;
        house.ask(&ask).await.unwrap();
        datafusion.answer(&house.scope, &ask, &[]).await.unwrap();
        known.extend(house.files().await);
    }
    house.folder.clock.advance(std::time::Duration::from_secs(61));
    house.lake.remove_retired().await.unwrap();
    let live = house.files().await;
    assert!(live.len() < known.len(), "files were merged");
    for name in known {
        assert_eq!(house.engine.remembers(&name), [live.contains(&name); 2], "{name}");
    }
}
