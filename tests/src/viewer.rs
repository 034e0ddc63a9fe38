//! A viewer's browser, the one caller that holds an embed token.

use inlay_shared::Session;
use serde_json::{Value, json};

use crate::call::Call;
use crate::callers::Caller;
use crate::inlay::Door;

/// A viewer's browser: an embed token, on a page of the token's origin.
#[derive(Debug, Clone)]
pub struct Viewer {
    door: Door,
    session: Session,
    origin: String,
}

impl Viewer {
    /// The holder of `session` on a page of `origin`.
    pub fn of(door: &Door, session: Session, origin: &str) -> Self {
        Self { door: door.clone(), session, origin: origin.to_owned() }
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The same viewer on a page of another origin.
    pub fn on_page(&self, origin: &str) -> Self {
        Self { origin: origin.to_owned(), ..self.clone() }
    }

    /// The whole dashboard `overview`; `more` begins with `&`.
    pub fn view(&self, more: &str) -> Call {
        self.get(&format!("/v1/embed/view?dashboard=overview{more}"))
    }

    /// News of `overview`.
    pub fn live(&self) -> Call {
        self.get("/v1/embed/live?dashboard=overview")
    }

    /// One panel of `overview`, changed by `changes`.
    pub fn panel(&self, panel: &str, changes: Value) -> Call {
        let mut body = json!({"dashboard": "overview", "panel": panel});
        merge(&mut body, changes);
        self.post("/v1/embed/query", &body)
    }
}

impl Viewer {
    /// Values of a dimension of `overview`, asked for as `changes` say.
    pub fn values(&self, dimension: &str, changes: Value) -> Call {
        let mut body = json!({"dashboard": "overview", "dimension": dimension});
        merge(&mut body, changes);
        self.post("/v1/embed/values", &body)
    }
}

impl Caller for Viewer {
    fn door(&self) -> &Door {
        &self.door
    }

    fn dress(&self, call: Call) -> Call {
        call.bearer(&self.session.token).from_page(&self.origin)
    }
}

/// Writes the members of `changes` over those of `value`.
pub(crate) fn merge(value: &mut Value, changes: Value) {
    let Value::Object(changes) = changes else { panic!("changes are an object: {changes}") };
    for (name, change) in changes {
        value[name] = change;
    }
}
