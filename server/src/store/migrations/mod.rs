//! Tables of the control database, in the order in which they came to be. A migration that has
//! shipped is never edited: databases out there have run it.

mod m20261121_000001_first_tables;
mod m20261121_000201_segment_columns;
mod m20261121_000202_mappings;
mod m20261121_000301_retired_segments;
mod m20261121_000302_erasures;
mod m20261121_000303_retention;
mod m20261121_000401_models;
mod m20261121_000501_key_lives;
mod m20261121_000701_public_keys;
mod m20261121_000702_imports;
mod m20261121_000801_idempotency_keys;
mod m20261121_000901_rollups;

use sea_orm_migration::prelude::{Alias, Index, IndexCreateStatement, Table, TableCreateStatement};
use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

pub(super) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_first_tables::Migration),
            Box::new(m20261121_000201_segment_columns::Migration),
            Box::new(m20261121_000202_mappings::Migration),
            Box::new(m20261121_000301_retired_segments::Migration),
            Box::new(m20261121_000302_erasures::Migration),
            Box::new(m20261121_000303_retention::Migration),
            Box::new(m20261121_000401_models::Migration),
            Box::new(m20261121_000701_public_keys::Migration),
            Box::new(m20261121_000702_imports::Migration),
            Box::new(m20261121_000801_idempotency_keys::Migration),
            Box::new(m20261121_000901_rollups::Migration),
            Box::new(m20261121_000501_key_lives::Migration),
        ]
    }
}

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(Alias::new(name)).to_owned()
}

fn key<const N: usize>(columns: [&'static str; N]) -> IndexCreateStatement {
    let mut index = Index::create();
    for column in columns {
        index.col(Alias::new(column));
    }
    index.primary().to_owned()
}
