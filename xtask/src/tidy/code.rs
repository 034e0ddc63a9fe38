//! Rust source taken apart just enough for the rules: code without comments and literals, and the
//! text literals by themselves. Line numbers stay.

/// A source file in two layers.
pub(crate) struct Code {
    /// The source with the content of every comment and literal blanked.
    pub(crate) text: String,
    /// Each text literal with the line it starts on.
    pub(crate) literals: Vec<(usize, String)>,
}

impl Code {
    /// Takes a source apart.
    pub(crate) fn of(source: &str) -> Self {
        let mut scanner = Scanner {
            rest: source.chars().collect(),
            at: 0,
            line: 1,
            code: Self { text: String::with_capacity(source.len()), literals: Vec::new() },
        };
        scanner.scan();
        scanner.code
    }

    /// The lines of code, numbered from one.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Whether a line uses the macro of that name.
    pub(crate) fn calls_macro(line: &str, name: &str) -> bool {
        line.match_indices(name).any(|(at, _)| {
            !line[..at].ends_with(is_word)
                && line[at + name.len()..].starts_with('!')
                && !line[at + name.len()..].starts_with("!=")
        })
    }
}

/// Whether a character can be part of a name.
pub(crate) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

struct Scanner {
    rest: Vec<char>,
    at: usize,
    line: usize,
    code: Code,
}

impl Scanner {
    fn scan(&mut self) {
        while let Some(character) = self.peek(0) {
            match character {
                '/' if self.peek(1) == Some('/') => self.line_comment(),
                '/' if self.peek(1) == Some('*') => self.block_comment(),
                '"' => self.text(0, false),
                '\'' => self.character_or_lifetime(),
                c if is_word(c) => self.word(),
                _ => self.keep(),
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    /// Moves on by one character and returns it.
    fn step(&mut self) -> Option<char> {
        let character = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(character == '\n');
        Some(character)
    }

    fn keep(&mut self) {
        let character = self.step();
        self.code.text.extend(character);
    }

    fn blank(&mut self) -> Option<char> {
        let character = self.step()?;
        self.code.text.push(if character == '\n' { '\n' } else { ' ' });
        Some(character)
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.blank();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => return,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    /// A name, or the prefix of a literal such as `r#"…"#` or `b"…"`.
    fn word(&mut self) {
        let start = self.at;
        while self.peek(0).is_some_and(is_word) {
            self.keep();
        }
        let word: String = self.rest[start..self.at].iter().collect();
        let raw = matches!(word.as_str(), "r" | "br" | "cr");
        let hashes = (0..).take_while(|&n| self.peek(n) == Some('#')).count();
        if raw && self.peek(hashes) == Some('"') {
            for _ in 0..hashes {
                self.blank();
            }
            self.text(hashes, true);
        }
    }

    /// A text literal, from its opening quote on.
    fn text(&mut self, hashes: usize, raw: bool) {
        let line = self.line;
        let mut content = String::new();
        self.keep();
        while let Some(character) = self.peek(0) {
            if character == '"' && (1..=hashes).all(|n| self.peek(n) == Some('#')) {
                self.keep();
                for _ in 0..hashes {
                    self.blank();
                }
                break;
            }
            content.extend(self.blank());
            if character == '\\' && !raw {
                content.extend(self.blank());
            }
        }
        self.code.literals.push((line, content));
    }

    /// `'a'` and `'\n'` are literals, `'a` is a lifetime.
    fn character_or_lifetime(&mut self) {
        let is_literal = self.peek(1) == Some('\\') || self.peek(2) == Some('\'');
        self.keep();
        if !is_literal {
            return;
        }
        if self.blank() == Some('\\') {
            self.blank();
        }
        while self.blank().is_some_and(|c| c != '\'') {}
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn comments_and_literals_are_blanked_and_lines_stay() {
        let code = Code::of("a /* x\n /* y */ */ b // z\nc(\"d\\\"e\", 'f', '\\'', &'g h)");
        assert_eq!(code.text.lines().count(), 3);
        for gone in ["x", "y", "z", "d", "e", "f"] {
            assert!(!code.text.contains(gone), "{gone} is still in {:?}", code.text);
        }
        for kept in ["a", "b", "c(", "'g", "h)"] {
            assert!(code.text.contains(kept), "{kept} is gone from {:?}", code.text);
        }
        assert_eq!(code.literals, [(3, "d\\\"e".to_owned())]);
    }

    #[test]
    fn raw_text_ends_at_its_own_hashes() {
        let code = Code::of("let a = r#\"one \" two\"#; let r#type = br\"three\\\"; x");
        let literals: Vec<_> = code.literals.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(literals, ["one \" two", "three\\"]);
        assert!(code.text.ends_with("; x"));
    }

    #[test]
    fn a_macro_is_told_from_a_longer_name_and_from_a_comparison() {
        assert!(Code::calls_macro("let a = view! {", "view"));
        assert!(Code::calls_macro("leptos::view!(", "view"));
        assert!(!Code::calls_macro("overview!()", "view"));
        assert!(!Code::calls_macro("if view != other", "view"));
        assert!(!Code::calls_macro("if view!=other", "view"));
    }
}
