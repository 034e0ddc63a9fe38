//! The catalogue of the lake.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "segments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub rows: i64,
    pub bytes: i64,
    pub first_seq: i64,
    pub last_seq: i64,
    pub min_time: i64,
    pub max_time: i64,
    pub created_at: i64,
    pub format: i64,
    pub properties: String,
    pub rollup_bytes: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
