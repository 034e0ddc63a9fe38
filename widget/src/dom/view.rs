//! How a [`View`] gets onto the screen, follows its signals, and leaves again.

use leptos::{
    prelude::{Mountable, Render, RenderEffect},
    tachys::renderer::{
        Rndr,
        types::{Element, Node, Placeholder, Text},
    },
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

use super::{
    el::{El, Follow, Handler, Plain, View, Words},
    guard::{Listener, SizeWatch},
};

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
        let it = *self.0;
        let node = Rndr::create_element(it.tag, it.space);
        for (name, value) in &it.plain {
            apply(&node, name, Some(value));
        }
        let mut kids = Vec::new();
        for kid in it.kids {
            let mut kid = kid.build();
            kid.mount(&node, None);
            kids.push(kid);
        }
        ElState {
            _listeners: listen(&node, it.handlers),
            _size: it.size.and_then(|tell| SizeWatch::new(&node, tell)),
            _follow: it.follow.map(|change| following(&node, change)),
            tag: it.tag,
            plain: it.plain,
            kids,
            node,
        }
    }

    /// Changes what differs and leaves the rest, the focus above all.
    fn rebuild(self, state: &mut ElState) {
        let it = *self.0;
        for (name, _) in &state.plain {
            if !it.plain.iter().any(|(kept, _)| kept == name) {
                apply(&state.node, name, None);
            }
        }
        for new in &it.plain {
            // A viewer switches radio buttons too, so what is known of them may be old.
            if !state.plain.contains(new) || new.0 == "prop:checked" {
                apply(&state.node, new.0, Some(&new.1));
            }
        }
        state.plain = it.plain;
        state._listeners = listen(&state.node, it.handlers);
        state._follow = it.follow.map(|change| following(&state.node, change));
        state._size = it.size.and_then(|tell| SizeWatch::new(&state.node, tell));
        for gone in state.kids.iter_mut().skip(it.kids.len()) {
            gone.unmount();
        }
        state.kids.truncate(it.kids.len());
        for (place, kid) in it.kids.into_iter().enumerate() {
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
            (Self::Element(el), ViewState::Element(known)) if el.0.tag == known.tag => {
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
            other => {
                match other.own_node().and_then(|node| Some((Rndr::get_parent(node)?, node))) {
                    Some((parent, node)) => {
                        child.mount(parent.unchecked_ref(), Some(node));
                        true
                    }
                    None => false,
                }
            }
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
