//! The pieces put together: each file gets its name, and the names get into the scripts that need
//! them. The order is the order of need: loader after widget, frame page after loader.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::binding::Bound;
use super::manifest::{Entry, Manifest};
use super::packed::Packed;
use super::script::lean;

/// Stands in a script for the object of names that is put there.
const PLACEHOLDER: &str = "__INLAY_ASSETS__";

/// The sources under `www/`, as they were written.
pub(crate) struct Sources {
    loader: String,
    remote: String,
    frame: String,
    page: String,
    widget: String,
    /// Goes into one file with the glue, which would be one more request before the first chart.
    attach: String,
    /// Names of languages and their words, as JSON.
    words: Vec<(String, String)>,
    tools: String,
    more: String,
}

/// Everything that is served.
pub(crate) struct Site {
    pub(crate) manifest: Manifest,
    pub(crate) files: Vec<Packed>,
}

impl Sources {
    pub(crate) fn read(www: &Path) -> Result<Self> {
        let read = |name: &str| {
            let path = www.join(name);
            fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))
        };
        Ok(Self {
            loader: read("loader/v1.js")?,
            remote: read("loader/remote.js")?,
            frame: read("frame/frame.js")?,
            page: read("frame/page.css")?,
            widget: read("widget/widget.css")?,
            attach: read("widget/attach.js")?,
            words: words(&www.join("lang"))?,
            tools: read("widget/tools.js")?,
            more: read("widget/more.js")?,
        })
    }
}

/// Every language but English, which is in the widget.
fn words(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut words = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("could not list {}", folder.display()))?
    {
        let path = entry.context("the folder of languages changed while it was read")?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path)
            .with_context(|| format!("could not read {}", path.display()))?;
        words.push((name, text));
    }
    words.sort();
    Ok(words)
}

/// How the files are made: the code of this folder. A change of it makes them anew.
const RECIPE: &[&str] = &[
    include_str!("binding.rs"),
    include_str!("folder.rs"),
    include_str!("manifest.rs"),
    include_str!("packed.rs"),
    include_str!("script.rs"),
    include_str!("site.rs"),
];

/// A name for everything that the assets follow from: the module, the sources, and the recipe.
pub(crate) fn fingerprint(module: &[u8], sources: &Sources) -> String {
    let Sources { loader, remote, frame, page, widget, attach, tools, more, words } = sources;
    let words = words.iter().flat_map(|(name, text)| [name, text]);
    let sources =
        [loader, remote, frame, page, widget, attach, tools, more].into_iter().chain(words);
    let sources = sources.map(|source| source.as_bytes());
    let recipe = RECIPE.iter().map(|code| code.as_bytes());
    let mut hasher = blake3::Hasher::new();
    for part in sources.chain(recipe).chain([module]) {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    }
    hasher.finalize().to_hex().to_string()
}

/// Names, fills in and compresses everything.
pub(crate) fn assemble(bound: Bound, sources: &Sources) -> Result<Site> {
    let text = |source: &str| lean(source).into_bytes();
    let css = Packed::new("widget", "css", text(&sources.widget))?;
    let page = Packed::new("page", "css", text(&sources.page))?;
    let wasm = Packed::new("inlay", "wasm", bound.wasm)?;
    let glue = Packed::new("inlay", "js", text(&format!("{}\n{}", bound.glue, sources.attach)))?;
    let remote = Packed::new("remote", "js", text(&sources.remote))?;
    let mut words = Vec::new();
    for (name, text) in &sources.words {
        words.push((name.as_str(), Packed::new(name, "json", compact(name, text)?)?));
    }
    let tools = Packed::new("tools", "js", text(&sources.tools))?;
    let more = Packed::new("more", "js", text(&sources.more))?;
    let address = |file: &Packed| format!("assets/{}", file.name);
    let addresses = words.iter().map(|(name, file)| ((*name).to_owned(), json!(address(file))));
    let names = json!({
        "glue": address(&glue),
        "wasm": address(&wasm),
        "wasmIntegrity": wasm.integrity,
        "css": address(&css),
        "cssIntegrity": css.integrity,
        "remote": address(&remote),
        "words": addresses.collect::<serde_json::Map<_, _>>(),
        "tools": address(&tools),
        "more": address(&more),
    });
    let loader = fill(&sources.loader, &names).context("www/loader/v1.js")?;
    let loader = Packed::new("v1", "js", loader.into_bytes())?;
    let names = json!({ "loader": address(&loader) });
    let frame = fill(&sources.frame, &names).context("www/frame/frame.js")?;
    let frame = Packed::new("frame", "js", frame.into_bytes())?;
    let mut manifest = Manifest {
        loader: loader.name.clone(),
        glue: glue.name.clone(),
        wasm: wasm.name.clone(),
        css: css.name.clone(),
        frame: frame.name.clone(),
        page: page.name.clone(),
        files: Vec::new(),
    };
    let mut files = vec![loader, glue, wasm, css, frame, page, remote, tools, more];
    files.extend(words.into_iter().map(|(_, file)| file));
    manifest.files = files
        .iter()
        .map(|file| Entry {
            name: file.name.clone(),
            content_type: file.content_type.to_owned(),
            integrity: file.integrity.clone(),
        })
        .collect();
    Ok(Site { manifest, files })
}

/// A language's file without the blanks that are for people.
fn compact(name: &str, text: &str) -> Result<Vec<u8>> {
    let words: Value =
        serde_json::from_str(text).with_context(|| format!("www/lang/{name}.json"))?;
    serde_json::to_vec(&words).context("a value is JSON")
}

/// Puts the names where the script's code asks for them. A mention in a comment does not count.
fn fill(script: &str, names: &Value) -> Result<String> {
    let script = lean(script);
    let found = script.matches(PLACEHOLDER).count();
    ensure!(found == 1, "`{PLACEHOLDER}` stands in its code {found} times, and it must be once");
    Ok(script.replace(PLACEHOLDER, &names.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(widget_css: &str) -> Result<Site> {
        let sources = Sources {
            remote: "export function framed() {}".into(),
            words: vec![("de".into(), "{\"up\": \"gestiegen\"}".into())],
            loader: "// __INLAY_ASSETS__ is filled in\nconst A = __INLAY_ASSETS__;\n".into(),
            frame: "import(__INLAY_ASSETS__.loader);".into(),
            page: "body { margin: 0 }".into(),
            widget: widget_css.into(),
            attach: "export let c;".into(),
            tools: "export let a;".into(),
            more: "export let b;".into(),
        };
        assemble(Bound { wasm: b"\0asm".to_vec(), glue: "export default 1;".into() }, &sources)
    }

    fn named<'a>(site: &'a Site, name: &str) -> &'a Packed {
        site.files.iter().find(|file| file.name == name).expect("the manifest names its files")
    }

    #[test]
    fn the_loader_names_what_it_loads() -> Result<()> {
        let site = site("a { b: c }")?;
        let loader = String::from_utf8(named(&site, &site.manifest.loader).raw.clone())?;
        for name in [&site.manifest.glue, &site.manifest.wasm, &site.manifest.css] {
            assert!(loader.contains(&format!("\"assets/{name}\"")), "{name} is not in {loader}");
        }
        assert!(loader.contains(&named(&site, &site.manifest.wasm).integrity));
        for apart in ["\"remote\":\"assets/remote-", "\"words\":{\"de\":\"assets/de-"] {
            assert!(loader.contains(apart), "{apart} is not in {loader}");
        }
        let frame = String::from_utf8(named(&site, &site.manifest.frame).raw.clone())?;
        assert!(frame.contains(&site.manifest.loader));
        Ok(())
    }

    #[test]
    fn a_change_below_renames_all_above_and_nothing_beside() -> Result<()> {
        let (one, other) = (site("a { b: c }")?.manifest, site("a { b: d }")?.manifest);
        assert_ne!(one.css, other.css);
        assert_ne!(one.loader, other.loader);
        assert_ne!(one.frame, other.frame);
        assert_eq!((one.glue, one.wasm, one.page), (other.glue, other.wasm, other.page));
        Ok(())
    }

    #[test]
    fn a_script_without_the_placeholder_is_refused() {
        assert!(fill("// __INLAY_ASSETS__\nlet a;", &json!({})).is_err());
        assert!(fill("f(__INLAY_ASSETS__, __INLAY_ASSETS__)", &json!({})).is_err());
    }
}
