//! `inlay serve`

use std::net::SocketAddr;

use super::{Data, Shell};
use crate::app::{self, StartError};

/// Arguments of `inlay serve`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: Data,
    /// Address and port to listen on; port 0 picks a free one.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// The address under which browsers and clients reach the server.
    #[arg(long)]
    public_url: Option<String>,
}

pub(super) async fn run(shell: Shell, args: Args) -> Result<(), StartError> {
    let mut shell = shell.with(args.data);
    if let Some(listen) = args.listen {
        shell.config.server.listen = listen;
    }
    if args.public_url.is_some() {
        shell.config.server.public_url = args.public_url;
    }
    let running = app::start(&shell.config, shell.clock, shell.entropy).await?;
    println!("Inlay listens on http://{}", running.address());
    if running.url() != format!("http://{}", running.address()) {
        println!("and is known as {}", running.url());
    }
    app::until_told_to_stop().await;
    running.stop().await;
    Ok(())
}
