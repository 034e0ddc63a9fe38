//! The portal through its own door, with an Inlay that is away.

use axum::body::Body;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::{Request, Response, StatusCode};
use tower::ServiceExt;

use super::*;
use crate::demo::customers::CUSTOMERS;

const HOST_NAME: &str = "portal.localhost:8090";
const ORIGIN: &str = "http://portal.localhost:8090";

/// A portal whose Inlay is away: nothing listens on the discard port.
fn portal() -> Router {
    let clock = Clock::manual("2026-11-20T10:00:00Z".parse().unwrap());
    let base = "http://127.0.0.1:9".to_owned();
    let inlay = Inlay::new(base, "client".into(), "secret".into(), clock.clone()).unwrap();
    router(Portal::new(
        Arc::new(inlay),
        Addresses::new(8080, 8090),
        Arc::new(Progress::default()),
        clock,
        Entropy::seeded([9; 32]),
    ))
}

async fn get_page(portal: &Router, path: &str, cookie: &str) -> Response<Body> {
    let request = Request::get(path).header(HOST, HOST_NAME).header(COOKIE, cookie);
    portal.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn post_form(
    portal: &Router,
    path: &str,
    origin: &str,
    cookie: &str,
    form: &str,
) -> Response<Body> {
    let request = Request::post(path)
        .header(HOST, HOST_NAME)
        .header("origin", origin)
        .header(COOKIE, cookie)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    portal.clone().oneshot(request.body(Body::from(form.to_owned())).unwrap()).await.unwrap()
}

async fn sign_in(portal: &Router, person: &str) -> String {
    let answer = post_form(portal, "/sign-in", ORIGIN, "", &format!("person={person}")).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    cookie.split(';').next().unwrap().to_owned()
}

async fn text(answer: Response<Body>) -> String {
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn pages_are_for_people_who_are_signed_in() {
    let portal = portal();
    for path in ["/", "/projects", "/analytics", "/reports", "/your-domain", "/arriving"] {
        let answer = get_page(&portal, path, "tandem_session=guess").await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.headers()[LOCATION], "/sign-in");
    }
    for customer in &CUSTOMERS {
        let cookie = sign_in(&portal, customer.person.id).await;
        for path in ["/projects", "/analytics", "/reports", "/your-domain"] {
            let page = text(get_page(&portal, path, &cookie).await).await;
            assert!(page.contains(customer.name), "{path}");
            for other in CUSTOMERS.iter().filter(|other| other.id != customer.id) {
                assert!(!page.contains(other.name), "{path} names {}", other.name);
            }
        }
    }
}

#[tokio::test]
async fn nothing_on_a_page_is_inline() {
    let portal = portal();
    let cookie = sign_in(&portal, CUSTOMERS[0].person.id).await;
    for path in ["/sign-in", "/projects", "/analytics", "/reports", "/your-domain"] {
        let answer = get_page(&portal, path, &cookie).await;
        let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{path}");
        assert!(!policy.contains("'unsafe-"));
        assert_eq!(policy.contains("'wasm-unsafe-eval'"), path == "/analytics", "{path}");
        assert_eq!(policy.contains("frame-src"), path == "/reports", "{path}");
        let page = text(answer).await;
        assert!(!page.contains("style=\"") && !page.contains("<style"), "{path}");
        assert!(!page.contains(" onclick") && !page.contains("<script>"), "{path}");
    }
}

#[tokio::test]
async fn a_session_needs_an_own_page_and_a_signed_in_person() {
    let portal = portal();
    let cookie = sign_in(&portal, CUSTOMERS[0].person.id).await;
    let ask = async |origin: &str, cookie: &str| {
        let answer = post_form(&portal, "/inlay-session", origin, cookie, "").await;
        assert_eq!(answer.headers()["cache-control"], "no-store");
        answer.status()
    };
    assert_eq!(ask(ORIGIN, "").await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(ORIGIN, "tandem_session=00").await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask("http://analytics.localhost:8080", &cookie).await, StatusCode::FORBIDDEN);
    assert_eq!(ask("null", &cookie).await, StatusCode::FORBIDDEN);
    // All is right but Inlay is away.
    assert_eq!(ask(ORIGIN, &cookie).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        post_form(&portal, "/sign-out", ORIGIN, &cookie, "").await.status(),
        StatusCode::SEE_OTHER
    );
    assert_eq!(ask(ORIGIN, &cookie).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn other_pages_change_nothing() {
    let portal = portal();
    let other = "http://insights.northwind.localhost:8080";
    for (path, form) in
        [("/sign-in", "person=mara.lindqvist"), ("/sign-out", ""), ("/theme", "theme=dark")]
    {
        let answer = post_form(&portal, path, other, "", form).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
        assert!(!answer.headers().contains_key(SET_COOKIE));
    }
}

#[tokio::test]
async fn the_theme_is_kept_and_one_of_three() {
    let portal = portal();
    let answer = post_form(&portal, "/theme", ORIGIN, "", "theme=dark").await;
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap();
    let page = text(get_page(&portal, "/sign-in", cookie).await).await;
    assert!(page.contains("data-theme=\"dark\""));
    let page = text(get_page(&portal, "/sign-in", "tandem_theme=x\"onload").await).await;
    assert!(page.contains("data-theme=\"auto\""));
    let refused = post_form(&portal, "/theme", ORIGIN, "", "theme=pink").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn another_host_name_leads_to_the_own_one() {
    let portal = portal();
    let request = Request::get("/projects?x=1").header(HOST, "127.0.0.1:8090");
    let answer = portal.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.headers()[LOCATION], "http://portal.localhost:8090/projects?x=1");
    let request = Request::post("/sign-in").header(HOST, "127.0.0.1:8090");
    let answer = portal.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn the_style_knows_the_customers_colours() {
    let css = text(get_page(&portal(), "/static/portal.css", "").await).await;
    for customer in &CUSTOMERS {
        let rule = css.lines().find(|line| line.starts_with(&format!(".brand-{} ", customer.id)));
        let rule = rule.unwrap();
        assert!(rule.contains(customer.accent) && rule.contains(customer.accent_dark));
    }
}
