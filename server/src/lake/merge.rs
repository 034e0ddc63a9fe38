//! Which segments to put together. Pure, so that the bounds can be tested: the number of files of a
//! tenant stays small, and each row is rewritten a bounded number of times.

use crate::ids::SegmentId;
use crate::store::Segment;

/// Most rows of a segment that a flush makes of small ones.
const SMALL_ROWS: i64 = 32_768;
/// Most rows of a segment that was put together.
const MOST_ROWS: i64 = 524_288;
/// Most bytes that are put together at once.
const MOST_BYTES: i64 = 256 * 1024 * 1024;
/// So many segments of a tier are put together.
const FAN_IN: usize = 4;

/// Small segments to take along in a flush of so many new rows. Each one is no larger than what is
/// taken before it, so a row's segment doubles each time that it is rewritten.
pub(super) fn absorb(segments: &[Segment], new_rows: i64) -> Vec<SegmentId> {
    let mut small: Vec<&Segment> = segments.iter().filter(|s| s.rows < SMALL_ROWS).collect();
    small.sort_by_key(|segment| segment.rows);
    let mut total = new_rows;
    let mut taken = Vec::new();
    for segment in small {
        if segment.rows > total || total + segment.rows > SMALL_ROWS {
            break;
        }
        total += segment.rows;
        taken.push(segment.id.clone());
    }
    taken
}

/// Segments to put together besides: several of one tier, as many as make one large segment.
pub(super) fn tier(segments: &[Segment]) -> Option<Vec<SegmentId>> {
    // What is smaller than the first tier is left to `absorb`.
    let tiers = [SMALL_ROWS / 2..MOST_ROWS / 4, MOST_ROWS / 4..MOST_ROWS];
    for tier in tiers {
        let alike: Vec<&Segment> = segments.iter().filter(|s| tier.contains(&s.rows)).collect();
        if alike.len() < FAN_IN {
            continue;
        }
        let (mut rows, mut bytes) = (0, 0);
        let taken: Vec<SegmentId> = alike
            .into_iter()
            .take_while(|segment| {
                rows += segment.rows;
                bytes += segment.bytes;
                rows <= MOST_ROWS && bytes <= MOST_BYTES
            })
            .map(|segment| segment.id.clone())
            .collect();
        if taken.len() > 1 {
            return Some(taken);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::entropy::Entropy;

    struct Sizes {
        entropy: Entropy,
        segments: Vec<Segment>,
        rewritten: i64,
        merged: i64,
    }

    impl Sizes {
        fn new() -> Self {
            let entropy = Entropy::seeded([1; 32]);
            Self { entropy, segments: Vec::new(), rewritten: 0, merged: 0 }
        }

        fn replace(&mut self, taken: &[SegmentId], new_rows: i64) -> i64 {
            let (gone, rest) = self.segments.drain(..).partition(|s| taken.contains(&s.id));
            let gone: Vec<Segment> = gone;
            self.segments = rest;
            let rows = gone.iter().map(|segment| segment.rows).sum::<i64>();
            let id = SegmentId::new(Timestamp::UNIX_EPOCH, &self.entropy);
            let rows_in = rows + new_rows;
            self.segments.push(Segment {
                id,
                rows: rows_in,
                bytes: rows_in * 40,
                first_seq: 0,
                last_seq: 0,
                min_time: 0,
                max_time: 0,
                format: crate::store::SEGMENT_FORMAT,
                properties: crate::model::Properties::default(),
                rollup_bytes: 0,
            });
            rows
        }

        fn flush(&mut self, new_rows: i64) {
            let taken = absorb(&self.segments, new_rows);
            let rewritten = self.replace(&taken, new_rows);
            assert!(rewritten <= SMALL_ROWS);
            self.rewritten += rewritten;
            if let Some(taken) = tier(&self.segments) {
                let merged = self.replace(&taken, 0);
                assert!(merged <= MOST_ROWS);
                self.merged += merged;
            }
        }
    }

    #[test]
    fn files_stay_few_and_rewriting_bounded() {
        for (flushes, rows) in [(50_000, 1), (20_000, 40), (3_000, 997), (60, 131_072)] {
            let mut sizes = Sizes::new();
            let mut most = 0;
            for _ in 0..flushes {
                sizes.flush(rows);
                most = most.max(sizes.segments.len());
            }
            let total = flushes * rows;
            assert_eq!(sizes.segments.iter().map(|s| s.rows).sum::<i64>(), total);
            let full = usize::try_from(total / (MOST_ROWS / 2)).unwrap();
            assert!(most <= 24 + full, "{rows} rows a flush: {most} files");
            let times = (sizes.rewritten + sizes.merged) / total;
            assert!(times <= 20, "{rows} rows a flush: rewritten {times} times");
        }
    }

    #[test]
    fn a_large_segment_is_left_alone() {
        let mut sizes = Sizes::new();
        sizes.flush(MOST_ROWS);
        sizes.flush(1);
        assert_eq!(sizes.rewritten + sizes.merged, 0);
        assert_eq!(sizes.segments.len(), 2);
    }
}
