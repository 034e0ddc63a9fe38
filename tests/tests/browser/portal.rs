//! The demo's portal: every customer, every page.

use inlay_shared::{Session, ViewLine};
use inlay_tests::operator_client;
use inlay_tests::{Call, Caller as _, Chrome, Demo, Door, Operator, TenantClient, eventually};
use serde_json::{Value, json};

use crate::{SHOWN, digits};

/// The key, as WebDriver names it: a line break is one in Chromium alone.
const ENTER: &str = "\u{e007}";

/// Customers of the demo, who signs in for them, and in which zone they live.
const CUSTOMERS: [(&str, &str, &str); 3] = [
    ("northwind", "mara.lindqvist", "Europe/Berlin"),
    ("hinode", "aiko.tanaka", "Asia/Tokyo"),
    ("cobalt", "daniel.okafor", "America/New_York"),
];

#[tokio::test]
async fn each_customer_sees_their_own_numbers_on_all_three_pages() {
    let demo = Demo::start(5_000);
    let door = Door::new(&demo.inlay());
    let operator = Operator::of(&door, &operator_client(demo.folder())).await;
    let chrome = Chrome::start().await;
    let mut seen = Vec::new();
    for (customer, person, zone) in CUSTOMERS {
        let tenant = operator.exchange(customer, None).await;
        let numbers = Numbers { tenant, portal: demo.portal().to_owned(), zone };
        demo.sign_in(&chrome, person).await;

        let here = |path| format!("{}{path}", demo.portal());
        chrome.open(&here("/analytics")).await;
        seen.push(numbers.are_shown_in(&chrome).await);

        chrome.open(&here("/reports")).await;
        let frame =
            "return document.querySelector('inlay-dashboard').shadowRoot.querySelector('iframe')";
        eventually("the frame is there", async || {
            chrome.run(frame).await.is_object().then_some(())
        })
        .await;
        chrome.enter(frame).await;
        numbers.are_shown_in(&chrome).await;
        chrome.leave().await;

        chrome.open(&here("/your-domain")).await;
        let link = "return document.querySelector('inlay-dashboard')?.shadowRoot?.querySelector('a') ?? null";
        eventually("the link is there", async || chrome.run(link).await.is_object().then_some(()))
            .await;
        chrome.press(link, ENTER).await;
        chrome.look_at_other_window().await;
        numbers.are_shown_in(&chrome).await;
        let host = chrome.run("return location.hostname").await;
        let of_portal = demo.portal().contains(host.as_str().expect("a host is text"));
        assert!(!of_portal && host != "analytics.localhost", "{customer} has no own host: {host}");
        chrome.close_window().await;
        chrome.forget_cookies().await;
        assert_eq!(chrome.complaints().await, [""; 0], "{customer}");
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), CUSTOMERS.len(), "customers have numbers of their own");
}

/// What a customer's dashboard must show.
struct Numbers {
    tenant: TenantClient,
    portal: String,
    zone: &'static str,
}

impl Numbers {
    /// Asks directly, for the range that the dashboard has.
    async fn ask(&self) -> Value {
        let grant = json!({
            "tenant": self.tenant.id(), "viewer": "check", "dashboards": ["overview"],
            "origin": self.portal, "zone": self.zone
        });
        let minted = self.tenant.post("/v1/embed/sessions", &grant).await.is(201);
        let view =
            Call::new(self.tenant.door(), http::Method::GET, "/v1/embed/view?dashboard=overview");
        let view = view.bearer(&minted.json::<Session>().token).from_page(&self.portal);
        let lines = view.await.is(200).lines();
        let Some(ViewLine::Layout(layout)) = lines.first() else { panic!("no layout: {lines:?}") };
        let time = json!({"from": layout.time.from, "to": layout.time.to, "zone": self.zone});
        let only = |name| json!([{"dimension": "name", "op": "in", "values": [name]}]);
        let rows = async |measures: Value, dimensions: Value, filters: Value, limit: u64| {
            let query = json!({
                "measures": measures, "dimensions": dimensions, "filters": filters,
                "limit": limit, "time": time
            });
            self.tenant.query(&query).await.is(200).value()["rows"].take()
        };
        let none = json!([]);
        json!({
            "totals": rows(json!(["users", "sessions"]), none.clone(), none.clone(), 1).await,
            "completed": rows(json!(["events"]), none.clone(), only("task.completed"), 1).await,
            "actions": rows(json!(["events"]), json!(["name"]), none, 8).await,
            "pages": rows(json!(["events", "users"]), json!(["page"]), only("page.viewed"), 10).await,
        })
    }

    /// Waits until the page shows exactly what a direct query says; the answer is the first figure.
    async fn are_shown_in(&self, chrome: &Chrome) -> String {
        let mut last = (Value::Null, Value::Null);
        for _ in 0..300 {
            let shown = chrome.try_run(SHOWN).await.unwrap_or_default();
            last = (shown, self.ask().await);
            if last.0.is_object() && are_equal(&last.0, &last.1) {
                assert_eq!(last.0["troubled"], false, "{}", last.0);
                return last.0["figures"]["Active people"].to_string();
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{} sees {}\nbut the query says {}", self.tenant.id(), last.0, last.1);
    }
}

fn are_equal(shown: &Value, asked: &Value) -> bool {
    let figure = |title: &str| shown["figures"][title].as_str().map(digits);
    let number = |value: &Value| value.as_u64().map(|number| number.to_string());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let bars = shown["bars"]["What people do"].as_array().map_or(&[][..], Vec::as_slice);
    let actions = asked["actions"].as_array().map_or(&[][..], Vec::as_slice);
    let rows = shown["rows"].as_array().map_or(&[][..], Vec::as_slice);
    let pages = asked["pages"].as_array().map_or(&[][..], Vec::as_slice);
    let same = |shown: &Value, asked: &Value, columns: usize| {
        text(&shown[0]) == text(&asked[0])
            && (1..columns).all(|n| shown[n].as_str().map(digits) == number(&asked[n]))
    };
    figure("Active people") == number(&asked["totals"][0][0])
        && figure("Visits") == number(&asked["totals"][0][1])
        && figure("Tasks completed") == number(&asked["completed"][0][0])
        && !actions.is_empty()
        && bars.len() == actions.len()
        && bars.iter().zip(actions).all(|(shown, asked)| same(shown, asked, 2))
        && !pages.is_empty()
        && rows.len() == pages.len()
        && rows.iter().zip(pages).all(|(shown, asked)| same(shown, asked, 3))
}
