//! How the events of one source become events of the contract: rules that move, drop or set. Pure:
//! the same rules always make the same of the same text.

use std::borrow::Cow;

use inlay_shared::{MappingAction, MappingRule};

use super::scrub::is_address;
use super::{Members, Own, scalar, snake_case};

/// Most rules of a mapping.
pub const MAX_RULES: usize = 200;

/// A member or property on its way: its name as it came, and its value as JSON text.
pub(super) type Part<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Rules that were checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    rules: Vec<Rule>,
    addresses: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Move { from: String, to: Place },
    Drop { from: String },
    Set { to: Place, json: String },
}

/// Where a rule leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Own(Own),
    Property(String),
}

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct InvalidRule {
    /// JSON pointer into the mapping.
    pub pointer: String,
    /// What is wrong and what to do.
    pub detail: String,
}

impl Mapping {
    /// Checks rules.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn new(rules: &[MappingRule]) -> Result<Self, Vec<InvalidRule>> {
        let mut wrong = Vec::new();
        let mut checked = Vec::with_capacity(rules.len());
        if rules.len() > MAX_RULES {
            let detail = format!("{} rules are too many: at most {MAX_RULES}", rules.len());
            wrong.push(InvalidRule { pointer: "/rules".into(), detail });
        }
        for (at, rule) in rules.iter().enumerate() {
            match Rule::new(rule) {
                Ok(rule) => checked.push(rule),
                Err((field, detail)) => {
                    let pointer = format!("/rules/{at}/{field}");
                    wrong.push(InvalidRule { pointer, detail: detail.to_owned() });
                }
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let addresses = checked.iter().filter_map(|rule| match rule {
            Rule::Move { from, to: Place::Own(Own::Ip) } => {
                Some(snake_case(from.rsplit('.').next().unwrap_or(from)).into_owned())
            }
            _ => None,
        });
        Ok(Self { addresses: addresses.collect(), rules: checked })
    }

    /// Names, in the one spelling, under which this source sends network addresses.
    pub(super) fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// Applies the rules in their order. A destination that has a value keeps it: what the event says
    /// itself counts before what a rule brings, and an earlier rule before a later one.
    pub(super) fn apply<'a>(&'a self, members: &mut Vec<Part<'a>>, properties: &mut Vec<Part<'a>>) {
        for rule in &self.rules {
            match rule {
                Rule::Drop { from } => drop(take(from, members, properties)),
                Rule::Set { to, json } => {
                    put(to, Cow::Borrowed(json), members, properties);
                }
                Rule::Move { from, to } => {
                    if let Some(value) = take(from, members, properties)
                        && value != "null"
                    {
                        put(to, value, members, properties);
                    }
                }
            }
        }
    }
}

impl Rule {
    fn new(rule: &MappingRule) -> Result<Self, (&'static str, &'static str)> {
        const NAMES: &str = "a name has 1 to 200 characters";
        let fits = |name: &String| (1..=200).contains(&name.chars().count());
        let from = || match &rule.from {
            Some(from) if fits(from) => Ok(from.clone()),
            Some(_) => Err(("from", NAMES)),
            None => Err(("from", "say in `from` which member or property of the event it is")),
        };
        let to = || match &rule.to {
            Some(to) if fits(to) => Place::find(to).ok_or(("to", NAMES)),
            Some(_) => Err(("to", NAMES)),
            None => Err(("to", "say in `to` which field or property it becomes")),
        };
        let absent = |given: bool, field, detail| if given { Err((field, detail)) } else { Ok(()) };
        match rule.action {
            MappingAction::Move => {
                absent(rule.value.is_some(), "value", "`move` takes the value that came")?;
                let (from, to) = (from()?, to()?);
                let last = from.rsplit('.').next().unwrap_or(&from);
                if to != Place::Own(Own::Ip) && is_address(last, &[]) {
                    return Err(("to", "a network address can become `ip`, and nothing else"));
                }
                if to == Place::Own(Own::Properties) {
                    return Err(("to", "name the property that it becomes: `properties.<name>`"));
                }
                Ok(Self::Move { from, to })
            }
            MappingAction::Drop => {
                absent(rule.to.is_some(), "to", "what is dropped goes nowhere")?;
                absent(rule.value.is_some(), "value", "what is dropped has no value")?;
                Ok(Self::Drop { from: from()? })
            }
            MappingAction::Set => {
                absent(rule.from.is_some(), "from", "what is set comes from the mapping alone")?;
                let to = to()?;
                if let Place::Own(
                    Own::Id | Own::Time | Own::DurationMs | Own::Ip | Own::Properties,
                ) = to
                {
                    return Err(("to", "this field is each event's own: it cannot be set for all"));
                }
                let value =
                    rule.value.as_ref().ok_or(("value", "say in `value` what it is set to"))?;
                if value.is_empty() {
                    return Err(("value", "an empty text is no value: leave the rule out"));
                }
                Ok(Self::Set { to, json: quoted(value) })
            }
        }
    }
}

impl Place {
    /// `properties.<name>` and any name that is no field of the event's own are properties.
    fn find(name: &str) -> Option<Self> {
        let property = |name: &str| {
            let name = snake_case(name);
            let fits = (1..=64).contains(&name.chars().count());
            fits.then(|| Self::Property(name.into_owned()))
        };
        match name.strip_prefix("properties.") {
            Some(rest) => property(rest),
            None => Own::find(name).map(Self::Own).or_else(|| property(name)),
        }
    }
}

/// Takes a value out of where it stands. A part of something nested is copied.
fn take<'a>(
    from: &str,
    members: &mut Vec<Part<'a>>,
    properties: &mut Vec<Part<'a>>,
) -> Option<Cow<'a, str>> {
    let within = from.strip_prefix("properties.");
    if within.is_none()
        && let Some(at) = position(members, from)
    {
        return Some(members.remove(at).1);
    }
    let name = within.unwrap_or(from);
    if let Some(at) = position(properties, name) {
        return Some(properties.remove(at).1);
    }
    let (head, path) = name.split_once('.')?;
    let outer = within.is_none().then(|| position(members, head).map(|at| &members[at])).flatten();
    let outer = outer.or_else(|| position(properties, head).map(|at| &properties[at]))?;
    inner(&outer.1, path).map(|value| Cow::Owned(value.to_owned()))
}

/// The part of that very name, or else the one that means the same.
fn position(parts: &[Part<'_>], name: &str) -> Option<usize> {
    parts.iter().position(|(known, _)| known == name).or_else(|| {
        let own = Own::find(name);
        let snake = snake_case(name);
        parts.iter().position(|(known, _)| {
            own.is_some() && Own::find(known) == own || snake_case(known) == snake
        })
    })
}

/// The value under a path of names within nested objects.
fn inner<'a>(json: &'a str, path: &str) -> Option<&'a str> {
    let members: Members<'a> = serde_json::from_str(json).ok()?;
    let member = |name: &str| members.0.iter().find(|(known, _)| known == name).map(|part| part.1);
    member(path).or_else(|| {
        let (head, rest) = path.split_once('.')?;
        inner(member(head)?, rest)
    })
}

/// Puts a value where a rule leads, if nothing stands there.
fn put<'a>(
    to: &'a Place,
    value: Cow<'a, str>,
    members: &mut Vec<Part<'a>>,
    properties: &mut Vec<Part<'a>>,
) {
    match to {
        Place::Own(own) => {
            if !members.iter().any(|(name, _)| Own::find(name) == Some(*own)) {
                members.push((Cow::Borrowed(own.name()), fitting(*own, value)));
            }
        }
        Place::Property(name) => {
            if !properties.iter().any(|(known, _)| snake_case(known) == *name) {
                properties.push((Cow::Borrowed(name), value));
            }
        }
    }
}

/// Fields of texts take numbers and truth values as their text: other systems number their users.
fn fitting(own: Own, json: Cow<'_, str>) -> Cow<'_, str> {
    let number = matches!(json.as_bytes().first(), Some(b'-' | b'0'..=b'9' | b't' | b'f'));
    if own == Own::DurationMs || !number {
        return json;
    }
    match scalar(&json) {
        Some(text) => Cow::Owned(quoted(&text)),
        None => json,
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
