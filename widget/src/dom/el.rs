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
    Element(El),
    Live(Box<dyn FnMut() -> View>),
}

/// An element with all that it carries. It is a pointer, because it goes through the hands of every
/// method below: moving the whole each time was a tenth of the module.
pub(crate) struct El(pub(super) Box<Carried>);

/// What an element carries.
pub(super) struct Carried {
    pub(super) tag: &'static str,
    pub(super) space: Option<&'static str>,
    pub(super) plain: Vec<Plain>,
    pub(super) handlers: Vec<Handler>,
    pub(super) size: Option<Box<dyn Fn(Size)>>,
    pub(super) follow: Option<Follow>,
    pub(super) kids: Vec<View>,
}

/// How large an element is, in pixels, and whether it reads from right to left.
#[derive(Clone, Copy, PartialEq, Default)]
pub(crate) struct Size {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) mirrored: bool,
}

/// Begins an element of HTML.
pub(crate) fn el(tag: &'static str, class: &'static str) -> El {
    let el = El(Box::new(Carried {
        tag,
        space: None,
        plain: Vec::new(),
        handlers: Vec::new(),
        size: None,
        follow: None,
        kids: Vec::new(),
    }));
    if class.is_empty() { el } else { el.set("class", class) }
}

/// Begins an element of SVG.
pub(crate) fn svg(tag: &'static str, class: &'static str) -> El {
    let mut el = el(tag, class);
    el.0.space = Some(SVG);
    el
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
    pub(crate) fn set(self, name: &'static str, value: impl Into<Words>) -> Self {
        self.put((name, value.into()))
    }

    #[inline(never)]
    fn put(mut self, plain: Plain) -> Self {
        self.0.plain.push(plain);
        self
    }

    /// Listens on the element itself: events that leave a shadow root lose their target.
    pub(crate) fn on(self, name: &'static str, handler: impl FnMut(Event) + 'static) -> Self {
        self.listen((name, Box::new(handler)))
    }

    #[inline(never)]
    fn listen(mut self, handler: Handler) -> Self {
        self.0.handlers.push(handler);
        self
    }

    /// Tells the element's size whenever it changes.
    pub(crate) fn size(mut self, tell: impl Fn(Size) + 'static) -> Self {
        self.0.size = Some(Box::new(tell));
        self
    }

    /// Changes the element whenever the signals change that `change` reads. What is inside stays.
    pub(crate) fn follow(mut self, change: impl Fn(&Element) + 'static) -> Self {
        self.0.follow = Some(Box::new(change));
        self
    }

    /// Adds a child.
    pub(crate) fn kid(self, kid: impl Into<View>) -> Self {
        self.take(kid.into())
    }

    #[inline(never)]
    fn take(mut self, kid: View) -> Self {
        self.0.kids.push(kid);
        self
    }

    /// Adds words.
    pub(crate) fn says(self, words: impl Into<Words>) -> Self {
        self.kid(text(words))
    }
}

impl From<El> for View {
    fn from(el: El) -> Self {
        Self::Element(el)
    }
}
