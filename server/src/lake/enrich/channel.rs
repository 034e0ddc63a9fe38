//! How a user came, told from a few signs. A table of our own: the large ones of each kind, and rules
//! that need no table.

/// What is known about how the user came.
#[derive(Debug, Default)]
pub(super) struct Signs<'a> {
    /// The host that led here, in small letters.
    pub(super) referrer: Option<&'a str>,
    /// The host of the page itself.
    pub(super) own_host: Option<&'a str>,
    /// `utm_source`
    pub(super) source: Option<&'a str>,
    /// `utm_medium`
    pub(super) medium: Option<&'a str>,
    /// The address has a mark that only a paid click has.
    pub(super) click: bool,
}

const PAID: [&str; 13] = [
    "cpc",
    "ppc",
    "cpm",
    "cpv",
    "cpa",
    "cpp",
    "paid",
    "paidsearch",
    "paidsocial",
    "display",
    "banner",
    "retargeting",
    "ads",
];
const EMAIL: [&str; 4] = ["email", "mail", "newsletter", "e_mail"];
const SOCIAL: [&str; 4] = ["social", "social_network", "social_media", "sm"];
const SEARCH: [&str; 2] = ["organic", "search"];

/// Names of hosts. A name without a point is that of any top-level domain: `google` is `google.de`.
const SEARCH_HOSTS: [&str; 17] = [
    "google",
    "bing",
    "duckduckgo",
    "yahoo",
    "yandex",
    "baidu",
    "ecosia",
    "qwant",
    "startpage",
    "search.brave.com",
    "kagi",
    "naver",
    "seznam",
    "sogou",
    "ask",
    "swisscows",
    "mojeek",
];
const SOCIAL_HOSTS: [&str; 25] = [
    "facebook",
    "fb.com",
    "fb.me",
    "instagram",
    "twitter",
    "x.com",
    "t.co",
    "linkedin",
    "lnkd.in",
    "reddit",
    "redd.it",
    "pinterest",
    "tiktok",
    "youtube",
    "youtu.be",
    "threads.net",
    "threads.com",
    "bsky.app",
    "mastodon",
    "vk.com",
    "xing",
    "whatsapp",
    "t.me",
    "news.ycombinator.com",
    "discord",
];
const EMAIL_HOSTS: [&str; 9] = [
    "mail.google.com",
    "com.google.android.gm",
    "mail.yahoo",
    "outlook.live.com",
    "outlook.office.com",
    "outlook.office365.com",
    "mail.proton.me",
    "webmail",
    "mail.zoho.com",
];
const ASSISTANT_HOSTS: [&str; 8] = [
    "chatgpt.com",
    "chat.openai.com",
    "perplexity.ai",
    "gemini.google.com",
    "claude.ai",
    "copilot.microsoft.com",
    "chat.mistral.ai",
    "deepseek",
];

/// The channel: `paid`, `email`, `affiliate`, `social`, `search`, `assistant`, `internal`, `campaign`,
/// `referral` or `direct`. What a campaign says of itself counts before the referrer.
pub(super) fn of(signs: &Signs<'_>) -> &'static str {
    let medium = signs.medium.map(crate::event::snake_case);
    let medium = medium.as_deref().unwrap_or_default();
    if signs.click || PAID.contains(&medium) || medium.starts_with("paid_") {
        return "paid";
    }
    for (media, channel) in
        [(&EMAIL[..], "email"), (&SOCIAL[..], "social"), (&SEARCH[..], "search")]
    {
        if media.contains(&medium) {
            return channel;
        }
    }
    if medium == "affiliate" {
        return "affiliate";
    }
    let by_host = |host: &str| {
        let tables = [
            (&EMAIL_HOSTS[..], "email"),
            (&ASSISTANT_HOSTS[..], "assistant"),
            (&SOCIAL_HOSTS[..], "social"),
            (&SEARCH_HOSTS[..], "search"),
        ];
        tables.into_iter().find(|(hosts, _)| is_one_of(host, hosts)).map(|(_, channel)| channel)
    };
    if let Some(source) = signs.source {
        let source = source.to_lowercase();
        return by_host(&source).unwrap_or("campaign");
    }
    let Some(referrer) = signs.referrer else { return "direct" };
    let referrer = referrer.to_lowercase();
    let referrer = referrer.strip_prefix("www.").unwrap_or(&referrer);
    if signs.own_host == Some(referrer) {
        return "internal";
    }
    by_host(referrer).unwrap_or("referral")
}

/// Is it one of these hosts, or below one of them?
fn is_one_of(host: &str, hosts: &[&str]) -> bool {
    hosts.iter().any(|known| {
        if known.contains('.') {
            let above = host.strip_suffix(known);
            above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
        } else {
            // The name before a top-level domain of one or two parts, or the name alone.
            let labels: Vec<&str> = host.split('.').collect();
            let at = labels.iter().position(|label| label == known);
            at.is_some_and(|at| match labels.len() - at {
                1 => at == 0,
                2 => true,
                3 => labels[at + 1].len() <= 3,
                _ => false,
            })
        }
    }) || hosts.iter().any(|known| known.contains('.') && host.starts_with(&format!("{known}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn referrers_are_of_a_kind() {
        for (referrer, channel) in [
            ("google.com", "search"),
            ("google.co.uk", "search"),
            ("www.google.de", "search"),
            ("images.google.com", "search"),
            ("mail.google.com", "email"),
            ("mail.yahoo.com", "email"),
            ("gemini.google.com", "assistant"),
            ("notgoogle.com", "referral"),
            ("google.evil.example", "referral"),
            ("chatgpt.com", "assistant"),
            ("l.facebook.com", "social"),
            ("x.com", "social"),
            ("netflix.com", "referral"),
            ("t.co", "social"),
            ("LinkedIn.com", "social"),
            ("somewhere.example", "referral"),
        ] {
            let signs = Signs { referrer: Some(referrer), ..Signs::default() };
            assert_eq!(of(&signs), channel, "{referrer}");
        }
        assert_eq!(of(&Signs::default()), "direct");
    }

    #[test]
    fn a_campaign_counts_before_the_referrer() {
        let signs = |source, medium| Signs {
            referrer: Some("google.com"),
            source: Some(source),
            medium,
            ..Signs::default()
        };
        for (source, medium, channel) in [
            ("google", Some("cpc"), "paid"),
            ("x", Some("Paid Social"), "paid"),
            ("autumn", Some("E-Mail"), "email"),
            ("autumn", Some("organic"), "search"),
            ("autumn", Some("affiliate"), "affiliate"),
            ("Facebook", None, "social"),
            ("autumn", Some("print"), "campaign"),
        ] {
            assert_eq!(of(&signs(source, medium)), channel, "{source} {medium:?}");
        }
        let click = Signs { referrer: Some("google.com"), click: true, ..Signs::default() };
        assert_eq!(of(&click), "paid");
    }
}
