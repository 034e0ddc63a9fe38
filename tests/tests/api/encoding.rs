//! Compressed answers: every line by itself, and a tag for each encoding.

use inlay_shared::ViewLine;
use inlay_tests::{Answer, Caller as _, Inlay, TenantClient, Viewer, numbered};
use serde_json::json;

async fn fed() -> (TenantClient, Viewer) {
    let tenant = Inlay::start().await.tenant("acme").await;
    tenant.feed(&numbered("a", 40), 40).await;
    let viewer = tenant.viewer(json!({})).await;
    (tenant, viewer)
}

fn unpacked(answer: &Answer) -> String {
    assert!(answer.header("content-encoding").is_some(), "{answer}");
    let bytes = answer.unpacked().expect("what was packed can be unpacked");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

fn vary(answer: &Answer) -> String {
    let values = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap_or(""));
    values.collect::<Vec<_>>().join(", ").to_ascii_lowercase()
}

#[tokio::test]
async fn a_view_comes_in_the_encoding_that_is_accepted() {
    let (_, viewer) = fed().await;
    let plain = viewer.view("").await.is(200);
    assert_eq!(plain.header("content-encoding"), None);
    assert!(vary(&plain).contains("accept-encoding"), "{plain}");
    let lines = plain.lines().len();
    let mut tags = vec![plain.header("etag").expect("a tag").to_owned()];
    for (accepted, encoding) in [
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=0.5, br;q=0", "gzip"),
    ] {
        let packed = viewer.view("").header("accept-encoding", accepted).await.is(200);
        assert_eq!(packed.header("content-encoding"), Some(encoding), "{accepted}");
        assert!(vary(&packed).contains("accept-encoding") && vary(&packed).contains("origin"));
        assert!(packed.body.len() < plain.body.len() / 2, "{} bytes", packed.body.len());
        let text = unpacked(&packed);
        let read: Vec<ViewLine> =
            text.lines().map(|line| serde_json::from_str(line).expect("a line")).collect();
        assert_eq!(read.len(), lines);
        assert!(matches!(read.last(), Some(ViewLine::End(_))));
        tags.push(packed.header("etag").expect("a tag").to_owned());
    }
    assert_eq!(tags[2], tags[3], "the same encoding has the same tag");
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3, "each encoding has a tag of its own: {tags:?}");
    for coding in ["identity", "deflate", "br;q=0, gzip;q=0"] {
        let plain = viewer.view("").header("accept-encoding", coding).await.is(200);
        assert_eq!(plain.header("content-encoding"), None, "{coding}");
    }
}

#[tokio::test]
async fn each_encoding_is_known_by_its_own_tag() {
    let (_, viewer) = fed().await;
    for encoding in ["br", "gzip"] {
        let ask = || viewer.view("").header("accept-encoding", encoding);
        let tag = ask().await.is(200).header("etag").expect("a tag").to_owned();
        let same = ask().header("if-none-match", &tag).await.is(304);
        assert_eq!(same.header("etag"), Some(tag.as_str()));
        assert!(same.body.is_empty() && vary(&same).contains("accept-encoding"), "{same}");
        viewer.view("").header("if-none-match", &tag).await.is(200);
    }
}

#[tokio::test]
async fn answers_of_one_piece_are_compressed_unless_small_or_secret() {
    let (tenant, viewer) = fed().await;
    let panel = || viewer.panel("events", json!({})).header("accept-encoding", "br");
    let answer = panel().await.is(200);
    assert_eq!(answer.header("content-encoding"), Some("br"));
    assert!(unpacked(&answer).starts_with('{'));
    let tag = answer.header("etag").expect("a tag").to_owned();
    let same = panel().header("if-none-match", &tag).await.is(304);
    assert_eq!(same.header("etag"), Some(tag.as_str()));

    let query = json!({
        "measures": ["events"],
        "time": {"from": "2026-11-01", "to": "2026-11-21", "grain": "day"}
    });
    let answer = tenant.query(&query).header("accept-encoding", "gzip").await.is(200);
    assert!(unpacked(&answer).contains("\"rows\""));
    let small = tenant.get("/v1/dead-letters").header("accept-encoding", "gzip").await.is(200);
    assert_eq!(small.header("content-encoding"), None, "it would grow");
    let session = tenant.post("/v1/embed/sessions", &tenant.grant());
    let secret = session.header("accept-encoding", "gzip").await.is(201);
    assert_eq!(secret.header("content-encoding"), None, "{secret}");
}
