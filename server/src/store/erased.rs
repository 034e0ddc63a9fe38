//! Keeps out of the raw log what was erased: an event that is sent again, and everything of a tenant that
//! is being erased.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::entity::{erased_events, erased_tenants};
use super::marks::Marks;
use super::queue::Waiting;
use super::raw_log::{NewEvent, statement};
use super::{Store, StoreError};
use crate::ids::TenantId;

/// Marks that are looked up in one statement.
const STEP: usize = 2_000;

/// Takes out of a group what must not be stored. What is taken out counts as a duplicate. Where nothing
/// was ever erased, these are two looks at empty tables.
pub(super) async fn take_out_erased(
    store: &Store,
    write: &impl ConnectionTrait,
    group: &mut [Waiting],
) -> Result<(), StoreError> {
    let gone = tenants_being_erased(write).await?;
    if !gone.is_empty() {
        for waiting in &mut *group {
            if gone.contains(&store.marks.tenant(&waiting.append.tenant)) {
                waiting.append.events.clear();
                waiting.append.dead.clear();
            }
        }
    }
    let remembered = tenants_with_erased_events(write, group).await?;
    for waiting in group {
        let append = &mut waiting.append;
        if remembered.contains(append.tenant.as_str()) {
            let erased = erased(write, &store.marks, &append.tenant, &append.events).await?;
            let mut keep = erased.into_iter().map(|erased| !erased);
            append.events.retain(|_| keep.next().unwrap_or(true));
        }
    }
    Ok(())
}

/// Is this tenant being erased?
pub(super) async fn is_being_erased(
    write: &impl ConnectionTrait,
    mark: Vec<u8>,
) -> Result<bool, StoreError> {
    let row = erased_tenants::Entity::find_by_id(mark).one(write).await?;
    Ok(row.is_some_and(|row| row.finished_at.is_none()))
}

async fn tenants_being_erased(
    write: &impl ConnectionTrait,
) -> Result<HashSet<Vec<u8>>, StoreError> {
    let marks: Vec<Vec<u8>> = erased_tenants::Entity::find()
        .select_only()
        .column(erased_tenants::Column::Mark)
        .filter(erased_tenants::Column::FinishedAt.is_null())
        .into_tuple()
        .all(write)
        .await?;
    Ok(marks.into_iter().collect())
}

async fn tenants_with_erased_events(
    write: &impl ConnectionTrait,
    group: &[Waiting],
) -> Result<HashSet<String>, StoreError> {
    const TENANTS: &str = "\
        SELECT value FROM json_each(?) \
        WHERE EXISTS (SELECT 1 FROM erased_events WHERE tenant = value)";
    let tenants: HashSet<&str> = group.iter().map(|one| one.append.tenant.as_str()).collect();
    let tenants = serde_json::to_string(&tenants).expect("names are JSON");
    let rows = write.query_all_raw(statement(TENANTS, [tenants.into()])).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Which of the events were erased before, in their order.
async fn erased(
    write: &impl ConnectionTrait,
    marks: &Marks,
    tenant: &TenantId,
    events: &[NewEvent],
) -> Result<Vec<bool>, StoreError> {
    let mut erased = Vec::with_capacity(events.len());
    for step in events.chunks(STEP) {
        let step: Vec<Vec<u8>> = step.iter().map(|event| marks.event(tenant, &event.id)).collect();
        let known: Vec<Vec<u8>> = erased_events::Entity::find()
            .select_only()
            .column(erased_events::Column::Mark)
            .filter(erased_events::Column::Tenant.eq(tenant.as_str()))
            .filter(erased_events::Column::Mark.is_in(step.iter().cloned()))
            .into_tuple()
            .all(write)
            .await?;
        let known: HashSet<Vec<u8>> = known.into_iter().collect();
        erased.extend(step.iter().map(|mark| known.contains(mark)));
    }
    Ok(erased)
}
