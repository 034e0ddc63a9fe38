//! Everything that one tenant's questions can name.

use std::sync::{Arc, LazyLock};

use super::{COLUMNS, DIMENSIONS, Dimension, MEASURES, Measure, Properties};

/// The measures and dimensions of one tenant: the built-in ones, then those that were declared. Names
/// are unique over both.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    version: String,
    measures: Vec<Arc<Measure>>,
    dimensions: Vec<Arc<Dimension>>,
    properties: Properties,
}

static BUILT_IN: LazyLock<Arc<Model>> = LazyLock::new(|| {
    Arc::new(Model {
        version: "0".to_owned(),
        measures: MEASURES.clone(),
        dimensions: DIMENSIONS.clone(),
        properties: Properties::default(),
    })
});

impl Model {
    /// What every tenant has.
    pub fn built_in() -> Arc<Self> {
        BUILT_IN.clone()
    }

    /// Changes whenever anything in it does. Answers depend on it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The measure of that name.
    pub fn measure(&self, name: &str) -> Option<Arc<Measure>> {
        self.measures.iter().find(|measure| measure.name == name).cloned()
    }

    /// The dimension of that name.
    pub fn dimension(&self, name: &str) -> Option<Arc<Dimension>> {
        self.dimensions.iter().find(|dimension| dimension.name == name).cloned()
    }

    /// What rows are filtered by under that name: a dimension, or a column of events.
    pub fn filterable(&self, name: &str) -> Option<Arc<Dimension>> {
        let column = || COLUMNS.iter().find(|column| column.name == name).cloned();
        self.dimension(name).or_else(column)
    }

    /// All measures, the built-in ones first.
    pub fn measures(&self) -> &[Arc<Measure>] {
        &self.measures
    }

    /// All dimensions, the built-in ones first.
    pub fn dimensions(&self) -> &[Arc<Dimension>] {
        &self.dimensions
    }

    /// The declared properties, which have columns of their own.
    pub const fn properties(&self) -> &Properties {
        &self.properties
    }
}
