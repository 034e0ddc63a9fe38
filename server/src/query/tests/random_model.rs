//! Draws what a tenant may declare, and the properties of events that it is about.

use inlay_shared::{Filter, ModelDefinition};
use rand::RngExt;
use rand_chacha::ChaCha20Rng;
use serde_json::{Map, Value, json};

use super::random::{Weeks, one};

/// Texts that something might take for more than a text.
pub(super) const ODD: [&str; 12] = [
    "a",
    "ä",
    "",
    "long account name here, beyond what is kept inline",
    "Other",
    "(none)",
    "null",
    "it's \"x\", y",
    "100%_",
    "=1+1",
    "😀\u{200d}",
    "A",
];

/// The declared properties and their types.
pub(super) const PROPERTIES: [(&str, &str); 6] = [
    ("plan", "string"),
    ("seats", "integer"),
    ("price", "decimal"),
    ("score", "number"),
    ("trial", "boolean"),
    ("due_on", "time"),
];
/// The declared dimensions, and what they are other names of.
pub(super) const ALIASES: [(&str, &str); 5] = [
    ("market", "country"),
    ("worth", "value"),
    ("took", "duration_ms"),
    ("moment", "time"),
    ("remark", "properties.note_text"),
];
/// The measures that are amounts of money in the currency of the events.
pub(super) const MONEY: [&str; 9] = [
    "value",
    "value_avg",
    "value_min",
    "value_max",
    "value_pc",
    "value_per_event",
    "value_per_seat",
    "bought",
    "running_value",
];

impl Weeks {
    /// A model with every kind of measure.
    pub(super) fn model(self, random: &mut ChaCha20Rng) -> ModelDefinition {
        let properties: Vec<Value> =
            PROPERTIES.iter().map(|(name, kind)| json!({"name": name, "type": kind})).collect();
        let dimensions: Vec<Value> =
            ALIASES.iter().map(|(name, of)| json!({"name": name, "of": of})).collect();
        let mut measures = Vec::new();
        for name in ["seats", "price", "score", "value"] {
            let percent = f64::from(random.random_range(1..1_000)) / 10.0;
            for (suffix, kind) in [
                ("sum", json!({"kind": "sum", "of": name})),
                ("avg", json!({"kind": "average", "of": name})),
                ("min", json!({"kind": "min", "of": name})),
                ("max", json!({"kind": "max", "of": name})),
                ("pc", json!({"kind": "percentile", "of": name, "percent": percent})),
            ] {
                let mut measure = kind;
                measure["name"] = json!(format!("{name}_{suffix}"));
                if random.random_bool(0.2) {
                    measure["filters"] = json!([self.filter(random, 1)]);
                }
                measures.push(measure);
            }
        }
        // The sum of the amounts is built in.
        measures.retain(|measure| measure["name"] != "value_sum");
        let mut filters = || -> Vec<Filter> {
            (0..random.random_range(1..3)).map(|_| self.filter(random, 1)).collect()
        };
        measures.extend([
            json!({"name": "some_events", "kind": "count", "filters": filters()}),
            json!({"name": "plans", "kind": "distinct", "of": "plan"}),
            json!({"name": "seat_kinds", "kind": "distinct", "of": "seats", "filters": filters()}),
            json!({"name": "scores", "kind": "distinct", "of": "score"}),
            json!({"name": "remarks", "kind": "distinct", "of": "properties.note_text"}),
            json!({"name": "took_max", "kind": "max", "of": "duration_ms", "filters": filters()}),
            json!({"name": "events_per_user", "kind": "ratio", "over": "events", "under": "users"}),
            json!({"name": "value_per_event", "kind": "ratio", "over": "value", "under": "events"}),
            json!({"name": "value_per_seat", "kind": "ratio", "over": "value",
                "under": "seats_sum"}),
            json!({"name": "price_part", "kind": "ratio", "over": "price_sum", "under": "value",
                "filters": filters()}),
            json!({"name": "share", "kind": "ratio", "over": "some_events", "under": "events"}),
            json!({"name": "share_here", "kind": "filtered", "of": "share", "filters": filters()}),
            json!({"name": "bought", "kind": "filtered", "of": "value", "filters": filters()}),
            json!({"name": "p95_here", "kind": "filtered", "of": "duration_p95",
                "filters": filters()}),
            json!({"name": "running_events", "kind": "cumulative", "of": "events"}),
            json!({"name": "running_value", "kind": "cumulative", "of": "value",
                "filters": filters()}),
            json!({"name": "running_seats", "kind": "cumulative", "of": "seats_sum"}),
            json!({"name": "running_price", "kind": "filtered", "of": "running_all",
                "filters": filters()}),
            json!({"name": "running_all", "kind": "cumulative", "of": "price_sum"}),
        ]);
        serde_json::from_value(json!({
            "version": 1, "properties": properties, "dimensions": dimensions,
            "measures": measures,
        }))
        .unwrap()
    }
}

/// The same properties, each of them a text: what a tenant may have declared before.
pub(super) fn texts_only() -> ModelDefinition {
    let properties: Vec<Value> =
        PROPERTIES.iter().map(|(name, _)| json!({"name": name, "type": "string"})).collect();
    serde_json::from_value(json!({"version": 1, "properties": properties})).unwrap()
}

/// Properties of an event: some in other spellings, some of another type than declared.
pub(super) fn properties(random: &mut ChaCha20Rng, month: &str) -> Value {
    let mut all = Map::new();
    let whole = random.random_range(-5..20);
    let millionths = random.random_range(-50_000_000_000_i64..50_000_000_000);
    let price = format!("{}{}", millionths / 1_000_000, if whole > 9 { ".5" } else { "" });
    let quarters = f64::from(random.random_range(-4_000..4_000)) / 4.0;
    let day = random.random_range(20..29);
    let time = format!("{month}-{day}T0{}:00:00.00001+02:00", random.random_range(0..10));
    let choices: [(&[&str], Vec<Value>); 7] = [
        (&["plan", "Plan", "PLAN"], vec![json!(one(random, &ODD)), json!("pro"), json!(7)]),
        (
            &["seats", "Seats"],
            vec![
                json!(whole),
                json!(whole),
                json!(whole.to_string()),
                json!(3.0),
                json!("x"),
                json!(1.5),
                json!(true),
            ],
        ),
        (
            &["price", "Price"],
            vec![
                json!(price),
                json!(quarters),
                json!(whole),
                json!("0.1234567"),
                json!("-999999999999999.999999"),
                json!("x"),
            ],
        ),
        (
            &["score", "$score"],
            vec![
                json!(quarters),
                json!(quarters),
                json!(quarters.to_string()),
                json!(whole),
                json!("-0"),
                json!(0),
                json!("x"),
            ],
        ),
        (&["trial"], vec![json!(true), json!(false), json!("true"), json!("yes")]),
        (&["due_on", "dueOn", "due-on"], vec![json!(time), json!(time), json!("soon")]),
        (
            &["note_text", "noteText", "note-text", "Note Text"],
            vec![json!(one(random, &ODD)), json!(whole), json!(2.5), json!(false)],
        ),
    ];
    for (spellings, values) in choices {
        if random.random_bool(0.7) {
            let at = random.random_range(0..values.len());
            all.insert(one(random, spellings).to_owned(), values[at].clone());
        }
    }
    if random.random_bool(0.02) {
        all.remove("Seats");
        all.insert("seats".to_owned(), json!(one(random, &[i64::MAX, i64::MIN])));
    }
    Value::Object(all)
}
