//! Device, browser and system of a user agent.

use std::collections::HashMap;

use woothee::parser::Parser;

use crate::event::is_bot;

/// Most user agents that are remembered at once.
const REMEMBERED: usize = 4_096;

/// What a user agent tells. Names are families: `Windows`, not `Windows 10`, so that groups stay few.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::lake) struct Agent {
    /// `desktop`, `mobile`, `tablet`, `console`, `tv` or `bot`.
    pub(in crate::lake) device: Option<&'static str>,
    pub(in crate::lake) browser: Option<&'static str>,
    pub(in crate::lake) os: Option<&'static str>,
}

/// Reads user agents and remembers them: a batch has few different ones, and each costs dozens of
/// patterns.
#[derive(Debug, Default)]
pub(in crate::lake) struct Agents(HashMap<Box<str>, Agent>);

impl Agents {
    /// What this user agent tells.
    pub(in crate::lake) fn read(&mut self, user_agent: &str) -> Agent {
        if let Some(known) = self.0.get(user_agent) {
            return *known;
        }
        let agent = read(user_agent);
        if self.0.len() == REMEMBERED {
            self.0.clear();
        }
        self.0.insert(user_agent.into(), agent);
        agent
    }
}

fn read(user_agent: &str) -> Agent {
    if is_bot(user_agent) {
        return Agent { device: Some("bot"), browser: None, os: None };
    }
    let parsed = Parser::new().parse(user_agent).unwrap_or_default();
    let os = os(parsed.os);
    Agent {
        device: device(parsed.category, parsed.os, user_agent),
        browser: browser(parsed.name),
        os,
    }
}

/// A tablet says so, or is an Android that does not say `Mobile`. An iPad that asks for the desktop's
/// pages cannot be told from a Mac.
fn device(category: &str, os: &str, user_agent: &str) -> Option<&'static str> {
    let says = |word: &str| user_agent.contains(word);
    let tablet = os == "iPad"
        || says("Tablet") && !says("Tablet PC")
        || says("Kindle")
        || says("Silk/") && !says("Mobile")
        || os == "Android" && !says("Mobile") && !says("Android TV") && !says("TV;");
    match category {
        _ if os == "DigitalTV" || says("SmartTV") || says("SMART-TV") || says("Android TV") => {
            Some("tv")
        }
        "smartphone" | "pc" if tablet => Some("tablet"),
        "pc" => Some("desktop"),
        "smartphone" | "mobilephone" => Some("mobile"),
        "appliance" => Some("console"),
        _ => None,
    }
}

fn os(name: &str) -> Option<&'static str> {
    Some(match name {
        "Windows Phone OS" | "Windows CE" => "Windows Phone",
        _ if name.starts_with("Windows") => "Windows",
        "Mac OSX" | "Mac OS Classic" => "macOS",
        "iPhone" | "iPod" | "iOS" => "iOS",
        "iPad" => "iPadOS",
        "Android" => "Android",
        "ChromeOS" => "ChromeOS",
        "Linux" => "Linux",
        "BSD" => "BSD",
        _ if name.starts_with("BlackBerry") => "BlackBerry",
        _ if name.starts_with("PlayStation") => "PlayStation",
        _ if name.starts_with("Nintendo") => "Nintendo",
        _ if name.starts_with("Xbox") => "Xbox",
        _ => return None,
    })
}

fn browser(name: &str) -> Option<&'static str> {
    Some(match name {
        "SamsungBrowser" => "Samsung Internet",
        "Webview" => "WebView",
        _ => {
            const KNOWN: [&str; 10] = [
                "Chrome",
                "Safari",
                "Firefox",
                "Edge",
                "Opera",
                "Internet Explorer",
                "Vivaldi",
                "Yandex Browser",
                "Google Search App",
                "Sleipnir",
            ];
            return KNOWN.into_iter().find(|known| *known == name);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_browsers_and_systems_are_told_apart() {
        const WEBKIT: &str = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let chrome = |system: &str, rest: &str| {
            format!("Mozilla/5.0 ({system}) {WEBKIT} Chrome/130.0.0.0 {rest}Safari/537.36")
        };
        let apple = |system: &str, rest: &str| {
            format!("Mozilla/5.0 ({system}) AppleWebKit/605.1.15 (KHTML, like Gecko) {rest}")
        };
        let safari = "Version/17.5 Mobile/15E148 Safari/604.1";
        let cases = [
            (chrome("Windows NT 10.0; Win64; x64", ""), "desktop", "Chrome", "Windows"),
            (
                format!("{} Edg/130.0.0.0", chrome("Windows NT 10.0; Win64; x64", "")),
                "desktop",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".to_owned(),
                "desktop",
                "Firefox",
                "Linux",
            ),
            (
                apple("Macintosh; Intel Mac OS X 10_15_7", "Version/17.5 Safari/605.1.15"),
                "desktop",
                "Safari",
                "macOS",
            ),
            (chrome("X11; CrOS x86_64 14541.0.0", ""), "desktop", "Chrome", "ChromeOS"),
            (apple("iPhone; CPU iPhone OS 17_5 like Mac OS X", safari), "mobile", "Safari", "iOS"),
            (apple("iPad; CPU OS 17_5 like Mac OS X", safari), "tablet", "Safari", "iPadOS"),
            (chrome("Linux; Android 14; Pixel 8", "Mobile "), "mobile", "Chrome", "Android"),
            (chrome("Linux; Android 13; SM-X906C", ""), "tablet", "Chrome", "Android"),
            (
                "Mozilla/5.0 (Android 14; Tablet; rv:128.0) Gecko/128.0 Firefox/128.0".to_owned(),
                "tablet",
                "Firefox",
                "Android",
            ),
            (
                "Mozilla/5.0 (Linux; Android 13; SM-S901B) AppleWebKit/537.36 (KHTML, like Gecko) \
                 SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36"
                    .to_owned(),
                "mobile",
                "Samsung Internet",
                "Android",
            ),
        ];
        for (user_agent, device, browser, os) in cases {
            let found = read(&user_agent);
            let expected = Agent { device: Some(device), browser: Some(browser), os: Some(os) };
            assert_eq!(found, expected, "{user_agent}");
        }
    }

    #[test]
    fn bots_are_bots_and_nonsense_is_nothing() {
        for user_agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "curl/8.5.0",
            "python-requests/2.32.0",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
             HeadlessChrome/130.0.0.0 Safari/537.36",
        ] {
            assert_eq!(read(user_agent).device, Some("bot"), "{user_agent}");
        }
        assert_eq!(read("").device, None);
        assert_eq!(read("my own thing"), Agent::default());
    }

    #[test]
    fn what_is_remembered_stays_bounded_and_right() {
        let mut agents = Agents::default();
        for n in 0..REMEMBERED + 10 {
            agents.0.insert(n.to_string().into(), Agent::default());
            if agents.0.len() > REMEMBERED {
                break;
            }
        }
        agents.0.remove("0");
        assert_eq!(agents.read("curl/8.5.0").device, Some("bot"));
        assert!(agents.0.len() <= REMEMBERED);
        assert_eq!(agents.read("curl/8.5.0").device, Some("bot"));
    }
}
