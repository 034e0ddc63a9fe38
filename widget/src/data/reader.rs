//! Reads a view's lines and notices when it was cut off.

use inlay_shared::ViewLine;

use super::{lines::Lines, wire};

/// A view ended before its end line, or a line of it is not what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutOff;

/// Reads one view.
#[derive(Debug, Default)]
pub struct Reader {
    lines: Lines,
    has_layout: bool,
    ended: bool,
}

impl Reader {
    /// Takes the next chunk and gives the lines that it completes, in order, to `line`. After a
    /// refusal nothing more is to be read.
    pub fn push(&mut self, chunk: &[u8], mut line: impl FnMut(ViewLine)) -> Result<(), CutOff> {
        let Self { lines, has_layout, ended } = self;
        let mut refused = false;
        lines.push(chunk, |bytes| {
            if refused {
                return;
            }
            match wire::read(bytes, wire::view_line) {
                Some(read) if in_place(&read, *has_layout, *ended) => {
                    *has_layout = true;
                    *ended = matches!(read, ViewLine::End(_));
                    line(read);
                }
                _ => refused = true,
            }
        });
        if refused { Err(CutOff) } else { Ok(()) }
    }

    /// Says whether the view was whole, once the stream has ended.
    pub fn finish(&self) -> Result<(), CutOff> {
        if self.ended && self.lines.rest().is_empty() { Ok(()) } else { Err(CutOff) }
    }
}

/// The layout is the first line, and nothing follows the end.
fn in_place(line: &ViewLine, has_layout: bool, ended: bool) -> bool {
    matches!(line, ViewLine::Layout(_)) != has_layout && !ended
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: &str = r#"{"type":"layout","dashboard":"overview","title":"Overview","range":"30d","time":{"from":"2026-10-01","to":"2026-10-31","zone":"UTC"},"ranges":[],"capabilities":[],"refresh_seconds":30,"panels":[]}"#;
    const END: &str = r#"{"type":"end","version":"v1"}"#;

    fn view(text: &str) -> (usize, Result<(), CutOff>) {
        let mut reader = Reader::default();
        let mut count = 0;
        for chunk in text.as_bytes().chunks(7) {
            if let Err(cut) = reader.push(chunk, |_| count += 1) {
                return (count, Err(cut));
            }
        }
        (count, reader.finish())
    }

    #[test]
    fn a_whole_view_is_read() {
        assert_eq!(view(&format!("{LAYOUT}\n{END}\n")), (2, Ok(())));
    }

    #[test]
    fn a_view_without_its_end_was_cut_off() {
        assert_eq!(view(&format!("{LAYOUT}\n")), (1, Err(CutOff)));
        assert_eq!(view(&format!("{LAYOUT}\n{}", &END[..9])), (1, Err(CutOff)));
        assert_eq!(view(""), (0, Err(CutOff)));
    }

    #[test]
    fn a_malformed_or_misplaced_line_is_refused() {
        assert_eq!(view(&format!("{LAYOUT}\n{{\"type\":\"pan\n{END}\n")), (1, Err(CutOff)));
        assert_eq!(view(&format!("{END}\n")), (0, Err(CutOff)));
        assert_eq!(view(&format!("{LAYOUT}\n{LAYOUT}\n{END}\n")), (1, Err(CutOff)));
        assert_eq!(view(&format!("{LAYOUT}\n{END}\n{END}\n")), (2, Err(CutOff)));
    }
}
