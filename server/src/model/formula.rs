//! How a declared measure is computed.

use inlay_shared::{ColumnType, Format, MeasureDefinition, MeasureKind};

use super::declare::Building;
use super::{Aggregate, Compute, Condition, Formula, Numbers, Part, conditions};

/// Types a declaration; what is wrong with it is said to `built`.
pub(super) fn formula(
    built: &mut Building,
    pointer: &str,
    declared: &MeasureDefinition,
) -> Option<Formula> {
    let needless = needless(declared);
    for (field, is_there) in needless {
        if is_there {
            let detail = format!("a measure of this kind has no `{field}`: leave it out");
            built.wrong(format!("{pointer}/{field}"), detail);
        }
    }
    let found = conditions(&built.model, &declared.filters, &format!("{pointer}/filters"));
    let conditions = match found {
        Ok(conditions) => conditions,
        Err(invalid) => {
            built.wrong(invalid.pointer, invalid.detail);
            return None;
        }
    };
    let formula = match declared.kind {
        MeasureKind::Ratio => {
            let over = plain(built, pointer, "over", declared.over.as_ref());
            let under = plain(built, pointer, "under", declared.under.as_ref());
            Formula::Ratio { over: over?, under: under? }
        }
        MeasureKind::Cumulative => {
            let one = plain(built, pointer, "of", declared.of.as_ref())?;
            if !one.compute.is_additive() {
                let detail = "only a count or a sum has a running total: the numbers of other kinds \
                              do not add up over buckets";
                built.wrong(format!("{pointer}/of"), detail);
                return None;
            }
            Formula::Cumulative(one)
        }
        MeasureKind::Filtered => {
            if declared.filters.is_empty() {
                let detail = "a filtered measure has at least one filter";
                built.wrong(format!("{pointer}/filters"), detail);
            }
            measure(built, pointer, "of", declared.of.as_ref())?
        }
        kind => Formula::Plain(compute(built, pointer, kind, declared)?.into()),
    };
    Some(formula.only(&conditions))
}

/// Fields that are there although the kind takes none.
fn needless(declared: &MeasureDefinition) -> [(&'static str, bool); 4] {
    let kind = declared.kind;
    let ratio = kind == MeasureKind::Ratio;
    let no_of = matches!(kind, MeasureKind::Ratio | MeasureKind::Count);
    [
        ("of", no_of && declared.of.is_some()),
        ("over", !ratio && declared.over.is_some()),
        ("under", !ratio && declared.under.is_some()),
        ("percent", kind != MeasureKind::Percentile && declared.percent.is_some()),
    ]
}

fn given<'a>(
    built: &mut Building,
    pointer: &str,
    field: &str,
    what: &str,
    name: Option<&'a String>,
) -> Option<&'a String> {
    if name.is_none() {
        built.wrong(format!("{pointer}/{field}"), format!("`{field}` is missing: name {what}"));
    }
    name
}

/// Another measure.
fn measure(
    built: &mut Building,
    pointer: &str,
    field: &str,
    name: Option<&String>,
) -> Option<Formula> {
    let name = given(built, pointer, field, "a measure", name)?;
    let found = built.model.measure(name);
    if found.is_none() {
        let detail = built.no_measure(name);
        built.wrong(format!("{pointer}/{field}"), detail);
    }
    found.map(|measure| measure.formula.clone())
}

/// Another measure that is one number about rows.
fn plain(
    built: &mut Building,
    pointer: &str,
    field: &str,
    name: Option<&String>,
) -> Option<Aggregate> {
    match measure(built, pointer, field, name)? {
        Formula::Plain(one) => Some(one),
        Formula::Ratio { .. } | Formula::Cumulative(_) => {
            let detail = "name a measure that is no ratio and no running total itself";
            built.wrong(format!("{pointer}/{field}"), detail);
            None
        }
    }
}

fn compute(
    built: &mut Building,
    pointer: &str,
    kind: MeasureKind,
    declared: &MeasureDefinition,
) -> Option<Compute> {
    if kind == MeasureKind::Count {
        return Some(Compute::Count);
    }
    let name = given(built, pointer, "of", "a column or a property", declared.of.as_ref())?;
    let Some(of) = built.model.filterable(name) else {
        let detail = built.no_column(name);
        built.wrong(format!("{pointer}/of"), detail);
        return None;
    };
    let Part::Column(column, typed) = of.part.clone() else {
        let detail = format!("`{name}` is a part of the time: name a column or a property");
        built.wrong(format!("{pointer}/of"), detail);
        return None;
    };
    if kind == MeasureKind::Distinct {
        return Some(Compute::Distinct(column));
    }
    let Some(numbers) = Numbers::new(column, typed) else {
        let detail = format!(
            "`{name}` has no numbers: name `value`, `duration_ms`, or a property that is declared \
             as `integer`, `decimal` or `number`"
        );
        built.wrong(format!("{pointer}/of"), detail);
        return None;
    };
    Some(match kind {
        MeasureKind::Sum => Compute::Sum(numbers),
        MeasureKind::Average => Compute::Mean(numbers),
        MeasureKind::Min => Compute::Min(numbers),
        MeasureKind::Max => Compute::Max(numbers),
        _ => Compute::Percentile(numbers, per_mille(built, pointer, declared.percent)?),
    })
}

fn per_mille(built: &mut Building, pointer: &str, percent: Option<f64>) -> Option<u16> {
    let tenths = percent.unwrap_or(0.0) * 10.0;
    let whole = tenths.round();
    if (whole - tenths).abs() > 1e-6 || !(1.0..=999.0).contains(&whole) {
        let detail = "`percent` is more than 0 and less than 100, with at most one digit behind the \
                      point";
        built.wrong(format!("{pointer}/percent"), detail);
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 999")]
    Some(whole as u16)
}

impl Formula {
    /// The same about rows that meet these conditions besides.
    fn only(mut self, conditions: &[Condition]) -> Self {
        let narrow = |one: &mut Aggregate| one.conditions.extend_from_slice(conditions);
        match &mut self {
            Self::Plain(one) | Self::Cumulative(one) => narrow(one),
            Self::Ratio { over, under } => {
                narrow(over);
                narrow(under);
            }
        }
        self
    }

    /// How its numbers are written if nobody says.
    pub(super) fn format(&self, priced: bool) -> Format {
        let durations = |one: &Aggregate| {
            let column = one.compute.numbers().map(|numbers| &numbers.column);
            column == Some(&super::Column::Field(super::Field::Duration))
        };
        match self {
            _ if self.is_money() || priced => Format::Money,
            Self::Plain(one) | Self::Cumulative(one) if durations(one) => Format::Duration,
            Self::Ratio { over, .. } if durations(over) => Format::Duration,
            Self::Ratio { over, under }
                if over.compute.kind() == ColumnType::Integer && over.compute == under.compute =>
            {
                Format::Percent
            }
            _ => Format::Number,
        }
    }
}
