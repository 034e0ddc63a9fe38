//! Cuts a stream of bytes into lines, wherever the network cut it into chunks.

/// What of the stream has no line end yet.
#[derive(Debug, Default)]
pub struct Lines {
    rest: Vec<u8>,
}

impl Lines {
    /// Takes the next chunk and gives each line that it completes to `line`, without its end.
    /// Empty lines are skipped.
    pub fn push(&mut self, mut chunk: &[u8], mut line: impl FnMut(&[u8])) {
        while let Some(end) = chunk.iter().position(|byte| *byte == b'\n') {
            let (head, tail) = chunk.split_at(end);
            chunk = &tail[1..];
            if self.rest.is_empty() {
                give(head, &mut line);
            } else {
                self.rest.extend_from_slice(head);
                give(&self.rest, &mut line);
                self.rest.clear();
            }
        }
        self.rest.extend_from_slice(chunk);
    }

    /// What came after the last line end; empty if the stream ended well.
    pub fn rest(&self) -> &[u8] {
        &self.rest
    }
}

fn give(bytes: &[u8], line: &mut impl FnMut(&[u8])) {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if !bytes.is_empty() {
        line(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(chunks: &[&[u8]]) -> (Vec<String>, Vec<u8>) {
        let mut lines = Lines::default();
        let mut seen = Vec::new();
        for chunk in chunks {
            lines.push(chunk, |line| seen.push(String::from_utf8(line.to_vec()).unwrap()));
        }
        (seen, lines.rest().to_vec())
    }

    #[test]
    fn a_line_may_come_in_any_number_of_chunks() {
        let whole = "{\"a\":\"é\"}\n{\"b\":2}\r\n\n{\"c\":3}\n".as_bytes();
        let expected = ["{\"a\":\"é\"}", "{\"b\":2}", "{\"c\":3}"];
        for size in 1..=whole.len() {
            let chunks: Vec<&[u8]> = whole.chunks(size).collect();
            assert_eq!(split(&chunks), (expected.map(String::from).to_vec(), vec![]), "{size}");
        }
    }

    #[test]
    fn what_has_no_end_stays() {
        assert_eq!(split(&[b"one\ntw", b"o"]), (vec!["one".into()], b"two".to_vec()));
    }
}
