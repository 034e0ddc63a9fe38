//! Text columns as numbers, and rows as groups.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int32Type};

use super::HOUR;
use crate::lake::LakeError;

/// Most entries of the table from a key and a currency to a group.
const MOST_SLOTS: usize = 4 * 1024 * 1024;

/// A text column: for each row 0 for no value, or the place of its text + 1.
pub(super) struct Texts {
    pub(super) places: Vec<u32>,
    pub(super) texts: StringArray,
}

impl Texts {
    pub(super) fn of(column: &ArrayRef) -> Result<Self, LakeError> {
        let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let numbered = cast(column, &kind)?;
        let numbered = numbered.as_dictionary::<Int32Type>();
        let places = numbered.keys().iter().map(|key| {
            key.map_or(0, |key| u32::try_from(key).expect("places are never negative") + 1)
        });
        Ok(Self { places: places.collect(), texts: numbered.values().as_string().clone() })
    }

    /// A column without any value.
    pub(super) fn none(rows: usize) -> Self {
        Self { places: vec![0; rows], texts: StringArray::from(Vec::<&str>::new()) }
    }
}

/// One row of a table to come: its hour in microseconds since 1970, and the places of its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) hour: i64,
    pub(super) key: u32,
    pub(super) currency: u32,
}

/// The groups of rows that rise in time, by time, and the group of each row. None, if there are more
/// than `most`.
pub(super) fn groups(
    times: &[i64],
    key: &Texts,
    currency: &Texts,
    most: usize,
) -> Option<(Vec<Group>, Vec<u32>)> {
    let width = currency.texts.len() + 1;
    let slots = (key.texts.len() + 1).checked_mul(width).filter(|slots| *slots <= MOST_SLOTS)?;
    // The group that was last seen with a key and a currency; it may be of an earlier hour.
    let mut last = vec![u32::MAX; slots];
    let mut groups: Vec<Group> = Vec::new();
    let mut of_rows = Vec::with_capacity(times.len());
    for (row, time) in times.iter().enumerate() {
        let hour = time.div_euclid(HOUR) * HOUR;
        let group = Group { hour, key: key.places[row], currency: currency.places[row] };
        let slot = &mut last[group.key as usize * width + group.currency as usize];
        if groups.get(*slot as usize).is_none_or(|known| known.hour != hour) {
            if groups.len() == most {
                return None;
            }
            *slot = u32::try_from(groups.len()).expect("fewer groups than rows of a segment");
            groups.push(group);
        }
        of_rows.push(*slot);
    }
    Some((groups, of_rows))
}
