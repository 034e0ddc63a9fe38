//! Many tenants at once: what they cost at rest, whether each may write an event a second, and whether
//! one that floods is felt by the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::sync::Semaphore;

use crate::figure::{Figures, percentile};
use crate::panels::six;
use crate::rates::for_a_while;
use crate::server::{Folder, Server, Tenant, event};

/// Most connections over which the crowd writes at a time.
const CONNECTIONS: usize = 512;

/// Makes so many tenants and lets each write an event a second.
pub(crate) async fn writing(figures: &Figures, folder: &Folder, tenants: usize) -> Result<()> {
    const SECONDS: u64 = 20;
    let server = folder.serve().await;
    let crowd = assemble(&server, tenants).await?;
    let crowd: Vec<Arc<Tenant>> = crowd.into_iter().map(Arc::new).collect();
    let (refused, late) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let begin = Instant::now();
    // Each sends when its time comes, whether the others have their answers or not.
    let writers = crowd.iter().enumerate().map(|(at, tenant)| {
        let (tenant, room) = (tenant.clone(), room.clone());
        let (refused, late) = (refused.clone(), late.clone());
        tokio::spawn(async move {
            let mut times = Vec::new();
            for second in 0..SECONDS {
                #[expect(clippy::cast_precision_loss, reason = "tenants are few")]
                let due = second as f64 + at as f64 / tenants as f64;
                let due = begin + Duration::from_secs_f64(due);
                tokio::time::sleep_until(due.into()).await;
                let _room = room.acquire().await?;
                let watch = Instant::now();
                if tenant.send(event("beat", second)).await?.is_none() {
                    refused.fetch_add(1, Ordering::Relaxed);
                }
                if due.elapsed() > Duration::from_secs(1) {
                    late.fetch_add(1, Ordering::Relaxed);
                }
                times.push(watch.elapsed().as_secs_f64() * 1e3);
            }
            anyhow::Ok(times)
        })
    });
    let mut times = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        times.extend(writer.await??);
    }
    let took = begin.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "counts of requests")]
    let (sent, refused, late) = (
        times.len() as f64,
        refused.load(Ordering::Relaxed) as f64,
        late.load(Ordering::Relaxed) as f64,
    );
    let name = format!("events a second of {tenants} tenants with one each");
    #[expect(clippy::cast_precision_loss, reason = "tenants are few")]
    figures.hold(&name, (sent - refused) / took, "/s", tenants as f64 * 0.99);
    figures.tell("p50 of such a write", percentile(&times, 0.5), "ms");
    figures.tell("p99 of such a write", percentile(&times, 0.99), "ms");
    figures.tell("writes answered over a second after they were due", late, "");
    figures.tell("writes refused as too many (429)", refused, "");
    let seen = crowd[tenants / 2].count().await?;
    ensure!(refused > 0.0 || seen == SECONDS, "a tenant sees {seen} of its {SECONDS} events");
    let (now, most) = server.memory()?;
    figures.tell(&format!("memory after that, {tenants} tenants"), now / 1e6, "MB");
    figures.tell("the most that it ever was", most / 1e6, "MB");
    drop(server);
    let watch = Instant::now();
    let server = folder.serve().await;
    figures.tell(
        &format!("start with {tenants} tenants"),
        watch.elapsed().as_secs_f64() * 1e3,
        "ms",
    );
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (now, _) = server.memory()?;
    figures.hold(&format!("memory at rest, {tenants} tenants"), now / 1e6, "MB", 200.0);
    Ok(())
}

async fn assemble(server: &Server, tenants: usize) -> Result<Vec<Tenant>> {
    stream::iter(0..tenants)
        .map(|number| async move {
            let id = format!("crowd-{number}");
            server.create(&id, "https://portal.example").await?;
            anyhow::Ok(server.tenant(&id).await)
        })
        .buffered(8)
        .try_collect()
        .await
}

/// The 99th percentile of one tenant's queries, alone and while another one floods.
pub(crate) async fn fairness(
    figures: &Figures,
    server: &Server,
    quiet: &str,
    loud: &str,
) -> Result<()> {
    const SPAN: Duration = Duration::from_secs(8);
    let quiet = server.tenant(quiet).await;
    let round = Arc::new(AtomicU64::new(0));
    let measure = |quiet: Tenant, round: Arc<AtomicU64>| {
        for_a_while(1, SPAN, move |_, _| {
            let (quiet, round) = (quiet.clone(), round.clone());
            async move {
                let number = round.fetch_add(1, Ordering::Relaxed);
                let panels = six(false);
                let mut query = panels[usize::try_from(number % 6).unwrap_or(0)].query.clone();
                query["limit"] = serde_json::json!(1_000 + number % 9_000);
                quiet.ask(&query).await.map(drop)
            }
        })
    };
    let (_, alone) = measure(quiet.another(), round.clone()).await?;
    let flood = {
        let loud = server.tenant(loud).await;
        let clients: Vec<Tenant> = (0..16).map(|_| loud.another()).collect();
        tokio::spawn(async move {
            drop(
                for_a_while(16, SPAN * 2, move |number, round| {
                    let client = clients[number].clone();
                    async move {
                        // Half of them ask, half of them send. What is refused is the point.
                        if number % 2 == 0 {
                            let mut query = six(false)[2].query.clone();
                            query["limit"] = serde_json::json!(1_000 + round % 9_000);
                            drop(client.ask(&query).await);
                        } else {
                            let body: String = (0..500)
                                .map(|n| event(&format!("f{number}"), round * 500 + n))
                                .collect();
                            drop(client.send(body).await);
                        }
                        Ok(())
                    }
                })
                .await,
            );
        })
    };
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (_, beside) = measure(quiet.another(), round).await?;
    flood.await?;
    let (alone, beside) = (percentile(&alone, 0.99), percentile(&beside, 0.99));
    figures.tell("p99 of a tenant's panels, alone", alone, "ms");
    figures.hold("the same beside a tenant that floods", beside, "ms", alone * 2.0);
    Ok(())
}
