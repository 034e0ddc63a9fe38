//! Gives texts numbers, in the order in which they appear. One arena, one table, no allocation a text.

use std::hash::BuildHasher;

use datafusion::common::hash_utils::RandomState;

/// Different texts and their numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    arena: String,
    /// Where each text ends in the arena, and its hash.
    entries: Vec<(usize, u64)>,
    /// Number + 1 by hash; 0 is free. Its length is a power of two, at least twice the entries.
    table: Vec<u32>,
    state: RandomState,
}

impl Texts {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Memory that it holds, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.arena.capacity() + self.entries.capacity() * 16 + self.table.capacity() * 4
    }

    /// The text of a number that was given.
    pub(super) fn text(&self, number: u32) -> &str {
        let index = number as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.entries[before].0);
        &self.arena[start..self.entries[index].0]
    }

    /// The number of a text, a new one for a new text.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        let hash = self.state.hash_one(text.as_bytes());
        self.number_of(text, hash)
    }

    /// The numbers that the texts of another one have here.
    pub(super) fn take_in(&mut self, other: &Self) -> Vec<u32> {
        let numbers = 0..u32::try_from(other.len()).expect("numbers are 32 bits wide");
        // Both hash alike.
        let number = |at: u32| self.number_of(other.text(at), other.entries[at as usize].1);
        numbers.map(number).collect()
    }

    fn number_of(&mut self, text: &str, hash: u64) -> u32 {
        if self.table.len() < (self.entries.len() + 1) * 2 {
            self.grow();
        }
        let mask = self.table.len() - 1;
        let mut at = place(hash, mask);
        loop {
            match self.table[at] {
                0 => break,
                taken => {
                    let number = taken - 1;
                    if self.entries[number as usize].1 == hash && self.text(number) == text {
                        return number;
                    }
                }
            }
            at = (at + 1) & mask;
        }
        let number = u32::try_from(self.entries.len()).expect("fewer texts than rows of a query");
        self.table[at] = number + 1;
        self.arena.push_str(text);
        self.entries.push((self.arena.len(), hash));
        number
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(64);
        self.table.clear();
        self.table.resize(size, 0);
        for (number, (_, hash)) in (1_u32..).zip(&self.entries) {
            let mut at = place(*hash, size - 1);
            while self.table[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            self.table[at] = number;
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the mask keeps the low bits")]
const fn place(hash: u64, mask: usize) -> usize {
    (hash ^ (hash >> 32)) as usize & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_number() {
        let mut texts = Texts::default();
        let numbers: Vec<u32> = (0..1_000).map(|n| texts.number(&format!("text {n}"))).collect();
        assert_eq!(numbers, (0..1_000).collect::<Vec<_>>());
        assert_eq!(
            (texts.number("text 77"), texts.number(""), texts.number("ä")),
            (77, 1_000, 1_001)
        );
        assert_eq!((texts.text(0), texts.text(1_000), texts.text(1_001)), ("text 0", "", "ä"));
        assert_eq!(texts.len(), 1_002);
    }

    #[test]
    fn texts_of_another_are_found_or_added() {
        let (mut ours, mut theirs) = (Texts::default(), Texts::default());
        for text in ["a", "b"] {
            ours.number(text);
        }
        for text in ["c", "b"] {
            theirs.number(text);
        }
        assert_eq!(ours.take_in(&theirs), [2, 1]);
        assert_eq!(ours.text(2), "c");
    }
}
