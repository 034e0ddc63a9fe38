//! Elements with plain attributes, listeners and children, through Leptos' builders.
//!
//! One concrete type of attributes and one of children keep the module small: the usual builders
//! make a type, and code, of each combination.

use std::borrow::Cow;

use leptos::{
    prelude::*,
    tachys::{
        html::{
            attribute::{Attribute, NextAttribute},
            element::{ElementType, HtmlElement},
        },
        renderer::types::Element,
        view::{Position, ToTemplate},
    },
};
use wasm_bindgen::JsCast;
use web_sys::Event;

use super::guard::{Listener, SizeWatch};

/// A handler of an event.
pub(crate) type Handler = Box<dyn FnMut(Event) + Send>;

type Plain = (&'static str, Cow<'static, str>);

/// What an element carries.
#[derive(Default)]
pub(crate) struct Attrs {
    plain: Vec<Plain>,
    handlers: Vec<(&'static str, Handler)>,
    size: Option<Box<dyn Fn(f64, f64) + Send>>,
    node: Option<Box<dyn Fn(&Element) + Send>>,
}

/// Begins with a class.
pub(crate) fn class(class: &'static str) -> Attrs {
    Attrs::default().set("class", class)
}

impl Attrs {
    /// Sets an attribute. `--name` and `style:name` are properties of the element's style, set
    /// through the object model: a strict policy refuses the attribute `style`.
    pub(crate) fn set(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.plain.push((name, value.into()));
        self
    }

    /// Sets an attribute if there is a value.
    pub(crate) fn maybe(self, name: &'static str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// Listens on the element itself: events that leave a shadow root lose their target.
    pub(crate) fn on(
        mut self,
        name: &'static str,
        handler: impl FnMut(Event) + Send + 'static,
    ) -> Self {
        self.handlers.push((name, Box::new(handler)));
        self
    }

    /// Tells the element's width and height whenever they change.
    pub(crate) fn size(mut self, tell: impl Fn(f64, f64) + Send + 'static) -> Self {
        self.size = Some(Box::new(tell));
        self
    }

    /// Gives the element away when it is built.
    pub(crate) fn node(mut self, take: impl Fn(&Element) + Send + 'static) -> Self {
        self.node = Some(Box::new(take));
        self
    }
}

/// What of [`Attrs`] is on an element.
pub(crate) struct AttrsState {
    element: Element,
    plain: Vec<Plain>,
    listeners: Vec<Listener>,
    _size: Option<SizeWatch>,
}

fn apply(element: &Element, name: &str, value: Option<&str>) {
    let property = if name.starts_with("--") { Some(name) } else { name.strip_prefix("style:") };
    let _ = match (property, value) {
        (Some(property), value) => match element.dyn_ref::<web_sys::HtmlElement>() {
            Some(element) => element.style().set_property(property, value.unwrap_or("")),
            None => Ok(()),
        },
        (None, Some(value)) => element.set_attribute(name, value),
        (None, None) => element.remove_attribute(name),
    };
}

fn listen(element: &Element, handlers: Vec<(&'static str, Handler)>) -> Vec<Listener> {
    let listener = |(name, handler): (&'static str, Handler)| Listener::new(element, name, handler);
    handlers.into_iter().map(listener).collect()
}

impl Attribute for Attrs {
    const MIN_LENGTH: usize = 0;

    type State = AttrsState;
    type AsyncOutput = Self;
    type Cloneable = ();
    type CloneableOwned = ();

    fn html_len(&self) -> usize {
        0
    }

    fn to_html(self, _: &mut String, _: &mut String, _: &mut String, _: &mut String) {}

    fn hydrate<const FROM_SERVER: bool>(self, element: &Element) -> AttrsState {
        self.build(element)
    }

    fn build(self, element: &Element) -> AttrsState {
        for (name, value) in &self.plain {
            apply(element, name, Some(value));
        }
        if let Some(take) = self.node {
            take(element);
        }
        AttrsState {
            listeners: listen(element, self.handlers),
            _size: self.size.and_then(|tell| SizeWatch::new(element, tell)),
            plain: self.plain,
            element: element.clone(),
        }
    }

    fn rebuild(self, state: &mut AttrsState) {
        for (name, _) in &state.plain {
            if !self.plain.iter().any(|(kept, _)| kept == name) {
                apply(&state.element, name, None);
            }
        }
        for new in &self.plain {
            if !state.plain.contains(new) {
                apply(&state.element, new.0, Some(&new.1));
            }
        }
        state.plain = self.plain;
        // The old ones remove themselves.
        state.listeners = listen(&state.element, self.handlers);
    }

    fn into_cloneable(self) {}

    fn into_cloneable_owned(self) {}

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }
}

impl NextAttribute for Attrs {
    type Output<New: Attribute> = (Self, New);

    fn add_any_attr<New: Attribute>(self, new: New) -> (Self, New) {
        (self, new)
    }
}

impl ToTemplate for Attrs {
    fn to_template(
        _: &mut String,
        _: &mut String,
        _: &mut String,
        _: &mut String,
        _: &mut Position,
    ) {
    }
}

/// Builds an element.
pub(crate) fn el<E>(tag: HtmlElement<E, (), ()>, attrs: Attrs, kids: Vec<AnyView>) -> AnyView
where
    E: ElementType,
    HtmlElement<E, (), ()>:
        ElementChild<Vec<AnyView>, Output = HtmlElement<E, (), (Vec<AnyView>,)>>,
{
    tag.child(kids).add_any_attr(attrs).into_any()
}

/// A `div`.
pub(crate) fn div(attrs: Attrs, kids: Vec<AnyView>) -> AnyView {
    el(leptos::html::div(), attrs, kids)
}

/// A `span` with words.
pub(crate) fn span(attrs: Attrs, words: impl Into<String>) -> AnyView {
    el(leptos::html::span(), attrs, vec![text(words)])
}

/// Words.
pub(crate) fn text(words: impl Into<String>) -> AnyView {
    let words: String = words.into();
    words.into_any()
}

/// A part that is worked out anew when what it reads changes.
pub(crate) fn live(part: impl FnMut() -> AnyView + Send + 'static) -> AnyView {
    let part: Box<dyn FnMut() -> AnyView + Send> = Box::new(part);
    part.into_any()
}

/// Nothing.
pub(crate) fn nothing() -> AnyView {
    ().into_any()
}
