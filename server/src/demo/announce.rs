//! What the demo says in the terminal.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;

use super::addresses::Addresses;
use super::customers::CUSTOMERS;
use super::progress::Progress;

/// Where everything is, the portal first.
pub(crate) fn addresses(addresses: &Addresses, data: &Path) {
    println!();
    println!("  Open {}", addresses.portal);
    println!();
    println!("  Portal      {}", addresses.portal);
    println!("  Inlay       {}", addresses.analytics);
    for (n, customer) in CUSTOMERS.iter().enumerate() {
        let title = if n == 0 { "Own hosts" } else { "" };
        let host = format!("http://{}", addresses.host(customer));
        println!("  {title:<11} {host:<42} {}", customer.name);
    }
    println!("  Gallery     {}/gallery", addresses.portal);
    println!("  Data        {}", data.display());
    println!();
    println!("  Ctrl-c stops it; the next start goes on where it was.");
    println!();
}

/// A line about the history, until all of it is there: a bar in a terminal, a line each quarter
/// elsewhere.
pub(crate) async fn progress(progress: Arc<Progress>, stop: CancellationToken) {
    let bar = std::io::stderr().is_terminal().then(|| {
        let style = ProgressStyle::with_template("  History     {bar:32} {pos:>3} %");
        let bar = ProgressBar::new(100);
        style.map_or(bar.clone(), |style| bar.with_style(style))
    });
    let mut told = 0;
    loop {
        let percent = progress.percent();
        match &bar {
            Some(bar) => bar.set_position(u64::from(percent)),
            None if percent >= told && percent < 100 => {
                println!("  History     {percent} %");
                told += 25;
            }
            None => {}
        }
        if percent == 100 {
            break;
        }
        let pause = tokio::time::sleep(Duration::from_millis(200));
        if stop.run_until_cancelled(pause).await.is_none() {
            break;
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    if progress.percent() == 100 {
        println!("  History     all there; from now on live");
    }
}

/// The last words.
pub(crate) fn stopped() {
    println!("  Stopped.");
}
