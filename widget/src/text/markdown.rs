//! Reads a small, safe part of Markdown: what a dashboard's texts are made of.
//!
//! There is no HTML and there are no pictures: everything else is words as they were written. Links lead to
//! `https:`, `http:` and `mailto:` alone.

/// A block of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// What it says.
    pub spans: Vec<Span>,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Lines up to an empty one.
    Paragraph,
    /// A headline; 1 is the largest of three.
    Heading(u8),
    /// An entry of a list.
    Item,
    /// An entry of a numbered list.
    Numbered,
    /// Words to be shown as they are.
    Code,
}

/// Words in one style.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// The words.
    pub words: String,
    /// How they are shown.
    pub style: Style,
}

/// How words are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Style {
    /// As the text around them.
    Plain,
    /// `**so**`
    Strong,
    /// `*so*`
    Emphasis,
    /// `` `so` ``
    Code,
    /// `[so](https://…)`
    Link(String),
}

/// Reads a text.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::new();
    let mut open: Option<(Kind, String)> = None;
    let mut fenced = false;
    let mut close = |open: &mut Option<(Kind, String)>| {
        let Some((kind, words)) = open.take() else { return };
        let spans = match kind {
            Kind::Code => vec![Span { words, style: Style::Code }],
            _ => spans(&words),
        };
        out.push(Block { kind, spans });
    };
    for line in text.split('\n') {
        let bare = bare(line);
        if bare.starts_with("```") {
            close(&mut open);
            fenced = !fenced;
            continue;
        }
        if fenced {
            match &mut open {
                Some((_, words)) => {
                    words.push('\n');
                    words.push_str(line);
                }
                None => open = Some((Kind::Code, line.into())),
            }
            continue;
        }
        let begun = begins(bare);
        if bare.is_empty() || begun.is_some() {
            close(&mut open);
        }
        match (begun, &mut open) {
            (Some((kind, rest)), _) => {
                open = Some((kind, rest.into()));
                if let Kind::Heading(_) = kind {
                    close(&mut open);
                }
            }
            (None, Some((_, words))) => {
                words.push(' ');
                words.push_str(bare);
            }
            (None, None) if !bare.is_empty() => open = Some((Kind::Paragraph, bare.into())),
            (None, None) => {}
        }
    }
    close(&mut open);
    out
}

/// Whether a line begins a headline or an entry of a list, and the words of it.
fn begins(line: &str) -> Option<(Kind, &str)> {
    for (mark, kind) in [
        ("# ", Kind::Heading(1)),
        ("## ", Kind::Heading(2)),
        ("### ", Kind::Heading(3)),
        ("- ", Kind::Item),
        ("* ", Kind::Item),
    ] {
        if let Some(rest) = line.strip_prefix(mark) {
            return Some((kind, bare(rest)));
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = line.get(digits..)?.strip_prefix(". ").filter(|_| (1..4).contains(&digits))?;
    Some((Kind::Numbered, bare(rest)))
}

/// Cuts words where their style changes.
fn spans(words: &str) -> Vec<Span> {
    let mut out = Vec::new();
    let mut plain = String::new();
    let mut rest = words;
    while !rest.is_empty() {
        if let Some((span, length)) = marked(rest) {
            push(&mut out, &mut plain);
            out.push(span);
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        // A backslash takes the meaning from the mark after it.
        let escaped = rest.strip_prefix('\\');
        let escaped = escaped.filter(|after| after.starts_with(['*', '`', '[', '\\', '#']));
        let mut letters = escaped.unwrap_or(rest).chars();
        plain.extend(letters.next());
        rest = letters.as_str();
    }
    push(&mut out, &mut plain);
    out
}

fn push(out: &mut Vec<Span>, plain: &mut String) {
    if !plain.is_empty() {
        out.push(Span { words: std::mem::take(plain), style: Style::Plain });
    }
}

/// The marked words that a text begins with, and their length with the marks.
fn marked(text: &str) -> Option<(Span, usize)> {
    if text.starts_with('[') {
        let close = place_of(text, "](")?;
        let address = text.get(close + 2..)?;
        let end = place_of(address, ")")?;
        let (words, address) = (text.get(1..close)?, address.get(..end)?);
        let safe = ["https://", "http://", "mailto:"].iter().any(|way| address.starts_with(way));
        let span = Span { words: words.into(), style: Style::Link(address.into()) };
        return (safe && !words.is_empty()).then_some((span, close + end + 3));
    }
    for (mark, style) in [("**", Style::Strong), ("*", Style::Emphasis), ("`", Style::Code)] {
        let Some(inner) = text.strip_prefix(mark) else { continue };
        let words = inner.get(..place_of(inner, mark)?)?;
        let fits = !words.is_empty() && (mark == "`" || bare(words) == words);
        let length = words.len() + 2 * mark.len();
        return fits.then_some((Span { words: words.into(), style }, length));
    }
    None
}

/// Where a mark of ASCII letters stands first. The standard search is made for long texts, and long.
fn place_of(text: &str, mark: &str) -> Option<usize> {
    text.as_bytes().windows(mark.len()).position(|piece| piece == mark.as_bytes())
}

/// Words without the blanks around them.
fn bare(mut words: &str) -> &str {
    while let Some(rest) = words.strip_prefix([' ', '\t', '\r']) {
        words = rest;
    }
    while let Some(rest) = words.strip_suffix([' ', '\t', '\r']) {
        words = rest;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(Kind, String)> {
        let words = |block: &Block| block.spans.iter().map(|span| &*span.words).collect();
        blocks(text).iter().map(|block| (block.kind, words(block))).collect()
    }

    fn one(words: &str, style: Style) -> Span {
        Span { words: words.into(), style }
    }

    #[test]
    fn blocks_are_headlines_paragraphs_and_lists() {
        let text = "# Title\nfirst\nline\n\nsecond\n- one\n  more\n* two\n2. three\n### Small\n#no";
        let block = |kind, words: &str| (kind, String::from(words));
        assert_eq!(
            said(text),
            [
                block(Kind::Heading(1), "Title"),
                block(Kind::Paragraph, "first line"),
                block(Kind::Paragraph, "second"),
                block(Kind::Item, "one more"),
                block(Kind::Item, "two"),
                block(Kind::Numbered, "three"),
                block(Kind::Heading(3), "Small"),
                block(Kind::Paragraph, "#no"),
            ]
        );
        assert_eq!(said("```\na *b*\n\nc\n```\nd")[0], block(Kind::Code, "a *b*\n\nc"));
        assert!(said("\n \n").is_empty());
    }

    #[test]
    fn words_have_styles() {
        let block = &blocks("a **b** *c* `d*` [e](https://x.example/?q=1) f")[0];
        assert_eq!(
            block.spans,
            [
                one("a ", Style::Plain),
                one("b", Style::Strong),
                one(" ", Style::Plain),
                one("c", Style::Emphasis),
                one(" ", Style::Plain),
                one("d*", Style::Code),
                one(" ", Style::Plain),
                one("e", Style::Link("https://x.example/?q=1".into())),
                one(" f", Style::Plain),
            ]
        );
    }

    #[test]
    fn what_is_not_meant_as_a_mark_stays_as_it_is() {
        for text in ["2 * 3 * 4", "**", "a*", "[a](javascript:alert(1))", "[a]", "<b>x</b>", "`é"]
        {
            let block = &blocks(text)[0];
            assert!(block.spans.iter().all(|span| span.style == Style::Plain), "{text}");
            assert_eq!(said(text)[0].1, text);
        }
        assert_eq!(said("\\*a\\* \\b é\\")[0].1, "*a* \\b é\\");
    }
}
