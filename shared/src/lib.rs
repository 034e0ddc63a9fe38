//! The wire types that both sides of Inlay speak: the server writes them, the widget, the demo and
//! the tests read them. `openapi.yaml` beside this crate is their contract; a type here has the
//! shape of the schema of the same name there.
//!
//! Inputs refuse unknown fields. Times are RFC 3339 strings, ranges also name an IANA zone, money is
//! a decimal string. This crate does no IO, knows no clock, and depends on `serde` alone.

mod client;
mod collect;
mod dashboard;
mod event;
mod filter;
mod given;
mod governance;
mod import;
mod journey;
mod list;
mod mapping;
mod model;
mod pick;
mod problem;
mod query;
mod rows;
mod session;
mod tenant;
mod view;

pub use client::{Client, ClientKind, NewClient, Scope, TokenAnswer};
pub use collect::{Collected, NewPublicKey, PageEvent, PublicKey};
pub use dashboard::{
    Annotation, Auto, Dashboard, Look, Panel, PanelFunnel, PanelGrain, PanelKind, PanelQuery,
    PanelRetention,
};
pub use event::{
    DeadLetter, DeadLetterReason, Receipt, Rejection, ReplayAll, ReplayLetter, ReplayOutcome,
    ReplayedAll, ReplayedLetter,
};
pub use filter::{Condition, Filter, FilterOp};
pub use governance::{Erasure, ErasureState, NewErasure, Retention, TenantErasure};
pub use import::{Import, ImportFailure, ImportState};
pub use journey::{
    Cohort, FunnelAnswer, FunnelCount, FunnelQuery, FunnelStep, RetentionAnswer, RetentionQuery,
    Subject,
};
pub use list::List;
pub use mapping::{Mapping, MappingAction, MappingRule, NewMapping};
pub use model::{
    DimensionDefinition, DimensionInfo, HierarchyDefinition, Layer, MeasureDefinition, MeasureInfo,
    MeasureKind, Model, ModelDefinition, PropertyDefinition, PropertyKind,
};
pub use pick::{CompareChoice, DimensionValue, EmbedValuesQuery, FilterOffer, Mark, ValuesAnswer};
pub use problem::{FieldError, Problem};
pub use query::{
    Answer, Approximate, Column, ColumnType, Compare, Comparison, Format, Grain, Order, Query,
    Role, Source, TimeRange, WeekStart,
};
pub use rows::{EmbedRowsQuery, RowColumn, RowOrder, RowsPage, RowsQuery};
pub use session::{Capability, MintRequest, Session};
pub use tenant::{Brand, Domains, NewTenant, Origins, Tenant};
pub use view::{
    EmbedQuery, Layout, PanelAnswer, PanelError, PanelLayout, PanelUnchanged, ViewEnd, ViewLine,
};
