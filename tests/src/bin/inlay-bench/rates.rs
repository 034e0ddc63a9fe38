//! How much a second: panel answers, sessions, events.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use inlay_tests::Caller as _;
use serde_json::{Value, json};

use crate::figure::{Figures, percentile};
use crate::panels::six;
use crate::server::{Server, Tenant, client, event};

/// How long each rate is measured.
const SPAN: Duration = Duration::from_secs(5);
/// Clients, events of a request, and the budget in events a second. Single events show what requests that
/// share a transaction are worth.
const INGEST: [(usize, u64, Option<f64>); 4] =
    [(1, 500, None), (4, 500, Some(50_000.0)), (32, 500, None), (64, 1, None)];

/// Runs `work` in `clients` loops for a while; the answer is rounds a second and the times of all
/// rounds in milliseconds. `work` is given the client's number and the round's.
pub(crate) async fn for_a_while<W, F>(
    clients: usize,
    span: Duration,
    work: W,
) -> Result<(f64, Vec<f64>)>
where
    W: Fn(usize, u64) -> F + Send + Sync + 'static,
    F: Future<Output = Result<()>> + Send,
{
    let work = Arc::new(work);
    let begin = Instant::now();
    let loops = (0..clients).map(|number| {
        let work = work.clone();
        tokio::spawn(async move {
            let mut times = Vec::new();
            while begin.elapsed() < span {
                let watch = Instant::now();
                work(number, times.len() as u64).await?;
                times.push(watch.elapsed().as_secs_f64() * 1e3);
            }
            anyhow::Ok(times)
        })
    });
    let mut all = Vec::new();
    for times in try_join_all(loops).await? {
        all.extend(times?);
    }
    #[expect(clippy::cast_precision_loss, reason = "rounds are few")]
    let rate = all.len() as f64 / begin.elapsed().as_secs_f64();
    Ok((rate, all))
}

/// Panel answers a second with eight clients, remembered and not.
pub(crate) async fn panels(figures: &Figures, tenant: &Tenant) -> Result<()> {
    let clients: Arc<Vec<Tenant>> = Arc::new((0..8).map(|_| tenant.another()).collect());
    let queries: Arc<Vec<Value>> =
        Arc::new(six(false).into_iter().map(|panel| panel.query).collect());
    let (owned, asked) = (clients.clone(), queries.clone());
    let (rate, _) = for_a_while(8, SPAN, move |number, round| {
        let (clients, queries) = (owned.clone(), asked.clone());
        async move {
            let at = (number + usize::try_from(round).unwrap_or(0)) % queries.len();
            clients[number].ask(&queries[at]).await.map(drop)
        }
    })
    .await?;
    figures.hold("remembered panels a second, 8 clients", rate, "/s", 500.0);
    // A limit of its own makes each question a new one.
    let fresh = Arc::new(AtomicU64::new(0));
    let (rate, times) = for_a_while(8, SPAN, move |number, round| {
        let (clients, queries, fresh) = (clients.clone(), queries.clone(), fresh.clone());
        async move {
            let at = (number + usize::try_from(round).unwrap_or(0)) % queries.len();
            let mut query = queries[at].clone();
            query["limit"] = json!(1_000 + fresh.fetch_add(1, Ordering::Relaxed) % 9_000);
            clients[number].ask(&query).await.map(drop)
        }
    })
    .await?;
    figures.hold("panels a second, nothing remembered, 8 clients", rate, "/s", 40.0);
    figures.tell("p99 of these", percentile(&times, 0.99), "ms");
    Ok(())
}

/// Embed sessions minted a second with 16 clients.
pub(crate) async fn sessions(figures: &Figures, server: &Server) -> Result<()> {
    server.create("minting", "https://portal.example").await?;
    let tenant = server.operator().exchange("minting", None).await;
    let token: Arc<str> = tenant.token().into();
    let url: Arc<str> = format!("{}/v1/embed/sessions", tenant.door().url()).into();
    let body: Arc<str> = json!({
        "tenant": "minting", "viewer": "u1", "dashboards": ["overview"], "capabilities": ["filter"],
        "origin": "https://portal.example", "zone": "Europe/Berlin", "lang": "de"
    })
    .to_string()
    .into();
    let https: Arc<Vec<reqwest::Client>> = Arc::new((0..16).map(|_| client()).collect());
    let (rate, times) = for_a_while(16, SPAN, move |number, _| {
        let (token, url, body, https) = (token.clone(), url.clone(), body.clone(), https.clone());
        async move {
            let request = https[number].post(&*url).bearer_auth(&*token);
            let request = request.header("content-type", "application/json").body(body.to_string());
            let answer = request.send().await?;
            ensure!(answer.status() == 201, "no session: {}", answer.text().await?);
            answer.bytes().await?;
            Ok(())
        }
    })
    .await?;
    figures.hold("embed sessions minted a second", rate, "/s", 10_000.0);
    figures.tell("p99 of a mint", percentile(&times, 0.99), "ms");
    Ok(())
}

/// Events a second, durable, in batches; and each visible in the very next answer.
pub(crate) async fn events(figures: &Figures, server: &Server) -> Result<()> {
    for (clients, batch, budget) in INGEST {
        let id = format!("ingest-{clients}");
        server.create(&id, "https://portal.example").await?;
        let tenant = server.tenant(&id).await;
        let senders: Arc<Vec<Tenant>> = Arc::new((0..clients).map(|_| tenant.another()).collect());
        let refused = Arc::new(AtomicU64::new(0));
        let (counted, sending) = (refused.clone(), senders.clone());
        let (rate, times) = for_a_while(clients, SPAN, move |number, round| {
            let (senders, refused) = (sending.clone(), counted.clone());
            async move {
                let body: String =
                    (0..batch).map(|n| event(&format!("c{number}"), round * batch + n)).collect();
                match senders[number].send(body).await? {
                    Some(accepted) => ensure!(accepted == batch, "only {accepted} were new"),
                    None => drop(refused.fetch_add(1, Ordering::Relaxed)),
                }
                Ok(())
            }
        })
        .await?;
        let name = format!("durable events a second, {batch} a request, {clients} clients");
        #[expect(clippy::cast_precision_loss, reason = "batches are small, and rounds few")]
        let (size, rounds) = (batch as f64, times.len() as f64);
        let rate = rate * size * (1.0 - load(&refused) / rounds);
        match budget {
            Some(budget) => figures.hold(&name, rate, "/s", budget),
            None => figures.tell(&name, rate, "/s"),
        }
        figures.tell("p99 of a request", percentile(&times, 0.99), "ms");
        figures.tell("requests refused as too many (429)", load(&refused), "");
        // The last one accepted is in the next answer, without a pause.
        let before = tenant.count().await?;
        let watch = Instant::now();
        let accepted = tenant.send(event("last", before)).await?;
        ensure!(accepted == Some(1), "the last event was not accepted: {accepted:?}");
        ensure!(
            tenant.count().await? == before + 1,
            "an accepted event was not in the next answer"
        );
        let took = watch.elapsed().as_secs_f64() * 1e3;
        figures.tell("an event accepted and seen in the next answer", took, "ms");
    }
    Ok(())
}

fn load(counter: &AtomicU64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
    let count = counter.load(Ordering::Relaxed) as f64;
    count
}
