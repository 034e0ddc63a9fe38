//! The three customers of Tandem, the team-projects product that the demo plays: who they are, who
//! signs in, what they work on, and how their analytics look. All of it is content of the portal;
//! Inlay learns of it through its API alone.

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
pub(crate) static CUSTOMERS: [Customer; 3] = [NORTHWIND, COBALT, HINODE];

const NORTHWIND: Customer = Customer {
    id: "northwind",
    name: "Northwind Logistics",
    trade: "Freight and warehousing, Hamburg",
    plan: "Enterprise",
    person: Person {
        id: "mara.lindqvist",
        name: "Mara Lindqvist",
        title: "Head of Operations",
        lang: "en-GB",
    },
    zone: "Europe/Berlin",
    currency: "EUR",
    decimals: 2,
    seat_price: 1_450,
    host_label: "insights.northwind",
    accent: "#1d5fc4",
    accent_dark: "#7fb0ff",
    share: 0.70,
    people: 412,
    works_saturdays: false,
    countries: &[
        ("DE", 52.0),
        ("PL", 14.0),
        ("NL", 11.0),
        ("DK", 7.0),
        ("SE", 6.0),
        ("CZ", 4.0),
        ("AT", 3.0),
        ("BE", 2.0),
        ("FI", 1.0),
    ],
    teams: &[
        "warehouse-hamburg",
        "fleet",
        "customer-service",
        "warehouse-gdansk",
        "customs",
        "finance",
        "it-platform",
        "sales-nordics",
        "rail",
        "facilities",
        "people",
        "legal",
    ],
    stories: &[
        Story::Launch { days: 41 },
        Story::Outage { days: 19 },
        Story::Holiday { days: 66 },
        Story::Slow { days: 8 },
    ],
    projects: &[
        project(
            "winter-peak",
            "Winter peak readiness",
            "Shifts, temporary staff and spare capacity for the eight busiest weeks of the year.",
            Status::OnTrack,
            (48, 71),
            26,
            &["Mara Lindqvist", "Jonas Weber", "Ewa Kowalska"],
        ),
        project(
            "gdansk-hall-3",
            "Gdańsk hall 3",
            "Fit-out of the third hall: racking, conveyor, fire certificate, first inbound truck.",
            Status::AtRisk,
            (62, 118),
            54,
            &["Ewa Kowalska", "Piotr Zając", "Lena Brandt"],
        ),
        project(
            "route-planner",
            "Route planner roll-out",
            "Depots move from the spreadsheet to the planner, two a week, drivers trained first.",
            Status::OnTrack,
            (83, 96),
            17,
            &["Jonas Weber", "Sofie Madsen"],
        ),
        project(
            "customs-2027",
            "Customs forms 2027",
            "The new declaration set, checked with the broker and rehearsed with real shipments.",
            Status::Review,
            (29, 31),
            5,
            &["Lena Brandt", "Tomas Novák"],
        ),
        project(
            "electric-fleet",
            "Electric last mile",
            "Forty vans, two charging yards, and the contracts that make the numbers work.",
            Status::OnTrack,
            (22, 64),
            112,
            &["Sofie Madsen", "Mara Lindqvist"],
        ),
        project(
            "claims-inbox",
            "One inbox for claims",
            "Damage reports from four mailboxes into one queue with an answer within a day.",
            Status::OnTrack,
            (37, 44),
            12,
            &["Anke Vogt", "Tomas Novák"],
        ),
    ],
    tasks: &[
        task("Sign off the Saturday shift plan", "Winter peak readiness", 0),
        task("Answer the fire inspector about door 14", "Gdańsk hall 3", 1),
        task("Review broker's test declarations", "Customs forms 2027", 2),
        task("Agree charger delivery window with the yard", "Electric last mile", 4),
        task("Pick the last two depots for November", "Route planner roll-out", 6),
    ],
};

const COBALT: Customer = Customer {
    id: "cobalt",
    name: "Cobalt Health",
    trade: "Outpatient clinics, Philadelphia",
    plan: "Business",
    person: Person {
        id: "daniel.okafor",
        name: "Daniel Okafor",
        title: "Chief Operating Officer",
        lang: "en-US",
    },
    zone: "America/New_York",
    currency: "USD",
    decimals: 2,
    seat_price: 1_600,
    host_label: "insights.cobalt",
    accent: "#6741c9",
    accent_dark: "#b59cff",
    share: 0.22,
    people: 148,
    works_saturdays: false,
    countries: &[("US", 88.0), ("CA", 7.0), ("IN", 3.0), ("GB", 2.0)],
    teams: &["clinic-ops", "patient-access", "it", "billing", "quality", "facilities", "people"],
    stories: &[Story::Launch { days: 27 }, Story::Outage { days: 52 }, Story::Slow { days: 12 }],
    projects: &[
        project(
            "online-check-in",
            "Online check-in",
            "Patients fill in forms at home; the front desk greets instead of typing.",
            Status::OnTrack,
            (54, 77),
            21,
            &["Daniel Okafor", "Priya Raman", "Grace Lim"],
        ),
        project(
            "clinic-king-of-prussia",
            "King of Prussia clinic",
            "Lease to first patient in seven months: build-out, licences, hiring, phones.",
            Status::AtRisk,
            (41, 126),
            88,
            &["Marcus Bell", "Grace Lim"],
        ),
        project(
            "claims-first-pass",
            "First-pass claims",
            "Fewer denials by checking eligibility before the visit, payer by payer.",
            Status::OnTrack,
            (33, 49),
            34,
            &["Helen Ortiz", "Priya Raman"],
        ),
        project(
            "night-line",
            "Nurse night line",
            "One number after hours, answered by a nurse, notes in the chart by morning.",
            Status::Review,
            (26, 28),
            6,
            &["Grace Lim", "Daniel Okafor"],
        ),
        project(
            "joint-audit",
            "Accreditation audit",
            "Evidence binder, mock walk-through, and the eleven findings from last time closed.",
            Status::OnTrack,
            (58, 66),
            15,
            &["Helen Ortiz", "Marcus Bell"],
        ),
        project(
            "badge-renewal",
            "Badge renewal",
            "Every clinic on the new readers, old cards off by the end of the year.",
            Status::OnTrack,
            (17, 24),
            40,
            &["Marcus Bell"],
        ),
    ],
    tasks: &[
        task("Approve check-in wording with counsel", "Online check-in", 0),
        task("Choose between the two elevator bids", "King of Prussia clinic", 1),
        task("Read mock audit notes from Tuesday", "Accreditation audit", 2),
        task("Confirm holiday cover for the night line", "Nurse night line", 3),
        task("Walk the claims dashboard with Helen", "First-pass claims", 5),
    ],
};

const HINODE: Customer = Customer {
    id: "hinode",
    name: "Hinode Architects",
    trade: "Public buildings, Tokyo",
    plan: "Team",
    person: Person {
        id: "aiko.tanaka",
        name: "Aiko Tanaka",
        title: "Managing Partner",
        lang: "en-GB",
    },
    zone: "Asia/Tokyo",
    currency: "JPY",
    decimals: 0,
    seat_price: 1_900,
    host_label: "insights.hinode",
    accent: "#b3401f",
    accent_dark: "#ff9d7a",
    share: 0.08,
    people: 46,
    works_saturdays: true,
    countries: &[("JP", 91.0), ("SG", 5.0), ("KR", 4.0)],
    teams: &["design", "engineering", "competitions", "studio-office"],
    stories: &[Story::Launch { days: 14 }, Story::Holiday { days: 33 }, Story::Slow { days: 47 }],
    projects: &[
        project(
            "nagano-library",
            "Nagano city library",
            "Design development: reading hall roof, daylight study, cost plan to ±5 %.",
            Status::OnTrack,
            (39, 58),
            31,
            &["Aiko Tanaka", "Kenji Mori", "Yui Sato"],
        ),
        project(
            "harbour-school",
            "Harbour elementary school",
            "Timber frame on site; weekly drawings to the contractor without waiting.",
            Status::OnTrack,
            (71, 84),
            46,
            &["Kenji Mori", "Haruka Ito"],
        ),
        project(
            "sendai-competition",
            "Sendai concert hall",
            "Open competition, second stage: model, twelve boards, a page of plain words.",
            Status::AtRisk,
            (12, 33),
            9,
            &["Yui Sato", "Aiko Tanaka"],
        ),
        project(
            "ward-office",
            "Ward office retrofit",
            "Seismic upgrade with the counters open; three phases, no closed Monday.",
            Status::Review,
            (44, 47),
            7,
            &["Haruka Ito"],
        ),
        project(
            "material-library",
            "Material library",
            "Every sample with its supplier, price and a photograph in daylight.",
            Status::OnTrack,
            (18, 30),
            60,
            &["Ren Abe", "Yui Sato"],
        ),
    ],
    tasks: &[
        task("Choose the roof section for the client talk", "Nagano city library", 0),
        task("Mark up board 7, the foyer", "Sendai concert hall", 1),
        task("Send phase two drawings to the ward", "Ward office retrofit", 3),
        task("Meet the timber supplier in Chiba", "Harbour elementary school", 5),
    ],
};

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
