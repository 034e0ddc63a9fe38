//! `GET /metrics`

use std::fmt::Write as _;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CONTENT_TYPE;

use super::state::Inlay;
use crate::access::{Deployment, ReadTenants};
use crate::store::AppendLoad;
use crate::turns::Load;

/// What the process is busy with, in the text format of Prometheus (0.0.4), which a scraper reads
/// with an operator's token. No tenant is named.
pub(super) async fn metrics(_may: Deployment<ReadTenants>, State(inlay): State<Inlay>) -> Response {
    let Load { running, waiting, refused } = inlay.engine.load();
    let mut text = String::new();
    let mut say = |name: &str, kind: &str, help: &str, value: u64| {
        writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}")
            .expect("a string takes any text");
    };
    say("inlay_queries_running", "gauge", "Queries that run now.", running as u64);
    say("inlay_queries_waiting", "gauge", "Queries that wait for a slot.", waiting as u64);
    let help = "Queries refused because their tenant had too many.";
    say("inlay_queries_refused_total", "counter", help, refused);
    let AppendLoad { requests, bytes, refused } = inlay.store.append_load();
    let help = "Requests with events that are being read, wait or are written.";
    say("inlay_ingest_requests", "gauge", help, requests as u64);
    say("inlay_ingest_bytes", "gauge", "Bytes of these requests.", bytes as u64);
    let help = "Requests with events refused because too much was under way.";
    say("inlay_ingest_refused_total", "counter", help, refused);
    let streams = inlay.live.streams() as u64;
    say("inlay_live_streams", "gauge", "Live streams that are open.", streams);
    let mut response = text.into_response();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
