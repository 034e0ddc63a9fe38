//! A property of an event as an expression: read out of the map that every segment has.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, ident,
};

use crate::lake::{property_type, property_values};
use crate::model::{Field, PropertyName, PropertyType};

/// The value of a property in the map, read as `kind`; missing where it cannot be read so.
pub(super) fn property(name: &PropertyName, kind: PropertyType) -> Expr {
    let signature = Signature::any(1, Volatility::Immutable);
    let function = Property { name: name.clone(), kind, signature };
    ScalarUDF::new_from_impl(function).call(vec![ident(Field::Properties.column())])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Property {
    name: PropertyName,
    kind: PropertyType,
    signature: Signature,
}

impl ScalarUDFImpl for Property {
    fn name(&self) -> &'static str {
        "property"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(property_type(self.kind))
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&given.args)?;
        let values = property_values(&arrays[0], self.name.as_str(), self.kind)?;
        Ok(ColumnarValue::Array(values))
    }
}
