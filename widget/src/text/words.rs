//! Every sentence that a viewer may meet, in English, in one place.
//!
//! A word is its English text, and the text is the key under which the files of other languages
//! (`www/lang/*.json`) hold theirs. To add one, write it here with a line on where it stands, use it as
//! `intl.say(words::NAME)`, and add it to every file: a test names what is missing. Where something is
//! put in, the text has `{name}` (`intl.fill`); where a number decides the form, the forms stand as
//! `one:… |other:…` (`intl.count`), by the categories of `Intl.PluralRules`.

use std::borrow::Cow;

use crate::data::panel::Trouble;

use super::{
    delta::Way,
    lexicon::{Lexicon, Word},
};

macro_rules! words {
    ($($(#[$doc:meta])+ $name:ident = $text:literal;)+) => {
        $($(#[$doc])+ pub const $name: Word = Word($text);)+
        /// Every word, for those who check the other languages.
        pub const ALL: &[Word] = &[$($name),+];
    };
}

words! {
    /// The way in which the language is written. Files of those that go from right to left say `rtl`.
    DIRECTION = "ltr";
    /// Names the whole for screen readers.
    DASHBOARD = "Dashboard";
    /// While the first numbers are on their way.
    LOADING = "Loading dashboard";
    /// A panel's numbers came, and there are none.
    EMPTY = "No data in this period";
    /// What may be done about it.
    EMPTY_HINT = "Numbers appear here as soon as there are some.";
    /// Tries again.
    RETRY = "Try again";
    /// Names the choice of ranges.
    RANGE = "Period";
    /// Stops updates.
    PAUSE = "Pause updates";
    /// Starts updates again.
    RESUME = "Resume updates";
    /// The page updates by itself.
    LIVE = "Live";
    /// It does not, because the viewer said so.
    PAUSED = "Paused";
    /// The same two for screen readers, with what the button does.
    LIVE_PAUSE = "Live. Pause updates";
    /// See [`LIVE_PAUSE`].
    PAUSED_RESUME = "Paused. Resume updates";
    /// New numbers were asked for and came.
    UPDATED = "Dashboard updated";
    /// Older numbers stay while newer ones cannot be had.
    STALE = "Showing the last numbers that arrived.";
    /// Shows a panel's table.
    AS_TABLE = "Show as table";
    /// Shows a panel's chart.
    AS_CHART = "Show as chart";
    /// The comparison, in heads and readouts.
    BEFORE = "before";
    /// What a number was before.
    FROM = "from {value}";
    /// In which period that was.
    WHEN = ", {period}";
    /// A group without a value.
    NO_VALUE = "(none)";
    /// The row of all groups that there is no row for.
    OTHERS = "(all others)";
    /// A number that is not there.
    ABSENT = "–";
    /// Lines that there is no room for.
    MORE = "one:{n} more|other:{n} more";
    /// How to read a chart by keyboard.
    ARROWS = "Use the arrow keys to read single values.";
    /// A line of a chart, in a sentence.
    COURSE = "{name}: highest {high}, {high_time}; lowest {low}, {low_time}";
    /// Where that line ends.
    LAST = "last {value}";

    /// What a number is to reach.
    TARGET = "{share} · Target {value}";
    /// Of a step: who did not get to it.
    LOST = "{value} lost";
    /// What the columns of a retention grid are.
    RETURNED = "share that came back, by time since";
    /// Of a week: its busiest hour.
    MOST = "most on {time}";
    /// Turns a table's page.
    PREVIOUS = "Previous page";
    /// See [`PREVIOUS`].
    NEXT = "Next page";

    // What the viewer picks, opens and saves. Most of it is said by `www/widget/more.js`.

    /// Opens the choice of any range.
    CHOOSE_DATES = "Choose dates";
    /// The first day of a range.
    FIRST_DAY = "From";
    /// The last day of a range.
    LAST_DAY = "To";
    /// Names the choice of a comparison.
    COMPARE_WITH = "Compare with";
    /// What the dashboard itself says.
    AUTOMATIC = "Automatic";
    /// A comparison.
    PREVIOUS_PERIOD = "Previous period";
    /// A comparison.
    PREVIOUS_YEAR = "Previous year";
    /// No comparison.
    NOTHING = "Nothing";
    /// Names the choice of the time axis' grain.
    STEPS = "Steps of the time axis";
    /// A grain.
    HOURS = "Hours";
    /// A grain.
    DAYS = "Days";
    /// A grain.
    WEEKS = "Weeks";
    /// A grain.
    MONTHS = "Months";
    /// A grain.
    QUARTERS = "Quarters";
    /// Does what a form says.
    APPLY = "Apply";
    /// Opens the choice of values.
    ADD_FILTER = "Add a filter";
    /// Names the choice of a dimension.
    FILTER_BY = "Filter by";
    /// Names the choice between the two that follow.
    CONDITION = "Condition";
    /// The value is one of those.
    IS = "is";
    /// The value is none of those.
    IS_NOT = "is not";
    /// Searches in the values of a dimension.
    SEARCH = "Search values";
    /// Values are on their way.
    SEARCHING = "Searching…";
    /// Values could not be had.
    NOT_SEARCHED = "The values could not be loaded.";
    /// There are no such values.
    NO_VALUES = "No such values";
    /// There are more than are shown.
    MORE_VALUES = "There are more: search for them.";
    /// A filter that the page made, and that is more than a list of values.
    OTHER_CONDITIONS = "Other conditions";
    /// Takes a filter away.
    REMOVE_FILTER = "Remove the filter {name}";
    /// Takes all filters away.
    CLEAR = "Clear all";
    /// Takes the last choice back.
    UNDO = "Undo";
    /// Takes it up again.
    REDO = "Redo";
    /// Opens a panel's menu.
    MENU = "Options for {name}";
    /// Shows a panel alone.
    FULL_SCREEN = "Full screen";
    /// Closes a dialog.
    CLOSE = "Close";
    /// Shows the events behind a panel.
    SINGLE_EVENTS = "Single events";
    /// Shows the events behind a mark.
    ROWS_OF = "Single events of {name}";
    /// Events are on their way.
    LOADING_ROWS = "Loading events…";
    /// How many events are shown.
    ROWS_SHOWN = "Events shown: {n}";
    /// Shows the next page of them.
    SHOW_MORE = "Show more";
    /// Saves a panel's numbers.
    SAVE_CSV = "Save as CSV";
    /// Saves a panel as an image.
    SAVE_PNG = "Save as PNG";
    /// Saves a panel as a drawing.
    SAVE_SVG = "Save as SVG";
    /// Prints the dashboard.
    PRINT = "Print dashboard";
    /// A file takes longer.
    SAVING = "Preparing the file…";
    /// There is no file.
    NOT_SAVED = "The file could not be made";
    /// How to zoom into a chart by keyboard.
    ZOOM_KEYS = "With Shift they mark a range, and Enter zooms into it.";

    /// The way of a change: the arrow and the colour say it to others.
    UP = "up";
    /// See [`UP`].
    DOWN = "down";
    /// See [`UP`].
    LEVEL = "no change";

    /// Headline of a trouble.
    SESSION_EXPIRED = "Your session has ended";
    /// Headline of a trouble.
    UNKNOWN_DASHBOARD = "This dashboard is not available";
    /// Headline of a trouble.
    NOT_ALLOWED = "This page may not show the dashboard";
    /// Headline of a trouble.
    RATE_LIMITED = "Too many requests right now";
    /// Headline of a trouble.
    CUT_OFF = "The answer was cut off";
    /// Headline of a trouble.
    OFFLINE = "Analytics cannot be reached";
    /// Headline of a trouble.
    SESSION_UNAVAILABLE = "The session could not be renewed";
    /// Headline of a trouble: the host page named a time zone that there is not.
    UNKNOWN_ZONE = "This time zone is not known";
    /// Headline of any other trouble.
    NOT_LOADED = "This could not be loaded";
    /// What to do about a trouble.
    SIGN_IN = "Sign in again to see current numbers.";
    /// What to do about a trouble.
    BROKE_OFF = "The connection broke before all numbers had arrived.";
    /// What to do about a trouble.
    CHECK_CONNECTION = "Check the connection. It is tried again by itself.";
    /// What to do about a trouble.
    PAGE_SILENT = "The page’s server did not answer. It is tried again by itself.";
    /// What to do about any other trouble.
    ASK_PAGE = "Please try again. If it stays like this, tell the people who run this page.";
}

/// A trouble's headline.
pub fn headline(trouble: &Trouble) -> Word {
    match trouble.code.as_str() {
        "session_expired" => SESSION_EXPIRED,
        "unknown_dashboard" => UNKNOWN_DASHBOARD,
        "origin_mismatch" | "origin_not_allowed" => NOT_ALLOWED,
        "rate_limited" => RATE_LIMITED,
        "cut_off" => CUT_OFF,
        "offline" => OFFLINE,
        "session_unavailable" => SESSION_UNAVAILABLE,
        "unknown_zone" => UNKNOWN_ZONE,
        _ => NOT_LOADED,
    }
}

/// What happened and what to do. The server's own words are English, and more exact than none.
pub fn advice(trouble: &Trouble, lexicon: &Lexicon) -> Cow<'static, str> {
    let word = match trouble.code.as_str() {
        "session_expired" => SIGN_IN,
        "cut_off" => BROKE_OFF,
        "offline" => CHECK_CONNECTION,
        "session_unavailable" => PAGE_SILENT,
        _ if !trouble.detail.is_empty() => return trouble.detail.clone().into(),
        _ => ASK_PAGE,
    };
    lexicon.say(word)
}

/// The way of a change, in words.
pub fn way(way: Way) -> Word {
    match way {
        Way::Up => UP,
        Way::Down => DOWN,
        Way::Level => LEVEL,
    }
}
