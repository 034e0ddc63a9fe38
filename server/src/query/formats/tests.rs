//! What each form makes of a table.

use datafusion::arrow::ipc::reader::StreamReader;
use datafusion::arrow::util::display::array_value_to_string;
use serde_json::json;

use super::*;

fn answer(rows: Value, compare: Option<Value>) -> Answer {
    let column = |name: &str, role: &str, kind: &str| json!({"name": name, "label": format!("The {name}"), "role": role, "type": kind});
    let time = json!({"from": "2026-03-28T00:00:00+01:00", "to": "2026-03-30T00:00:00+02:00", "zone": "Europe/Berlin"});
    let mut value = column("value", "measure", "decimal");
    value["currency"] = json!("EUR");
    let columns = json!([
        column("time", "time", "time"),
        column("page", "dimension", "string"),
        column("events", "measure", "integer"),
        value,
        column("mean", "measure", "number"),
        column("is_other", "other", "boolean"),
    ]);
    let mut answer = json!({
        "columns": columns, "rows": rows, "time": time, "version": "7", "source": "lake",
        "elapsed_ms": 1.0,
    });
    if let Some(rows) = compare {
        answer["compare"] = json!({"time": time, "rows": rows});
    }
    serde_json::from_value(answer).unwrap()
}

fn rows() -> Value {
    json!([
        ["2026-03-29T00:00:00+01:00", "=1+1", -3, "-12.50", -1.5, false],
        ["2026-03-29T03:00:00+02:00", "a,\"b\"\nc", 0, "1000000000000000000000.000001", null, true],
        ["2026-03-29T03:00:00+02:00", null, 9_007_199_254_740_993_i64, null, 0.1, null],
    ])
}

fn text(answer: Answer, names: Names) -> String {
    String::from_utf8(csv(answer.into(), names).flatten().collect()).unwrap()
}

#[test]
fn a_text_is_no_formula_and_a_number_stays_one() {
    assert_eq!(
        text(answer(rows(), None), Names::Plain),
        "time,page,events,value,mean,is_other\r\n\
         2026-03-29T00:00:00+01:00,'=1+1,-3,-12.50,-1.5,false\r\n\
         2026-03-29T03:00:00+02:00,\"a,\"\"b\"\"\nc\",0,1000000000000000000000.000001,,true\r\n\
         2026-03-29T03:00:00+02:00,,9007199254740993,,0.1,\r\n"
    );
    for formula in ["+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"] {
        let row = json!([[null, formula, 0, null, null, null]]);
        let text = text(answer(row, None), Names::Plain);
        assert!(text.contains(&format!("'{formula}")), "{text:?}");
    }
    let harmless = text(answer(json!([[null, "a=1", 0, null, null, null]]), None), Names::Plain);
    assert!(harmless.contains(",a=1,"), "{harmless}");
}

#[test]
fn people_read_labels_and_their_spreadsheets_a_mark() {
    let text = text(answer(json!([]), None), Names::Labels);
    assert_eq!(
        text,
        "\u{feff}The time,The page,The events,The value (EUR),The mean,The is_other\r\n"
    );
}

#[test]
fn what_is_compared_stands_beside() {
    let row = || json!(["2026-03-29T00:00:00+01:00", "/a", 1, "1.00", 1.0, false]);
    let other = json!([["2025-03-29T00:00:00+01:00", "/a", 2, "2.00", null, false]]);
    let text = text(answer(json!([row()]), Some(other)), Names::Plain);
    assert_eq!(
        text,
        "time,page,events,value,mean,is_other,compare.time,compare.events,compare.value,compare.mean\r\n\
         2026-03-29T00:00:00+01:00,/a,1,1.00,1.0,false,2025-03-29T00:00:00+01:00,2,2.00,\r\n"
    );
}

#[test]
fn an_arrow_stream_has_types_and_is_exact() {
    let bytes: Vec<u8> =
        arrow(answer(rows(), None).into()).unwrap().flat_map(Result::unwrap).collect();
    let reader = StreamReader::try_new(&bytes[..], None).unwrap();
    let schema = reader.schema();
    let kinds: Vec<String> =
        schema.fields().iter().map(|field| field.data_type().to_string()).collect();
    assert_eq!(
        kinds,
        [
            "Timestamp(µs, \"Europe/Berlin\")",
            "Utf8",
            "Int64",
            "Decimal128(38, 6)",
            "Float64",
            "Boolean"
        ]
    );
    assert_eq!(schema.field(3).metadata()["inlay.currency"], "EUR");
    assert_eq!(schema.metadata()["inlay.version"], "7");
    let batches: Vec<_> = reader.map(Result::unwrap).collect();
    assert_eq!(batches.len(), 1);
    let cell =
        |column: usize, row: usize| array_value_to_string(batches[0].column(column), row).unwrap();
    assert_eq!(cell(1, 0), "=1+1");
    assert_eq!(cell(3, 0), "-12.500000");
    assert_eq!(cell(3, 1), "1000000000000000000000.000001");
    assert_eq!(cell(2, 2), "9007199254740993");
    assert_eq!((cell(1, 2), cell(3, 2), cell(5, 2)), (String::new(), String::new(), String::new()));
    use datafusion::arrow::array::AsArray;
    use datafusion::arrow::datatypes::TimestampMicrosecondType;
    let times = batches[0].column(0).as_primitive::<TimestampMicrosecondType>();
    assert_eq!(times.value(1) - times.value(0), 7_200_000_000);
}

#[test]
fn many_rows_come_in_parts_and_none_is_lost() {
    let row = json!(["2026-03-29T00:00:00+01:00", "/a", 1, "1.00", 1.0, false]);
    for count in [0, 1, PART_ROWS, PART_ROWS + 1, 3 * PART_ROWS] {
        let answer = answer(json!(vec![row.clone(); count]), None);
        let parts: Vec<_> = csv(answer.clone().into(), Names::Plain).collect();
        assert_eq!(parts.len(), 1 + count.div_ceil(PART_ROWS));
        let lines = parts.concat().iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(lines, count + 1);
        let bytes: Vec<u8> = arrow(answer.into()).unwrap().flat_map(Result::unwrap).collect();
        let reader = StreamReader::try_new(&bytes[..], None).unwrap();
        assert_eq!(reader.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), count);
    }
}

#[test]
fn a_sum_beyond_64_bits_is_exact() {
    let large = "1000000000000000000000000000001";
    let row = json!([[null, null, large, null, null, null], [null, null, -1, null, null, null]]);
    let bytes: Vec<u8> =
        arrow(answer(row.clone(), None).into()).unwrap().flat_map(Result::unwrap).collect();
    let reader = StreamReader::try_new(&bytes[..], None).unwrap();
    assert_eq!(reader.schema().field(2).data_type().to_string(), "Decimal128(38, 0)");
    let batches: Vec<_> = reader.map(Result::unwrap).collect();
    let cell = |row| array_value_to_string(batches[0].column(2), row).unwrap();
    assert_eq!((cell(0).as_str(), cell(1).as_str()), (large, "-1"));
    assert!(text(answer(row, None), Names::Plain).contains(&format!(",{large},")));
}
