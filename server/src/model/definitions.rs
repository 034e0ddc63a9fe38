//! Everything that one tenant's questions can name.

use std::sync::{Arc, LazyLock};

use inlay_shared::{self as wire, Layer, ModelDefinition};

use super::{
    COLUMNS, Column, DIMENSIONS, Dimension, MEASURES, Measure, Part, Properties, PropertyName,
    PropertyType,
};

/// Before the name of a property that is not declared.
const UNDECLARED: &str = "properties.";

/// The measures and dimensions of one tenant: the built-in ones, then those that the deployment
/// declares, then the tenant's own. Names are unique over all of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(super) version: String,
    pub(super) measures: Vec<Arc<Measure>>,
    pub(super) dimensions: Vec<Arc<Dimension>>,
    pub(super) hierarchies: Vec<wire::HierarchyDefinition>,
    pub(super) properties: Properties,
}

static BUILT_IN: LazyLock<Arc<Model>> = LazyLock::new(|| {
    Arc::new(Model {
        version: "0".to_owned(),
        measures: MEASURES.clone(),
        dimensions: DIMENSIONS.clone(),
        hierarchies: Vec::new(),
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

    /// The dimension of that name. `properties.<name>` is one for any property, as its text unless it
    /// is declared.
    pub fn dimension(&self, name: &str) -> Option<Arc<Dimension>> {
        let known = self.dimensions.iter().find(|dimension| dimension.name == name).cloned();
        known.or_else(|| {
            let property = PropertyName::new(name.strip_prefix(UNDECLARED)?)?;
            let label = property.as_str().replace('_', " ");
            let part = match self.properties.kind(property.as_str()) {
                Some(kind) => Part::Column(Column::Property(property), kind),
                None => Part::Column(Column::Undeclared(property), PropertyType::String),
            };
            Some(Arc::new(Dimension { name: name.to_owned(), label, part, layer: Layer::BuiltIn }))
        })
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

    /// As it stands in an answer, with what the tenant itself declares.
    pub fn wire(&self, own: ModelDefinition) -> wire::Model {
        let dimension = |dimension: &Arc<Dimension>| wire::DimensionInfo {
            name: dimension.name.clone(),
            label: dimension.label.clone(),
            kind: dimension.part.kind(),
            layer: dimension.layer,
        };
        let measure = |measure: &Arc<Measure>| wire::MeasureInfo {
            name: measure.name.clone(),
            label: measure.label.clone(),
            kind: measure.kind(),
            format: measure.format,
            unit: measure.unit.clone(),
            currency: measure.currency.clone(),
            layer: measure.layer,
        };
        wire::Model {
            version: self.version.clone(),
            dimensions: self.dimensions.iter().map(dimension).collect(),
            hierarchies: self.hierarchies.clone(),
            measures: self.measures.iter().map(measure).collect(),
            own,
        }
    }
}
