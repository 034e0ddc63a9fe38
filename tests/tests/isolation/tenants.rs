//! Two tenants with different data on one server: neither sees anything of the other.

use std::collections::BTreeSet;

use http::Method;
use inlay_shared::ViewLine;
use inlay_tests::{Caller as _, Inlay, TenantClient, dashboard, samples};
use serde_json::{Value, json};

/// A word that stands in everything that a tenant has, and nowhere else.
fn mark(tenant: &str) -> String {
    format!("mark-of-{tenant}")
}

async fn furnished(inlay: &Inlay, id: &str, events: usize) -> TenantClient {
    let mark = mark(id);
    let tenant =
        inlay.operator().await.create_tenant(id, &[&format!("https://{mark}.example")]).await;
    let events: Vec<Value> = (0..events)
        .map(|n| {
            json!({
                "id": format!("e-{n}"), "name": mark, "time": "2026-11-19T10:00:00Z",
                "user": mark, "account": mark, "session": mark, "page": mark, "referrer": mark,
                "country": "DE", "properties": {"a": mark}
            })
        })
        .collect();
    tenant.feed(&events, events.len() as u64).await;
    tenant.send_events(&[json!({"surprise": mark})]).await.is(202);
    let mut own = dashboard(&mark);
    own["title"] = json!(mark);
    tenant.put(&format!("/v1/dashboards/{mark}"), &own).await.is(200);
    let rules = json!({"rules": [{"action": "drop", "from": mark}]});
    tenant.put(&format!("/v1/mappings/{mark}"), &rules).await.is(200);
    let brand = json!({"name": mark, "accent": "#000000", "accent_dark": "#ffffff"});
    tenant.configure("brand", &brand).await.is(200);
    let domains = json!({"domains": [format!("{mark}.own.example")]});
    tenant.configure("domains", &domains).await.is(200);
    tenant
}

#[tokio::test]
async fn no_operation_shows_what_is_anothers() {
    let inlay = Inlay::start().await;
    let acme = furnished(&inlay, "acme", 3).await;
    let globex = furnished(&inlay, "globex", 5).await;
    for (own, other) in [(&acme, &globex), (&globex, &acme)] {
        let page = format!("https://{}.example", mark(own.id()));
        let viewer = own.viewer(json!({"origin": page})).await;
        let (mut seen, secret) = (0, mark(other.id()));
        let mut calls =
            vec![viewer.view(""), own.get(&format!("/v1/dashboards/{}", mark(own.id())))];
        for dimension in ["name", "user", "account", "session", "page", "referrer"] {
            let time = json!({"from": "2026-11-01", "to": "2026-11-21"});
            calls.push(
                own.query(
                    &json!({"measures": ["events"], "dimensions": [dimension], "time": time}),
                ),
            );
        }
        for path in
            ["/v1/dashboards", "/v1/dead-letters", "/v1/dead-letters/reasons", "/v1/mappings"]
        {
            calls.push(own.get(path));
        }
        calls.push(inlay.call(Method::GET, &format!("/embed/overview?tenant={}", own.id())));
        calls.push(
            inlay.call(Method::GET, "/").header("host", &format!("{}.own.example", mark(own.id()))),
        );
        for call in calls {
            let answer = call.await.is(200);
            assert!(!answer.to_string().contains(&secret), "{answer}");
            seen += usize::from(answer.text().contains(&mark(own.id())));
        }
        assert!(seen >= 10, "only {seen} answers show the tenant's own mark");
    }
}

#[tokio::test]
async fn the_same_event_ids_are_two_tenants_own() {
    let inlay = Inlay::start().await;
    let acme = furnished(&inlay, "acme", 3).await;
    let globex = furnished(&inlay, "globex", 5).await;
    let again = globex.feed(&[inlay_tests::event("e-0", "x", "2026-11-19T10:00:00Z")], 5).await;
    assert_eq!((again.accepted, again.duplicates), (0, 1));
    assert_eq!(acme.count(json!([])).await, 3);
    assert_eq!(globex.count(json!([])).await, 5);
}

#[tokio::test]
async fn whatever_one_tenant_does_the_others_things_stay() {
    let inlay = Inlay::start().await;
    let acme = furnished(&inlay, "acme", 3).await;
    let globex = furnished(&inlay, "globex", 5).await;
    let state = async || {
        let mut all = Vec::new();
        for path in ["/v1/dashboards", "/v1/dead-letters", "/v1/mappings"] {
            all.push(acme.get(path).await.is(200).value());
        }
        for what in ["", "/origins", "/domains", "/brand"] {
            let path = format!("/v1/tenants/{}{what}", acme.id());
            all.push(acme.operator().get(&path).await.is(200).value());
        }
        all.push(json!(acme.count(json!([])).await));
        all
    };
    let before = state().await;
    for sample in samples(&acme, "other").await {
        // Only what the stranger's own token does: the operator may change any tenant.
        globex.dress(sample.call(inlay.door())).await;
    }
    assert_eq!(state().await, before);
}

#[tokio::test]
async fn ending_a_session_of_another_tenant_does_nothing_and_tells_nothing() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    let globex = inlay.tenant("globex").await;
    let viewer = acme.viewer(json!({})).await;
    globex.delete(&format!("/v1/embed/sessions/{}", viewer.session().id)).await.is(204);
    viewer.view("").await.is(200);
    acme.delete(&format!("/v1/embed/sessions/{}", viewer.session().id)).await.is(204);
    viewer.view("").await.refused(401, "session_revoked");
}

#[tokio::test]
async fn a_page_of_another_tenant_may_not_read_the_answer() {
    let inlay = Inlay::start().await;
    let acme = furnished(&inlay, "acme", 1).await;
    furnished(&inlay, "globex", 1).await;
    let viewer = acme.viewer(json!({"origin": "https://mark-of-acme.example"})).await;
    let strange = viewer.on_page("https://mark-of-globex.example").view("").await;
    strange.refused(403, "origin_mismatch");
    assert_eq!(strange.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn cached_answers_do_not_cross_row_filters_or_tenants() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    let globex = inlay.tenant("globex").await;
    let from = |country: &str, n: usize| json!({"id": format!("{country}-{n}"), "name": "a", "time": "2026-11-19T10:00:00Z", "country": country});
    let mut events: Vec<Value> = (0..3).map(|n| from("DE", n)).collect();
    events.extend((0..4).map(|n| from("FR", n)));
    acme.feed(&events, 7).await;
    globex.feed(&[from("DE", 0)], 1).await;
    let only = |values: &[&str]| json!({"filters": [{"dimension": "country", "op": "in", "values": values}]});
    let viewers = [
        (acme.viewer(json!({})).await, 7),
        (acme.viewer(only(&["DE"])).await, 3),
        (acme.viewer(only(&["FR"])).await, 4),
        (acme.viewer(only(&[])).await, 0),
        (acme.viewer(only(&["DE", "FR"])).await, 7),
        (globex.viewer(json!({})).await, 1),
        (globex.viewer(only(&["FR"])).await, 0),
    ];
    let mut tags = BTreeSet::new();
    // Twice, so that the second round could come from a cache.
    for round in 0..2 {
        for (viewer, count) in &viewers {
            let view = viewer.view("").await.is(200);
            let shown = view.lines().into_iter().find_map(|line| match line {
                ViewLine::Panel(panel) if panel.id == "events" => {
                    Some(panel.answer.rows[0][0].clone())
                }
                _ => None,
            });
            assert_eq!(shown, Some(json!(count)), "round {round}");
            let panel = viewer.panel("events", json!({})).await.is(200).value();
            assert_eq!(panel["answer"]["rows"][0][0], json!(count), "round {round}");
            tags.insert(view.header("etag").map(str::to_owned));
        }
    }
    assert_eq!(tags.len(), viewers.len(), "each has a validator of its own: {tags:?}");
}

#[tokio::test]
async fn a_validator_of_another_tenant_is_not_a_match() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await.viewer(json!({})).await;
    let globex = inlay.tenant("globex").await.viewer(json!({})).await;
    let tag = acme.view("").await.is(200).header("etag").expect("a view has a tag").to_owned();
    globex.view("").header("if-none-match", &tag).await.is(200);
    acme.view("").header("if-none-match", &tag).await.is(304);
}

#[tokio::test]
async fn a_host_name_belongs_to_one_tenant() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    let globex = inlay.tenant("globex").await;
    let domains = json!({"domains": ["insights.example"]});
    acme.configure("domains", &domains).await.is(200);
    globex.configure("domains", &domains).await.refused(409, "domain_taken");
}
