//! Which tenant's query runs next: a weighted fair queue, as a plain value without clock or tasks.
//!
//! Each tenant has an account of the time that its queries took, divided by its weight. A free slot
//! goes to the waiting tenant whose account is lowest, so tenants that always wait get slots in
//! proportion to their weights, however many queries each has in line. A tenant that comes back
//! starts from where the others stand: nobody saves up.
//!
//! A running query is not taken off its slot. So that a newcomer need not wait for the long queries
//! of a tenant that holds every slot, a tenant of which nothing runs may start one query as a guest
//! beside the slots; there are as many places for guests as there are slots. The machine's scheduler
//! shares the cores between them, and the crowd gets no slot back before fewer run than there are
//! slots: guests count. So weights share out what is left when each has one.
//!
//! Who has much in line gives way to who has little: between two pieces of its work a query rests for a
//! moment while one runs whose tenant has less than half as many. So a viewer is hardly slower for
//! a tenant that floods.

use std::collections::{HashMap, VecDeque};

use crate::ids::TenantId;

/// What a query is thought to take, in microseconds, before the tenant had any.
const FIRST_GUESS: i64 = 10_000;
/// So many accounts are few: no time is spent on forgetting some.
const FEW: usize = 64;
/// Time is multiplied by this before it is divided by a weight.
const SCALE: i64 = 100;

/// How many queries run and wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Queries that run at once, guests apart.
    pub(crate) slots: usize,
    /// Queries of one tenant that run at once.
    pub(crate) tenant_running: usize,
    /// Queries of one tenant that wait.
    pub(crate) tenant_waiting: usize,
}

/// A query in line.
pub(super) type Ticket = u64;

/// A query that may run now. It is given back to [`Schedule::done`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Started {
    pub(super) ticket: Ticket,
    /// What its tenant was charged in advance, in microseconds.
    guess: i64,
    /// Other queries of its tenant that ran when it began.
    pub(super) beside: usize,
    /// Its tenant had at least three running and in line, with it.
    pub(super) crowded: bool,
}

/// The tenant has as many queries in line as it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

/// The queue and the accounts.
#[derive(Debug)]
pub(super) struct Schedule {
    bounds: Bounds,
    weights: HashMap<TenantId, i64>,
    accounts: HashMap<TenantId, Account>,
    running: usize,
    waiting: usize,
    /// Where the lowest account of those that are there stood last: a newcomer begins here.
    floor: i64,
    /// When there are so many accounts, those that mean nothing any more are forgotten.
    many: usize,
}

#[derive(Debug)]
struct Account {
    weight: i64,
    used: i64,
    running: usize,
    waiting: VecDeque<Ticket>,
    /// What this tenant's queries take of late, in microseconds.
    typical: i64,
}

impl Account {
    fn charge(&mut self, micros: i64) {
        self.used += micros * SCALE / self.weight;
    }

    fn is_idle(&self) -> bool {
        self.running == 0 && self.waiting.is_empty()
    }

    /// How many queries it wants to have run, for its weight.
    fn wants(&self) -> i64 {
        let count = self.running + self.waiting.len();
        i64::try_from(count).unwrap_or(i64::MAX / SCALE).saturating_mul(SCALE) / self.weight
    }
}

impl Schedule {
    /// An empty queue. A tenant without a weight has the weight 1.
    pub(super) fn new(bounds: Bounds, weights: HashMap<TenantId, u32>) -> Self {
        let weights =
            weights.into_iter().map(|(tenant, weight)| (tenant, i64::from(weight.max(1))));
        Self {
            bounds,
            weights: weights.collect(),
            accounts: HashMap::new(),
            running: 0,
            waiting: 0,
            floor: 0,
            many: FEW,
        }
    }

    /// Queries that run now.
    pub(super) fn running(&self) -> usize {
        self.running
    }

    /// Queries in line.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// Puts a query in line; [`Schedule::next`] says when it runs. Tickets of one schedule differ.
    pub(super) fn join(&mut self, tenant: &TenantId, ticket: Ticket) -> Result<(), Full> {
        let present = self.accounts.values().filter(|account| !account.is_idle());
        let lowest = present.map(|account| account.used).min().unwrap_or(self.floor);
        self.floor = self.floor.max(lowest);
        let floor = self.floor;
        if self.accounts.len() >= self.many {
            // Who comes back begins at the floor, and these are below it.
            self.accounts.retain(|_, account| !account.is_idle() || account.used > floor);
            self.many = FEW.max(self.accounts.len() * 2);
        }
        let weight = self.weights.get(tenant).copied().unwrap_or(1);
        let account = self.accounts.entry(tenant.clone()).or_insert_with(|| Account {
            weight,
            used: floor,
            running: 0,
            waiting: VecDeque::new(),
            typical: FIRST_GUESS,
        });
        let starts_at_once = account.waiting.is_empty() && account.running == 0;
        if account.waiting.len() >= self.bounds.tenant_waiting && !starts_at_once {
            return Err(Full);
        }
        if account.is_idle() {
            account.used = account.used.max(floor);
        }
        account.waiting.push_back(ticket);
        self.waiting += 1;
        Ok(())
    }

    /// Takes a query out of the line. `false` if it is not there: it was started.
    pub(super) fn leave(&mut self, tenant: &TenantId, ticket: Ticket) -> bool {
        let Some(account) = self.accounts.get_mut(tenant) else { return false };
        let before = account.waiting.len();
        account.waiting.retain(|waiting| *waiting != ticket);
        let left = account.waiting.len() < before;
        self.waiting -= usize::from(left);
        self.tidy();
        left
    }

    /// Starts the query whose turn it is, if one may run. To be asked until there is none.
    pub(super) fn next(&mut self) -> Option<Started> {
        let Bounds { slots, tenant_running, .. } = self.bounds;
        if self.waiting == 0 || self.running >= slots * 2 {
            return None;
        }
        let has_slot = self.running < slots;
        let may_start = |account: &&mut Account| {
            !account.waiting.is_empty()
                && account.running < tenant_running
                && (has_slot || account.running == 0)
        };
        // Of equals the one whose query is in line longest.
        let place = |account: &&mut Account| (account.used, account.waiting.front().copied());
        let account = self.accounts.values_mut().filter(may_start).min_by_key(place)?;
        let ticket = account.waiting.pop_front()?;
        let guess = account.typical;
        account.charge(guess);
        let (beside, crowded) = (account.running, account.running + account.waiting.len() >= 2);
        account.running += 1;
        self.running += 1;
        self.waiting -= 1;
        Some(Started { ticket, guess, beside, crowded })
    }

    /// Does a query run whose tenant wants less than half as much as this one?
    pub(super) fn gives_way(&self, tenant: &TenantId) -> bool {
        let Some(account) = self.accounts.get(tenant) else { return false };
        let wants = account.wants();
        self.running > account.running
            && self.accounts.values().any(|other| other.running > 0 && other.wants() * 2 < wants)
    }

    /// Takes back a query that took so many microseconds.
    pub(super) fn done(&mut self, tenant: &TenantId, started: Started, micros: i64) {
        let Some(account) = self.accounts.get_mut(tenant) else { return };
        account.charge(micros - started.guess);
        account.typical = (account.typical * 7 + micros) / 8;
        account.running -= 1;
        self.running -= 1;
        self.tidy();
    }

    /// When nobody is there, everybody begins anew.
    fn tidy(&mut self) {
        if self.running == 0 && self.waiting == 0 {
            self.accounts.clear();
            self.floor = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000;

    /// A machine whose queries take as long as the test says, in a time of its own.
    struct Machine {
        schedule: Schedule,
        tickets: Ticket,
        tenants: HashMap<Ticket, TenantId>,
        running: Vec<(i64, Started)>,
        cost: HashMap<TenantId, i64>,
        now: i64,
    }

    fn tenant(id: &str) -> TenantId {
        id.parse().unwrap()
    }

    impl Machine {
        fn new(slots: usize, weights: &[(&str, u32)]) -> Self {
            let bounds = Bounds { slots, tenant_running: slots, tenant_waiting: 1_000 };
            let weights = weights.iter().map(|(id, weight)| (tenant(id), *weight)).collect();
            Self {
                schedule: Schedule::new(bounds, weights),
                tickets: 0,
                tenants: HashMap::new(),
                running: Vec::new(),
                cost: HashMap::new(),
                now: 0,
            }
        }

        /// Queries of `id` take so long.
        fn takes(&mut self, id: &str, micros: i64) {
            self.cost.insert(tenant(id), micros);
        }

        fn ask(&mut self, id: &str) -> Ticket {
            self.tickets += 1;
            self.tenants.insert(self.tickets, tenant(id));
            self.schedule.join(&tenant(id), self.tickets).unwrap();
            self.start();
            self.tickets
        }

        fn start(&mut self) {
            while let Some(started) = self.schedule.next() {
                let cost = self.cost[&self.tenants[&started.ticket]];
                self.running.push((self.now + cost, started));
            }
        }

        /// Runs until the next query ends; who asked, and when it ended.
        fn step(&mut self) -> (String, Ticket, i64) {
            self.running.sort_by_key(|(end, started)| (*end, started.ticket));
            let (end, started) = self.running.remove(0);
            self.now = end;
            let tenant = self.tenants[&started.ticket].clone();
            self.schedule.done(&tenant, started, self.cost[&tenant]);
            self.start();
            (tenant.to_string(), started.ticket, end)
        }

        fn is_running(&self, ticket: Ticket) -> bool {
            self.running.iter().any(|(_, started)| started.ticket == ticket)
        }
    }

    #[test]
    fn one_tenant_alone_uses_every_slot_and_no_more() {
        let mut machine = Machine::new(2, &[]);
        machine.takes("acme", MS);
        let tickets: Vec<_> = (0..5).map(|_| machine.ask("acme")).collect();
        assert_eq!(machine.schedule.running(), 2);
        assert_eq!(machine.schedule.waiting(), 3);
        let order: Vec<_> = (0..5).map(|_| machine.step().1).collect();
        assert_eq!(order, tickets, "first come, first served");
        assert_eq!((machine.schedule.running(), machine.schedule.waiting()), (0, 0));
    }

    #[test]
    fn a_newcomer_does_not_wait_for_a_crowd() {
        let mut machine = Machine::new(2, &[]);
        machine.takes("crowd", 1_000 * MS);
        machine.takes("acme", MS);
        for _ in 0..500 {
            machine.ask("crowd");
        }
        let guest = machine.ask("acme");
        assert!(machine.is_running(guest));
        assert_eq!(machine.step(), ("acme".into(), guest, MS));
        // Again and again: each of its queries ends after its own time.
        for round in 1..100 {
            let ticket = machine.ask("acme");
            assert_eq!(machine.step(), ("acme".into(), ticket, (round + 1) * MS));
        }
    }

    #[test]
    fn guests_are_paid_back_before_the_crowd_goes_on() {
        let mut machine = Machine::new(2, &[]);
        machine.takes("crowd", 10 * MS);
        machine.takes("acme", 50 * MS);
        for _ in 0..10 {
            machine.ask("crowd");
        }
        machine.ask("acme");
        assert_eq!(machine.schedule.running(), 3);
        machine.step();
        assert_eq!(machine.schedule.running(), 2, "the guest counts as a slot from now on");
    }

    #[test]
    fn guests_are_bounded_too() {
        let mut machine = Machine::new(2, &[]);
        for id in ["a", "b", "c", "d", "e", "f"] {
            machine.takes(id, MS);
            machine.ask(id);
        }
        assert_eq!((machine.schedule.running(), machine.schedule.waiting()), (4, 2));
    }

    #[test]
    fn a_small_tenant_keeps_its_time_beside_many_that_flood() {
        let mut machine = Machine::new(2, &[]);
        for id in ["f1", "f2", "f3", "f4", "f5"] {
            machine.takes(id, 10 * MS);
            for _ in 0..200 {
                machine.ask(id);
            }
        }
        machine.takes("small", MS);
        for _ in 0..50 {
            let (asked, ticket) = (machine.now, machine.ask("small"));
            let end = loop {
                let (_, done, end) = machine.step();
                if done == ticket {
                    break end;
                }
            };
            // At worst every place is taken, and taken once more by who waited before.
            assert!(end - asked <= 21 * MS, "{} ms", (end - asked) / MS);
        }
    }

    #[test]
    fn time_is_shared_and_not_the_number_of_queries() {
        let mut machine = Machine::new(1, &[]);
        machine.takes("long", 9 * MS);
        machine.takes("short", MS);
        for _ in 0..1_000 {
            machine.ask("long");
            machine.ask("short");
        }
        let (mut long, mut short) = (0, 0);
        for _ in 0..500 {
            match machine.step().0.as_str() {
                "long" => long += 9,
                _ => short += 1,
            }
        }
        let ratio = f64::from(long) / f64::from(short);
        assert!((0.8..1.25).contains(&ratio), "{long} ms against {short} ms");
    }

    #[test]
    fn a_weight_is_a_share() {
        let mut machine = Machine::new(4, &[("large", 3)]);
        machine.takes("large", MS);
        machine.takes("small", MS);
        for _ in 0..900 {
            machine.ask("large");
            machine.ask("small");
        }
        let large = (0..800).filter(|_| machine.step().0 == "large").count();
        assert!((560..=640).contains(&large), "{large} of 800: three in four");
    }

    #[test]
    fn nobody_saves_up() {
        let mut machine = Machine::new(1, &[]);
        machine.takes("busy", MS);
        machine.takes("late", MS);
        for _ in 0..1_000 {
            machine.ask("busy");
        }
        for _ in 0..500 {
            machine.step();
        }
        for _ in 0..100 {
            machine.ask("late");
        }
        let late = (0..100).filter(|_| machine.step().0 == "late").count();
        assert!((45..=60).contains(&late), "{late} of 100: half, and not all");
    }

    #[test]
    fn who_wants_much_gives_way_to_who_wants_little() {
        let mut machine = Machine::new(2, &[("large", 10)]);
        for id in ["crowd", "large", "small", "smaller"] {
            machine.takes(id, MS);
        }
        for _ in 0..8 {
            machine.ask("crowd");
        }
        let gives_way = |machine: &Machine, id| machine.schedule.gives_way(&tenant(id));
        assert!(!gives_way(&machine, "crowd"), "to nobody");
        for _ in 0..4 {
            machine.ask("small");
        }
        assert!(!gives_way(&machine, "crowd"), "half as much is not little");
        assert!(!gives_way(&machine, "small"));
        machine.ask("smaller");
        assert!(gives_way(&machine, "crowd") && gives_way(&machine, "small"));
        assert!(!gives_way(&machine, "smaller"));
        let mut machine = Machine::new(2, &[("large", 10)]);
        machine.takes("large", MS);
        machine.takes("small", MS);
        for _ in 0..8 {
            machine.ask("large");
        }
        machine.ask("small");
        assert!(!gives_way(&machine, "large"), "for its weight it wants little");
    }

    #[test]
    fn a_query_knows_how_many_of_its_tenant_run_beside_it() {
        let mut machine = Machine::new(2, &[]);
        machine.takes("acme", MS);
        machine.takes("globex", MS);
        machine.ask("acme");
        machine.ask("acme");
        machine.ask("globex");
        let beside: Vec<_> = machine.running.iter().map(|(_, started)| started.beside).collect();
        assert_eq!(beside, [0, 1, 0]);
        machine.ask("acme");
        machine.step();
        machine.step();
        machine.ask("acme");
        machine.ask("acme");
        machine.step();
        let crowded: Vec<_> = machine.running.iter().map(|(_, started)| started.crowded).collect();
        assert_eq!(crowded, [false, true], "with two behind it");
    }

    #[test]
    fn who_is_gone_for_long_is_forgotten() {
        let mut machine = Machine::new(2, &[]);
        machine.takes("busy", MS);
        for _ in 0..900 {
            machine.ask("busy");
        }
        for number in 0..300 {
            let id = format!("t{number}");
            machine.takes(&id, MS);
            machine.ask(&id);
            (0..3).for_each(|_| drop(machine.step()));
        }
        let known = machine.schedule.accounts.len();
        assert!(known <= FEW * 2, "{known} accounts");
    }

    #[test]
    fn a_line_is_bounded_and_can_be_left() {
        let bounds = Bounds { slots: 1, tenant_running: 1, tenant_waiting: 2 };
        let mut schedule = Schedule::new(bounds, HashMap::new());
        let acme = tenant("acme");
        schedule.join(&acme, 1).unwrap();
        let running = schedule.next().unwrap();
        schedule.join(&acme, 2).unwrap();
        schedule.join(&acme, 3).unwrap();
        assert_eq!(schedule.join(&acme, 4), Err(Full));
        schedule.join(&tenant("globex"), 5).expect("another tenant's line is its own");
        assert!(schedule.leave(&acme, 2));
        assert!(!schedule.leave(&acme, 2));
        assert!(!schedule.leave(&acme, 1), "it runs");
        schedule.join(&acme, 6).unwrap();
        assert_eq!(schedule.next().map(|started| started.ticket), Some(5), "as a guest");
        assert_eq!(schedule.next(), None);
        schedule.done(&acme, running, MS);
        assert_eq!(schedule.next().map(|started| started.ticket), Some(3), "one of each runs");
        assert_eq!(schedule.next(), None);
    }

    #[test]
    fn without_a_line_a_query_starts_or_is_refused() {
        let bounds = Bounds { slots: 2, tenant_running: 1, tenant_waiting: 0 };
        let mut schedule = Schedule::new(bounds, HashMap::new());
        let acme = tenant("acme");
        schedule.join(&acme, 1).unwrap();
        assert!(schedule.next().is_some());
        assert_eq!(schedule.join(&acme, 2), Err(Full));
    }
}
