//! What can stand at a place of a query that is being typed: for the panel's search box and for shells. The rest of the
//! query may be wrong or unfinished.

use super::field::Order;
use super::lex::{self, Slash};
use super::names::{self, COMPARISONS, FieldKind, JOINERS};
use super::{parse, print, time};
use crate::scan;
use crate::search::Finder;

/// What can stand at a place of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completions {
    /// The byte of the query at which an item's text goes in.
    pub start: usize,
    /// The byte up to which it replaces what is there.
    pub end: usize,
    /// The likeliest first; empty inside a quoted phrase or a pattern.
    pub items: Vec<Completion>,
    /// What is expected there, in words.
    pub expected: &'static str,
}

/// One thing that can stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completion {
    /// What to put in: a name with its operator, an operator word, a value with the quotes that it needs.
    pub text: String,
    /// Which of these it is.
    pub kind: CompletionKind,
    /// What it means; may be empty.
    pub detail: &'static str,
}

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompletionKind {
    /// A name and the operator that is most used with it.
    Field,
    /// An operator: another one behind a name, or one between terms.
    Operator,
    /// A value.
    Value,
}

impl CompletionKind {
    /// Returns the kind's name: `field`, `operator` or `value`.
    pub const fn as_str(self) -> &'static str {
        match self {
            CompletionKind::Field => "field",
            CompletionKind::Operator => "operator",
            CompletionKind::Value => "value",
        }
    }
}

impl Completions {
    /// Returns them as one JSON object: `start`, `end`, `expected`, and `items` with `text`, `kind` and `detail`.
    pub fn to_json(&self) -> String {
        let mut json = format!("{{\"start\":{},\"end\":{}", self.start, self.end);
        push_member(",\"expected\":", self.expected, &mut json);
        json.push_str(",\"items\":[");
        for (i, item) in self.items.iter().enumerate() {
            push_member(if i == 0 { "{\"text\":" } else { ",{\"text\":" }, &item.text, &mut json);
            push_member(",\"kind\":", item.kind.as_str(), &mut json);
            push_member(",\"detail\":", item.detail, &mut json);
            json.push('}');
        }
        json.push_str("]}");
        json
    }

    fn push(&mut self, text: &str, operator: &str, kind: CompletionKind, detail: &'static str) {
        let mut text = text.to_owned();
        text.push_str(operator);
        self.items.push(Completion { text, kind, detail });
    }
}

fn push_member(key: &str, value: &str, json: &mut String) {
    json.push_str(key);
    scan::push_string(value, json);
}

/// Gives each value that is known of a field, by its full name, to the function it is handed.
type ValuesOf<'a> = &'a mut dyn FnMut(&str, &mut dyn FnMut(&str));

/// Returns what can stand at the byte `cursor` of a query. `values_of` gives each value that is known of a field, by its
/// full name, such as the job IDs of a log. Never fails: a cursor behind the end is at the end.
///
/// ```
/// use jobtrail_core::complete;
///
/// let found = complete("level>=w lost", 8, &mut |_, _| {});
/// assert_eq!((7, 8, "warning"), (found.start, found.end, found.items[0].text.as_str()));
///
/// let jobs = ["MSH-0105-A7F2", "IMP-0105-77AA"];
/// let found = complete("job:a7", 6, &mut |field, offer| {
///     if field == "job_id" {
///         jobs.iter().for_each(|job| offer(job));
///     }
/// });
/// assert_eq!("MSH-0105-A7F2", found.items[0].text);
/// ```
pub fn complete(text: &str, cursor: usize, values_of: ValuesOf<'_>) -> Completions {
    let cursor = text.floor_char_boundary(cursor);
    let (before, behind) = text.split_at_checked(cursor).unwrap_or((text, ""));
    let mut found = Completions { start: cursor, end: cursor, items: Vec::new(), expected: "" };
    match place(before) {
        Place::Inside(expected) => found.expected = expected,
        Place::Term { typed, is_behind_term } => {
            found.start -= typed.len();
            found.end += behind.find(|c| !lex::is_name(c)).unwrap_or(behind.len());
            found.expected = "a field, a word, a phrase in quotes or a /regex/";
            let has_operator = text.get(found.end..).unwrap_or_default().starts_with([':', '<', '>']);
            push_terms(&mut found, typed, is_behind_term, has_operator);
        }
        Place::Value { name, order, typed, is_first } => {
            found.start -= typed.len();
            let whole = text.get(found.start..).unwrap_or_default();
            if let Ok((rest, _)) = lex::phrase(whole, ends(order)) {
                found.end = text.len() - rest.len();
            }
            push_values(&mut found, name, order, typed.strip_prefix('"').unwrap_or(typed), is_first, values_of);
        }
    }
    found
}

/// Where in a query a cursor stands.
enum Place<'q> {
    /// At a term, of which this is typed.
    Term { typed: &'q str, is_behind_term: bool },
    /// At a field's value, of which this is typed; the first of a list, or a later one.
    Value { name: &'q str, order: Option<Order>, typed: &'q str, is_first: bool },
    /// Inside or at the end of something else; what is expected there.
    Inside(&'static str),
}

const BEHIND_TERM: &str = "a space, then another term";

/// Returns where the end of `before` stands.
fn place(before: &str) -> Place<'_> {
    let mut input = before;
    let mut is_behind_term = false;
    loop {
        input = input.trim_start();
        let word = |word| lex::operator(word, input).filter(|behind| !behind.is_empty());
        let sign = input.strip_prefix(['(', '-']).or_else(|| word("OR")).or_else(|| word("NOT"));
        if let Some(behind) = sign.or_else(|| input.strip_prefix(')')) {
            is_behind_term = sign.is_none();
            input = behind;
            continue;
        }
        if input.is_empty() {
            return Place::Term { typed: input, is_behind_term };
        }
        is_behind_term = match lex::slash(input) {
            Some(Slash::Pattern(_, "")) => return Place::Inside(BEHIND_TERM),
            Some(Slash::Pattern(_, rest)) => {
                input = rest;
                true
            }
            slash => {
                let (at, name) = match lex::named(input) {
                    Some((name, order, at_value)) => (at_value, Some((name, order))),
                    None => (input, None),
                };
                match value(at, name, is_behind_term) {
                    Ok(rest) => input = rest,
                    Err(Place::Term { .. }) if slash.is_some() => return Place::Inside("a closing slash, or a space"),
                    Err(place) => return place,
                }
                true
            }
        };
    }
}

/// Returns what follows a value or a word, or the place where the input ends in it.
fn value<'q>(
    input: &'q str,
    name: Option<(&'q str, Option<Order>)>,
    is_behind_term: bool,
) -> Result<&'q str, Place<'q>> {
    let mut typed = input;
    loop {
        let ends = name.map_or(&[][..], |(_, order)| ends(order));
        match (lex::phrase(typed, ends), name) {
            (Ok(("", (_, true))), _) => return Err(Place::Inside(BEHIND_TERM)),
            (Ok(("", _)) | Err(_), Some((name, order))) => {
                return Err(Place::Value { name, order, typed, is_first: typed.len() == input.len() });
            }
            (Ok(("", _)), None) => return Err(Place::Term { typed, is_behind_term }),
            (Err(_), None) => return Err(Place::Inside("a closing quote")),
            (Ok((rest, _)), _) => match rest.strip_prefix(ends) {
                Some(next) => typed = next,
                None => return Ok(rest),
            },
        }
    }
}

/// What ends a value beside a space: lists have commas, comparisons none.
const fn ends(order: Option<Order>) -> &'static [char] {
    if order.is_none() { &[','] } else { &[] }
}

fn push_terms(found: &mut Completions, typed: &str, is_behind_term: bool, has_operator: bool) {
    for field in names::query_fields() {
        if !field.names.iter().any(|name| begins(name, typed)) {
            continue;
        }
        let mut operators = field.kind.operators().iter();
        let usual = if has_operator { None } else { operators.next() };
        found.push(field.name(), usual.copied().unwrap_or_default(), CompletionKind::Field, field.about);
        if has_operator || !field.names.contains(&typed) {
            continue;
        }
        for operator in operators {
            let about = COMPARISONS.iter().find(|known| known.text == *operator).map_or("", |known| known.about);
            found.push(field.name(), operator, CompletionKind::Operator, about);
        }
    }
    for operator in &JOINERS {
        if begins(operator.text, typed) && (operator.text != "OR" || is_behind_term) {
            found.push(operator.text, "", CompletionKind::Operator, operator.about);
        }
    }
}

fn push_values(
    found: &mut Completions,
    name: &str,
    order: Option<Order>,
    typed: &str,
    is_first: bool,
    values_of: ValuesOf<'_>,
) {
    let known = names::known(name);
    let (name, kind) = known.map_or((name, FieldKind::Text), |field| (field.name(), field.kind));
    let is_age = !typed.is_empty() && typed.bytes().all(|b| b.is_ascii_digit());
    let (expected, fixed): (_, &[(&str, &str)]) = match (kind, order) {
        (FieldKind::Level, _) => (parse::LEVEL, &LEVELS),
        (FieldKind::Bound, None) | (FieldKind::Time, Some(_)) if is_age => (time::EXPECTED, &time::UNITS),
        (FieldKind::Bound, None) | (FieldKind::Time, Some(_)) => (time::EXPECTED, &time::USUAL),
        (_, Some(_)) => (parse::COMPARABLE, &[]),
        (_, None) => (parse::VALUE, &[("*", "any: it is there")]),
    };
    found.expected = expected;
    if expected == parse::VALUE {
        let wanted = Finder::new(typed.as_bytes());
        values_of(name, &mut |value| {
            if wanted.find(value.as_bytes(), 0).is_some() {
                let mut text = String::new();
                print::push_value(value, is_first, &mut text);
                found.push(&text, "", CompletionKind::Value, "");
            }
        });
    }
    let is_unit = expected == time::EXPECTED && is_age;
    for (text, about) in fixed {
        if is_unit {
            found.push(typed, text, CompletionKind::Value, about);
        } else if begins(text, typed) {
            found.push(text, "", CompletionKind::Value, about);
        }
    }
}

/// Each level, and what is said of it: nothing, its name says it.
static LEVELS: [(&str, &str); 6] =
    [("trace", ""), ("debug", ""), ("info", ""), ("warning", ""), ("error", ""), ("critical", "")];

/// Whether a name begins with what was typed, in any ASCII case.
fn begins(name: &str, typed: &str) -> bool {
    name.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}
