//! `cargo xtask size`: what a browser downloads until the first chart, against its budget.
//!
//! The files are measured as they are served. The data is a real answer: a real server imports a
//! seeded set of events, mints a session, and is asked for the view in each encoding.

mod data;
mod http;
mod seed;
mod server;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde::Serialize;

use self::data::Served;
use crate::assets::{self, Sizes};
use crate::native::{self, Reach};

/// Bytes of brotli that the loader may have.
const LOADER_BUDGET: usize = 4 * 1024;
/// Bytes of brotli that the tracker of sites may have.
const TRACKER_BUDGET: usize = 2 * 1024;
/// Bytes of brotli that everything until the first chart may have.
const TOTAL_BUDGET: usize = 130 * 1024;

#[derive(Serialize)]
struct Report {
    loader: Sizes,
    glue: Sizes,
    wasm: Sizes,
    css: Sizes,
    data: Sizes,
    total: Sizes,
    /// On pages without a dashboard, so it is no part of the sum.
    tracker: Sizes,
}

/// Measures and prints; over budget is a failure.
pub(crate) fn size(json: bool) -> Result<ExitCode> {
    let folder = assets::build()?;
    let binary = native::binary(&native::build(Reach::Binary)?)?;
    let report = Report::of(&folder, data::measure(&binary)?)?;
    if json {
        println!("{}", serde_json::to_string(&report).context("sizes are plain data")?);
    } else {
        print!("{}", report.table());
    }
    let excesses = report.excesses();
    for excess in &excesses {
        eprintln!("error: {excess}");
    }
    Ok(if excesses.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The same for the benchmark: what it is, its bytes of brotli, and how many it may have.
pub(crate) fn brotli(
    folder: &Path,
    binary: &Path,
) -> Result<Vec<(&'static str, usize, Option<usize>)>> {
    let report = Report::of(folder, data::measure(binary)?)?;
    let named = |(name, sizes, budget): (&str, Sizes, _)| match name {
        "loader" => Some(("loader, brotli", sizes.brotli, budget)),
        "tracker" => Some(("tracker, brotli", sizes.brotli, budget)),
        "total" => Some(("everything to the first chart, brotli", sizes.brotli, budget)),
        _ => None,
    };
    Ok(report.rows().into_iter().filter_map(named).collect())
}

impl Report {
    fn of(folder: &Path, served: Served) -> Result<Self> {
        let Served { data, tracker } = served;
        let manifest = assets::read_manifest(folder)?;
        let measure = |name: &str| {
            let bytes = |form: &str| -> Result<usize> {
                let path = folder.join(format!("{name}{form}"));
                let metadata = fs::metadata(&path)
                    .with_context(|| format!("could not measure {}", path.display()))?;
                usize::try_from(metadata.len()).context("a file fits into memory")
            };
            anyhow::Ok(Sizes { raw: bytes("")?, gzip: bytes(".gz")?, brotli: bytes(".br")? })
        };
        let loader = measure(&manifest.loader)?;
        let glue = measure(&manifest.glue)?;
        let wasm = measure(&manifest.wasm)?;
        let css = measure(&manifest.css)?;
        let total = loader + glue + wasm + css + data;
        Ok(Self { loader, glue, wasm, css, data, total, tracker })
    }

    fn rows(&self) -> [(&'static str, Sizes, Option<usize>); 7] {
        [
            ("loader", self.loader, Some(LOADER_BUDGET)),
            ("glue", self.glue, None),
            ("wasm", self.wasm, None),
            ("css", self.css, None),
            ("data", self.data, None),
            ("total", self.total, Some(TOTAL_BUDGET)),
            ("tracker", self.tracker, Some(TRACKER_BUDGET)),
        ]
    }

    fn table(&self) -> String {
        let mut table =
            format!("{:<8}{:>10}{:>10}{:>10}{:>10}\n", "", "raw", "gzip", "brotli", "budget");
        for (name, sizes, budget) in self.rows() {
            let budget = budget.map_or_else(String::new, |budget| budget.to_string());
            let Sizes { raw, gzip, brotli } = sizes;
            let line = format!("{name:<8}{raw:>10}{gzip:>10}{brotli:>10}{budget:>10}");
            table.push_str(line.trim_end());
            table.push('\n');
        }
        table
    }

    fn excesses(&self) -> Vec<String> {
        self.rows()
            .into_iter()
            .filter_map(|(name, sizes, budget)| Some((name, sizes.brotli, budget?)))
            .filter(|(_, brotli, budget)| brotli > budget)
            .map(|(name, brotli, budget)| {
                format!("{name}: {brotli} bytes of brotli, the budget is {budget}")
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(loader: usize, wasm: usize) -> Report {
        let sizes = |brotli| Sizes { raw: brotli * 3, gzip: brotli + 1, brotli };
        let (loader, wasm, none) = (sizes(loader), sizes(wasm), Sizes::default());
        Report {
            loader,
            glue: none,
            wasm,
            css: none,
            data: none,
            total: loader + wasm,
            tracker: none,
        }
    }

    #[test]
    fn the_budget_counts_brotli_and_includes_its_last_byte() {
        assert!(report(LOADER_BUDGET, TOTAL_BUDGET - LOADER_BUDGET).excesses().is_empty());
        assert_eq!(report(LOADER_BUDGET + 1, 0).excesses().len(), 1);
        assert_eq!(report(LOADER_BUDGET + 1, TOTAL_BUDGET).excesses().len(), 2);
    }

    #[test]
    fn the_object_has_the_promised_shape() {
        let json = serde_json::to_value(report(1, 2)).expect("sizes are plain data");
        let mut keys: Vec<_> = json.as_object().expect("an object").keys().cloned().collect();
        keys.sort();
        assert_eq!(keys, ["css", "data", "glue", "loader", "total", "tracker", "wasm"]);
        assert_eq!(json["total"]["brotli"], 3);
        assert_eq!(json["loader"]["raw"], 3);
    }

    #[test]
    fn the_table_has_a_line_for_each_part() {
        assert_eq!(report(1, 2).table().lines().count(), 8);
    }
}
