//! Requests to the API and how their bodies are read.

use gloo_net::http::{Request, RequestBuilder, Response};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReadableStreamDefaultReader, RequestCredentials};

use crate::data::{panel::Trouble, wire};

use super::bridge::Bridge;

/// The network did not answer.
pub(crate) fn offline<E>(_: E) -> Trouble {
    Trouble::new("offline", true)
}

/// Asks with a token, and once more with a new one if that is refused.
pub(crate) async fn with_token(
    bridge: &Bridge,
    first: Option<(String, Response)>,
    hurry: bool,
    ask: impl AsyncFn(&str) -> Result<Response, Trouble>,
) -> Result<Response, Trouble> {
    let (token, response) = match first {
        Some(first) => first,
        None => {
            let token = bridge.token(None, hurry).await?;
            let response = ask(&token).await?;
            (token, response)
        }
    };
    if response.status() != 401 {
        return Ok(response);
    }
    let token = bridge.token(Some(&token), hurry).await?;
    ask(&token).await
}

/// A request with the headers that every call of an embed carries. No cookie goes along.
pub(crate) fn prepare(
    request: RequestBuilder,
    bridge: &Bridge,
    token: &str,
    signal: Option<&AbortSignal>,
) -> RequestBuilder {
    let mut bearer = String::from("Bearer ");
    bearer.push_str(token);
    let request = request
        .header("Authorization", &bearer)
        .credentials(RequestCredentials::Omit)
        .abort_signal(signal);
    match bridge.embedder() {
        Some(origin) => request.header("Inlay-Embedder", &origin),
        None => request,
    }
}

/// Sends a request that has no body.
pub(crate) async fn send(request: RequestBuilder) -> Result<Response, Trouble> {
    request.build().map_err(offline)?.send().await.map_err(offline)
}

/// Sends JSON.
pub(crate) async fn send_json(request: RequestBuilder, body: String) -> Result<Response, Trouble> {
    let request = request.header("Content-Type", "application/json");
    let request: Request = request.body(body).map_err(offline)?;
    request.send().await.map_err(offline)
}

/// Why an answer that is no success is none.
pub(crate) async fn refusal(response: &Response) -> Trouble {
    let status = response.status();
    let retryable = status >= 500 || status == 429 || status == 408;
    let body = response.text().await.unwrap_or_default();
    match wire::read(body.as_bytes(), wire::problem) {
        Some(problem) => Trouble { code: problem.code, detail: problem.detail, retryable },
        None => Trouble::new("unexpected_answer", retryable),
    }
}

/// Reads a body chunk by chunk for as long as `take` wants more. `Ok(false)` means that it did not.
pub(crate) async fn chunks(
    response: &Response,
    mut take: impl AsyncFnMut(&[u8]) -> bool,
) -> Result<bool, Trouble> {
    let cut = |_: JsValue| Trouble::new("cut_off", true);
    let Some(body) = response.body() else { return Ok(true) };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    loop {
        let step = JsFuture::from(reader.read()).await.map_err(cut)?;
        if Reflect::get(&step, &"done".into()).map_err(cut)?.is_truthy() {
            return Ok(true);
        }
        let chunk: Uint8Array = Reflect::get(&step, &"value".into()).map_err(cut)?.unchecked_into();
        if !take(&chunk.to_vec()).await {
            // The rest is of no use; whether the stream heard that does not matter.
            let _ = JsFuture::from(reader.cancel()).await;
            return Ok(false);
        }
    }
}
