//! Reads the live stream: server-sent events, of which only the ids matter here.

use super::lines::Lines;

/// Reads one live stream.
#[derive(Debug, Default)]
pub struct News {
    lines: Lines,
}

impl News {
    /// Takes the next chunk and gives the id of each event in it.
    pub fn push(&mut self, chunk: &[u8], mut id: impl FnMut(&str)) {
        self.lines.push(chunk, |line| {
            let field = line.strip_prefix(b"id: ").and_then(|text| std::str::from_utf8(text).ok());
            if let Some(text) = field {
                id(text);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_and_everything_else_is_passed_over() {
        let stream =
            b"retry: 2000\n\n:\n\nid: a-1\nevent: revision\ndata: {\"id: x\":1}\n\nid: b\n\nid: c";
        for size in 1..stream.len() {
            let (mut news, mut ids) = (News::default(), Vec::new());
            for chunk in stream.chunks(size) {
                news.push(chunk, |id| ids.push(id.to_owned()));
            }
            assert_eq!(ids, ["a-1", "b"], "in chunks of {size}");
        }
    }
}
