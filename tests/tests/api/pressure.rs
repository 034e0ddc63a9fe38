//! `POST /v1/events` when many send at once, or more than the server holds in memory.

use futures_util::future::join_all;
use inlay_server::policy::{Action, Duty, Policy, Principal, TenantScope};
use inlay_shared::Receipt;
use inlay_tests::{Caller as _, Inlay, TenantClient, event, gzip, ndjson, numbered};

const TIME: &str = "2026-11-19T10:00:00Z";

fn scope(tenant: &TenantClient) -> TenantScope {
    let shell = Principal::Process(Duty::Shell);
    let id = tenant.id().parse().expect("a tenant has a valid id");
    Policy::new().tenant(&shell, Action::Ingest, &id).expect("the shell may send events")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_come_together_are_counted_apart() {
    let inlay = Inlay::start().await;
    let (acme, globex) = (inlay.tenant("acme").await, inlay.tenant("globex").await);
    // Every id is in two requests of each tenant, and a wrong event is in every third request.
    let send = async |tenant: &TenantClient, n: u32| {
        let mut events =
            vec![event(&format!("e-{}", n / 2), "a", TIME), event(&format!("own-{n}"), "a", TIME)];
        if n.is_multiple_of(3) {
            events.push(event("wrong", "", TIME));
        }
        let receipt: Receipt = tenant.send_events(&events).await.is(202).json();
        assert_eq!(receipt.accepted + receipt.duplicates, 2);
        assert_eq!(receipt.rejected.len(), usize::from(n.is_multiple_of(3)));
        receipt.accepted
    };
    let requests = (0..60).flat_map(|n| [send(&acme, n), send(&globex, n)]);
    let accepted: u64 = join_all(requests).await.into_iter().sum();
    assert_eq!(accepted, 2 * (60 + 30));
    acme.sees(90).await;
    globex.sees(90).await;
    for tenant in [acme, globex] {
        let dead = tenant.get("/v1/dead-letters?limit=200").await.is(200).value();
        assert_eq!(dead["data"].as_array().map(Vec::len), Some(20));
    }
}

#[tokio::test]
async fn more_than_is_held_in_memory_is_refused_and_other_tenants_have_their_room() {
    let inlay = Inlay::start().await;
    let (flood, quiet) = (inlay.tenant("flood").await, inlay.tenant("quiet").await);
    let store = &inlay.running().inlay().store;
    let flooding = scope(&flood);
    // As if as many requests of this tenant were under way as may be.
    let held: Vec<_> =
        std::iter::from_fn(|| store.tenant(&flooding).permit(1_000_000).ok()).collect();
    assert!(!held.is_empty());
    let body = ndjson(&numbered("a", 1_000));
    let send =
        || flood.call(http::Method::POST, "/v1/events").body("application/x-ndjson", body.clone());
    let large = vec![b' '; 1_500_000];
    let too_much =
        flood.call(http::Method::POST, "/v1/events").body("application/x-ndjson", large.clone());
    let refused = too_much.await;
    let problem = refused.refused(429, "ingest_busy");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert!(problem.detail.contains("again"), "says what to do: {}", problem.detail);
    // What is small while it is packed is counted as it is unpacked.
    let packed =
        flood.call(http::Method::POST, "/v1/events").body("application/x-ndjson", gzip(&large));
    packed.header("content-encoding", "gzip").await.refused(429, "ingest_busy");
    quiet.feed(&numbered("b", 1_000), 1_000).await;
    let told = async || flood.operator().get("/metrics").await.is(200).text();
    let metrics = told().await;
    assert!(metrics.contains(&format!("\ninlay_ingest_requests {}\n", held.len())), "{metrics}");
    // The last permit of those that are held was refused, and two requests.
    assert!(metrics.contains("\ninlay_ingest_refused_total 3\n"), "{metrics}");
    drop(held);
    assert!(told().await.contains("\ninlay_ingest_bytes 0\n"));
    let receipt: Receipt = send().await.is(202).json();
    assert_eq!(receipt.accepted + receipt.duplicates, 1_000);
    flood.sees(1_000).await;
}
