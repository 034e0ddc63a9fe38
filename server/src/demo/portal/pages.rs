//! The pages behind the sign-in.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode};
use jiff::{ToSpan, Zoned};
use serde::Serialize;

use super::Portal;
use super::headers::{self, Embed};
use super::sign_in::Visitor;
use super::theme::{self, THEMES};
use crate::demo::addresses::Addresses;
use crate::demo::customers::{Customer, Project, Status, initials};

/// What is around every page.
#[derive(Debug)]
struct Shell {
    theme: &'static str,
    customer: &'static Customer,
    here: &'static str,
    /// Percent of the history that is there; nothing when all of it is.
    arriving: Option<u8>,
}

/// An entry of the navigation.
#[derive(Debug)]
struct Link {
    group: Option<&'static str>,
    href: &'static str,
    icon: &'static str,
    label: &'static str,
    short: &'static str,
    current: bool,
}

#[derive(Debug)]
struct ThemeChoice {
    name: &'static str,
    label: &'static str,
    pressed: bool,
}

impl Shell {
    fn new(portal: &Portal, headers: &HeaderMap, visitor: Visitor, here: &'static str) -> Self {
        let percent = portal.0.progress.percent();
        Self {
            theme: theme::chosen(headers),
            customer: visitor.0,
            here,
            arriving: (percent < 100).then_some(percent),
        }
    }

    fn links(&self) -> Vec<Link> {
        let link = |group, href, icon, label, short| {
            let current = href == self.here;
            Link { group, href, icon, label, short, current }
        };
        vec![
            link(Some("Workspace"), "/projects", "projects", "Projects", "Projects"),
            link(Some("Insights"), "/analytics", "analytics", "Analytics", "Analytics"),
            link(None, "/reports", "reports", "Reports", "Reports"),
            link(None, "/your-domain", "domain", "Your own domain", "Domain"),
        ]
    }

    fn themes(&self) -> Vec<ThemeChoice> {
        let choice = |&(name, label): &(&'static str, &'static str)| ThemeChoice {
            name,
            label,
            pressed: name == self.theme,
        };
        THEMES.iter().map(choice).collect()
    }

    fn customer_initial(&self) -> String {
        self.customer.name.chars().take(1).collect()
    }
}

/// `GET /`
pub(super) async fn front(_: Visitor) -> Redirect {
    Redirect::to("/projects")
}

#[derive(Debug, Template)]
#[template(path = "portal/projects.html")]
struct Projects {
    shell: Shell,
    greeting: &'static str,
    today: String,
    summary: String,
    cards: Vec<Card>,
    tasks: Vec<TaskLine>,
}

#[derive(Debug)]
struct Card {
    project: &'static Project,
    faces: Vec<String>,
    people: String,
    due: String,
}

#[derive(Debug)]
struct TaskLine {
    title: &'static str,
    project: &'static str,
    due: String,
    soon: bool,
}

/// `GET /projects`
pub(super) async fn projects(
    State(portal): State<Portal>,
    headers: HeaderMap,
    visitor: Visitor,
) -> Response {
    let shell = Shell::new(&portal, &headers, visitor, "/projects");
    let customer = visitor.0;
    let Ok(now) = portal.0.clock.now().in_tz(customer.zone) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let greeting = match now.hour() {
        4..12 => "Good morning",
        12..18 => "Good afternoon",
        _ => "Good evening",
    };
    let card = |project: &'static Project| Card {
        project,
        faces: project.people.iter().map(|name| initials(name)).collect(),
        people: project.people.join(", "),
        due: in_days(&now, project.due_in_days).strftime("%-d %b").to_string(),
    };
    let line = |task: &crate::demo::customers::Task| TaskLine {
        title: task.title,
        project: task.project,
        due: match task.due_in_days {
            0 => "Today".into(),
            1 => "Tomorrow".into(),
            days => in_days(&now, days).strftime("%A").to_string(),
        },
        soon: task.due_in_days == 0,
    };
    let html = Projects {
        greeting,
        today: now.strftime("%A, %-d %B").to_string(),
        summary: summary(customer.projects),
        cards: customer.projects.iter().map(card).collect(),
        tasks: customer.tasks.iter().map(line).collect(),
        shell,
    };
    headers::page(StatusCode::OK, Embed::None, &portal.0.addresses.analytics, html.render())
}

/// How many projects are open and how many of them need help, in words.
fn summary(projects: &[Project]) -> String {
    const WORDS: [&str; 10] =
        ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
    let word = |n: usize| WORDS.get(n).copied().unwrap_or("Many");
    let at_risk = projects.iter().filter(|project| project.status == Status::AtRisk).count();
    format!("{} projects are open, {} at risk.", word(projects.len()), word(at_risk).to_lowercase())
}

fn in_days(now: &Zoned, days: i64) -> Zoned {
    now.saturating_add(days.days())
}

/// What a page says about its own making.
#[derive(Debug)]
struct Embedding {
    mode: Embed,
    analytics: String,
    snippet: String,
    story: &'static str,
}

impl Embedding {
    fn new(portal: &Portal, mode: Embed, attributes: &str, story: &'static str) -> Self {
        let analytics = portal.0.addresses.analytics.clone();
        let snippet = format!(
            "<script type=\"module\" src=\"{analytics}/v1.js\" crossorigin></script>\n\
             <inlay-dashboard dashboard=\"overview\" session=\"/inlay-session\"{attributes}></inlay-dashboard>"
        );
        Self { mode, analytics, snippet, story }
    }

    fn policy_lines(&self) -> String {
        headers::policy(self.mode, &self.analytics).join(";\n")
    }
}

#[derive(Debug, Template)]
#[template(path = "portal/analytics.html")]
struct Analytics {
    shell: Shell,
    embed: Embedding,
}

/// `GET /analytics`: the widget runs in the page.
pub(super) async fn analytics(
    State(portal): State<Portal>,
    headers: HeaderMap,
    visitor: Visitor,
) -> Response {
    let story = "The element asks this portal's own POST /inlay-session for a token, and the portal \
                 mints it for whoever is signed in: the browser chooses neither customer nor rights. \
                 The widget runs in this page, inside a shadow root, and takes the page's font and \
                 accent colour.";
    let embed = Embedding::new(&portal, Embed::Script, "", story);
    let shell = Shell::new(&portal, &headers, visitor, "/analytics");
    let html = Analytics { shell, embed }.render();
    headers::page(StatusCode::OK, Embed::Script, &portal.0.addresses.analytics, html)
}

#[derive(Debug, Template)]
#[template(path = "portal/reports.html")]
struct Reports {
    shell: Shell,
    embed: Embedding,
}

/// `GET /reports`: the widget runs in a frame of Inlay's origin.
pub(super) async fn reports(
    State(portal): State<Portal>,
    headers: HeaderMap,
    visitor: Visitor,
) -> Response {
    let story = "The same element, the same session. The widget runs on Inlay's origin, which may be \
                 framed by this portal alone, and gets its token through a message port: never in an \
                 address, never to another page.";
    let embed = Embedding::new(&portal, Embed::Frame, " mode=\"frame\"", story);
    let shell = Shell::new(&portal, &headers, visitor, "/reports");
    let html = Reports { shell, embed }.render();
    headers::page(StatusCode::OK, Embed::Frame, &portal.0.addresses.analytics, html)
}

#[derive(Debug, Template)]
#[template(path = "portal/own_domain.html")]
struct OwnDomain {
    shell: Shell,
    embed: Embedding,
    host: String,
    host_name: String,
    target: &'static str,
    address: String,
}

/// `GET /your-domain`: the widget runs on the customer's own host.
pub(super) async fn own_domain(
    State(portal): State<Portal>,
    headers: HeaderMap,
    visitor: Visitor,
) -> Response {
    let addresses = &portal.0.addresses;
    let address = addresses.white_label(visitor.0);
    let attributes = format!(" mode=\"window\" href=\"{address}\"");
    let story = "The element becomes a link. The host name picks the customer's name and colours, and \
                 the new page asks this one for its token through a message port.";
    let html = OwnDomain {
        shell: Shell::new(&portal, &headers, visitor, "/your-domain"),
        embed: Embedding::new(&portal, Embed::Window, &attributes, story),
        host: addresses.host(visitor.0),
        host_name: Addresses::host_name(visitor.0),
        target: "analytics.localhost",
        address,
    };
    headers::page(StatusCode::OK, Embed::Window, &addresses.analytics, html.render())
}

#[derive(Debug, Serialize)]
pub(super) struct Arriving {
    percent: u8,
}

/// `GET /arriving`: how far the history is.
pub(super) async fn arriving(State(portal): State<Portal>, _: Visitor) -> Json<Arriving> {
    Json(Arriving { percent: portal.0.progress.percent() })
}

/// Any other address leads to the start, without a page of its own.
pub(super) async fn nothing_here() -> Response {
    (StatusCode::NOT_FOUND, "There is no such page. Start at /projects.\n").into_response()
}
