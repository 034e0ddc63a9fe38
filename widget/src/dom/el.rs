//! The one kind of view that the widget draws: an element, words, or a part that follows signals.
//!
//! Leptos' own builders make a type of each combination of tag, attributes and children, and the
//! compiler code of each type; this single type is a third of the module smaller. It is mounted,
//! kept up to date and taken away by Leptos' effects and owners like any other view, and it is built
//! by `createElement` alone: nothing here is ever parsed as markup, so pages that require Trusted
//! Types have nothing to refuse.

use std::borrow::Cow;

use leptos::{
    prelude::{Mountable, Render, RenderEffect},
    tachys::renderer::{
        Rndr,
        types::{Element, Node, Placeholder, Text},
    },
};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlInputElement};

use super::guard::{Listener, SizeWatch};

const SVG: &str = "http://www.w3.org/2000/svg";

type Words = Cow<'static, str>;
type Plain = (&'static str, Words);
type Handler = (&'static str, Box<dyn FnMut(Event)>);
type Follow = Box<dyn Fn(&Element)>;

/// Something to draw.
pub(crate) enum View {
    Nothing,
    Text(Words),
    Element(Box<El>),
    Live(Box<dyn FnMut() -> View>),
}

/// An element with all that it carries.
pub(crate) struct El {
    tag: &'static str,
    space: Option<&'static str>,
    plain: Vec<Plain>,
    handlers: Vec<Handler>,
    size: Option<Box<dyn Fn(f64, f64)>>,
    follow: Option<Follow>,
    kids: Vec<View>,
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

/// What is on the screen of a [`View`].
pub(crate) enum ViewState {
    Nothing(Placeholder),
    Text(Text, Words),
    Element(Box<ElState>),
    Live(LiveState),
}

/// What is on the screen of an [`El`].
pub(crate) struct ElState {
    node: Element,
    tag: &'static str,
    plain: Vec<Plain>,
    _listeners: Vec<Listener>,
    _size: Option<SizeWatch>,
    _follow: Option<RenderEffect<()>>,
    kids: Vec<ViewState>,
}

/// An effect and what it drew. What it drew is dropped with it, and not when its last run ends.
pub(crate) struct LiveState(RenderEffect<ViewState>);

impl Drop for LiveState {
    fn drop(&mut self) {
        drop(self.0.take_value());
    }
}

fn apply(element: &Element, name: &str, value: Option<&str>) {
    let text = value.unwrap_or("");
    // What could fail here is a misspelt name.
    let _ = match (name.split_once(':'), value) {
        (Some(("style", property)), _) => {
            element.unchecked_ref::<HtmlElement>().style().set_property(property, text)
        }
        (Some(_), _) => {
            element.unchecked_ref::<HtmlInputElement>().set_checked(!text.is_empty());
            Ok(())
        }
        (None, Some(value)) => element.set_attribute(name, value),
        (None, None) => element.remove_attribute(name),
    };
}

fn listen(element: &Element, handlers: Vec<Handler>) -> Vec<Listener> {
    let mut listeners = Vec::new();
    for (name, handler) in handlers {
        listeners.push(Listener::new(element, name, handler));
    }
    listeners
}

fn following(element: &Element, change: Follow) -> RenderEffect<()> {
    let element = element.clone();
    RenderEffect::new(move |_| change(&element))
}

impl El {
    fn build(self) -> ElState {
        let node = Rndr::create_element(self.tag, self.space);
        for (name, value) in &self.plain {
            apply(&node, name, Some(value));
        }
        let mut kids = Vec::new();
        for kid in self.kids {
            let mut kid = kid.build();
            kid.mount(&node, None);
            kids.push(kid);
        }
        ElState {
            _listeners: listen(&node, self.handlers),
            _size: self.size.and_then(|tell| SizeWatch::new(&node, tell)),
            _follow: self.follow.map(|change| following(&node, change)),
            tag: self.tag,
            plain: self.plain,
            kids,
            node,
        }
    }

    /// Changes what differs and leaves the rest, the focus above all.
    fn rebuild(self, state: &mut ElState) {
        for (name, _) in &state.plain {
            if !self.plain.iter().any(|(kept, _)| kept == name) {
                apply(&state.node, name, None);
            }
        }
        for new in &self.plain {
            // A viewer switches radio buttons too, so what is known of them may be old.
            if !state.plain.contains(new) || new.0 == "prop:checked" {
                apply(&state.node, new.0, Some(&new.1));
            }
        }
        state.plain = self.plain;
        state._listeners = listen(&state.node, self.handlers);
        state._follow = self.follow.map(|change| following(&state.node, change));
        for gone in state.kids.iter_mut().skip(self.kids.len()) {
            gone.unmount();
        }
        state.kids.truncate(self.kids.len());
        for (place, kid) in self.kids.into_iter().enumerate() {
            match state.kids.get_mut(place) {
                Some(known) => kid.rebuild(known),
                None => {
                    let mut kid = kid.build();
                    kid.mount(&state.node, None);
                    state.kids.push(kid);
                }
            }
        }
    }
}

impl Render for View {
    type State = ViewState;

    fn build(self) -> ViewState {
        match self {
            Self::Nothing => ViewState::Nothing(Rndr::create_placeholder()),
            Self::Text(words) => ViewState::Text(Rndr::create_text_node(&words), words),
            Self::Element(el) => ViewState::Element(Box::new(el.build())),
            Self::Live(mut part) => {
                ViewState::Live(LiveState(RenderEffect::new(move |before: Option<ViewState>| {
                    let view = part();
                    match before {
                        Some(mut state) => {
                            view.rebuild(&mut state);
                            state
                        }
                        None => view.build(),
                    }
                })))
            }
        }
    }

    fn rebuild(self, state: &mut ViewState) {
        match (self, &mut *state) {
            (Self::Nothing, ViewState::Nothing(_)) => {}
            (Self::Text(words), ViewState::Text(node, known)) => {
                if words != *known {
                    Rndr::set_text(node, &words);
                    *known = words;
                }
            }
            (Self::Element(el), ViewState::Element(known)) if el.tag == known.tag => {
                el.rebuild(known);
            }
            (view, _) => {
                let mut new = view.build();
                state.insert_before_this(&mut new);
                state.unmount();
                *state = new;
            }
        }
    }
}

impl ViewState {
    fn own_node(&self) -> Option<&Node> {
        match self {
            Self::Nothing(node) => Some(node.as_ref()),
            Self::Text(node, _) => Some(node.as_ref()),
            Self::Element(el) => Some(el.node.as_ref()),
            Self::Live(_) => None,
        }
    }
}

impl Mountable for ViewState {
    fn unmount(&mut self) {
        match self {
            Self::Live(live) => live.0.unmount(),
            other => {
                if let Some(node) = other.own_node() {
                    Rndr::remove(node);
                }
            }
        }
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        match self {
            Self::Live(live) => live.0.mount(parent, marker),
            other => {
                if let Some(node) = other.own_node() {
                    Rndr::insert_node(parent, node, marker);
                }
            }
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        match self {
            Self::Live(live) => live.0.insert_before_this(child),
            other => match other.own_node().and_then(|node| Some((Rndr::get_parent(node)?, node))) {
                Some((parent, node)) => {
                    child.mount(parent.unchecked_ref(), Some(node));
                    true
                }
                None => false,
            },
        }
    }

    fn elements(&self) -> Vec<Element> {
        match self {
            Self::Live(live) => live.0.elements(),
            Self::Element(el) => vec![el.node.clone()],
            _ => Vec::new(),
        }
    }
}
