//! What some engine of the browser suite cannot do, and why.

use std::io::Write as _;

use crate::engine::Engine;

/// A step that not every engine can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// Reading what the browser complained of.
    Log,
    /// Counting nodes and listeners, collecting garbage, cutting the network: DevTools commands.
    DevTools,
    /// Looking like a browser that nobody drives.
    Person,
    /// Closing the connection of a stream as soon as the page gives it up.
    Hangup,
    /// Starting with other settings, such as forced colours.
    Flags,
}

impl Engine {
    /// Whether it can do that step. If not, it is printed which one and why: a step that is left out
    /// must not look like one that passed.
    pub fn can(self, step: Lack) -> bool {
        let Some(why) = self.lacks(step) else { return true };
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        // Past the capture of the tests' output: it is to be seen when everything passes.
        let line = format!("left out in {self:?}: {step:?} in {test}: {why}\n");
        drop(std::io::stderr().write_all(line.as_bytes()));
        false
    }

    /// Why it cannot do a step.
    fn lacks(self, step: Lack) -> Option<&'static str> {
        match (self, step) {
            (Self::Chromium, _) => None,
            (Self::Firefox, Lack::Hangup) => None,
            (Self::WebKit, Lack::Hangup) => Some("it keeps the connection for a while"),
            (_, Lack::Log) => Some("its driver has no command for the browser's log"),
            (_, Lack::DevTools) => Some("its driver has no DevTools commands"),
            (_, Lack::Person) => Some("navigator.webdriver cannot be turned off in it"),
            (_, Lack::Flags) => Some("its settings are others"),
        }
    }
}
