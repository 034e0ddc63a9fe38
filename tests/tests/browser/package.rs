//! The npm package `@inlay/embed`, packed as it would be published and checked by TypeScript.

use std::path::Path;

use inlay_tests::{node, npm_folder};
use tempfile::TempDir;

const SDK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sdk/embed");

/// Uses every part of the types.
const SAMPLE: &str = "
import { configure, create, load, type Filter, type InlayDashboardElement } from '@inlay/embed';

const filters: Filter[] = [{ dimension: 'country', op: 'in', values: ['DE'] }, { not: { dimension: 'page', op: 'is_set' } }];

export async function plain(base: string): Promise<InlayDashboardElement> {
  await load(base, { integrity: 'sha384-x' });
  const element = create({ dashboard: 'overview', session: '/session', mode: 'frame', theme: 'dark' });
  element.addEventListener('inlay-error', ({ detail }) => console.warn(detail.code.length, detail.retryable));
  element.addEventListener('inlay-select', (event) => event.detail.panel.trim());
  element.setRange('7d');
  element.setFilters(filters);
  configure(element, { dashboard: 'other', session: '/session' });
  document.querySelector('inlay-dashboard')?.refresh();
  return element;
}
";

/// A folder with the packed package and what it needs, as a customer's project has them.
pub(crate) fn project() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = folder.path();
    let to = root.display().to_string();
    let (ok, said) = node(Path::new(SDK), "npm", &["pack", "--silent", "--pack-destination", &to]);
    assert!(ok, "{said}");
    let modules = root.join("node_modules");
    std::fs::create_dir_all(modules.join("@inlay")).expect("the folder can be written");
    for entry in std::fs::read_dir(npm_folder().join("node_modules")).expect("it is there") {
        let entry = entry.expect("the folder can be read");
        std::os::unix::fs::symlink(entry.path(), modules.join(entry.file_name())).expect("a link");
    }
    let (ok, said) = node(root, "tar", &["xzf", "inlay-embed-0.1.0.tgz"]);
    assert!(ok, "{said}");
    std::fs::rename(root.join("package"), modules.join("@inlay/embed")).expect("it was unpacked");
    std::fs::write(root.join("package.json"), r#"{"type":"module"}"#).expect("a file");
    folder
}

/// What TypeScript says of a file.
fn judged(root: &Path, file: &str) -> (bool, String) {
    let options = "--noEmit --strict --skipLibCheck false --module nodenext \
                   --target es2022 --lib es2022,dom,dom.iterable";
    let mut arguments = vec!["node_modules/typescript/bin/tsc", file];
    arguments.extend(options.split_whitespace());
    node(root, "node", &arguments)
}

#[test]
fn its_types_let_right_use_through_and_stop_wrong_use() {
    let project = project();
    let root = project.path();
    std::fs::write(root.join("sample.ts"), SAMPLE).expect("a file");
    let (ok, said) = judged(root, "sample.ts");
    assert!(ok, "{said}");
    for (right, wrong) in [
        ("theme: 'dark'", "theme: 'pink'"),
        ("detail.code.length", "detail.token.length"),
        ("setRange('7d')", "setRange(7)"),
    ] {
        let sample = SAMPLE.replace(right, wrong);
        assert_ne!(sample, SAMPLE, "{right}");
        std::fs::write(root.join("wrong.ts"), sample).expect("a file");
        let (ok, said) = judged(root, "wrong.ts");
        assert!(!ok && said.contains("error TS"), "{wrong}: {said}");
    }
}
