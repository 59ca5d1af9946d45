//! The fields of a record: `extra=` and those of `LogContext`, as JSON.

use pyo3::Borrowed;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyTuple};

use super::digits::push_number;
use super::known::Known;
use super::percent::{exact_text, push_float, push_integer, truth_of};
use super::raw::{Argument, Value, context_value};

/// Fields in their order: the record's own, then those of the context that it has not.
pub(super) struct Fields<'a, 'py> {
    extra: Option<Borrowed<'a, 'py, PyDict>>,
    context: Option<Bound<'py, PyDict>>,
}

impl<'a, 'py> Fields<'a, 'py> {
    /// Reads the keywords of a call. None: there is one beside `extra`, or `logging` has to look at it.
    #[inline]
    pub(super) fn of_call(names: Option<Borrowed<'a, 'py, PyTuple>>, values: &'a [Argument<'a>]) -> Option<Self> {
        let mut fields = Self { extra: None, context: None };
        let Some(names) = names else { return Some(fields) };
        for (at, value) in values.iter().enumerate() {
            let name = names.get_borrowed_item(at).ok()?;
            let value = value.get(names.py());
            match exact_text(name)? {
                "extra" if value.is_none() => {}
                "extra" if value.is_exact_instance_of::<PyDict>() => fields.extra = value.cast().ok(),
                "exc_info" | "stack_info" if value.is_none() || truth_of(value) == Some(false) => {}
                _ => return None,
            }
        }
        Some(fields)
    }

    /// Adds those of the context; None where they are not as `LogContext` keeps them.
    #[inline]
    pub(super) fn with_context(mut self, py: Python<'py>, known: &Known) -> Option<Self> {
        let layer = context_value(py, &known.context)?;
        if !layer.is_none() {
            self.context = Some(layer.getattr(intern!(py, "fields")).ok()?.cast_into_exact().ok()?);
        }
        Some(self)
    }

    /// Whether all names are texts that may stand in a line as they are.
    #[inline]
    pub(super) fn are_free(&self, py: Python<'py>, known: &Known) -> bool {
        let is_free = |(name, _): (Bound<'py, PyAny>, _)| {
            exact_text(name.as_borrowed()).is_some()
                && known.reserved.bind(py).contains(&name).is_ok_and(|is_in| !is_in)
        };
        self.extra.is_none_or(|extra| extra.iter().all(is_free))
            && self.context.as_ref().is_none_or(|context| context.iter().all(is_free))
    }

    /// Hands over each name and value, until one does not fit.
    pub(super) fn each(&self, mut act: impl FnMut(&str, Value<'_, 'py>) -> Option<()>) -> Option<()> {
        if let Some(extra) = self.extra {
            for (name, value) in extra.iter() {
                act(exact_text(name.as_borrowed())?, value.as_borrowed())?;
            }
        }
        for (name, value) in self.context.iter().flat_map(PyDictMethods::iter) {
            if !self.extra.is_some_and(|extra| extra.contains(&name).unwrap_or(false)) {
                act(exact_text(name.as_borrowed())?, value.as_borrowed())?;
            }
        }
        Some(())
    }
}

/// How whole floats are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Floats {
    /// As Python does: `2.0`.
    Python,
    /// As JavaScript does: `2`.
    JavaScript,
}

/// Adds a text, number, truth value or None as JSON; None for anything else.
pub(super) fn push_json(out: &mut String, value: Value<'_, '_>, floats: Floats) -> Option<()> {
    if let Some(text) = exact_text(value) {
        push_json_text(out, text);
    } else if value.is_none() {
        out.push_str("null");
    } else if let Some(truth) = truth_of(value) {
        out.push_str(if truth { "true" } else { "false" });
    } else if value.is_exact_instance_of::<PyFloat>() {
        match whole(value.extract().ok()?) {
            Some(whole) if floats == Floats::JavaScript => push_number(out, whole),
            _ => push_float(out, value)?,
        }
    } else {
        push_integer(out, value)?;
    }
    Some(())
}

/// A float without a fraction that a whole number can stand for.
fn whole(value: f64) -> Option<i64> {
    const END: f64 = 9_007_199_254_740_992.0; // 2 to the power of 53
    #[expect(clippy::cast_possible_truncation, reason = "whole, and inside of what a float holds exactly")]
    (value.fract() == 0.0 && value.abs() < END).then_some(value as i64)
}

/// Adds a text between quotes, as Python's `json` does where it keeps what is not ASCII.
pub(super) fn push_json_text(out: &mut String, text: &str) {
    out.push('"');
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(text.get(copied..at).unwrap_or_default());
        copied = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            8 => out.push_str("\\b"),
            12 => out.push_str("\\f"),
            _ => {
                const DIGITS: [char; 16] =
                    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
                out.push_str("\\u00");
                out.extend([byte >> 4, byte & 15].iter().filter_map(|digit| DIGITS.get(usize::from(*digit))));
            }
        }
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out.push('"');
}
