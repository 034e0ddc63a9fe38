//! Checks of what a tenant declares: host names and brand.

use inlay_shared::{Brand, FieldError};
use url::Host;

/// A host name in the form in which a browser sends it, without port.
pub fn domain(text: &str) -> Option<String> {
    match Host::parse(text).ok()? {
        Host::Domain(name) if is_dns_name(&name) => Some(name),
        _ => None,
    }
}

/// The URL standard lets a host have characters that no DNS name has, `*` among them.
fn is_dns_name(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    name.contains('.') && name.len() <= 253 && name.bytes().all(fits)
}

/// What is wrong with a brand.
pub fn brand_errors(brand: &Brand) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if brand.name.trim().is_empty() || brand.name.chars().count() > 80 {
        errors.push(error("/name", "1 to 80 characters"));
    }
    for (pointer, colour) in [("/accent", &brand.accent), ("/accent_dark", &brand.accent_dark)] {
        if !is_colour(colour) {
            errors.push(error(pointer, "a colour as #rrggbb"));
        }
    }
    errors
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn error(pointer: &str, detail: &str) -> FieldError {
    FieldError { pointer: pointer.into(), detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_take_the_form_that_browsers_send() {
        assert_eq!(domain("Insights.Acme.Example").as_deref(), Some("insights.acme.example"));
        assert_eq!(domain("bücher.example").as_deref(), Some("xn--bcher-kva.example"));
        for bad in ["", "localhost", "127.0.0.1", "[::1]", "a.example:80", "a.example/x", "*.a.b"] {
            assert_eq!(domain(bad), None, "{bad}");
        }
    }

    #[test]
    fn colours_are_six_hexadecimal_digits() {
        let brand = |accent: &str| Brand {
            name: "Acme".into(),
            accent: accent.into(),
            accent_dark: "#88aaff".into(),
        };
        assert!(brand_errors(&brand("#1F5EFF")).is_empty());
        for bad in ["red", "#12345", "#1234567", "#12345g", "#fff;}"] {
            assert_eq!(brand_errors(&brand(bad)).len(), 1, "{bad}");
        }
    }
}
