//! Tells programs from people, by what the browser says of itself: the one judgment of pages' scripts,
//! which keep programs out, and of the lake, which calls their device `bot`.

use std::sync::LazyLock;

use isbot::Bots;
use woothee::parser::Parser;

/// Browsers that a program drives, and clients that are no browser. The lists of crawlers are the
/// libraries'; these are the marks that they leave out. Electron is none: people use programs made of it.
const MARKS: [&str; 7] =
    ["headless", "phantomjs", "playwright", "puppeteer", "selenium", "jsdom", "lighthouse"];

/// Is it a crawler, a monitor or a driven browser? Nothing is known of who says nothing of itself.
pub fn is_bot(user_agent: &str) -> bool {
    static KNOWN: LazyLock<Bots> = LazyLock::new(Bots::default);
    let lower = user_agent.to_ascii_lowercase();
    MARKS.iter().any(|mark| lower.contains(mark))
        || KNOWN.is_bot(user_agent)
        || Parser::new().parse(user_agent).is_some_and(|parsed| parsed.category == "crawler")
}

#[cfg(test)]
mod tests {
    use super::is_bot;

    #[test]
    fn browsers_of_people_pass() {
        for user_agent in [
            "",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
             Portal/3.1.0 Chrome/142.0.0.0 Electron/39.0.0 Safari/537.36",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/142.0.0.0 Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
             like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/142.0.0.0 Mobile Safari/537.36",
        ] {
            assert!(!is_bot(user_agent), "{user_agent}");
        }
    }

    #[test]
    fn programs_do_not() {
        for user_agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
             HeadlessChrome/142.0.0.0 Safari/537.36",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
            "curl/8.5.0",
            "python-requests/2.32",
            "Mozilla/5.0 (compatible; UptimeRobot/2.0)",
            "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) \
             PhantomJS/2.1.1 Safari/538.1",
        ] {
            assert!(is_bot(user_agent), "{user_agent}");
        }
    }
}
