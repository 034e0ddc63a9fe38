//! Small checks that typing a question is made of.

use std::sync::Arc;

use super::{COLUMNS, Invalid, Model};

/// Names of the known measures, for people.
pub(super) fn measures(model: &Model) -> String {
    model.measures().iter().map(|measure| &*measure.name).collect::<Vec<_>>().join(", ")
}

/// Names of the known dimensions, for people.
pub(super) fn dimensions(model: &Model) -> String {
    model.dimensions().iter().map(|dimension| &*dimension.name).collect::<Vec<_>>().join(", ")
}

/// Names of everything that can be filtered by, for people.
pub(super) fn filterable(model: &Model) -> String {
    let all = model.dimensions().iter().chain(COLUMNS.iter());
    all.map(|dimension| &*dimension.name).collect::<Vec<_>>().join(", ")
}

pub(super) fn at_most(
    count: usize,
    most: usize,
    code: &'static str,
    pointer: &str,
    what: &str,
) -> Result<(), Invalid> {
    if count <= most {
        return Ok(());
    }
    Err(Invalid::new(code, pointer, format!("{count} {what} are too many: at most {most}")))
}

/// Looks up each name; each may stand there once.
pub(super) fn known<T: PartialEq>(
    names: &[String],
    what: &'static str,
    pointer: &str,
    find: impl Fn(&str) -> Option<Arc<T>>,
    list: impl Fn() -> String,
) -> Result<Vec<Arc<T>>, Invalid> {
    let mut found: Vec<Arc<T>> = Vec::with_capacity(names.len());
    for (at, name) in names.iter().enumerate() {
        let pointer = format!("{pointer}/{at}");
        let Some(item) = find(name) else { return Err(unknown(what, name, pointer, &list())) };
        if found.contains(&item) {
            let code = if what == "measure" { "repeated_measure" } else { "repeated_dimension" };
            return Err(Invalid::new(code, pointer, format!("the {what} `{name}` stands twice")));
        }
        found.push(item);
    }
    Ok(found)
}

pub(super) fn unknown(
    what: &'static str,
    name: &str,
    pointer: impl Into<String>,
    known: &str,
) -> Invalid {
    let code = if what == "measure" { "unknown_measure" } else { "unknown_dimension" };
    let name: String = name.chars().take(64).collect();
    Invalid::new(code, pointer, format!("there is no {what} `{name}`; known: {known}"))
}
