//! The three customers of Tandem, the team-projects product that the demo plays: who they are, who
//! signs in, what they work on, and how their analytics look. All of it is content of the portal;
//! Inlay learns of it through its API alone.

mod cobalt;
mod hinode;
mod northwind;

use super::simulator::Story;

/// A customer of the portal, which is one tenant of Inlay.
#[derive(Debug)]
pub(crate) struct Customer {
    /// The tenant's slug.
    pub(crate) id: &'static str,
    /// Name for people.
    pub(crate) name: &'static str,
    /// What it does, in few words.
    pub(crate) trade: &'static str,
    /// Its plan at Tandem.
    pub(crate) plan: &'static str,
    /// Who signs in.
    pub(crate) person: Person,
    /// IANA zone in which its people work.
    pub(crate) zone: &'static str,
    /// Currency in which it pays.
    pub(crate) currency: &'static str,
    /// Digits after the point of that currency.
    pub(crate) decimals: usize,
    /// Price of a seat a month, in the smallest unit.
    pub(crate) seat_price: i64,
    /// First label of its own host name.
    pub(crate) host_label: &'static str,
    /// Accent on light ground.
    pub(crate) accent: &'static str,
    /// Accent on dark ground.
    pub(crate) accent_dark: &'static str,
    /// Its part of all events.
    pub(crate) share: f64,
    /// How many people use the product.
    pub(crate) people: usize,
    /// Some customers work on Saturdays.
    pub(crate) works_saturdays: bool,
    /// Where its people are, with weights.
    pub(crate) countries: &'static [(&'static str, f64)],
    /// Its teams, the largest first.
    pub(crate) teams: &'static [&'static str],
    /// What was special in its last quarter.
    pub(crate) stories: &'static [Story],
    /// What it works on, the busiest first.
    pub(crate) projects: &'static [Project],
    /// What is on the signed-in person's list.
    pub(crate) tasks: &'static [Task],
}

/// Somebody who can sign in to the portal.
#[derive(Debug)]
pub(crate) struct Person {
    /// Tandem's own id of the person.
    pub(crate) id: &'static str,
    /// Full name.
    pub(crate) name: &'static str,
    /// What they do.
    pub(crate) title: &'static str,
    /// BCP 47 language and region, for numbers and dates.
    pub(crate) lang: &'static str,
}

impl Person {
    /// First letters of the names.
    pub(crate) fn initials(&self) -> String {
        initials(self.name)
    }

    /// The name that colleagues use.
    pub(crate) fn first_name(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or(self.name)
    }
}

/// First letters of the first two words.
pub(crate) fn initials(name: &str) -> String {
    name.split(' ').filter_map(|word| word.chars().next()).take(2).collect()
}

/// A project on the home page. Its slug is part of the pages that events name.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) status: Status,
    pub(crate) done: u32,
    pub(crate) tasks: u32,
    pub(crate) due_in_days: i64,
    pub(crate) people: &'static [&'static str],
}

/// How a project goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    OnTrack,
    AtRisk,
    Review,
}

impl Status {
    /// In words.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::OnTrack => "On track",
            Self::AtRisk => "At risk",
            Self::Review => "In review",
        }
    }

    /// As a class name.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::OnTrack => "good",
            Self::AtRisk => "warn",
            Self::Review => "calm",
        }
    }
}

/// A task on the signed-in person's list.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) title: &'static str,
    pub(crate) project: &'static str,
    pub(crate) due_in_days: i64,
}

const fn project(
    slug: &'static str,
    name: &'static str,
    summary: &'static str,
    status: Status,
    (done, tasks): (u32, u32),
    due_in_days: i64,
    people: &'static [&'static str],
) -> Project {
    Project { slug, name, summary, status, done, tasks, due_in_days, people }
}

const fn task(title: &'static str, project: &'static str, due_in_days: i64) -> Task {
    Task { title, project, due_in_days }
}

/// All of them, the largest first.
pub(crate) static CUSTOMERS: [Customer; 3] =
    [northwind::CUSTOMER, cobalt::CUSTOMER, hinode::CUSTOMER];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_zones_exist() {
        let sum: f64 = CUSTOMERS.iter().map(|customer| customer.share).sum();
        assert!((sum - 1.0).abs() < 1e-9);
        for customer in &CUSTOMERS {
            assert!(jiff::tz::TimeZone::get(customer.zone).is_ok(), "{}", customer.zone);
            assert!(customer.id.parse::<crate::ids::TenantId>().is_ok());
        }
    }

    #[test]
    fn initials_are_two_letters() {
        assert_eq!(initials("Mara Lindqvist"), "ML");
        assert_eq!(initials("Ewa van der Berg"), "Ev");
    }
}
