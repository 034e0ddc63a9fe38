//! Which groups there are. A group is at most four numbers: of a text + 1, of a part of the time + 1,
//! or 0 for what has no value.

use datafusion::common::HashMap;

/// The numbers of a group's keys; the rest are 0.
pub(super) type Combination = [u32; 4];

/// The groups that were seen, in the order in which they appeared.
#[derive(Debug, Default)]
pub(super) struct Groups {
    places: HashMap<Combination, u32>,
    seen: Vec<Combination>,
    closed: bool,
}

impl Groups {
    /// Only these groups: others have no place.
    pub(super) fn only(wanted: impl Iterator<Item = Combination>) -> Self {
        let mut groups = Self::default();
        for combination in wanted {
            groups.place(combination);
        }
        groups.closed = true;
        groups
    }

    /// The place of a group, a new one for a new group.
    pub(super) fn place(&mut self, combination: Combination) -> Option<u32> {
        if self.closed {
            return self.places.get(&combination).copied();
        }
        let next = u32::try_from(self.seen.len()).expect("fewer groups than rows of a query");
        let place = *self.places.entry(combination).or_insert(next);
        if place == next {
            self.seen.push(combination);
        }
        Some(place)
    }

    pub(super) fn seen(&self) -> &[Combination] {
        &self.seen
    }

    pub(super) fn len(&self) -> usize {
        self.seen.len()
    }

    /// Memory that they hold, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.places.capacity() * 21 + self.seen.capacity() * 16
    }
}
