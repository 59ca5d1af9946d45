//! A record's message: `msg % args`, as `logging.LogRecord.getMessage` makes it.

use std::fmt::Write;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString, PyTuple};
use pyo3::{Borrowed, PyTypeInfo};

use super::digits::push_number;
use super::known::Known;
use super::raw::{Argument, Value, utf8};

/// Adds the message if no code of the user's has to run for it: texts, numbers and None, in the plain conversions.
/// None: it is not as simple, and `out` may hold a part.
#[inline]
pub(super) fn push_simple(out: &mut String, message: Value<'_, '_>, arguments: &[Argument<'_>]) -> Option<()> {
    let text = exact_text(message)?;
    if arguments.is_empty() {
        out.push_str(text);
        return Some(());
    }
    let py = message.py();
    let mut rest = text;
    let mut arguments = arguments.iter();
    while let Some(at) = memchr::memchr(b'%', rest.as_bytes()) {
        out.push_str(rest.get(..at)?);
        let conversion = rest.as_bytes().get(at + 1..)?;
        let mut next = || arguments.next().map(|argument| argument.get(py));
        let used = match conversion {
            [b's', ..] => push_text(out, next()?).map(|()| 1)?,
            [b'd' | b'i', ..] => push_integer(out, next()?).map(|()| 1)?,
            [b'f', ..] => push_fixed(out, next()?, 6).map(|()| 1)?,
            [b'.', digit @ b'0'..=b'9', b'f', ..] => push_fixed(out, next()?, usize::from(digit - b'0')).map(|()| 3)?,
            [b'%', ..] => {
                out.push('%');
                1
            }
            _ => return None,
        };
        rest = rest.get(at + 1 + used..)?;
    }
    out.push_str(rest);
    arguments.next().is_none().then_some(())
}

/// The text of a `str` that is no subclass, whose `__str__` could be anything; None also where it holds a lone surrogate.
#[inline]
pub(super) fn exact_text<'a>(value: Value<'a, '_>) -> Option<&'a str> {
    if !value.is_exact_instance_of::<PyString>() {
        return None;
    }
    let text: Borrowed<'a, '_, PyString> = value.cast().ok()?;
    utf8(text)
}

/// `%s`
#[inline]
fn push_text(out: &mut String, value: Value<'_, '_>) -> Option<()> {
    if let Some(text) = exact_text(value) {
        out.push_str(text);
        return Some(());
    }
    if value.is_none() {
        out.push_str("None");
        return Some(());
    }
    if value.is_exact_instance_of::<PyFloat>() {
        return push_float(out, value);
    }
    if let Some(truth) = truth_of(value) {
        out.push_str(if truth { "True" } else { "False" });
        return Some(());
    }
    push_integer(out, value)
}

/// `True` or `False` itself.
pub(super) fn truth_of(value: Value<'_, '_>) -> Option<bool> {
    value.cast::<PyBool>().ok().map(|truth| truth.is_true())
}

/// `%d`, and how a whole number is shown anywhere.
#[inline]
pub(super) fn push_integer(out: &mut String, value: Value<'_, '_>) -> Option<()> {
    let py = value.py();
    if !value.is_exact_instance_of::<PyInt>() && !value.get_type().is(PyBool::type_object(py)) {
        return None;
    }
    let number: i64 = value.extract().ok()?;
    push_number(out, number);
    Some(())
}

/// A float as `repr` shows it, where both languages write it without an exponent and alike: a number of up to 15 digits is
/// the only such one that stands for its float; of longer ones there may be two, equally near.
pub(super) fn push_float(out: &mut String, value: Value<'_, '_>) -> Option<()> {
    const SURE_DIGITS: usize = 15;
    let number: f64 = value.extract().ok()?;
    if number != 0.0 && !(1e-4..1e16).contains(&number.abs()) {
        return None;
    }
    let start = out.len();
    write!(out, "{number:?}").ok()?;
    let digits = out.get(start..)?.bytes().filter(u8::is_ascii_digit).count();
    if digits > SURE_DIGITS {
        out.truncate(start);
        let text = value.repr().ok()?;
        out.push_str(utf8(text.as_borrowed())?);
    }
    Some(())
}

/// `%.2f`
fn push_fixed(out: &mut String, value: Value<'_, '_>, digits: usize) -> Option<()> {
    if !value.is_exact_instance_of::<PyFloat>() {
        return None;
    }
    let number: f64 = value.extract().ok()?;
    if number.is_nan() || number.abs() >= 1e15 {
        return None;
    }
    write!(out, "{number:.digits$}").ok()
}

/// Makes the message as `logging` does, with whatever code of the user's that runs. No lock may be held.
///
/// None: what came out is no text that can be written. An error: the user's code raised.
pub(super) fn in_full<'py>(
    py: Python<'py>,
    message: Value<'_, 'py>,
    arguments: &[Argument<'_>],
    known: &Known,
) -> PyResult<Option<Bound<'py, PyString>>> {
    let text = message.str()?;
    let mut made = text.into_any();
    if let [first, rest @ ..] = arguments {
        let first = first.get(py);
        let is_mapping = rest.is_empty() && first.is_instance(known.mapping.bind(py))? && first.is_truthy()?;
        made = if is_mapping {
            made.rem(first)?
        } else {
            let values = arguments.iter().map(|argument| argument.get(py));
            made.rem(PyTuple::new(py, values.collect::<Vec<_>>())?)?
        };
    }
    Ok(if made.is_exact_instance_of::<PyString>() { made.cast_into().ok() } else { None })
}
