//! Rows of a file with a JSON object a line.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};

use serde_json::{Map, Value as Json};

use super::columns::Columns;
use super::draft::Draft;
use super::rows::Rows;
use super::value::Value;
use super::{MAX_ROW, ReadError};

pub(super) fn read(file: File, columns: &Columns, rows: &mut Rows<'_>) -> Result<(), ReadError> {
    let mut reader = BufReader::with_capacity(64 * 1024, file);
    let (mut line, mut done) = (Vec::new(), 0);
    loop {
        let number = rows.next();
        let failed = |error| ReadError::unreadable(Some(number), error);
        line.clear();
        let most = u64::try_from(MAX_ROW + 1).unwrap_or(u64::MAX);
        let read = reader.by_ref().take(most).read_until(b'\n', &mut line).map_err(failed)?;
        if read == 0 {
            return Ok(());
        }
        if read > MAX_ROW {
            let detail = format!("it has more than {MAX_ROW} bytes");
            return Err(ReadError::unreadable(Some(number), detail));
        }
        done += read as u64;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let object: Map<String, Json> = serde_json::from_slice(&line)
            .map_err(|error| ReadError::unreadable(Some(number), error))?;
        let mut draft = Draft::default();
        for (name, json) in object {
            draft.put(&columns.role(&name), &value(json));
        }
        rows.push(draft.finish(number), done)?;
    }
}

fn value(json: Json) -> Value<'static> {
    match json {
        Json::Null => Value::Nothing,
        Json::Bool(truth) => Value::Bool(truth),
        Json::Number(number) => number
            .as_i64()
            .map(Value::Integer)
            .or_else(|| number.as_f64().map(Value::Float))
            .unwrap_or(Value::Nothing),
        Json::String(text) => Value::Text(text.into()),
        nested => Value::Nested(nested),
    }
}
