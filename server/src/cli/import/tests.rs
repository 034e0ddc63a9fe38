//! Files in, answers out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{
    Float64Array, Int32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use datafusion::parquet::arrow::ArrowWriter;
use inlay_shared::Query;
use serde_json::{Value, json};

use super::*;
use crate::policy::{Action, Duty, Policy, Principal};
use crate::query::Engine;
use crate::store::testing::{Folder, scope};

struct Desk {
    folder: Folder,
    lake: crate::lake::Lake,
}

impl Desk {
    async fn new() -> Self {
        let folder = Folder::new().await;
        let (store, clock) = (folder.store.clone(), folder.clock.clone());
        let root = folder.folder.path().join("lake");
        let lake = crate::lake::Lake::open(root, store, clock, folder.entropy.clone());
        let lake = lake.await.unwrap();
        let may =
            Policy::new().system(&Principal::Process(Duty::Shell), Action::ManageTenants).unwrap();
        let acme = "acme".parse().unwrap();
        let now = folder.clock.now();
        folder.store.system(&may).create_tenant(&acme, "Acme", &[], &[], now).await.unwrap();
        Self { folder, lake }
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    async fn import(
        &self,
        path: &Path,
        map: &[&str],
        tenant_column: Option<&str>,
        create: bool,
    ) -> Result<(Tally, usize), ImportError> {
        let map: Vec<String> = map.iter().map(|pair| (*pair).to_owned()).collect();
        let columns = Columns::new(&map, &[], tenant_column)?;
        let tenant = tenant_column.is_none().then(|| "acme".parse().unwrap());
        let (store, clock) = (self.folder.store.clone(), self.folder.clock.clone());
        let ingest = Ingest::new(store.clone(), clock.clone(), self.folder.entropy.clone());
        let mut feed = Feed::new(store, ingest, self.lake.clone(), clock, create);
        let (send, receive) = std::sync::mpsc::channel();
        let read = reading(path, &columns, tenant)?.run(&|portion| send.send(portion).is_ok());
        read.map_err(|source| ImportError::Unreadable { path: path.to_owned(), source })?;
        drop(send);
        for portion in receive {
            feed.take(portion).await?;
        }
        feed.flush().await?;
        Ok((feed.tally.clone(), feed.tenants()))
    }

    async fn ask(&self, tenant: &str, measures: &[&str], dimensions: &[&str]) -> Vec<Vec<Value>> {
        let query: Query = serde_json::from_value(json!({
            "measures": measures, "dimensions": dimensions,
            "time": {"from": "2026-01-01", "to": "2027-01-01"},
        }))
        .unwrap();
        let engine = Engine::new(self.lake.clone(), self.folder.clock.clone());
        engine.answer(&scope(tenant), &query, &[]).await.unwrap().rows
    }
}

#[tokio::test]
async fn a_csv_is_imported_once_however_often() {
    let desk = Desk::new().await;
    let csv = "when,name,user,value,duration_ms,plan\n\
        2026-11-01 10:00:00,view,7,,12,pro\n\
        2026-11-01 10:00:00,view,7,,12,pro\n\
        2026-11-02T10:00:00Z,buy,8,19.90,,007\n\
        never,buy,8,1,,\n";
    let path = desk.file("e.csv", csv);
    let (tally, _) = desk.import(&path, &["when=time"], None, false).await.unwrap();
    assert_eq!((tally.accepted, tally.duplicates, tally.rejected()), (3, 0, 1));
    assert_eq!(tally.codes["invalid_time"], 1);
    let (tally, _) = desk.import(&path, &["when=time"], None, false).await.unwrap();
    assert_eq!((tally.accepted, tally.duplicates), (0, 3));
    let rows = desk.ask("acme", &["events", "users", "value"], &["name"]).await;
    assert_eq!(rows[0], [json!("view"), json!(2), json!(1), json!("0.00")]);
    assert_eq!(rows[1], [json!("buy"), json!(1), json!(1), json!("19.90")]);
}

#[tokio::test]
async fn lines_may_be_events_as_they_are() {
    let desk = Desk::new().await;
    let lines = format!(
        "{}\n\n{}\n",
        json!({"id": "e-1", "name": "n", "time": "2026-11-01T00:00:00Z", "properties": {"a": 1}}),
        json!({"id": "e-2", "name": "n", "time": "2026-11-01T00:00:00Z", "deep": {"a": 1}}),
    );
    let path = desk.file("e.jsonl", &lines);
    let (tally, _) = desk.import(&path, &[], None, false).await.unwrap();
    assert_eq!((tally.accepted, tally.codes["nested_property"]), (1, 1));
    let broken = desk.file("b.jsonl", "{\"id\":1}\n{");
    let no = desk.import(&broken, &[], None, false).await.unwrap_err();
    assert!(crate::problem::chain(&no).contains("row 2"), "{no}");
}

#[tokio::test]
async fn parquet_rows_go_to_the_tenants_that_they_name() {
    let desk = Desk::new().await;
    let path = desk.folder.folder.path().join("e.parquet");
    let day = 86_400_000_000;
    let batch = RecordBatch::try_from_iter::<_, &str>([
        ("tenant_id", Arc::new(Int32Array::from(vec![1, 2, 1])) as _),
        ("event_time", Arc::new(TimestampMicrosecondArray::from(vec![20_700 * day; 3])) as _),
        ("event_name", Arc::new(StringArray::from(vec!["a", "b", "a"])) as _),
        ("user_id", Arc::new(Int64Array::from(vec![Some(5), None, Some(6)])) as _),
        ("revenue", Arc::new(Float64Array::from(vec![0.1, 0.0, 0.2])) as _),
    ])
    .unwrap();
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let map = ["event_time=time", "event_name=name", "user_id=user", "revenue=value"];
    let no = desk.import(&path, &map, Some("tenant_id"), false).await.unwrap_err();
    assert!(no.to_string().contains("inlay tenant create 1"), "{no}");
    let (tally, tenants) = desk.import(&path, &map, Some("tenant_id"), true).await.unwrap();
    assert_eq!((tally.accepted, tenants), (3, 2));
    let rows = desk.ask("1", &["events", "users", "value"], &[]).await;
    assert_eq!(rows, [[json!(2), json!(2), json!("0.30")]]);
    assert_eq!(desk.ask("2", &["events"], &["user"]).await, [[Value::Null, json!(1)]]);
}

#[tokio::test]
async fn a_row_must_name_a_tenant_that_can_be() {
    let desk = Desk::new().await;
    let path = desk.file("e.csv", "t,name,time\n../x,n,2026-11-01\n");
    let no = desk.import(&path, &[], Some("t"), true).await.unwrap_err();
    let ImportError::Unreadable { source, .. } = no else { panic!("{no}") };
    assert_eq!((source.row(), source.code()), (Some(1), "bad_tenant"));
}

#[test]
fn the_summary_counts_by_code() {
    let mut tally = Tally { accepted: 5, duplicates: 1, ..Tally::default() };
    assert_eq!(
        summary(&tally, 1, 1.26),
        "imported 5 events for 1 tenant in 1.3 s, 1 duplicates, 0 rejected"
    );
    tally.codes.insert("invalid_time".into(), 2);
    assert!(summary(&tally, 1, 1.0).ends_with("2 rejected (invalid_time 2; see the dead letters)"));
}
