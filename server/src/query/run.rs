//! Executes the aggregations of a plan and puts what they find into a grid.
//!
//! First the groups are ranked over the whole range and cut at the limit; then every family is
//! computed for these groups, in buckets if there are any; then the same groups in the other period.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::prelude::SessionContext;
use futures_util::future::try_join_all;

use super::QueryError;
use super::cells::{Grid, Group};
use super::compile::{self, RankBy};
use super::currencies::Currencies;
use super::dense::{self, Dense, Job};
use super::families::{self, Family};
use super::limits::Allowance;
use super::period::Period;
use super::plan::Plan;
use super::rank;
use super::read::{Found, Shape};
use super::table::SnapshotTable;
use super::terms::Terms;
use crate::lake::Snapshot;
use crate::model::{OrderBy, OrderKey};

/// Most groups that are ranked in memory.
const MOST_RANKED: usize = 1_000_000;

/// What a plan came to.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) grid: Grid,
    pub(super) compared: Option<Grid>,
    pub(super) currency: Option<String>,
}

/// Sessions of DataFusion to run in, by how much there is to do.
#[derive(Clone)]
pub(super) struct Sessions {
    /// For little data: no thread waits for another one.
    pub(super) small: SessionContext,
    /// For all others: as many partitions as there are cores.
    pub(super) large: SessionContext,
    /// What answers most questions without DataFusion; none to leave it all to DataFusion.
    pub(super) dense: Option<Dense>,
}

impl Sessions {
    const SMALL_ROWS: i64 = 30_000;

    /// The session for so many rows, on the query's own account of memory.
    pub(super) fn pick(&self, rows: i64, allowance: &Allowance) -> SessionContext {
        let session = if rows < Self::SMALL_ROWS { &self.small } else { &self.large };
        let shared = session.runtime_env().as_ref().clone();
        let runtime = RuntimeEnv { memory_pool: allowance.memory(), ..shared };
        let state = SessionStateBuilder::new_from_existing(session.state())
            .with_runtime_env(Arc::new(runtime))
            .build();
        SessionContext::new_with_state(state)
    }
}

pub(super) async fn run(
    sessions: &Sessions,
    allowance: &Allowance,
    snapshot: &Arc<Snapshot>,
    plan: &Plan,
) -> Result<Outcome, QueryError> {
    let aggregates = &plan.terms.aggregates;
    let families = families::families(aggregates);
    let mut currencies = Currencies::default();
    let now = Scan { sessions, allowance, snapshot, plan, period: &plan.period };
    let ranked = now.ranked(&families, &mut currencies).await?;
    let buckets = plan.period.buckets.as_ref().map_or(1, |buckets| buckets.len());
    let rows = ranked.groups.len() * buckets;
    let most = allowance.rows();
    if rows > most {
        let fitting = (most / buckets).max(1);
        return Err(QueryError::TooLarge(format!(
            "the answer would have {rows} rows, at most {most}: ask for at most {fitting} \
             groups with `limit`, or for a coarser grain"
        )));
    }
    let mut grid = Grid::new(ranked.groups, buckets, aggregates);
    let mut rest = Vec::new();
    for (index, family) in families.iter().enumerate() {
        match ranked.known.get(&index) {
            Some(found) => put(&mut grid, family, found),
            None => rest.push(family.clone()),
        }
    }
    now.fill(&mut grid, &rest, &mut currencies).await?;
    let compared = match &plan.compared {
        None => None,
        Some(period) => {
            let buckets = period.buckets.as_ref().map_or(1, |buckets| buckets.len());
            let mut other = Grid::new(grid.groups.clone(), buckets, aggregates);
            let then = Scan { period, ..now };
            then.fill(&mut other, &families, &mut currencies).await?;
            Some(plan.terms.derive(&other))
        }
    };
    let grid = plan.terms.derive(&grid);
    Ok(Outcome { grid, compared, currency: currencies.only(plan)? })
}

pub(super) fn put(grid: &mut Grid, family: &Family, found: &[Found]) {
    for row in found {
        for (aggregate, cell) in family.aggregates.iter().zip(&row.cells) {
            grid.set(&row.group, row.bucket, *aggregate, cell.clone());
        }
    }
}

/// The groups of an answer in their order, and what was computed to find them, by family.
#[derive(Default)]
struct Ranked {
    groups: Vec<Group>,
    known: HashMap<usize, Vec<Found>>,
}

#[derive(Clone, Copy)]
struct Scan<'a> {
    sessions: &'a Sessions,
    allowance: &'a Allowance,
    snapshot: &'a Arc<Snapshot>,
    plan: &'a Plan,
    period: &'a Period,
}

impl Scan<'_> {
    async fn ranked(
        &self,
        families: &[Family],
        currencies: &mut Currencies,
    ) -> Result<Ranked, QueryError> {
        let question = &self.plan.question;
        if question.dimensions.is_empty() {
            return Ok(Ranked { groups: vec![Vec::new()], ..Ranked::default() });
        }
        let keys = self.plan.ranking();
        let needed: Vec<usize> = (0..families.len())
            .filter(|index| keys.iter().any(|key| uses(&self.plan.terms, key, &families[*index])))
            .collect();
        let needed = if needed.is_empty() { vec![0] } else { needed };
        let one = match needed.as_slice() {
            [only] => self.ranks(&families[*only], &keys).map(|ranks| (*only, ranks)),
            _ => None,
        };
        let mut known = HashMap::new();
        if let Some((only, ranks)) = &one {
            let found = self.family(&families[*only], &[], false, Some(ranks)).await?;
            currencies.see(&found.1);
            known.insert(*only, found.0);
        } else {
            let runs = needed.iter().map(|index| self.family(&families[*index], &[], false, None));
            for (index, found) in needed.iter().zip(try_join_all(runs).await?) {
                currencies.see(&found.1);
                known.insert(*index, found.0);
            }
        }
        let groups = match one {
            Some((only, _)) => known[&only].iter().map(|row| row.group.clone()).collect(),
            None => rank::order(&self.plan.terms, families, &known, &keys, question.limit),
        };
        if self.period.buckets.is_some() {
            known.clear();
        }
        Ok(Ranked { groups, known })
    }

    /// Computes families for the groups of the grid.
    async fn fill(
        &self,
        grid: &mut Grid,
        families: &[Family],
        currencies: &mut Currencies,
    ) -> Result<(), QueryError> {
        if grid.groups.is_empty() {
            return Ok(());
        }
        let groups = &grid.groups;
        let families = self.together(families);
        let runs = families.iter().map(|family| self.family(family, groups, true, None));
        for (family, found) in families.iter().zip(try_join_all(runs).await?) {
            currencies.see(&found.1);
            put(grid, family, &found.0);
        }
        Ok(())
    }

    /// Families with those put together that are computed in one go.
    fn together(&self, families: &[Family]) -> Vec<Family> {
        let dense = |family: &&Family| self.job(family, &[], true).is_some();
        let (one, rest): (Vec<_>, Vec<_>) = families.iter().partition(dense);
        let one: Vec<usize> =
            one.into_iter().flat_map(|family| family.aggregates.clone()).collect();
        let one = (!one.is_empty()).then_some(Family { aggregates: one });
        one.into_iter().chain(rest.into_iter().cloned()).collect()
    }

    /// The keys by which whoever computes the family can rank its groups, if it can.
    fn ranks(&self, family: &Family, keys: &[OrderKey]) -> Option<Vec<(RankBy, bool)>> {
        match self.job(family, &[], false) {
            Some(_) => dense::rankable(&self.plan.terms, family, keys),
            None => compile::rankable(&self.plan.terms, family, keys),
        }
    }

    /// The work of a family, if it is not left to DataFusion.
    fn job(&self, family: &Family, groups: &[Group], with_buckets: bool) -> Option<Job> {
        self.sessions.dense.as_ref()?;
        let plan = self.plan;
        dense::decide(plan, family, self.period, groups, with_buckets)
    }

    /// Runs one aggregation. `keys`: keep only the first groups by them. The second part of the answer
    /// has the currencies that were seen.
    async fn family(
        &self,
        family: &Family,
        groups: &[Group],
        with_buckets: bool,
        keys: Option<&[(RankBy, bool)]>,
    ) -> Result<(Vec<Found>, Vec<i32>), QueryError> {
        let question = &self.plan.question;
        let job = self.job(family, groups, with_buckets);
        if let Some((dense, job)) = self.sessions.dense.as_ref().zip(job) {
            let order = keys.map(|keys| dense::order(family, keys, question.limit));
            let memory = self.allowance.memory();
            return dense.run(self.snapshot, memory, job, order).await;
        }
        let (dimensions, aggregates) = (&question.dimensions, &self.plan.terms.aggregates);
        let (from, to) = (self.period.from.as_microsecond(), self.period.to.as_microsecond());
        let table = SnapshotTable::new(self.snapshot.clone(), &self.plan.properties, from, to);
        let (covered, count) = (table.is_covered(), table.rows());
        let table = self.sessions.pick(count, self.allowance).read_table(Arc::new(table))?;
        let mut rows = compile::rows(table, self.period, covered, self.plan.conditions())?;
        if !groups.is_empty() && !dimensions.is_empty() {
            rows = compile::narrow(rows, dimensions, groups)?;
        }
        let mut grouped =
            compile::aggregate(rows, dimensions, aggregates, family, self.period, with_buckets)?;
        if let Some(keys) = keys {
            grouped =
                compile::rank(grouped, dimensions.len(), aggregates, family, keys, question.limit)?;
        }
        let batches = grouped.collect().await?;
        let total: usize = batches.iter().map(RecordBatch::num_rows).sum();
        if total > MOST_RANKED {
            return Err(QueryError::TooLarge(format!(
                "the query has {total} groups, at most {MOST_RANKED} can be ranked: filter, or \
                 group by less"
            )));
        }
        let shape = Shape {
            buckets: with_buckets && self.period.buckets.is_some(),
            parts: dimensions.iter().map(|dimension| dimension.part.clone()).collect(),
            aggregates: family.aggregates.iter().map(|index| aggregates[*index].clone()).collect(),
        };
        let (mut found, mut currencies) = (Vec::with_capacity(total), Vec::new());
        for batch in &batches {
            shape.read(batch, &mut found, &mut currencies);
        }
        Ok((found, currencies))
    }
}

fn uses(terms: &Terms, key: &OrderKey, family: &Family) -> bool {
    let OrderBy::Measure(index) = key.by else { return false };
    terms.places(index).any(|place| family.aggregates.contains(&place))
}
