//! Brings rows of any age into the present schema: segments outlive the declarations and the builds
//! that they were written under.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, new_null_array};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::error::ArrowError;

use super::property_column::{map_of_json, property_values};
use super::schema::arrow_schema;
use crate::model::{Field, Properties};

/// The same rows with exactly the columns of the present schema. A column that is missing is empty;
/// one of a declared property that is missing, or was declared with another type, is read from the
/// map.
///
/// # Errors
/// [`ArrowError`] if a column cannot be what it should, as in a file that something else wrote.
pub fn adapt(batch: &RecordBatch, properties: &Properties) -> Result<RecordBatch, ArrowError> {
    let schema = arrow_schema(properties);
    if batch.schema_ref().fields() == schema.fields() {
        return Ok(batch.clone());
    }
    let map = map(batch, &schema)?;
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
    for column in schema.fields() {
        let present = batch.column_by_name(column.name());
        let present = present.filter(|present| present.data_type() == column.data_type());
        let declared = properties.kind(column.name());
        columns.push(match (present, declared) {
            (Some(present), _) => present.clone(),
            (None, Some(kind)) => property_values(&map, column.name(), kind)?,
            (None, None) if column.name() == Field::Properties.column() => map.clone(),
            (None, None) => new_null_array(column.data_type(), batch.num_rows()),
        });
    }
    RecordBatch::try_new(schema, columns)
}

/// The map of the properties, whatever the rows have in its place.
fn map(batch: &RecordBatch, schema: &SchemaRef) -> Result<ArrayRef, ArrowError> {
    let name = Field::Properties.column();
    match batch.column_by_name(name) {
        Some(map) if matches!(map.data_type(), DataType::Map(..)) => Ok(map.clone()),
        Some(json) => map_of_json(json),
        None => {
            let kind = schema.field_with_name(name)?.data_type();
            Ok(Arc::new(new_null_array(kind, batch.num_rows())))
        }
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{AsArray, StringViewArray};
    use datafusion::arrow::datatypes::{Int64Type, Schema};

    use super::*;
    use crate::lake::rows::Rows;
    use crate::model::PropertyType;
    use crate::store::RawEvent;

    fn declared(list: &[(&'static str, PropertyType)]) -> Properties {
        Properties::declare(list.iter().copied()).unwrap()
    }

    fn rows(properties: &Properties) -> RecordBatch {
        let mut rows = Rows::new(properties);
        for (seq, seats) in [(1, "3"), (2, "\"many\""), (3, "4.5")] {
            let body = format!(
                r#"{{"id":"{seq}","name":"n","time":"2026-11-20T10:00:00Z",
                    "properties":{{"seats":{seats},"plan":"pro"}}}}"#
            );
            rows.push(&RawEvent { seq, received_at: 5, body, sent: None }).unwrap();
        }
        rows.finish().unwrap()
    }

    #[test]
    fn an_answer_does_not_depend_on_when_a_row_was_written() {
        let none = Properties::default();
        let sets = [
            none.clone(),
            declared(&[("seats", PropertyType::Integer)]),
            declared(&[("seats", PropertyType::String), ("plan", PropertyType::String)]),
            declared(&[("seats", PropertyType::Decimal), ("plan", PropertyType::Integer)]),
        ];
        for written in &sets {
            for read in &sets {
                let adapted = adapt(&rows(written), read).unwrap();
                assert_eq!(adapted, rows(read), "written under {written}, read under {read}");
            }
        }
    }

    #[test]
    fn a_segment_of_the_first_build_reads_as_one_of_today() {
        let new = rows(&Properties::default());
        let mut fields = Vec::new();
        let mut columns = Vec::new();
        for (field, column) in new.schema().fields().iter().zip(new.columns()) {
            let since = ["browser", "os", "channel"].contains(&field.name().as_str())
                || field.name().starts_with("utm_");
            if since {
                continue;
            }
            if field.name() == "properties" {
                let json = [r#"{"seats":3,"plan":"pro"}"#, "{}", r#"{"seats":4.50}"#];
                fields.push(Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View)));
                columns.push(Arc::new(StringViewArray::from(json.to_vec())) as ArrayRef);
            } else {
                fields.push(field.clone());
                columns.push(column.clone());
            }
        }
        let old = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
        let properties = declared(&[("seats", PropertyType::Integer)]);
        let adapted = adapt(&old, &properties).unwrap();
        assert_eq!(adapted.schema(), arrow_schema(&properties));
        let seats = adapted.column_by_name("seats").unwrap().as_primitive::<Int64Type>();
        assert_eq!(seats.iter().collect::<Vec<_>>(), [Some(3), None, None]);
        assert_eq!(adapted.column_by_name("browser").unwrap().null_count(), 3);
    }
}
