//! Things of the page that must be given back: each gives itself back when it is dropped.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, EventTarget, ResizeObserver, Window};

use super::el::Size;

/// The page's window.
pub(crate) fn window() -> Window {
    web_sys::window().expect("a widget runs in a page")
}

/// A listener, removed on drop.
pub(crate) struct Listener {
    target: EventTarget,
    name: &'static str,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    pub(crate) fn new(
        target: &EventTarget,
        name: &'static str,
        handler: Box<dyn FnMut(Event)>,
    ) -> Self {
        let closure = Closure::wrap(handler);
        let function = closure.as_ref().unchecked_ref();
        // Adding fails for no name and no function that a closure can be.
        let _ = target.add_event_listener_with_callback(name, function);
        Self { target: target.clone(), name, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback(self.name, function);
    }
}

/// Something to do once, later, unless it is dropped before.
pub(crate) struct Timer {
    id: i32,
    _closure: Closure<dyn FnMut()>,
}

impl Timer {
    pub(crate) fn new(ms: f64, task: impl FnOnce() + 'static) -> Option<Self> {
        let mut task = Some(task);
        let closure = Closure::wrap(Box::new(move || {
            if let Some(task) = task.take() {
                task();
            }
        }) as Box<dyn FnMut()>);
        let function = closure.as_ref().unchecked_ref();
        let id = window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(function, ms as i32)
            .ok()?;
        Some(Self { id, _closure: closure })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        window().clear_timeout_with_handle(self.id);
    }
}

/// Lets the page do what waits: draw, and hear what the viewer does. A hidden page has nothing to draw,
/// and its timers are slow.
pub(crate) async fn breathe() {
    if !is_seen() {
        return;
    }
    let soon = Promise::new(&mut |done, _| {
        let _ = window().set_timeout_with_callback(&done);
    });
    let _ = JsFuture::from(soon).await;
}

/// Whether somebody may look at the page.
pub(crate) fn is_seen() -> bool {
    window().document().is_some_and(|document| !document.hidden())
}

/// Tells an element's size now and whenever it changes; stops on drop.
pub(crate) struct SizeWatch {
    observer: ResizeObserver,
    _closure: Closure<dyn FnMut(JsValue)>,
}

impl SizeWatch {
    pub(crate) fn new(element: &Element, tell: Box<dyn Fn(Size)>) -> Option<Self> {
        let watched = element.clone();
        let closure = Closure::wrap(Box::new(move |_: JsValue| {
            let style = window().get_computed_style(&watched).ok().flatten();
            let direction = style.and_then(|style| style.get_property_value("direction").ok());
            tell(Size {
                width: f64::from(watched.client_width()),
                height: f64::from(watched.client_height()),
                mirrored: direction.is_some_and(|direction| direction == "rtl"),
            });
        }) as Box<dyn FnMut(JsValue)>);
        let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _closure: closure })
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
