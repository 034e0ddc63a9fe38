//! `GET /v1/embed/live`

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;

use super::prepare::unknown_dashboard;
use crate::access::EmbedCaller;
use crate::api::body::Params;
use crate::api::state::Inlay;
use crate::embed::{Listener, LiveStream, NoStream, Word};
use crate::ids::DashboardName;
use crate::problem::ApiError;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Asks proxies that buffer answers (nginx) to let this one through.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// Milliseconds to wait before a stream that broke is opened again.
const RETRY: &str = "retry: 2000\n\n";

/// Parameters of a live stream.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LiveParams {
    dashboard: String,
}

/// Tells whenever the numbers of a dashboard may be others (server-sent events, read with fetch and
/// the `Authorization` header): an event `revision`, whose id resumes the stream as `Last-Event-ID`.
/// It ends with the token. 204: there are no streams here, do not ask again.
pub(crate) async fn live(
    caller: EmbedCaller,
    State(inlay): State<Inlay>,
    Params(params): Params<LiveParams>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let name: DashboardName = params.dashboard.parse().map_err(|_| unknown_dashboard())?;
    let scope = caller.see(&name)?;
    let dashboard = inlay.store.tenant(&scope).dashboard(&name).await?;
    dashboard.ok_or_else(unknown_dashboard)?;
    let told = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
    let listener = Listener {
        session: caller.session,
        origin: caller.origin,
        expires_at: caller.expires_at,
        withdrawn: caller.withdrawn,
    };
    let stream = match inlay.live.open(&scope, listener, told) {
        Ok(stream) => stream,
        Err(NoStream::Off) => return Ok(StatusCode::NO_CONTENT.into_response()),
        Err(NoStream::TooMany) => {
            let detail = "The session or the tenant has as many live streams as it may have. Ask for \
                          the view every `refresh_seconds`, and for a stream later.";
            return Err(ApiError::too_many("too_many_streams", detail, 30));
        }
    };
    let mut response = Body::from_stream(events(stream)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(BUFFERING, HeaderValue::from_static("no"));
    Ok(response)
}

fn events(stream: LiveStream) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let first = stream::once(async { Ok(Bytes::from_static(RETRY.as_bytes())) });
    first.chain(stream::unfold(stream, |mut stream| async {
        let text = match stream.next().await? {
            Word::Heartbeat => ":\n\n".to_owned(),
            Word::Revision(id) => {
                format!("id: {id}\nevent: revision\ndata: {{\"revision\":\"{id}\"}}\n\n")
            }
        };
        Some((Ok(text.into()), stream))
    }))
}
