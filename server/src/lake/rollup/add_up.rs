//! Adds the rows of a segment up.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, Decimal128Array, DictionaryArray, Int32Array,
    Int64Array, RecordBatch, TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{Decimal128Type, Int64Type, TimestampMicrosecondType};
use datasketches::hll::{Coupon, HllSketch};

use super::keys::{Group, Texts, groups};
use super::{LG_REGISTERS, SKETCH_TYPE, SKETCHED, Table, Worth, file};
use crate::lake::segment_file::column;
use crate::lake::{LakeError, VALUE_SCALE};
use crate::model::Field;

/// Digits of a sum of amounts.
const SUM_PRECISION: u8 = 38;

/// The text columns that can be keys. An id is of one event.
const KEYS: [Field; 16] = [
    Field::Name,
    Field::Page,
    Field::Country,
    Field::Device,
    Field::Referrer,
    Field::Browser,
    Field::Os,
    Field::Channel,
    Field::UtmSource,
    Field::UtmMedium,
    Field::UtmCampaign,
    Field::UtmTerm,
    Field::UtmContent,
    Field::User,
    Field::Session,
    Field::Account,
];

/// The tables of a segment's rows, which are sorted by time. None of them, if the one without a key is
/// not small: then the others are not, either.
pub(super) fn tables(
    batch: &RecordBatch,
    worth: Worth,
) -> Result<Vec<(Table, RecordBatch)>, LakeError> {
    let rows = batch.num_rows();
    let currency = Texts::of(column(batch, Field::Currency))?;
    let times = column(batch, Field::Time).as_primitive::<TimestampMicrosecondType>().values();
    let mut counted = Vec::new();
    for field in SKETCHED {
        counted.push(Counted::of(batch, field)?);
    }
    let mut tables = Vec::new();
    for key in std::iter::once(None).chain(KEYS.map(Some)) {
        let texts = match key {
            None => Texts::none(rows),
            Some(field) => Texts::of(column(batch, field))?,
        };
        // A column without values says nothing that the table without a key does not.
        if key.is_some() && texts.texts.is_empty() {
            continue;
        }
        let most = rows / worth.part;
        let grouped =
            (texts.texts.len() <= most).then(|| groups(times, &texts, &currency, most)).flatten();
        match grouped {
            Some((groups, of_rows)) => {
                let sums =
                    Sums { batch, worth, counted: &counted, groups: &groups, of_rows: &of_rows };
                tables.extend(sums.table(key, &texts, &currency)?);
            }
            None if key.is_none() => break,
            None => {}
        }
    }
    Ok(tables)
}

/// A column whose different texts are counted: the place of each row's text + 1, 0 for none, and what
/// each text is in a sketch. Every table with sketches needs it.
struct Counted {
    places: Vec<u32>,
    coupons: Vec<Coupon>,
}

impl Counted {
    fn of(batch: &RecordBatch, field: Field) -> Result<Self, LakeError> {
        let Texts { places, texts } = Texts::of(column(batch, field))?;
        Ok(Self { places, coupons: texts.iter().flatten().map(Coupon::from_value).collect() })
    }
}

struct Sums<'a> {
    batch: &'a RecordBatch,
    worth: Worth,
    /// In the order of [`SKETCHED`].
    counted: &'a [Counted],
    groups: &'a [Group],
    of_rows: &'a [u32],
}

impl Sums<'_> {
    /// None, if a sum is too large for its column.
    fn table(
        &self,
        key: Option<Field>,
        texts: &Texts,
        currency: &Texts,
    ) -> Result<Option<(Table, RecordBatch)>, LakeError> {
        let Some((durations, durations_count)) = self.durations() else { return Ok(None) };
        let hours = self.groups.iter().map(|group| group.hour);
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(TimestampMicrosecondArray::from_iter_values(hours).with_timezone("UTC")),
            self.texts(texts, |group| group.key)?,
            self.texts(currency, |group| group.currency)?,
            Arc::new(self.events()),
            Arc::new(self.amounts()?),
            Arc::new(durations),
            Arc::new(durations_count),
        ];
        let sketched = self.groups.len() * self.worth.sketch <= self.of_rows.len();
        for counted in self.counted {
            let sketches = if sketched { self.sketches(counted) } else { self.no_sketches() };
            columns.push(Arc::new(sketches));
        }
        let names =
            |fields: &[Field]| fields.iter().map(|field| field.column().to_owned()).collect();
        let table = Table {
            key: key.map(|field| field.column().to_owned()),
            sketches: if sketched { names(&SKETCHED) } else { Vec::new() },
        };
        Ok(Some((table, RecordBatch::try_new(file::schema(), columns)?)))
    }

    fn each(&self, mut see: impl FnMut(usize, usize)) {
        for (row, group) in self.of_rows.iter().enumerate() {
            see(row, *group as usize);
        }
    }

    fn texts(&self, of: &Texts, place: impl Fn(&Group) -> u32) -> Result<ArrayRef, LakeError> {
        let keys = self.groups.iter().map(|group| {
            place(group).checked_sub(1).map(|at| i32::try_from(at).expect("few texts"))
        });
        let keys: Int32Array = keys.collect();
        Ok(Arc::new(DictionaryArray::try_new(keys, Arc::new(of.texts.clone()))?))
    }

    fn events(&self) -> Int64Array {
        let mut events = vec![0; self.groups.len()];
        self.each(|_, group| events[group] += 1);
        events.into()
    }

    /// Sums of amounts; none where there is no amount but zero, which has no currency.
    fn amounts(&self) -> Result<Decimal128Array, LakeError> {
        let amounts = column(self.batch, Field::Value).as_primitive::<Decimal128Type>();
        let mut sums: Vec<Option<i128>> = vec![None; self.groups.len()];
        self.each(|row, group| {
            let amount = amounts.value(row);
            if amounts.is_valid(row) && amount != 0 {
                *sums[group].get_or_insert(0) += amount;
            }
        });
        let sums: Decimal128Array = sums.into_iter().collect();
        Ok(sums.with_precision_and_scale(SUM_PRECISION, VALUE_SCALE)?)
    }

    /// Sums of durations and of how many events they are; none if one is beyond 64 bits.
    fn durations(&self) -> Option<(Int64Array, Int64Array)> {
        let durations = column(self.batch, Field::Duration).as_primitive::<Int64Type>();
        let (mut sums, mut counts) = (vec![0_i64; self.groups.len()], vec![0; self.groups.len()]);
        let mut fits = true;
        self.each(|row, group| {
            if durations.is_valid(row) {
                let sum = sums[group].checked_add(durations.value(row));
                fits &= sum.is_some();
                sums[group] = sum.unwrap_or_default();
                counts[group] += 1;
            }
        });
        fits.then(|| (sums.into(), counts.into()))
    }

    fn sketches(&self, counted: &Counted) -> BinaryArray {
        let empty = HllSketch::new(LG_REGISTERS, SKETCH_TYPE).expect("4 to 21 are possible");
        let mut sketches = vec![empty; self.groups.len()];
        self.each(|row, group| {
            if let Some(at) = counted.places[row].checked_sub(1) {
                sketches[group].update_with_coupon(counted.coupons[at as usize]);
            }
        });
        let stored = |sketch: &HllSketch| (!sketch.is_empty()).then(|| sketch.serialize());
        sketches.iter().map(stored).collect()
    }

    fn no_sketches(&self) -> BinaryArray {
        BinaryArray::new_null(self.groups.len())
    }
}
