//! The methods that `JobLogger` has from here: bare descriptors, which the interpreter calls without making a tuple or a
//! dict of the arguments.
#![expect(unsafe_code, reason = "functions with C's calling convention, and their descriptors")]

use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyTuple, PyType};
use pyo3::{Borrowed, ffi};

use super::call::{Call, Way, log};
use super::known::{Known, LEVELS};
use super::raw::{Argument, Value};

/// The versions of Python on which the guards have been tested; any other has the standard path.
const TESTED: std::ops::RangeInclusive<(u8, u8)> = (3, 10)..=(3, 13);

/// Puts the fast methods on the class. False where this Python has no fast path.
#[pyfunction]
pub(crate) fn prepare_logger_class(class: &Bound<'_, PyType>, parts: &Bound<'_, PyDict>) -> PyResult<bool> {
    let py = class.py();
    let version = py.version_info();
    if !TESTED.contains(&(version.major, version.minor)) || !Known::set(py, parts)? {
        return Ok(false);
    }
    for (name, method) in METHODS {
        let definition = Box::leak(Box::new(ffi::PyMethodDef {
            ml_name: name.as_ptr(),
            ml_meth: ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: method },
            ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS,
            ml_doc: c"Logs a record, as the method of `logging.Logger` does.".as_ptr(),
        }));
        // SAFETY: a class, and a definition that is never freed, with the flags of its function.
        let descriptor =
            unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyDescr_NewMethod(class.as_type_ptr(), definition))? };
        class.setattr(name, descriptor)?;
    }
    Ok(true)
}

const METHODS: [(&CStr, ffi::PyCFunctionFastWithKeywords); 6] = [
    (c"debug", at_level::<0>),
    (c"info", at_level::<1>),
    (c"warning", at_level::<2>),
    (c"error", at_level::<3>),
    (c"critical", at_level::<4>),
    (c"log", at_any_level),
];
const NAMES: [&str; LEVELS.len()] = ["debug", "info", "warning", "error", "critical"];

/// `info(message, *args, **kwargs)`
unsafe extern "C" fn at_level<const RANK: usize>(
    logger: *mut ffi::PyObject,
    first: *const *mut ffi::PyObject,
    count: ffi::Py_ssize_t,
    names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls a descriptor with itself held, an instance of its class, so many arguments, the values
    // of the keywords behind them, and null or a tuple of their names.
    unsafe {
        let py = Python::assume_attached();
        let (arguments, values, names) = parts(py, first, count, names);
        let logger = Borrowed::from_ptr(py, logger);
        let way = match arguments {
            [message, rest @ ..] => {
                safely(logger, RANK, &Call { message: message.get(py), arguments: rest, names, values })
            }
            [] => Way::Standard,
        };
        finish(way, NAMES.get(RANK).copied().unwrap_or_default(), logger, first, count, names)
    }
}

/// `log(level, message, *args, **kwargs)`
unsafe extern "C" fn at_any_level(
    logger: *mut ffi::PyObject,
    first: *const *mut ffi::PyObject,
    count: ffi::Py_ssize_t,
    names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: as above.
    unsafe {
        let py = Python::assume_attached();
        let (arguments, values, names) = parts(py, first, count, names);
        let logger = Borrowed::from_ptr(py, logger);
        let way = match arguments {
            [level, message, rest @ ..] => match rank_of(level.get(py)) {
                Some(rank) => safely(logger, rank, &Call { message: message.get(py), arguments: rest, names, values }),
                None => Way::Standard,
            },
            _ => Way::Standard,
        };
        finish(way, "log", logger, first, count, names)
    }
}

/// # Safety
/// As for a method that the interpreter calls.
#[inline]
unsafe fn parts(
    py: Python<'_>,
    first: *const *mut ffi::PyObject,
    count: ffi::Py_ssize_t,
    names: *mut ffi::PyObject,
) -> (&[Argument<'_>], &[Argument<'_>], Option<Borrowed<'_, '_, PyTuple>>) {
    let count = usize::try_from(count).unwrap_or_default();
    // SAFETY: as the caller vouches.
    unsafe {
        let arguments = Argument::slice(first, count);
        let names = Borrowed::from_ptr_or_opt(py, names).and_then(|names| names.cast::<PyTuple>().ok());
        let values = names.map_or(&[][..], |names| Argument::slice(first.wrapping_add(count), names.len()));
        (arguments, values, names)
    }
}

/// Does the call; a fault of ours is no reason to end the program that logs.
#[inline]
fn safely(logger: Value<'_, '_>, rank: usize, call: &Call<'_, '_>) -> Way {
    catch_unwind(AssertUnwindSafe(|| log(logger, rank, call))).unwrap_or(Way::Standard)
}

/// The rank of one of the standard levels.
fn rank_of(level: Value<'_, '_>) -> Option<usize> {
    if !level.is_exact_instance_of::<PyInt>() {
        return None;
    }
    let level: i64 = level.extract().ok()?;
    LEVELS.iter().position(|(known, _)| *known == level)
}

/// Gives the interpreter what the call came to; what was not done is done by the method of `logging.Logger`, as it is now.
///
/// # Safety
/// As for a method that the interpreter calls.
#[inline]
unsafe fn finish(
    way: Way,
    method: &str,
    logger: Value<'_, '_>,
    first: *const *mut ffi::PyObject,
    count: ffi::Py_ssize_t,
    names: Option<Borrowed<'_, '_, PyTuple>>,
) -> *mut ffi::PyObject {
    let py = logger.py();
    match way {
        Way::Done => py.None().into_ptr(),
        Way::Raised(error) => {
            error.restore(py);
            ptr::null_mut()
        }
        // SAFETY: as the caller vouches.
        Way::Standard => unsafe { standard(method, logger, first, count, names) },
    }
}

/// # Safety
/// As for a method that the interpreter calls.
#[cold]
unsafe fn standard(
    method: &str,
    logger: Value<'_, '_>,
    first: *const *mut ffi::PyObject,
    count: ffi::Py_ssize_t,
    names: Option<Borrowed<'_, '_, PyTuple>>,
) -> *mut ffi::PyObject {
    let py = logger.py();
    let function = match Known::get().map(|known| known.logger_class.bind(py).getattr(method)) {
        Some(Ok(function)) => function,
        Some(Err(error)) => {
            error.restore(py);
            return ptr::null_mut();
        }
        None => return py.None().into_ptr(), // the methods are put on the class after this is known
    };
    let count = usize::try_from(count).unwrap_or_default();
    let total = count + names.map_or(0, |names| names.len());
    let mut arguments = Vec::with_capacity(total + 1);
    arguments.push(logger.as_ptr());
    for at in 0..total {
        // SAFETY: so many arguments stand there.
        arguments.push(unsafe { *first.add(at) });
    }
    let names = names.as_deref().map_or(ptr::null_mut(), Bound::as_ptr);
    // SAFETY: the logger and the arguments of the call, alive until it returns, and the names of the last of them.
    unsafe { ffi::PyObject_Vectorcall(function.as_ptr(), arguments.as_ptr(), count + 1, names) }
}
