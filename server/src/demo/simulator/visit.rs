//! One visit of one person: where they come from, which pages they open and what they do there.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::cast::{Member, Role};
use super::chance::Chance;
use super::event::Event;
use crate::demo::customers::{Customer, Project};

/// Mean of the steps that one visit takes: two, and a geometric tail.
pub(super) const MEAN_STEPS: f64 = 8.513_9;
const TAIL: f64 = 7.0;
const LONGEST: usize = 60;

/// Seconds between two steps: most are quick, some are a coffee.
const PAUSE: (f64, f64) = (34.0, 1.0);

/// What the steps of a visit share.
pub(super) struct Visit<'a> {
    pub(super) customer: &'a Customer,
    pub(super) member: &'a Member,
    /// Begin of the ids of the visit's events.
    pub(super) id: String,
    pub(super) begin: Timestamp,
    /// Times longer than usual that pages take.
    pub(super) slowness: f64,
    /// What adding a seat costs for the rest of the month, in the smallest unit.
    pub(super) seat_rest: i64,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Page,
    Project,
    TaskCreated,
    TaskCompleted,
    Comment,
    Upload,
    Search,
    Invite,
    Export,
}

const MAKER: [(Step, f64); 9] = [
    (Step::Page, 31.0),
    (Step::Project, 13.0),
    (Step::TaskCreated, 12.0),
    (Step::TaskCompleted, 14.0),
    (Step::Comment, 13.0),
    (Step::Upload, 6.0),
    (Step::Search, 8.0),
    (Step::Invite, 0.5),
    (Step::Export, 0.9),
];
const LEAD: [(Step, f64); 9] = [
    (Step::Page, 38.0),
    (Step::Project, 17.0),
    (Step::TaskCreated, 13.0),
    (Step::TaskCompleted, 5.0),
    (Step::Comment, 15.0),
    (Step::Upload, 2.5),
    (Step::Search, 6.0),
    (Step::Invite, 2.2),
    (Step::Export, 3.4),
];
const GUEST: [(Step, f64); 9] = [
    (Step::Page, 52.0),
    (Step::Project, 22.0),
    (Step::TaskCreated, 1.0),
    (Step::TaskCompleted, 2.0),
    (Step::Comment, 13.0),
    (Step::Upload, 5.0),
    (Step::Search, 4.0),
    (Step::Invite, 0.0),
    (Step::Export, 0.6),
];

/// Where visits come from. Most open the product directly and name nothing.
const REFERRERS: [(Option<&str>, f64); 7] = [
    (None, 55.0),
    (Some("mail.google.com"), 14.0),
    (Some("app.slack.com"), 13.0),
    (Some("outlook.office.com"), 9.0),
    (Some("teams.microsoft.com"), 5.0),
    (Some("google.com"), 3.0),
    (Some("calendar.google.com"), 1.0),
];

const HOMES: [(&str, f64); 7] = [
    ("/home", 34.0),
    ("/my-tasks", 27.0),
    ("/inbox", 19.0),
    ("/calendar", 8.0),
    ("/reports", 6.0),
    ("/people", 4.0),
    ("/settings/notifications", 2.0),
];
const VIEWS: [(&str, f64); 4] =
    [("board", 58.0), ("list", 20.0), ("timeline", 14.0), ("files", 8.0)];

impl Visit<'_> {
    /// The events of the visit in the order in which they happen.
    pub(super) fn events(&self, chance: &mut Chance) -> Vec<Event> {
        let steps = (2 + chance.exponential(TAIL) as usize).min(LONGEST);
        let mut events = Vec::with_capacity(steps + 1);
        let mut at = self.begin;
        let referrer = chance.weighted(&REFERRERS);
        let mut project = self.project(chance);
        let mut page = chance.weighted(&HOMES).to_owned();
        for n in 0..steps {
            let step = if n == 0 { Step::Page } else { chance.weighted(self.habits()) };
            match step {
                Step::Page if n > 0 => page = self.next_page(project, chance),
                Step::Project => {
                    project = self.project(chance);
                    page = view(project, chance);
                }
                _ => {}
            }
            let mut event = self.event(n, at, step, &page, project, chance);
            if n == 0 {
                event.referrer = referrer;
            }
            let seat = matches!(step, Step::Invite) && chance.happens(0.45);
            events.push(event);
            if seat && self.seat_rest > 0 {
                events.push(self.seat(n, at));
            }
            at += SignedDuration::from_millis((chance.around(PAUSE.0, PAUSE.1) * 1e3) as i64);
        }
        events
    }

    fn habits(&self) -> &'static [(Step, f64)] {
        match self.member.role {
            Role::Maker => &MAKER,
            Role::Lead => &LEAD,
            Role::Guest => &GUEST,
        }
    }

    /// The first projects of the list are the busy ones.
    fn project(&self, chance: &mut Chance) -> &'static Project {
        let projects = self.customer.projects;
        let weights: Vec<_> =
            projects.iter().enumerate().map(|(n, p)| (p, 1.0 / (n as f64 + 1.2))).collect();
        chance.weighted(&weights)
    }

    fn next_page(&self, project: &Project, chance: &mut Chance) -> String {
        if chance.happens(0.42) {
            chance.weighted(&HOMES).to_owned()
        } else {
            view(project, chance)
        }
    }

    fn event(
        &self,
        n: usize,
        at: Timestamp,
        step: Step,
        page: &str,
        project: &Project,
        chance: &mut Chance,
    ) -> Event {
        let name = match step {
            Step::Page => "page.viewed",
            Step::Project => "project.opened",
            Step::TaskCreated => "task.created",
            Step::TaskCompleted => "task.completed",
            Step::Comment => "comment.added",
            Step::Upload => "file.uploaded",
            Step::Search => "search",
            Step::Invite => "invite.sent",
            Step::Export => "export.finished",
        };
        let mut waits = |median: f64, spread: f64| {
            Some((chance.around(median, spread) * self.slowness).clamp(4.0, 120_000.0) as u64)
        };
        let duration_ms = match step {
            Step::Page => waits(310.0, 0.55),
            Step::Project => waits(520.0, 0.60),
            Step::Search => waits(140.0, 0.70),
            Step::Export => waits(4_200.0, 0.80),
            Step::Upload => waits(1_600.0, 0.90),
            _ => None,
        };
        let page = match step {
            Step::Invite => "/people",
            Step::Search => "/search",
            Step::Export => "/reports",
            _ => page,
        };
        Event {
            id: format!("{}-{n}", self.id),
            name,
            time: at,
            user: Some(self.member.id.clone()),
            account: Some(self.customer.teams[self.member.team].to_owned()),
            session: Some(self.id.clone()),
            page: Some(page.to_owned()),
            referrer: None,
            country: Some(self.member.country),
            device: Some(self.member.device),
            value: None,
            currency: None,
            duration_ms,
            properties: details(step, project, chance),
        }
    }

    /// The seat that an accepted invitation adds, charged for the rest of the month.
    fn seat(&self, n: usize, at: Timestamp) -> Event {
        let team = self.customer.teams[self.member.team];
        let at = at + SignedDuration::from_secs(2);
        charge(self.customer, format!("{}-{n}-seat", self.id), at, team, self.seat_rest, "seat")
    }
}

/// What Tandem charges a team.
pub(super) fn charge(
    customer: &Customer,
    id: String,
    at: Timestamp,
    team: &str,
    amount: i64,
    reason: &str,
) -> Event {
    Event {
        id,
        name: "subscription.charged",
        time: at,
        user: None,
        account: Some(team.to_owned()),
        session: None,
        page: None,
        referrer: None,
        country: None,
        device: None,
        value: Some(decimal(amount, customer.decimals)),
        currency: Some(customer.currency),
        duration_ms: None,
        properties: BTreeMap::from([("plan", json!(customer.plan)), ("reason", json!(reason))]),
    }
}

/// An amount of smallest units as a decimal string.
fn decimal(amount: i64, decimals: usize) -> String {
    if decimals == 0 {
        return amount.to_string();
    }
    let unit = 10_i64.pow(u32::try_from(decimals).unwrap_or(2));
    format!("{}.{:0decimals$}", amount / unit, amount % unit)
}

fn view(project: &Project, chance: &mut Chance) -> String {
    format!("/projects/{}/{}", project.slug, chance.weighted(&VIEWS))
}

fn details(step: Step, project: &Project, chance: &mut Chance) -> BTreeMap<&'static str, Value> {
    let priorities = [("low", 3.0), ("normal", 9.0), ("high", 4.0), ("urgent", 1.0)];
    let about = |key, value| BTreeMap::from([("project", json!(project.slug)), (key, value)]);
    match step {
        Step::Page => BTreeMap::new(),
        Step::Project => BTreeMap::from([("project", json!(project.slug))]),
        Step::TaskCreated => {
            let mut details = about("priority", json!(chance.weighted(&priorities)));
            details.insert("estimate", json!(chance.pick(&[1, 2, 3, 5, 8])));
            details
        }
        Step::TaskCompleted => {
            let mut details = about("priority", json!(chance.weighted(&priorities)));
            details.insert("cycle_hours", json!(chance.around(31.0, 0.9).round().max(1.0)));
            details
        }
        Step::Comment => about("mentions_somebody", json!(chance.happens(0.4))),
        Step::Upload => {
            let kinds = [("pdf", 5.0), ("image", 6.0), ("spreadsheet", 3.0), ("drawing", 2.0)];
            about("kind", json!(chance.weighted(&kinds)))
        }
        Step::Search => BTreeMap::from([("results", json!(chance.count(7.0)))]),
        Step::Invite => BTreeMap::from([("role", json!(chance.pick(&["member", "guest"])))]),
        Step::Export => BTreeMap::from([("format", json!(chance.pick(&["csv", "pdf", "xlsx"])))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_decimals() {
        assert_eq!(decimal(1_450, 2), "14.50");
        assert_eq!(decimal(5, 2), "0.05");
        assert_eq!(decimal(1_900, 0), "1900");
    }
}
