//! The dashboard: head, notice, panels.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::text::words;

use super::{
    context::{Context, Phase},
    el::{View, el, live},
    feed::Cause,
    header, panel, states,
    var::derive,
};

/// Draws a dashboard in whatever phase it is.
pub(crate) fn app(context: Context) -> View {
    let body = live(move || match context.phase.get() {
        Phase::Loading => View::Nothing,
        Phase::Failed(trouble) => states::whole(context, &trouble),
        Phase::Ready => el("div", "ready")
            .kid(header::header(context))
            // What narrows the numbers stands there, as soon as something does.
            .kid(el("div", "chips").set("part", "filters").follow(move |slot| {
                // They are said anew in another language.
                context.intl.get();
                if slot.has_child_nodes() {
                    context.feed(|feed| feed.bridge.more("chips", slot));
                }
            }))
            .kid(notice(context))
            .kid(grid(context))
            .into(),
    });
    let speech = live(move || {
        let said = context.speech.get().map_or("".into(), |word| context.intl.get().say(word));
        el("span", "").says(said).into()
    });
    el("section", "dashboard")
        .set("part", "dashboard")
        .follow(move |dashboard| {
            speak(context, dashboard);
            paint(context, dashboard);
        })
        .kid(body)
        .kid(el("div", "unseen").set("role", "status").kid(speech))
        .into()
}

/// The language's name, way and word for the whole. The element's own `dir` is left to its page.
fn speak(context: Context, dashboard: &Element) {
    let intl = context.intl.get();
    let mut name = String::from(intl.say(words::DASHBOARD));
    if let Some(layout) = context.layout.get() {
        // A page may have several.
        name.push_str(", ");
        name.push_str(&layout.title);
    }
    for (name, value) in [
        ("aria-label", name.into()),
        ("dir", intl.say(words::DIRECTION)),
        ("lang", intl.language().into()),
    ] {
        let _ = dashboard.set_attribute(name, &value);
    }
}

/// The tenant's brand gives the accent, unless the host page sets another one.
fn paint(context: Context, dashboard: &Element) {
    let Some(layout) = context.layout.get() else { return };
    let accent = layout.brand.as_ref().map_or_else(String::new, |brand| {
        ["light-dark(", &brand.accent, ", ", &brand.accent_dark, ")"].concat()
    });
    let style = dashboard.unchecked_ref::<HtmlElement>().style();
    let _ = style.set_property("--brand", &accent);
}

/// The panels are made anew only when the layout has others; what the viewer did to them stays.
fn grid(context: Context) -> View {
    let panels = derive(move || context.layout.get().map(|layout| layout.panels.clone()));
    live(move || {
        let mut grid = el("div", "grid").set("part", "grid").follow(move |grid| {
            let busy = if context.changing.get() { "true" } else { "false" };
            let _ = grid.set_attribute("aria-busy", busy);
        });
        for layout in panels.get().unwrap_or_default() {
            grid = grid.kid(panel::panel(context, layout));
        }
        grid.into()
    })
}

/// Says that what is shown is not the newest, and why.
fn notice(context: Context) -> View {
    live(move || {
        let Some(trouble) = context.notice.get() else { return View::Nothing };
        let intl = context.intl.get();
        let words = el("p", "")
            .kid(el("strong", "").says(intl.say(words::headline(&trouble))))
            .says(" ")
            .says(words::advice(&trouble, intl.lexicon()))
            .says(" ")
            .says(intl.say(words::STALE));
        el("div", "notice")
            .set("part", "notice")
            .set("role", if trouble.is_expiry() { "alert" } else { "status" })
            .kid(words)
            .kid(states::button(intl.say(words::RETRY), move || {
                context.feed(|feed| feed.ask(Cause::Wish))
            }))
            .into()
    })
}
