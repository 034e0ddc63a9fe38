//! One spelling of names: snake_case.

use std::borrow::Cow;

/// A name in snake_case: humps, white space and ASCII signs become single underscores,
/// letters small ones. A name of nothing but signs stays as it is.
///
/// `pageType`, `Page Type`, `page-type` and `$page_type` become `page_type`; `HTTPServer2` becomes
/// `http_server2`.
pub fn snake_case(name: &str) -> Cow<'_, str> {
    if is_snake_case(name) {
        return Cow::Borrowed(name);
    }
    let mut snake = String::with_capacity(name.len() + 4);
    let mut characters = name.chars().peekable();
    let mut before = None;
    while let Some(character) = characters.next() {
        // Marks of other scripts belong to their letters, so they separate nothing.
        if character.is_whitespace() || character.is_ascii() && !character.is_alphanumeric() {
            before = None;
            if !snake.is_empty() && !snake.ends_with('_') {
                snake.push('_');
            }
            continue;
        }
        let hump = character.is_uppercase()
            && before.is_some_and(|before: char| {
                let end_of_capitals = characters.peek().is_some_and(|next| next.is_lowercase());
                !before.is_uppercase() || end_of_capitals
            });
        if hump {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
        before = Some(character);
    }
    while snake.ends_with('_') {
        snake.pop();
    }
    if snake.is_empty() { Cow::Borrowed(name) } else { Cow::Owned(snake) }
}

fn is_snake_case(name: &str) -> bool {
    let mut before = b'_';
    for byte in name.bytes() {
        match byte {
            b'_' if before == b'_' => return false,
            b'a'..=b'z' | b'0'..=b'9' | b'_' => before = byte,
            _ => return false,
        }
    }
    before != b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_becomes_one() {
        for (name, snake) in [
            ("page_type", "page_type"),
            ("pageType", "page_type"),
            ("PageType", "page_type"),
            ("page-type", "page_type"),
            ("Page  Type", "page_type"),
            ("page.type", "page_type"),
            ("$page_type", "page_type"),
            ("__page__type__", "page_type"),
            ("PAGE_TYPE", "page_type"),
            ("prop1", "prop1"),
            ("HTTPServer2", "http_server2"),
            ("pageURL", "page_url"),
            ("userID", "user_id"),
            ("utm2Source", "utm2_source"),
            ("größeInÄ", "größe_in_ä"),
            ("ÄHNLICH", "ähnlich"),
            ("Ünïcode_Name", "ünïcode_name"),
            ("日本", "日本"),
            ("$$", "$$"),
            ("", ""),
        ] {
            assert_eq!(snake_case(name), snake, "{name}");
        }
    }

    #[test]
    fn once_is_enough() {
        let samples = [
            "aB",
            "A",
            "ABc",
            "a1B",
            "ß",
            "İx",
            "a_b",
            "-a-",
            "aÄb",
            "x__",
            "ǅx",
            "ŉA",
            "नमस्ते",
            "e\u{301}A",
        ];
        for name in samples {
            let once = snake_case(name).into_owned();
            assert_eq!(snake_case(&once), once, "{name}");
        }
    }
}
