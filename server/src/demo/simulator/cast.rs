//! The people of a customer: drawn once from the seed, the same on every run. A few do most of the
//! work; some joined within the history.

use super::chance::{Chance, Purpose};
use super::rhythm::HISTORY_HOURS;
use crate::demo::customers::Customer;

/// What somebody mostly does in the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Moves tasks.
    Maker,
    /// Looks, comments, plans.
    Lead,
    /// Invited from outside; mostly looks.
    Guest,
}

/// Somebody who uses the product.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) id: String,
    pub(super) team: usize,
    pub(super) role: Role,
    pub(super) country: &'static str,
    pub(super) device: &'static str,
    /// Hours from the beginning of the history to the first visit.
    joined: i64,
}

/// Everybody of one customer, the busiest first.
#[derive(Debug)]
pub(super) struct Cast {
    members: Vec<Member>,
    /// Running sums of how often each visits.
    pull: Vec<f64>,
}

impl Cast {
    pub(super) fn new(seed: u64, number: u64, customer: &Customer) -> Self {
        let mut chance = Chance::new(seed, number, Purpose::Cast, 0);
        let mut members = Vec::with_capacity(customer.people);
        let mut pull = Vec::with_capacity(customer.people);
        let mut sum = 0.0;
        // Teams are of very different sizes.
        let teams: Vec<_> =
            (0..customer.teams.len()).map(|team| (team, 1.0 / (team as f64 + 1.6))).collect();
        for rank in 0..customer.people {
            let role =
                chance.weighted(&[(Role::Maker, 0.72), (Role::Lead, 0.18), (Role::Guest, 0.10)]);
            let newcomer = rank > 3 && chance.happens(0.34);
            let joined =
                if newcomer { (chance.unit() * HISTORY_HOURS as f64) as i64 } else { i64::MIN };
            members.push(Member {
                id: format!("usr_{number}{:03x}{:03x}", chance.below(0x1000), rank),
                team: chance.weighted(&teams),
                role,
                country: chance.weighted(customer.countries),
                device: chance.weighted(&[("desktop", 0.78), ("phone", 0.17), ("tablet", 0.05)]),
                joined,
            });
            sum += 1.0 / (rank as f64 + 9.0).powf(0.85);
            pull.push(sum);
        }
        Self { members, pull }
    }

    /// Somebody who has joined by that hour of the history; the busy ones more often.
    pub(super) fn visitor(&self, age: i64, chance: &mut Chance) -> &Member {
        let total = self.pull.last().copied().unwrap_or(1.0);
        for _ in 0..12 {
            let drawn = chance.unit() * total;
            let member = &self.members[self.pull.partition_point(|sum| *sum <= drawn)];
            if member.joined <= age {
                return member;
            }
        }
        &self.members[0]
    }

    /// Seats that a team pays for by that hour of the history.
    pub(super) fn seats(&self, team: usize, age: i64) -> usize {
        let paying = |member: &&Member| {
            member.team == team && member.role != Role::Guest && member.joined <= age
        };
        self.members.iter().filter(paying).count()
    }
}
