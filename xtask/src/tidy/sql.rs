//! SQL text lives in `store/` alone.
//!
//! A heuristic, on purpose: it looks at the first words of text literals and at the names of calls
//! that take SQL. Text put together from pieces escapes it; a reviewer does not.

use super::Finding;
use super::code::Code;
use super::tree::Tree;

const REASON: &str = "SQL lives in `store/`, behind a scope: elsewhere nothing would make sure that \
                      a statement names its tenant";

/// Calls that take a statement as text.
const CALLS: &[&str] = &[
    "from_sql_and_values",
    "execute_unprepared",
    "Statement::from_string",
    "sqlx::query",
    ".sql(",
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let sources = tree.below("server/src/", &[".rs"]);
    for (path, source) in sources.filter(|(path, _)| !path.starts_with("server/src/store")) {
        let code = Code::of(source);
        for (line, text) in code.literals.iter().filter(|(_, text)| is_statement(text)) {
            let start: String = text.trim().chars().take(24).collect();
            findings.push(Finding::new(
                path,
                *line,
                format!("`{start}…` is a statement: {REASON}"),
            ));
        }
        for (number, line) in code.lines() {
            for call in CALLS.iter().filter(|call| line.contains(**call)) {
                findings.push(Finding::new(path, number, format!("`{call}` takes one: {REASON}")));
            }
        }
    }
    findings
}

/// Whether a text begins as a statement does.
fn is_statement(text: &str) -> bool {
    let words: Vec<_> = text.split_whitespace().map(str::to_ascii_uppercase).collect();
    let has = |word: &str| words.iter().any(|other| other == word);
    let word = |index: usize| words.get(index).map_or("", String::as_str);
    match word(0) {
        "SELECT" => has("FROM") || word(1) == "1",
        "INSERT" => word(1) == "INTO" || word(1) == "OR",
        "UPDATE" => has("SET"),
        "DELETE" => word(1) == "FROM",
        "CREATE" | "ALTER" | "DROP" => {
            matches!(word(1), "TABLE" | "INDEX" | "UNIQUE" | "TRIGGER" | "VIEW" | "POLICY")
        }
        "WITH" => has("AS") && has("SELECT") || has("(SELECT"),
        "PRAGMA" => words.len() > 1,
        "BEGIN" => matches!(word(1), "IMMEDIATE" | "EXCLUSIVE" | "TRANSACTION"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(path: &str, source: &str) -> usize {
        check(&Tree::of(&[(path, source)])).len()
    }

    #[test]
    fn statements_outside_the_store_are_found() {
        for statement in [
            "SELECT id\\n FROM events",
            "insert into a values (1)",
            "UPDATE a SET b = 1",
            "DELETE FROM a",
            "PRAGMA journal_mode = wal",
            "CREATE TABLE a (b)",
            "WITH a AS (SELECT 1) SELECT 2",
        ] {
            let source = format!("let a = \"{}\";", statement.replace("\\n", "\n"));
            assert_eq!(breaches("server/src/api/a.rs", &source), 1, "{statement}");
            assert_eq!(breaches("server/src/store/a.rs", &source), 0, "{statement}");
        }
        assert_eq!(breaches("server/src/query/a.rs", "context.sql(&text)"), 1);
    }

    #[test]
    fn plain_english_is_no_statement() {
        for text in
            ["Select a range", "update the session", "delete", "with care as ever", "drop it"]
        {
            assert_eq!(
                breaches("server/src/api/a.rs", &format!("let a = \"{text}\";")),
                0,
                "{text}"
            );
        }
        assert_eq!(breaches("server/src/api/a.rs", "// SELECT a FROM b\n"), 0);
    }
}
