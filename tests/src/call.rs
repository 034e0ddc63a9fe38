//! One request, and its answer held against the contract.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use bytes::Bytes;
use http::HeaderMap;
use inlay_shared::{Problem, ViewLine};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::contract::contract;
use crate::inlay::Door;
use crate::listening::Listening;
use crate::packed::unpack;

/// A request in the making. Awaiting it sends it, and fails the test if the answer is not what the
/// contract says.
#[derive(Debug, Clone)]
#[must_use = "a call is sent when it is awaited"]
pub struct Call {
    door: Door,
    method: http::Method,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// An answer that the contract allows.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    asked: String,
}

impl Call {
    /// A call of `method` on `target` (path and query).
    pub fn new(door: &Door, method: http::Method, target: impl Into<String>) -> Self {
        Self {
            door: door.clone(),
            method,
            target: target.into(),
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    /// With a header, in place of one of the same name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: http::HeaderName = name.parse().expect("tests name headers rightly");
        self.headers.insert(name, value.parse().expect("tests write headers rightly"));
        self
    }

    /// With a header whose value need not be ASCII.
    pub fn header_value(mut self, name: &str, value: http::HeaderValue) -> Self {
        let name: http::HeaderName = name.parse().expect("tests name headers rightly");
        self.headers.insert(name, value);
        self
    }

    /// With a header beside those of the same name.
    pub fn another(mut self, name: &str, value: &str) -> Self {
        let name: http::HeaderName = name.parse().expect("tests name headers rightly");
        self.headers.append(name, value.parse().expect("tests write headers rightly"));
        self
    }

    /// Without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// With a token.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// As a page of `origin` sends it.
    pub fn from_page(self, origin: &str) -> Self {
        self.header("origin", origin)
    }

    /// With a JSON body.
    pub fn json(self, body: &impl Serialize) -> Self {
        let bytes = serde_json::to_vec(body).expect("tests send what can be written as JSON");
        self.body("application/json", bytes)
    }

    /// With a body of `kind`.
    pub fn body(mut self, kind: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = bytes.into();
        self.header("content-type", kind)
    }

    /// With a form.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let form =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body("application/x-www-form-urlencoded", form)
    }

    async fn send(self) -> Answer {
        let url = format!("{}{}", self.door.url(), self.target);
        let asked = format!("{} {}", self.method, self.target);
        let request = self
            .door
            .http()
            .request(self.method.clone(), url)
            .headers(self.headers.clone())
            .body(self.body.clone());
        let response = request.send().await.unwrap_or_else(|error| panic!("{asked}: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // An event stream has no end of its own: its beginning is its answer.
        let is_stream = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let body = if is_stream { beginning(response).await } else { response.bytes().await };
        let body = body.unwrap_or_else(|error| panic!("{asked}: {error:?}"));
        let answer = Answer { status, headers, body: body.into(), asked };
        if let Err(reason) = answer.check(&self) {
            panic!("{} answered against the contract: {reason}\n{answer}", answer.asked);
        }
        answer
    }
}

async fn beginning(mut response: reqwest::Response) -> reqwest::Result<Bytes> {
    Ok(response.chunk().await?.unwrap_or_default())
}

impl Call {
    /// Sends it and listens to the event stream that it opens.
    pub async fn listen(self) -> Listening {
        let url = format!("{}{}", self.door.url(), self.target);
        let request = self.door.http().request(self.method.clone(), url);
        let response = request.headers(self.headers.clone()).send().await;
        let response = response.unwrap_or_else(|error| panic!("{}: {error:?}", self.target));
        assert_eq!(response.status(), 200, "{}", self.target);
        Listening::new(response)
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl Answer {
    fn check(&self, call: &Call) -> Result<(), String> {
        self.check_always()?;
        let path = call.target.split(['?', '#']).next().unwrap_or_default();
        let Some(operation) = contract().find(call.method.as_str(), path) else {
            let preflight = call.method == http::Method::OPTIONS && self.status == 204;
            return if preflight { Ok(()) } else { self.check_problem() };
        };
        contract().check_answer(operation, self.status, &self.headers, &self.unpacked()?)?;
        if self.header("content-type").is_some_and(|kind| kind.contains("problem")) {
            self.check_problem()?;
        }
        let kind = call.headers.get("content-type").and_then(|value| value.to_str().ok());
        match kind {
            Some(kind) if (200..300).contains(&self.status) => {
                contract().check_taken(operation, kind, &call.body)
            }
            _ => Ok(()),
        }
    }

    /// What holds for every answer, whatever it is.
    fn check_always(&self) -> Result<(), String> {
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer")]
        {
            if self.header(name) != Some(value) {
                return Err(format!("{name} is not `{value}`"));
            }
        }
        let policy = self.header("content-security-policy").unwrap_or_default();
        if !policy.starts_with("default-src 'none'") || !policy.contains("frame-ancestors ") {
            return Err(format!("its Content-Security-Policy is `{policy}`"));
        }
        if self.header("cache-control").is_none() {
            return Err("it has no Cache-Control".into());
        }
        if !self.header("x-request-id").is_some_and(|id| id.starts_with("req_")) {
            return Err("it has no request id".into());
        }
        if self.header("set-cookie").is_some() {
            return Err("it sets a cookie".into());
        }
        Ok(())
    }

    fn check_problem(&self) -> Result<(), String> {
        if self.header("content-type") != Some("application/problem+json") {
            return Err("an error that is no problem".into());
        }
        let value = self.value();
        let errors = contract().errors("/components/schemas/Problem", &value);
        if !errors.is_empty() {
            return Err(errors.join("; "));
        }
        if value["status"] != self.status
            || value["request_id"].as_str() != self.header("x-request-id")
        {
            return Err("status or request id of the problem are not the answer's".into());
        }
        Ok(())
    }

    /// Fails the test unless the status is this one.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// Fails the test unless it is a refusal with this status and code.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Problem {
        assert_eq!(self.status, status, "{self}");
        let problem: Problem = self.json();
        assert_eq!(problem.code, code, "{self}");
        problem
    }

    /// Pointers of the fields that a problem names, in its order.
    #[track_caller]
    pub fn pointers(&self) -> Vec<String> {
        self.json::<Problem>().errors.into_iter().map(|error| error.pointer).collect()
    }

    /// The body as a `T`.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("{error}: {self}"),
        }
    }

    /// The body as JSON.
    #[track_caller]
    pub fn value(&self) -> Value {
        self.json()
    }

    /// The body as it was before it was compressed.
    ///
    /// # Errors
    /// It is not what `Content-Encoding` says.
    pub fn unpacked(&self) -> Result<Vec<u8>, String> {
        unpack(self.header("content-encoding"), &self.body)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The lines of a view.
    #[track_caller]
    pub fn lines(&self) -> Vec<ViewLine> {
        let text = self.text();
        let read = |line| match serde_json::from_str(line) {
            Ok(line) => line,
            Err(error) => panic!("{error}: {line}"),
        };
        text.lines().map(read).collect()
    }

    /// A header, if it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} → {}", self.asked, self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "  {name}: {value:?}")?;
        }
        let text = self.text();
        write!(f, "{}", text.chars().take(4_000).collect::<String>())
    }
}
