//! Executes the aggregations of a plan and puts what they find into a grid.
//!
//! First the groups are ranked over the whole range and cut at the limit; then every family is
//! computed for these groups, in buckets if there are any; then the same groups in the other period.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use futures_util::future::try_join_all;
use inlay_shared::{Approximate, Source};

use super::QueryError;
use super::cells::{Grid, Group, Label};
use super::compile::{self, RankBy};
use super::dense::{self, Job};
use super::families::{self, Family};
use super::limits::Allowance;
use super::outside::{Of, outside};
use super::period::Period;
use super::plan::Plan;
use super::rank;
use super::read::{Findings, Found, Shape};
use super::remarks::Remarks;
use super::sessions::Sessions;
use super::table::SnapshotTable;
use crate::lake::Snapshot;
use crate::model::OrderKey;

/// Most groups that are ranked in memory.
const MOST_RANKED: usize = 1_000_000;

/// What a plan came to.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) grid: Grid,
    pub(super) compared: Option<Grid>,
    pub(super) currency: Option<String>,
    pub(super) source: Source,
    /// For each measure how good its estimates are, if it has some.
    pub(super) approximate: Vec<Option<Approximate>>,
    /// The last group of both grids is that of all groups past the limit.
    pub(super) other: bool,
}

pub(super) async fn run(
    sessions: &Sessions,
    allowance: &Allowance,
    snapshot: &Arc<Snapshot>,
    plan: &Plan,
) -> Result<Outcome, QueryError> {
    let aggregates = &plan.terms.aggregates;
    let families = families::families(aggregates);
    let mut remarks = Remarks::default();
    let now = Scan { sessions, allowance, snapshot, plan, period: &plan.period };
    let ranked = now.ranked(&families, &mut remarks).await?;
    let buckets = plan.period.buckets.as_ref().map_or(1, |buckets| buckets.len());
    let other = ranked.groups.len() > plan.question.limit;
    let rows = ranked.groups.len() * buckets;
    let most = allowance.rows();
    if rows > most {
        let fitting = (most / buckets).max(1);
        return Err(QueryError::TooLarge(format!(
            "the answer would have {rows} rows, at most {most}: ask for at most {fitting} \
             groups with `limit`, or for a coarser grain"
        )));
    }
    let mut groups = ranked.groups;
    groups.truncate(plan.question.limit);
    let mut grid = Grid::new(groups, buckets, aggregates);
    let mut rest = Vec::new();
    for (index, family) in families.iter().enumerate() {
        match ranked.known.get(&index) {
            Some(found) => put(&mut grid, family, found),
            None => rest.push(family.clone()),
        }
    }
    now.fill(&mut grid, &rest, &mut remarks).await?;
    let compared = match &plan.compared {
        None => None,
        Some(period) => {
            let buckets = period.buckets.as_ref().map_or(1, |buckets| buckets.len());
            let mut earlier = Grid::new(grid.groups.clone(), buckets, aggregates);
            let then = Scan { period, ..now };
            then.fill(&mut earlier, &families, &mut remarks).await?;
            if other {
                then.add_others(&mut earlier, &families, &mut remarks).await?;
            }
            Some(plan.terms.derive(&earlier))
        }
    };
    if other {
        now.add_others(&mut grid, &families, &mut remarks).await?;
    }
    let grid = plan.terms.derive(&grid);
    let (source, approximate) = (remarks.source(), remarks.approximate(plan));
    let currency = remarks.currencies.only(plan)?;
    Ok(Outcome { grid, compared, currency, source, approximate, other })
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
        remarks: &mut Remarks,
    ) -> Result<Ranked, QueryError> {
        let question = &self.plan.question;
        if question.dimensions.is_empty() {
            return Ok(Ranked { groups: vec![Vec::new()], ..Ranked::default() });
        }
        let keys = self.plan.ranking();
        let needed: Vec<usize> = (0..families.len())
            .filter(|index| {
                keys.iter().any(|key| rank::uses(&self.plan.terms, key, &families[*index]))
            })
            .collect();
        let needed = if needed.is_empty() { vec![0] } else { needed };
        let one = match needed.as_slice() {
            [only] => self.ranks(&families[*only], &keys).map(|ranks| (*only, ranks)),
            _ => None,
        };
        let mut known = HashMap::new();
        if let Some((only, ranks)) = &one {
            let found = self.family(&families[*only], Of::All, false, Some(ranks)).await?;
            remarks.see(&families[*only], &found);
            known.insert(*only, found.rows);
        } else {
            let runs =
                needed.iter().map(|index| self.family(&families[*index], Of::All, false, None));
            for (index, found) in needed.iter().zip(try_join_all(runs).await?) {
                remarks.see(&families[*index], &found);
                known.insert(*index, found.rows);
            }
        }
        let groups = match one {
            Some((only, _)) => known[&only].iter().map(|row| row.group.clone()).collect(),
            None => rank::order(&self.plan.terms, families, &known, &keys, self.plan.ranked()),
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
        remarks: &mut Remarks,
    ) -> Result<(), QueryError> {
        if grid.groups.is_empty() {
            return Ok(());
        }
        let groups = Of::Groups(&grid.groups);
        let families = self.together(families);
        let runs = families.iter().map(|family| self.family(family, groups, true, None));
        for (family, found) in families.iter().zip(try_join_all(runs).await?) {
            remarks.see(family, &found);
            put(grid, family, &found.rows);
        }
        Ok(())
    }

    /// Adds what all groups that are not in the grid come to, as its last one.
    async fn add_others(
        &self,
        grid: &mut Grid,
        families: &[Family],
        remarks: &mut Remarks,
    ) -> Result<(), QueryError> {
        let mut others = Grid::new(vec![Group::new()], grid.buckets(), &self.plan.terms.aggregates);
        let rest = Of::Others(&grid.groups);
        let runs = families.iter().map(|family| self.family(family, rest, true, None));
        for (family, found) in families.iter().zip(try_join_all(runs).await?) {
            remarks.see(family, &found);
            put(&mut others, family, &found.rows);
        }
        grid.append(vec![Label::Null; self.plan.question.dimensions.len()], others);
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

    /// Runs one aggregation. `keys`: keep only the first groups by them.
    async fn family(
        &self,
        family: &Family,
        of: Of<'_>,
        with_buckets: bool,
        keys: Option<&[(RankBy, bool)]>,
    ) -> Result<Findings, QueryError> {
        let question = &self.plan.question;
        let job = match of {
            Of::All => self.job(family, &[], with_buckets),
            Of::Groups(groups) => self.job(family, groups, with_buckets),
            Of::Others(_) => None,
        };
        if let Some((dense, job)) = self.sessions.dense.as_ref().zip(job) {
            let order = keys.map(|keys| dense::order(family, keys, self.plan.ranked()));
            return dense.run(self.snapshot, self.allowance, job, order).await;
        }
        let (dimensions, aggregates) = (&question.dimensions, &self.plan.terms.aggregates);
        let (from, to) = (self.period.from.as_microsecond(), self.period.to.as_microsecond());
        let table = SnapshotTable::new(self.snapshot.clone(), &self.plan.properties, from, to);
        let (covered, count) = (table.is_covered(), table.rows());
        let table = self.sessions.pick(count, self.allowance).read_table(Arc::new(table))?;
        let mut rows = compile::rows(table, self.period, covered, self.plan.conditions())?;
        let mut dimensions = dimensions.as_slice();
        match of {
            Of::Groups(groups) if !dimensions.is_empty() => {
                rows = compile::narrow(rows, dimensions, groups)?;
            }
            Of::Others(groups) => {
                rows = rows.filter(outside(dimensions, groups, self.period))?;
                // Together they are one group.
                dimensions = &[];
            }
            Of::All | Of::Groups(_) => {}
        }
        let mut grouped =
            compile::aggregate(rows, dimensions, aggregates, family, self.period, with_buckets)?;
        if let Some(keys) = keys {
            grouped = compile::rank(
                grouped,
                dimensions.len(),
                aggregates,
                family,
                keys,
                self.plan.ranked(),
            )?;
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
        let mut found = Findings { rows: Vec::with_capacity(total), ..Findings::default() };
        for batch in &batches {
            shape.read(batch, &mut found.rows, &mut found.currencies);
        }
        Ok(found)
    }
}
