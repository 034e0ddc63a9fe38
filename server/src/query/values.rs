//! The values of a dimension, for whoever picks some of them.

use inlay_shared::{
    ColumnType, DimensionValue, Filter, FilterOp, Order, Query, TimeRange, ValuesAnswer,
};
use serde_json::Value;

use super::{Engine, QueryError};
use crate::model::{Dimension, Invalid};
use crate::policy::TenantScope;

/// Most values that can be asked for.
const MOST: u64 = 100;
/// Values if nothing is said.
const USUAL: u64 = 20;
/// Characters of a search.
const LONGEST: usize = 256;
/// Values of numbers and times are searched here, among so many.
const SEARCHED: u64 = 1_000;

impl Engine {
    /// The most frequent values of a dimension over `time`, within the viewer's filters and the
    /// token's: those with `search` in them, if it is given. Events without a value are passed over.
    ///
    /// # Errors
    /// [`QueryError`], as for a query.
    pub async fn values(
        &self,
        scope: &TenantScope,
        dimension: &Dimension,
        search: Option<&str>,
        limit: Option<u64>,
        time: &TimeRange,
        filters: &[Filter],
    ) -> Result<ValuesAnswer, QueryError> {
        let limit = limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            let detail = format!("`limit` is {limit}; it must be 1 to {MOST}");
            return Err(Invalid::new("invalid_limit", "/limit", detail).into());
        }
        if search.is_some_and(|search| search.chars().count() > LONGEST) {
            let detail = format!("`search` has at most {LONGEST} characters");
            return Err(Invalid::new("invalid_filter", "/search", detail).into());
        }
        let search = search.filter(|search| !search.is_empty());
        let is_text = dimension.part.kind() == ColumnType::String;
        let name = &dimension.name;
        let found = search.filter(|_| is_text);
        let query = Query {
            measures: vec!["events".to_owned()],
            dimensions: vec![name.clone()],
            time: TimeRange { grain: None, ..time.clone() },
            filters: found
                .map(|text| Filter::condition(name, FilterOp::Contains, spellings(text)))
                .into_iter()
                .collect(),
            order: vec![
                Order { by: "events".to_owned(), desc: true },
                Order { by: name.clone(), desc: false },
            ],
            // One more tells whether there are more, and one may be the lack of a value.
            limit: Some(if search.is_some() && !is_text { SEARCHED } else { limit + 2 }),
            other: false,
            compare: None,
            approximate: false,
        };
        let answer = self.answer(scope, &query, filters).await?;
        // What is searched here may be beyond the values that were looked at.
        let cut = search.is_some() && !is_text && answer.rows.len() as u64 >= SEARCHED;
        let mut values: Vec<DimensionValue> =
            answer.rows.iter().filter_map(|row| value_of(row)).collect();
        if let Some(search) = search.filter(|_| !is_text) {
            values.retain(|value| value.value.contains(search));
        }
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = cut || values.len() > most;
        values.truncate(most);
        Ok(ValuesAnswer { values, more })
    }
}

/// Filters tell capitals apart; people who search do not.
fn spellings(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut letters = lower.chars();
    let capital = letters.next().map(|first| first.to_uppercase().chain(letters).collect());
    let mut all = vec![text.to_owned(), text.to_uppercase(), lower.clone()];
    all.extend(capital);
    all.sort();
    all.dedup();
    all
}

fn value_of(row: &[Value]) -> Option<DimensionValue> {
    let value = match row.first()? {
        Value::String(text) => text.clone(),
        Value::Null => return None,
        other => other.to_string(),
    };
    Some(DimensionValue { value, count: row.get(1)?.as_u64()? })
}
