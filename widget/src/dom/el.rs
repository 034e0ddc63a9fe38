//! The one kind of view that the widget draws: an element, words, or a part that follows signals.
//!
//! Leptos' own builders make a type of each combination of tag, attributes and children, and the
//! compiler code of each type; this single type is a third of the module smaller. It is mounted,
//! kept up to date and taken away by Leptos' effects and owners like any other view, and it is built
//! by `createElement` alone: nothing here is ever parsed as markup, so pages that require Trusted
//! Types have nothing to refuse.

use std::borrow::Cow;

use web_sys::{Element, Event};

const SVG: &str = "http://www.w3.org/2000/svg";

pub(super) type Words = Cow<'static, str>;
pub(super) type Plain = (&'static str, Words);
pub(super) type Handler = (&'static str, Box<dyn FnMut(Event)>);
pub(super) type Follow = Box<dyn Fn(&Element)>;

/// Something to draw.
pub(crate) enum View {
    Nothing,
    Text(Words),
    Element(Box<El>),
    Live(Box<dyn FnMut() -> View>),
}

/// An element with all that it carries.
pub(crate) struct El {
    pub(super) tag: &'static str,
    pub(super) space: Option<&'static str>,
    pub(super) plain: Vec<Plain>,
    pub(super) handlers: Vec<Handler>,
    pub(super) size: Option<Box<dyn Fn(f64, f64)>>,
    pub(super) follow: Option<Follow>,
    pub(super) kids: Vec<View>,
}

/// Begins an element of HTML.
pub(crate) fn el(tag: &'static str, class: &'static str) -> El {
    let el = El {
        tag,
        space: None,
        plain: Vec::new(),
        handlers: Vec::new(),
        size: None,
        follow: None,
        kids: Vec::new(),
    };
    if class.is_empty() { el } else { el.set("class", class) }
}

/// Begins an element of SVG.
pub(crate) fn svg(tag: &'static str, class: &'static str) -> El {
    El { space: Some(SVG), ..el(tag, class) }
}

/// Words.
pub(crate) fn text(words: impl Into<Words>) -> View {
    View::Text(words.into())
}

/// A part that is worked out anew when what it reads changes.
pub(crate) fn live(part: impl FnMut() -> View + 'static) -> View {
    View::Live(Box::new(part))
}

impl El {
    /// Sets an attribute. `style:name` is a property of the element's style, set through the object
    /// model: a strict policy refuses the attribute `style`. `prop:checked` is whether a radio button
    /// is on: its attribute says only how it began.
    pub(crate) fn set(mut self, name: &'static str, value: impl Into<Words>) -> Self {
        self.plain.push((name, value.into()));
        self
    }

    /// Listens on the element itself: events that leave a shadow root lose their target.
    pub(crate) fn on(mut self, name: &'static str, handler: impl FnMut(Event) + 'static) -> Self {
        self.handlers.push((name, Box::new(handler)));
        self
    }

    /// Tells the element's width and height whenever they change.
    pub(crate) fn size(mut self, tell: impl Fn(f64, f64) + 'static) -> Self {
        self.size = Some(Box::new(tell));
        self
    }

    /// Changes the element whenever the signals change that `change` reads. What is inside stays.
    pub(crate) fn follow(mut self, change: impl Fn(&Element) + 'static) -> Self {
        self.follow = Some(Box::new(change));
        self
    }

    /// Adds a child.
    pub(crate) fn kid(mut self, kid: impl Into<View>) -> Self {
        self.kids.push(kid.into());
        self
    }

    /// Adds words.
    pub(crate) fn says(self, words: impl Into<Words>) -> Self {
        self.kid(text(words))
    }
}

impl From<El> for View {
    fn from(el: El) -> Self {
        Self::Element(Box::new(el))
    }
}
