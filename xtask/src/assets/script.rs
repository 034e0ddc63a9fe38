//! Scripts and styles made lean without a minifier: what is shipped stays what was written, line by
//! line, and a reader of the browser's debugger can follow it.

/// Takes out whole-line comments, block comments that start a line, blank lines and indentation.
///
/// It knows lines, not syntax. Sources therefore hold no text literal over several lines and start
/// no line with `//` or `/*` inside one.
pub(crate) fn lean(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut in_comment = false;
    for line in source.lines() {
        let mut line = line.trim();
        loop {
            if !in_comment && !line.starts_with("/*") {
                break;
            }
            let Some(end) = line.find("*/") else {
                in_comment = true;
                line = "";
                break;
            };
            in_comment = false;
            line = line[end + 2..].trim_start();
        }
        if !line.is_empty() && !line.starts_with("//") {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::lean;

    #[test]
    fn comments_blank_lines_and_indentation_go() {
        let source = "// head\n/** a\n * b\n */\nexport class A {\n  /* one */ b() { // stays\n\n    return 1 / 2;\n  }\n}\n";
        assert_eq!(lean(source), "export class A {\nb() { // stays\nreturn 1 / 2;\n}\n}\n");
    }

    #[test]
    fn two_comments_in_a_row_go_and_code_behind_them_stays() {
        assert_eq!(lean("/* a */ /* b */ let c;"), "let c;\n");
        assert_eq!(lean("/* a\nb */ let c;"), "let c;\n");
    }

    #[test]
    fn a_comment_inside_a_line_stays() {
        assert_eq!(lean("fetch('https://x'); /* y */"), "fetch('https://x'); /* y */\n");
    }
}
