//! From declarations to a model: one layer upon another, everything that is wrong at once.

use std::sync::Arc;

use inlay_shared::{
    DimensionDefinition, FieldError, HierarchyDefinition, Layer, ModelDefinition,
    PropertyDefinition, PropertyKind,
};

use super::formula::formula;
use super::{
    COLUMNS, Column, Dimension, Field, Measure, Model, Part, Properties, PropertyName, PropertyType,
};

/// Most declarations of one sort in a layer.
const MOST: usize = 500;

impl Model {
    /// This model with another layer on it. What a layer below names cannot be named again.
    ///
    /// # Errors
    /// Everything that is wrong with the layer, by JSON pointer.
    pub fn with(
        &self,
        layer: Layer,
        declared: &ModelDefinition,
        version: String,
    ) -> Result<Self, Vec<FieldError>> {
        let mut built =
            Building { model: Self { version, ..self.clone() }, layer, wrong: Vec::new() };
        if declared.version != 1 {
            built.wrong("/version", "write `version: 1`: this build knows no other form");
        }
        built.properties(&declared.properties);
        built.dimensions(&declared.dimensions);
        built.measures(&declared.measures);
        built.hierarchies(&declared.hierarchies);
        if built.wrong.is_empty() { Ok(built.model) } else { Err(built.wrong) }
    }
}

pub(super) struct Building {
    pub(super) model: Model,
    pub(super) layer: Layer,
    wrong: Vec<FieldError>,
}

impl Building {
    pub(super) fn wrong(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.wrong.push(FieldError { pointer: pointer.into(), detail: detail.into() });
    }

    /// Can something of this name be declared here?
    fn name(&mut self, pointer: &str, name: &str) -> bool {
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        let pointer = format!("{pointer}/name");
        if !name.starts_with(|first: char| first.is_ascii_lowercase())
            || name.len() > 64
            || !name.bytes().all(plain)
        {
            let detail = "a name begins with a lower-case letter and has at most 64 lower-case \
                          letters, digits and `_`";
            self.wrong(pointer, detail);
            return false;
        }
        let taken = self.model.measures.iter().map(|measure| (&measure.name, measure.layer));
        let others =
            self.model.dimensions.iter().map(|dimension| (&dimension.name, dimension.layer));
        let taken = taken.chain(others).find(|(other, _)| *other == name).map(|(_, layer)| layer);
        let column = Field::ALL.iter().any(|field| field.column() == name) || name == "tenant";
        let detail = match taken {
            Some(Layer::BuiltIn) => format!("`{name}` is built in: choose another name"),
            Some(layer) if layer != self.layer => {
                format!("the deployment's model has `{name}` already: choose another name")
            }
            Some(_) => format!("`{name}` is declared twice: names are unique over all sorts"),
            None if column => format!("`{name}` is a column of events: choose another name"),
            None => return true,
        };
        self.wrong(pointer, detail);
        false
    }

    pub(super) fn label(&mut self, pointer: &str, name: &str, label: Option<&String>) -> String {
        let Some(label) = label else { return spoken(name) };
        if !(1..=120).contains(&label.chars().count()) {
            self.wrong(format!("{pointer}/label"), "a label has 1 to 120 characters");
        }
        label.clone()
    }

    fn few(&mut self, pointer: &str, count: usize) {
        if count > MOST {
            self.wrong(pointer, format!("{count} declarations are too many: at most {MOST}"));
        }
    }

    fn properties(&mut self, declared: &[PropertyDefinition]) {
        self.few("/properties", declared.len());
        let known: Vec<_> =
            self.model.properties.iter().map(|(name, kind)| (name.to_string(), kind)).collect();
        let mut all = known;
        for (at, property) in declared.iter().enumerate().take(MOST) {
            let pointer = format!("/properties/{at}");
            let label = self.label(&pointer, &property.name, property.label.as_ref());
            if !self.name(&pointer, &property.name) {
                continue;
            }
            if let Err(error) = Properties::check(&property.name) {
                self.wrong(format!("{pointer}/name"), error.to_string());
                continue;
            }
            let Some(name) = PropertyName::new(&property.name) else { continue };
            let kind = kind(property.kind);
            all.push((property.name.clone(), kind));
            let part = Part::Column(Column::Property(name), kind);
            self.add(property.name.clone(), label, part);
        }
        match Properties::declare(all.iter().map(|(name, kind)| (name.as_str(), *kind))) {
            Ok(properties) => self.model.properties = properties,
            Err(error) => self.wrong("/properties", error.to_string()),
        }
    }

    fn add(&mut self, name: String, label: String, part: Part) {
        let layer = self.layer;
        self.model.dimensions.push(Arc::new(Dimension { name, label, part, layer }));
    }

    fn dimensions(&mut self, declared: &[DimensionDefinition]) {
        self.few("/dimensions", declared.len());
        for (at, dimension) in declared.iter().enumerate().take(MOST) {
            let pointer = format!("/dimensions/{at}");
            let label = self.label(&pointer, &dimension.name, dimension.label.as_ref());
            let Some(of) = self.model.filterable(&dimension.of) else {
                let detail = self.no_column(&dimension.of);
                self.wrong(format!("{pointer}/of"), detail);
                continue;
            };
            if self.name(&pointer, &dimension.name) {
                self.add(dimension.name.clone(), label, of.part.clone());
            }
        }
    }

    fn hierarchies(&mut self, declared: &[HierarchyDefinition]) {
        self.few("/hierarchies", declared.len());
        for (at, hierarchy) in declared.iter().enumerate().take(MOST) {
            let pointer = format!("/hierarchies/{at}");
            let label = self.label(&pointer, &hierarchy.name, hierarchy.label.as_ref());
            if self.model.hierarchies.iter().any(|other| other.name == hierarchy.name) {
                let detail = format!("there is a hierarchy `{}` already", hierarchy.name);
                self.wrong(format!("{pointer}/name"), detail);
            }
            if !(2..=8).contains(&hierarchy.levels.len()) {
                let detail = "a hierarchy has 2 to 8 dimensions, the coarsest first";
                self.wrong(format!("{pointer}/levels"), detail);
            }
            for (level, name) in hierarchy.levels.iter().enumerate() {
                if self.model.dimension(name).is_none() {
                    let detail = self.no_dimension(name);
                    self.wrong(format!("{pointer}/levels/{level}"), detail);
                }
                if hierarchy.levels[..level].contains(name) {
                    let detail = format!("`{name}` stands in it twice");
                    self.wrong(format!("{pointer}/levels/{level}"), detail);
                }
            }
            let hierarchy = HierarchyDefinition { label: Some(label), ..hierarchy.clone() };
            self.model.hierarchies.push(hierarchy);
        }
    }

    fn measures(&mut self, declared: &[inlay_shared::MeasureDefinition]) {
        self.few("/measures", declared.len());
        // A measure may be made of one that stands further down.
        let mut open: Vec<usize> = (0..declared.len().min(MOST)).collect();
        loop {
            let waits = |at: &usize| {
                let names = [&declared[*at].of, &declared[*at].over, &declared[*at].under];
                let mut named = names.into_iter().flatten();
                named.any(|name| {
                    declared.iter().enumerate().any(|(other, measure)| {
                        measure.name == *name && open.contains(&other) && other != *at
                    })
                })
            };
            let (waiting, ready): (Vec<usize>, Vec<usize>) = open.iter().partition(|at| waits(at));
            let stuck = ready.is_empty();
            for at in if stuck { &waiting } else { &ready } {
                self.measure(&format!("/measures/{at}"), &declared[*at]);
            }
            if stuck || waiting.is_empty() {
                break;
            }
            open = waiting;
        }
        self.wrong.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    }

    fn measure(&mut self, pointer: &str, declared: &inlay_shared::MeasureDefinition) {
        let label = self.label(pointer, &declared.name, declared.label.as_ref());
        let fits = self.name(pointer, &declared.name);
        let unit = declared.unit.clone();
        if unit.as_ref().is_some_and(|unit| !(1..=40).contains(&unit.chars().count())) {
            self.wrong(format!("{pointer}/unit"), "a unit has 1 to 40 characters");
        }
        let currency = declared.currency.clone();
        let code = |code: &String| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
        if currency.as_ref().is_some_and(|text| !code(text)) {
            self.wrong(format!("{pointer}/currency"), "a currency is a code such as `EUR`");
        }
        let Some(formula) = formula(self, pointer, declared) else { return };
        if currency.is_some() && formula.is_money() {
            let detail = "these amounts have the currency of their events: leave `currency` out";
            self.wrong(format!("{pointer}/currency"), detail);
        }
        let format = declared.format.unwrap_or_else(|| formula.format(currency.is_some()));
        if fits {
            let (name, layer) = (declared.name.clone(), self.layer);
            let measure = Measure { name, label, format, unit, currency, layer, formula };
            self.model.measures.push(Arc::new(measure));
        }
    }

    pub(super) fn no_column(&self, name: &str) -> String {
        let columns = self.model.dimensions.iter().chain(COLUMNS.iter());
        missing("column or property", name, columns.map(|dimension| dimension.name.as_str()))
    }

    fn no_dimension(&self, name: &str) -> String {
        let known = self.model.dimensions.iter().map(|dimension| dimension.name.as_str());
        missing("dimension", name, known)
    }

    pub(super) fn no_measure(&self, name: &str) -> String {
        let known = self.model.measures.iter().map(|measure| measure.name.as_str());
        missing("measure", name, known)
    }
}

fn missing<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let shown: String = name.chars().take(64).collect();
    match super::similar::nearest(name, known) {
        Some(near) => format!("there is no {what} `{shown}`; did you mean `{near}`?"),
        None => format!("there is no {what} `{shown}`"),
    }
}

/// A name as people would say it: `order_value` is `Order value`.
fn spoken(name: &str) -> String {
    let mut text = name.replace('_', " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

const fn kind(kind: PropertyKind) -> PropertyType {
    match kind {
        PropertyKind::String => PropertyType::String,
        PropertyKind::Integer => PropertyType::Integer,
        PropertyKind::Decimal => PropertyType::Decimal,
        PropertyKind::Number => PropertyType::Number,
        PropertyKind::Boolean => PropertyType::Boolean,
        PropertyKind::Time => PropertyType::Time,
    }
}

#[cfg(test)]
mod tests;
