//! Values that views follow.
//!
//! Leptos' signals are generic down to their locks, and a dozen kinds of them are a dozen copies of
//! the same code. These keep their value in a plain cell and lean on one kind of trigger, so that only
//! reading and writing are made per type.

use std::{any::Any, cell::RefCell, marker::PhantomData, rc::Rc};

use leptos::prelude::*;
use leptos::reactive::signal::ArcTrigger;

/// A value with many owners.
pub(crate) struct Shared<T>(Rc<Held<T>>);

struct Held<T> {
    trigger: ArcTrigger,
    value: RefCell<T>,
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Clone> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Rc::new(Held { trigger: ArcTrigger::new(), value: RefCell::new(value) }))
    }

    /// The value; who asks while drawing is asked to draw again when it changes.
    pub(crate) fn get(&self) -> T {
        self.0.trigger.track();
        self.get_untracked()
    }

    pub(crate) fn get_untracked(&self) -> T {
        self.0.value.borrow().clone()
    }

    pub(crate) fn set(&self, value: T) {
        *self.0.value.borrow_mut() = value;
        self.0.trigger.notify();
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.0.value.borrow_mut());
        self.0.trigger.notify();
    }
}

/// A value that lives as long as the part of the page in which it was made. A copy is a handle.
pub(crate) struct Var<T> {
    held: StoredValue<Rc<dyn Any>, LocalStorage>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Var<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Var<T> {}

impl<T: Clone + 'static> Var<T> {
    pub(crate) fn new(value: T) -> Self {
        let held: Rc<dyn Any> = Rc::new(Shared::new(value));
        Self { held: StoredValue::new_local(held), kind: PhantomData }
    }

    fn held(&self) -> Option<Shared<T>> {
        self.held.try_get_value()?.downcast_ref::<Shared<T>>().cloned()
    }

    fn living(&self) -> Shared<T> {
        self.held().expect("a part outlives nothing that it made")
    }

    /// The value; who asks while drawing is asked to draw again when it changes.
    pub(crate) fn get(&self) -> T {
        self.living().get()
    }

    pub(crate) fn get_untracked(&self) -> T {
        self.living().get_untracked()
    }

    /// The value, unless its part of the page is gone.
    pub(crate) fn try_get_untracked(&self) -> Option<T> {
        Some(self.held()?.get_untracked())
    }

    pub(crate) fn set(&self, value: T) {
        self.living().set(value);
    }
}

/// Keeps something for as long as the part of the page lives in which this is called.
pub(crate) fn keep(thing: impl Any) {
    let thing: Rc<dyn Any> = Rc::new(thing);
    StoredValue::new_local(thing);
}

/// A value worked out of others. It changes only when what comes out is another one.
pub(crate) fn derive<T: Clone + PartialEq + 'static>(work: impl Fn() -> T + 'static) -> Var<T> {
    let var = Var::new(untrack(&work));
    let effect = RenderEffect::new(move |_| {
        let value = work();
        if value != var.get_untracked() {
            var.set(value);
        }
    });
    keep(effect);
    var
}
