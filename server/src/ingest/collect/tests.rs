//! Through the door for pages: the same visitor until the day is over, and then nobody.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::policy::{Action, Duty, Policy, Principal};
use crate::store::testing::{Folder, scope};

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const KEY: &str = "pk_01h455vb4pex5vsknk084sn02q";

fn duty() -> SystemScope {
    Policy::new().system(&Principal::Process(Duty::Collect), Action::Collect).unwrap()
}

/// A process on the folder.
fn process(folder: &Folder) -> Collect {
    let (clock, entropy) = (folder.clock.clone(), folder.entropy.clone());
    let ingest = Ingest::new(folder.store.clone(), clock.clone(), entropy.clone());
    Collect::new(ingest, folder.store.clone(), duty(), 500, clock, entropy)
}

async fn send(collect: &Collect, address: &str, id: &str) -> Receipt {
    let events = vec![json!({"id": id, "name": "page.viewed", "page": "/"})];
    let sent = Collected { key: KEY.into(), automated: false, events };
    let address = address.parse().unwrap();
    let sender = Sender { address, user_agent: BROWSER.into(), opted_out: false };
    collect.accept(&scope("acme"), &KEY.parse().unwrap(), sent, &sender).await.unwrap()
}

/// Visitor and session of every stored event.
async fn stored(folder: &Folder) -> Vec<(String, String)> {
    let scope = scope("acme");
    let pending = folder.store.tenant(&scope).pending(1_000, usize::MAX).await.unwrap();
    let read = |body: &str| {
        let event: Value = serde_json::from_str(body).unwrap();
        let field = |name: &str| event[name].as_str().unwrap().to_owned();
        (field("user"), field("session"))
    };
    pending.events.iter().map(|event| read(&event.body)).collect()
}

/// Whether some file of the folder has these bytes.
fn is_on_disk(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        path.is_file()
            && std::fs::read(path).unwrap().windows(bytes.len()).any(|window| window == bytes)
    })
}

#[tokio::test]
async fn a_restart_within_the_day_makes_no_new_visitor() {
    let folder = Folder::new().await;
    send(&process(&folder), "192.0.2.1", "a").await;
    let restarted = process(&folder);
    send(&restarted, "192.0.2.1", "b").await;
    send(&restarted, "192.0.2.2", "c").await;
    let stored = stored(&folder).await;
    assert_eq!(stored[0].0, stored[1].0);
    assert_ne!(stored[0].0, stored[2].0);
}

#[tokio::test]
async fn the_salt_of_a_day_is_gone_from_the_disk_when_the_day_is_over() {
    let folder = Folder::new().await;
    let collect = process(&folder);
    let today = visitor::day(folder.clock.now());
    send(&collect, "192.0.2.1", "a").await;
    let duty = duty();
    let salt = folder.store.system(&duty).visitor_salt(today, [0; 32]).await.unwrap();
    assert_ne!(salt, [0; 32], "there is one");
    assert!(is_on_disk(folder.folder.path(), &salt), "the search finds what is there");

    folder.clock.advance(Duration::from_secs(86_400));
    send(&collect, "192.0.2.1", "b").await;
    assert!(!is_on_disk(folder.folder.path(), &salt));
    let stored = stored(&folder).await;
    assert_ne!(stored[0].0, stored[1].0, "the same browser is somebody else today");
}

#[tokio::test]
async fn a_salt_goes_also_where_nobody_comes_any_more() {
    let folder = Folder::new().await;
    let collect = process(&folder);
    let today = visitor::day(folder.clock.now());
    send(&collect, "192.0.2.1", "a").await;
    let duty = duty();
    let salt = folder.store.system(&duty).visitor_salt(today, [0; 32]).await.unwrap();
    folder.clock.advance(Duration::from_secs(86_400));
    collect.settle().await.unwrap();
    assert!(!is_on_disk(folder.folder.path(), &salt));
}

#[tokio::test]
async fn the_address_is_in_no_file() {
    let folder = Folder::new().await;
    let collect = process(&folder);
    send(&collect, "198.51.100.77", "a").await;
    // An event that is refused is kept with its reason, and without the address too.
    let events = vec![json!({"id": "b", "name": "n", "currency": "nope"})];
    let sent = Collected { key: KEY.into(), automated: false, events };
    let address: IpAddr = "198.51.100.77".parse().unwrap();
    let sender = Sender { address, user_agent: BROWSER.into(), opted_out: false };
    let receipt = collect.accept(&scope("acme"), &KEY.parse().unwrap(), sent, &sender).await;
    assert_eq!(receipt.unwrap().rejected[0].code, "invalid_currency");
    let IpAddr::V4(octets) = address else { panic!("it is IPv4") };
    for bytes in [b"198.51.100.77".as_slice(), &octets.octets()] {
        assert!(!is_on_disk(folder.folder.path(), bytes));
    }
    assert!(
        is_on_disk(folder.folder.path(), b"invalid_currency"),
        "the search finds what is there"
    );
}

#[tokio::test]
async fn half_an_hour_of_silence_begins_a_new_session_of_the_same_visitor() {
    let folder = Folder::new().await;
    let collect = process(&folder);
    for (minutes, id) in [(0, "a"), (29, "b"), (30, "c")] {
        folder.clock.advance(Duration::from_secs(minutes * 60));
        send(&collect, "192.0.2.1", id).await;
    }
    let stored = stored(&folder).await;
    assert!(stored.iter().all(|event| event.0 == stored[0].0));
    assert_eq!(stored[0].1, stored[1].1);
    assert_ne!(stored[1].1, stored[2].1);
}
