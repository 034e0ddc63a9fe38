//! Which groups an aggregation is about, and whether a row is in none of some.

use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::BooleanArray;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::cells::Group;
use super::expressions::value;
use super::period::Period;
use super::read::label;
use crate::model::{Dimension, Part};

/// Which groups an aggregation is about.
#[derive(Clone, Copy)]
pub(super) enum Of<'a> {
    All,
    /// These; others may be computed as well.
    Groups(&'a [Group]),
    /// All but these, as one.
    Others(&'a [Group]),
}

/// Holds for the rows whose values of the dimensions, taken together, are those of no group.
pub(super) fn outside(dimensions: &[Arc<Dimension>], groups: &[Group], period: &Period) -> Expr {
    let values: Vec<Expr> = dimensions.iter().map(|dimension| value(dimension, period)).collect();
    let function = Outside {
        parts: dimensions.iter().map(|dimension| dimension.part.clone()).collect(),
        order: groups.to_vec(),
        groups: groups.iter().cloned().collect(),
        signature: Signature::any(values.len(), Volatility::Immutable),
    };
    ScalarUDF::new_from_impl(function).call(values)
}

#[derive(Debug)]
struct Outside {
    parts: Vec<Part>,
    /// The groups, to tell this function from one of others.
    order: Vec<Group>,
    groups: HashSet<Group>,
    signature: Signature,
}

impl PartialEq for Outside {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts && self.order == other.order
    }
}

impl Eq for Outside {}

impl Hash for Outside {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts.hash(state);
        self.order.hash(state);
    }
}

impl ScalarUDFImpl for Outside {
    fn name(&self) -> &'static str {
        "outside"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = ColumnarValue::values_to_arrays(&given.args)?;
        let mut group = Group::with_capacity(columns.len());
        let outside = (0..given.number_rows).map(|row| {
            group.clear();
            group.extend(columns.iter().zip(&self.parts).map(|(column, part)| {
                // A value that is the same in every row may come as one.
                label(column, part, row.min(column.len() - 1))
            }));
            Some(!self.groups.contains(&group))
        });
        Ok(ColumnarValue::Array(Arc::new(outside.collect::<BooleanArray>())))
    }
}
