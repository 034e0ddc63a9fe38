//! Columns of properties: the map that holds all of them as text, and the values of one of them.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Float64Array, Int64Array, MapArray,
    MapBuilder, MapFieldNames, StringBuilder, StringViewArray, TimestampMicrosecondArray,
};
use datafusion::arrow::error::ArrowError;

use super::schema::{MAP_PARTS, VALUE_PRECISION, VALUE_SCALE};
use crate::event::{Members, scalar, snake_case};
use crate::model::{PropertyType, values};

/// The map of a row's properties in the making.
#[derive(Debug)]
pub(super) struct Map(MapBuilder<StringBuilder, StringBuilder>);

impl Default for Map {
    fn default() -> Self {
        let [entry, key, value] = MAP_PARTS.map(str::to_owned);
        let names = MapFieldNames { entry, key, value };
        // Without room ahead: a tail has many small batches, and keeps what is never used.
        let texts = || StringBuilder::with_capacity(0, 0);
        Self(MapBuilder::with_capacity(Some(names), texts(), texts(), 0))
    }
}

impl Map {
    /// Adds a row with these properties; one without any has no map.
    pub(super) fn push<'a>(&mut self, row: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let mut any = false;
        for (name, text) in row {
            self.0.keys().append_value(name);
            self.0.values().append_value(text);
            any = true;
        }
        self.0.append(any).expect("each key was given its value");
    }

    pub(super) fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// Properties in the one spelling, each as text, from the JSON text of an object. An empty text is no
/// value. Of two spellings of one name, the one that needs no change is taken, else the first.
pub(super) fn texts(object: &str) -> Option<Vec<(String, String)>> {
    let members: Members<'_> = serde_json::from_str(object).ok()?;
    let mut found: Vec<(String, String)> = Vec::with_capacity(members.0.len());
    for (name, value) in &members.0 {
        let inside = snake_case(name);
        let Some(text) = scalar(value).filter(|text| !text.is_empty()) else { continue };
        match found.iter_mut().find(|(known, _)| *known == inside) {
            None => found.push((inside.into_owned(), text.into_owned())),
            Some(known) if inside == *name => known.1 = text.into_owned(),
            Some(_) => {}
        }
    }
    Some(found)
}

/// The map column of a column of JSON texts, as segments had it before there were maps.
pub(super) fn map_of_json(column: &dyn Array) -> Result<ArrayRef, ArrowError> {
    let Some(column) = column.as_string_view_opt() else {
        return Err(ArrowError::SchemaError("properties are a map, or JSON texts".to_owned()));
    };
    let mut map = Map::default();
    for text in column {
        let row = text.and_then(texts).unwrap_or_default();
        map.push(row.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    }
    Ok(map.finish())
}

/// The values of one property, out of the map of each row: what does not read as `kind` is missing.
///
/// # Errors
/// [`ArrowError`] if the column is no map of texts.
pub fn property_values(
    column: &dyn Array,
    name: &str,
    kind: PropertyType,
) -> Result<ArrayRef, ArrowError> {
    let map = column.as_map_opt();
    let parts = map.and_then(|map| {
        Some((map, map.keys().as_string_opt::<i32>()?, map.values().as_string_opt::<i32>()?))
    });
    let Some((map, keys, values)) = parts else {
        return Err(ArrowError::SchemaError("properties are a map of texts".to_owned()));
    };
    let texts = (0..map.len()).map(|row| {
        let at = entries(map, row).find(|at| keys.value(*at) == name)?;
        values.is_valid(at).then(|| values.value(at))
    });
    Ok(typed(texts, kind))
}

/// Where the entries of a row stand.
fn entries(map: &MapArray, row: usize) -> std::ops::Range<usize> {
    let at = |offset: i32| usize::try_from(offset).unwrap_or(0);
    if map.is_null(row) {
        return 0..0;
    }
    let offsets = map.value_offsets();
    at(offsets[row])..at(offsets[row + 1])
}

/// A column of one type out of texts.
pub(super) fn typed<'a>(
    texts: impl Iterator<Item = Option<&'a str>>,
    kind: PropertyType,
) -> ArrayRef {
    match kind {
        PropertyType::String => Arc::new(texts.collect::<StringViewArray>()),
        PropertyType::Integer => {
            Arc::new(texts.map(|text| text.and_then(values::integer)).collect::<Int64Array>())
        }
        PropertyType::Decimal => {
            let decimals: Decimal128Array =
                texts.map(|text| text.and_then(values::decimal)).collect();
            Arc::new(
                decimals
                    .with_precision_and_scale(VALUE_PRECISION, VALUE_SCALE)
                    .expect("the precision of amounts is within that of the type"),
            )
        }
        PropertyType::Number => {
            Arc::new(texts.map(|text| text.and_then(values::number)).collect::<Float64Array>())
        }
        PropertyType::Boolean => {
            Arc::new(texts.map(|text| text.and_then(values::boolean)).collect::<BooleanArray>())
        }
        PropertyType::Time => {
            let times: TimestampMicrosecondArray =
                texts.map(|text| text.and_then(values::time)).collect();
            Arc::new(times.with_timezone("UTC"))
        }
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::RecordBatch;

    use super::*;
    use crate::lake::arrow_schema;
    use crate::model::{Field, Properties};

    fn map(rows: &[&[(&str, &str)]]) -> ArrayRef {
        let mut map = Map::default();
        for row in rows {
            map.push(row.iter().copied());
        }
        map.finish()
    }

    fn shown(column: &dyn Array) -> Vec<String> {
        let format = datafusion::arrow::util::display::FormatOptions::default().with_null("-");
        let shown =
            datafusion::arrow::util::display::ArrayFormatter::try_new(column, &format).unwrap();
        (0..column.len()).map(|row| shown.value(row).to_string()).collect()
    }

    #[test]
    fn a_map_is_of_the_type_of_its_column() {
        let schema = arrow_schema(&Properties::default());
        let column = schema.field_with_name(Field::Properties.column()).unwrap().clone();
        let schema = Arc::new(datafusion::arrow::datatypes::Schema::new(vec![column]));
        RecordBatch::try_new(schema, vec![map(&[&[("a", "1")], &[]])]).unwrap();
    }

    #[test]
    fn a_property_is_read_as_its_type_or_is_missing() {
        let map = map(&[&[("a", "7"), ("b", "x")], &[], &[("b", "y")], &[("a", "1.5")]]);
        let read = |kind| shown(&property_values(&map, "a", kind).unwrap());
        assert_eq!(read(PropertyType::String), ["7", "-", "-", "1.5"]);
        assert_eq!(read(PropertyType::Integer), ["7", "-", "-", "-"]);
        assert_eq!(read(PropertyType::Decimal), ["7.000000", "-", "-", "1.500000"]);
        assert_eq!(read(PropertyType::Number), ["7.0", "-", "-", "1.5"]);
        assert_eq!(read(PropertyType::Boolean), ["-"; 4]);
        assert_eq!(read(PropertyType::Time), ["-"; 4]);
        let tail = map.slice(2, 2);
        let rest = property_values(&tail, "a", PropertyType::String).unwrap();
        assert_eq!(shown(&rest), ["-", "1.5"]);
        assert!(
            property_values(&StringViewArray::from(vec!["x"]), "a", PropertyType::Time).is_err()
        );
    }

    #[test]
    fn texts_have_one_spelling_and_no_empty_value() {
        let object = r#"{"pageType":"a","page_type":"b","Size":3.0,"none":"","yes":true,"n":null}"#;
        let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let expected = [pair("page_type", "b"), pair("size", "3"), pair("yes", "true")];
        assert_eq!(texts(object).unwrap(), expected);
        assert_eq!(texts("[1]"), None);
    }

    #[test]
    fn a_column_of_json_becomes_a_map() {
        let old = StringViewArray::from(vec![Some(r#"{"planName":"pro"}"#), None, Some("broken")]);
        let new = map_of_json(&old).unwrap();
        let read = property_values(&new, "plan_name", PropertyType::String).unwrap();
        assert_eq!(shown(&read), ["pro", "-", "-"]);
    }
}
