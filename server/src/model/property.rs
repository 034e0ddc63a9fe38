//! Properties of events: their names, and which of them have a type.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::{DIMENSIONS, Field, MEASURES, PropertyType};
use crate::event::snake_case;

/// Most characters of a name inside. One of 64 characters as it came can grow by underscores.
const LONGEST: usize = 128;
/// Most characters of a name that is declared.
const LONGEST_DECLARED: usize = 64;

/// The name of a property in the one spelling that is used inside: `page_type` for what came as
/// `pageType`, `PageType`, `page-type` or `page_type`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PropertyName(Arc<str>);

impl PropertyName {
    /// Brings a name into the one spelling. `None`: it is empty, or too long to be a property's.
    pub fn new(name: &str) -> Option<Self> {
        let name = snake_case(name);
        let fits = !name.is_empty() && name.chars().count() <= LONGEST;
        fits.then(|| Self(name.as_ref().into()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PropertyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for PropertyName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Why a name cannot be declared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProperty {
    /// It is no plain name.
    #[error(
        "a property's name has 1 to {LONGEST_DECLARED} lower-case letters, digits and `_`, and begins with a letter: \
         `{0}` does not"
    )]
    Shape(String),
    /// It is the name of something that every tenant has.
    #[error("`{0}` is built in: choose another name, and let a mapping lead the property there")]
    BuiltIn(String),
    /// It stands there already.
    #[error("the property `{0}` is declared twice")]
    Repeated(String),
}

/// The declared properties and their types. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Properties(Arc<BTreeMap<PropertyName, PropertyType>>);

impl Properties {
    /// Checks and collects declarations.
    ///
    /// # Errors
    /// [`InvalidProperty`] for the first one that cannot be.
    pub fn declare<'a>(
        list: impl IntoIterator<Item = (&'a str, PropertyType)>,
    ) -> Result<Self, InvalidProperty> {
        let mut declared = BTreeMap::new();
        for (name, kind) in list {
            Self::check(name)?;
            if declared.insert(PropertyName(name.into()), kind).is_some() {
                return Err(InvalidProperty::Repeated(name.to_owned()));
            }
        }
        Ok(Self(Arc::new(declared)))
    }

    /// Can a property of this name be declared?
    ///
    /// # Errors
    /// [`InvalidProperty`], with what to do.
    pub fn check(name: &str) -> Result<(), InvalidProperty> {
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        let shaped = name.len() <= LONGEST_DECLARED
            && name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(plain)
            && snake_case(name) == name;
        if !shaped {
            return Err(InvalidProperty::Shape(name.chars().take(LONGEST_DECLARED).collect()));
        }
        let built_in = Field::ALL.iter().any(|field| field.column() == name)
            || DIMENSIONS.iter().any(|dimension| dimension.name == name)
            || MEASURES.iter().any(|measure| measure.name == name)
            || name == "tenant";
        if built_in {
            return Err(InvalidProperty::BuiltIn(name.to_owned()));
        }
        Ok(())
    }

    /// The type of a property, if it is declared.
    pub fn kind(&self, name: &str) -> Option<PropertyType> {
        self.0.get(name).copied()
    }

    /// All of them in the order of their names, which is that of their columns.
    pub fn iter(&self) -> impl Iterator<Item = (&PropertyName, PropertyType)> {
        self.0.iter().map(|(name, kind)| (name, *kind))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Does this have everything that `other` has, each of the same type?
    pub fn covers(&self, other: &Self) -> bool {
        other.0.iter().all(|(name, kind)| self.0.get(name) == Some(kind))
    }
}

/// As the catalogue keeps it: `estimate:integer,plan:string`.
impl fmt::Display for Properties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, kind)) in self.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{name}:{}", kind.name())?;
        }
        Ok(())
    }
}

/// A text that no [`Properties`] wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no list of properties")]
pub struct NoProperties;

impl FromStr for Properties {
    type Err = NoProperties;

    fn from_str(text: &str) -> Result<Self, NoProperties> {
        // Names are not checked again: what was declared once may be built in today.
        let read = |part: &str| {
            let (name, kind) = part.split_once(':')?;
            Some((PropertyName(name.into()), PropertyType::find(kind)?))
        };
        let parts = text.split(',').filter(|part| !part.is_empty());
        let declared =
            parts.map(|part| read(part).ok_or(NoProperties)).collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(declared)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_spelling() {
        for name in ["pageType", "PageType", "page-type", "page_type", "Page Type"] {
            assert_eq!(PropertyName::new(name).unwrap().as_str(), "page_type", "{name}");
        }
        assert_eq!(PropertyName::new(""), None);
        assert_eq!(PropertyName::new(&"x".repeat(129)), None);
    }

    #[test]
    fn what_is_built_in_cannot_be_declared() {
        let declare = |name| Properties::declare([(name, PropertyType::String)]);
        assert!(declare("plan").is_ok());
        for name in ["time", "seq", "users", "value", "hour_of_day", "browser", "tenant"] {
            assert_eq!(declare(name), Err(InvalidProperty::BuiltIn(name.to_owned())));
        }
        for name in ["", "Plan", "1st", "a-b", "ä", "a__b", "a_", &"x".repeat(65)] {
            assert!(matches!(declare(name), Err(InvalidProperty::Shape(_))), "{name}");
        }
        let twice = [("plan", PropertyType::String), ("plan", PropertyType::Integer)];
        assert_eq!(Properties::declare(twice), Err(InvalidProperty::Repeated("plan".to_owned())));
    }

    #[test]
    fn the_catalogue_reads_what_it_wrote() {
        let all = PropertyType::ALL.map(|kind| (kind.name(), kind));
        let all = all.into_iter().filter(|(name, _)| Properties::check(name).is_ok());
        let list = Properties::declare(all).unwrap();
        assert_eq!(list.to_string().parse(), Ok(list));
        assert_eq!("".parse(), Ok(Properties::default()));
        assert_eq!("plan".parse::<Properties>(), Err(NoProperties));
        assert_eq!("plan:json".parse::<Properties>(), Err(NoProperties));
    }

    #[test]
    fn a_list_covers_what_it_has_with_the_same_types() {
        let list = |parts: &[(&'static str, PropertyType)]| {
            Properties::declare(parts.iter().copied()).unwrap()
        };
        let two = list(&[("plan", PropertyType::String), ("seats", PropertyType::Integer)]);
        assert!(two.covers(&list(&[("plan", PropertyType::String)])));
        assert!(two.covers(&Properties::default()));
        assert!(!two.covers(&list(&[("plan", PropertyType::Integer)])));
        assert!(!Properties::default().covers(&two));
    }
}
