//! `GET /v1/embed/view`

use std::convert::Infallible;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt;
use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, StatusCode};
use inlay_shared::{
    Capability, CompareChoice, FilterOffer, Grain, Layout, Panel, PanelAnswer, PanelError,
    PanelKind, PanelLayout, PanelUnchanged, RowsPage, ValuesAnswer, ViewEnd, ViewLine,
};
use serde::Deserialize;
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;

use super::prepare::{Asked, Prepared, list, prepare};
use super::tags::{self, Known};
use crate::access::EmbedCaller;
use crate::api::body::Params;
use crate::api::state::Inlay;
use crate::ids::RequestId;
use crate::model::Dimension;
use crate::problem::ApiError;
use crate::query::{self, PageOf};

/// Parameters of a view.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ViewParams {
    dashboard: String,
    range: Option<String>,
    from: Option<String>,
    to: Option<String>,
    compare: Option<CompareChoice>,
    grain: Option<Grain>,
    zone: Option<String>,
    filters: Option<String>,
    marks: Option<String>,
}

/// A whole dashboard as NDJSON: the layout, then each panel as soon as it is ready, then the end. All
/// panels run together, and one whose numbers the caller has is named without them. A viewer who goes
/// away stops the work.
pub(crate) async fn view(
    caller: EmbedCaller,
    State(inlay): State<Inlay>,
    Extension(request): Extension<RequestId>,
    Params(params): Params<ViewParams>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asked = Asked {
        dashboard: params.dashboard,
        range: params.range,
        from: params.from,
        to: params.to,
        compare: params.compare,
        grain: params.grain,
        zone: params.zone,
        filters: list(params.filters)?,
        marks: list(params.marks)?,
    };
    let prepared = Arc::new(prepare(&inlay, &caller, asked).await?);
    let layout = prepared.layout(&inlay, &caller).await?;
    let version = prepared.version(&inlay, &caller, &layout).await?;
    let (known, tag) = (Known::of(&headers), tags::header(&version));
    if known.has(&version) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        response.headers_mut().insert(ETAG, tag);
        return Ok(response);
    }
    let body = Body::from_stream(lines(inlay, prepared, layout, version, known, request));
    let mut response = body.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    response.headers_mut().insert(ETAG, tag);
    Ok(response)
}

impl Prepared {
    /// The panel of that id, which has numbers: a text has none.
    pub(super) fn panel(&self, id: &str) -> Result<&Panel, ApiError> {
        let panel = self.panels().find(|panel| panel.id == id);
        panel.ok_or_else(|| {
            let detail = "The dashboard has no panel with numbers of this id.";
            ApiError::not_found("unknown_panel", detail)
        })
    }

    fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.dashboard.panels.iter().filter(|panel| panel.kind != PanelKind::Text)
    }

    /// A page of the events behind one panel.
    pub(super) async fn rows(
        &self,
        inlay: &Inlay,
        panel: &Panel,
        limit: Option<u64>,
        cursor: Option<String>,
    ) -> Result<RowsPage, ApiError> {
        let filters = self.filters_of(&panel.id);
        let page = inlay.engine.panel_rows(
            &self.scope,
            panel,
            &self.time,
            &filters,
            &self.row_filters,
            PageOf { limit, cursor },
        );
        Ok(page.await?)
    }

    /// The numbers of one panel.
    pub(super) async fn answer(
        &self,
        inlay: &Inlay,
        panel: &Panel,
    ) -> Result<PanelAnswer, ApiError> {
        let filters = self.filters_of(&panel.id);
        let answer =
            inlay.engine.panel(&self.scope, panel, &self.time, &filters, &self.row_filters);
        Ok(answer.await?)
    }

    /// The values of a dimension that the layout offers.
    pub(super) async fn values(
        &self,
        inlay: &Inlay,
        dimension: Arc<Dimension>,
        search: Option<&str>,
        limit: Option<u64>,
    ) -> Result<ValuesAnswer, ApiError> {
        let filters: Vec<_> =
            self.viewer_filters.iter().chain(&self.row_filters).cloned().collect();
        let time = &self.time;
        let values =
            inlay.engine.values(&self.scope, &dimension, search, limit, time, &filters).await?;
        Ok(values)
    }

    async fn layout(&self, inlay: &Inlay, caller: &EmbedCaller) -> Result<Layout, ApiError> {
        let capabilities = caller.capabilities();
        let pick = capabilities.contains(&Capability::Filter);
        let panels = self.dashboard.panels.iter().map(|panel| PanelLayout {
            id: panel.id.clone(),
            title: panel.title.clone(),
            kind: panel.kind,
            width: panel.width,
            text: panel.text.clone(),
            look: panel.look.clone(),
        });
        let offers = query::offered_filters(&self.model, &self.dashboard).into_iter();
        let offers = offers.map(|dimension| FilterOffer {
            dimension: dimension.name.clone(),
            label: dimension.label.clone(),
        });
        Ok(Layout {
            dashboard: self.dashboard.name.clone(),
            title: self.dashboard.title.clone(),
            range: self.range.clone(),
            time: self.time.clone(),
            ranges: if pick { self.dashboard.ranges.clone() } else { Vec::new() },
            filters: if pick { offers.collect() } else { Vec::new() },
            capabilities,
            refresh_seconds: self.dashboard.refresh_seconds,
            lang: caller.lang.clone(),
            brand: inlay.store.tenant(&self.scope).brand().await?,
            panels: panels.collect(),
        })
    }

    /// Everything that the view is a function of: the tenant's lake, the definition, the resolved
    /// range, both kinds of filter, and what the layout shows.
    async fn version(
        &self,
        inlay: &Inlay,
        caller: &EmbedCaller,
        layout: &Layout,
    ) -> Result<String, ApiError> {
        let lake = inlay.engine.version(&self.scope).await?;
        let tuple = serde_json::to_vec(&(
            self.scope.tenant().as_str(),
            lake,
            &self.dashboard,
            layout,
            &self.viewer_filters,
            &self.marks,
            &caller.filters,
        ));
        let tuple = tuple.map_err(|error| ApiError::internal(&error))?;
        Ok(blake3::hash(&tuple).to_hex()[..32].to_owned())
    }
}

/// The lines of the view, made as fast as the viewer reads them.
fn lines(
    inlay: Inlay,
    prepared: Arc<Prepared>,
    layout: Layout,
    version: String,
    known: Known,
    request: RequestId,
) -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> {
    let (send, receive) = tokio::sync::mpsc::channel(4);
    tokio::spawn(async move {
        let mut panels = JoinSet::new();
        for panel in prepared.panels().cloned() {
            let (inlay, prepared) = (inlay.clone(), prepared.clone());
            panels.spawn(async move {
                let answer = prepared.answer(&inlay, &panel).await;
                (panel.id, answer)
            });
        }
        if send.send(ViewLine::Layout(layout)).await.is_err() {
            return;
        }
        loop {
            let joined = tokio::select! {
                // Dropping the set stops the panels that still run.
                () = send.closed() => return,
                joined = panels.join_next() => joined,
            };
            let Some(joined) = joined else { break };
            let line = match joined {
                Ok((id, Ok(answer))) if known.has(&answer.etag) => {
                    ViewLine::Unchanged(PanelUnchanged { id })
                }
                Ok((_, Ok(answer))) => ViewLine::Panel(answer),
                Ok((id, Err(error))) => {
                    ViewLine::Error(PanelError { id, problem: error.problem(&request) })
                }
                // A panel that panicked leaves the stream without its end: the widget asks again.
                Err(_) => return,
            };
            if send.send(line).await.is_err() {
                return;
            }
        }
        drop(send.send(ViewLine::End(ViewEnd { version })).await);
    });
    ReceiverStream::new(receive).map(|line| {
        let mut text = serde_json::to_vec(&line).expect("lines have string keys only");
        text.push(b'\n');
        Ok(Bytes::from(text))
    })
}
