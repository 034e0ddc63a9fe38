//! What the process tells about itself. Secrets, tokens and personal data never reach it: the types
//! that hold them print nothing of them.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::Log;

/// Sends spans and events to standard error. A second call changes nothing.
///
/// # Errors
/// The filter's text does not parse.
pub fn start(log: &Log) -> Result<(), tracing_subscriber::filter::ParseError> {
    let filter: EnvFilter = log.filter.parse()?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // A log that takes no more, on a full disk for one, must not bring down a request: the failure
        // would be told on the very same stream, and that panics.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = if log.json { builder.json().try_init() } else { builder.try_init() };
    // Tests start many servers in one process; the first one's subscriber serves them all.
    drop(started);
    Ok(())
}
