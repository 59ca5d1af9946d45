//! What Python's C interface hands over bare: arguments, the UTF-8 of a text, the items of a list, the version of a class, the calling frame.
#![expect(unsafe_code, reason = "bare pointers of the interpreter; each block says why it is sound")]

use std::ffi::c_char;
use std::marker::PhantomData;
use std::ptr::{self, NonNull};
use std::slice;

use pyo3::prelude::*;
use pyo3::types::{PyCode, PyDict, PyList, PyString, PyType};
use pyo3::{Borrowed, ffi};

/// A reference that is borrowed from whoever holds it.
pub(super) type Value<'a, 'py> = Borrowed<'a, 'py, PyAny>;

/// An argument of a call, which lives as long as the call.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Argument<'a>(NonNull<ffi::PyObject>, PhantomData<&'a ()>);

impl<'a> Argument<'a> {
    /// # Safety
    /// `first` points to so many references to objects that live for `'a`, or there are none.
    pub(super) unsafe fn slice(first: *const *mut ffi::PyObject, count: usize) -> &'a [Argument<'a>] {
        if first.is_null() || count == 0 {
            return &[];
        }
        // SAFETY: the caller vouches for place and length, and no argument of a call is null: the same layout.
        unsafe { slice::from_raw_parts(first.cast(), count) }
    }

    #[inline]
    pub(super) fn get<'py>(self, py: Python<'py>) -> Value<'a, 'py> {
        // SAFETY: a reference to an object that lives for `'a`, as whoever made `self` vouched.
        unsafe { Borrowed::from_ptr(py, self.0.as_ptr()) }
    }
}

/// A text's UTF-8, which Python keeps as long as the text; None where a lone surrogate has none.
#[inline]
pub(super) fn utf8<'a>(text: Borrowed<'a, '_, PyString>) -> Option<&'a str> {
    ascii(text).or_else(|| utf8_of_any(text))
}

/// The UTF-8 of a text that is plain ASCII: its own bytes, behind the object's head.
#[cfg(not(Py_3_14))]
#[inline]
fn ascii<'a>(text: Borrowed<'a, '_, PyString>) -> Option<&'a str> {
    // SAFETY: a text, and so many bytes of it, which Python frees no sooner than the text, alive for `'a`.
    unsafe {
        if ffi::PyUnicode_IS_COMPACT_ASCII(text.as_ptr()) == 0 {
            return None;
        }
        let len = usize::try_from(ffi::PyUnicode_GET_LENGTH(text.as_ptr())).ok()?;
        let start: *const u8 = ffi::PyUnicode_1BYTE_DATA(text.as_ptr());
        Some(str::from_utf8_unchecked(slice::from_raw_parts(start, len)))
    }
}

/// Where that cannot be seen from outside of the interpreter.
#[cfg(Py_3_14)]
fn ascii<'a>(_text: Borrowed<'a, '_, PyString>) -> Option<&'a str> {
    None
}

#[cold]
fn utf8_of_any<'a>(text: Borrowed<'a, '_, PyString>) -> Option<&'a str> {
    let mut len = 0;
    // SAFETY: a text, and a place for its length.
    let start: *const c_char = unsafe { ffi::PyUnicode_AsUTF8AndSize(text.as_ptr(), &raw mut len) };
    if start.is_null() {
        // SAFETY: this thread holds the interpreter, as `text` proves.
        unsafe { ffi::PyErr_Clear() };
        return None;
    }
    let len = usize::try_from(len).ok()?;
    // SAFETY: Python has written so many bytes of UTF-8 there, and changes or frees them no sooner than the text, which is
    // alive for `'a`.
    Some(unsafe { str::from_utf8_unchecked(slice::from_raw_parts(start.cast(), len)) })
}

/// Whether a list holds these items, and no others.
#[inline]
pub(super) fn holds(list: Borrowed<'_, '_, PyList>, items: &[Py<PyAny>]) -> bool {
    // SAFETY: a list, and the interpreter is held: nobody changes its length meanwhile.
    let at = |at: usize| unsafe { ffi::PyList_GET_ITEM(list.as_ptr(), at.cast_signed()) };
    list.len() == items.len() && items.iter().enumerate().all(|(place, item)| ptr::eq(at(place), item.as_ptr()))
}

/// A class as it was when it was looked at. Whatever is changed on it or on a base of it takes its version away.
pub(super) struct Version {
    class: Py<PyType>,
    tag: u32,
}

impl Version {
    pub(super) fn of(class: &Bound<'_, PyType>) -> Self {
        Self { tag: tag_of(class.as_type_ptr()), class: class.clone().unbind() }
    }

    /// Whether the object is of this class, and the class is as it was.
    #[inline]
    pub(super) fn is_of(&self, value: Value<'_, '_>) -> bool {
        ptr::eq(value.get_type_ptr().cast(), self.class.as_ptr()) && self.stands()
    }

    /// Whether the class is as it was. A class that the interpreter gives no version any more never is.
    #[inline]
    pub(super) fn stands(&self) -> bool {
        self.tag != 0 && tag_of(self.class.as_ptr().cast()) == self.tag
    }
}

fn tag_of(class: *mut ffi::PyTypeObject) -> u32 {
    // SAFETY: a class that is alive, and the interpreter is held: nobody else writes the field.
    unsafe { (*class).tp_version_tag }
}

/// A number that changes with every change of the dict; 0: this Python keeps none.
#[inline]
pub(super) fn dict_version(dict: &Py<PyDict>) -> u64 {
    version_of(dict.as_ptr())
}

#[cfg(not(Py_3_14))]
#[cfg_attr(Py_3_12, expect(deprecated, reason = "kept, and right, up to 3.13"))]
fn version_of(dict: *mut ffi::PyObject) -> u64 {
    // SAFETY: a dict that is alive, and the interpreter is held: nobody else writes the field.
    unsafe { (*dict.cast::<ffi::PyDictObject>()).ma_version_tag }
}

#[cfg(Py_3_14)]
fn version_of(_dict: *mut ffi::PyObject) -> u64 {
    0
}

/// The value of a context variable here; None also where it has none.
#[inline]
pub(super) fn context_value<'py>(py: Python<'py>, variable: &Py<PyAny>) -> Option<Bound<'py, PyAny>> {
    let mut value = ptr::null_mut();
    // SAFETY: any object (another than a context variable is an error), no default, and a place for a new reference.
    let result = unsafe { ffi::PyContextVar_Get(variable.as_ptr(), ptr::null_mut(), &raw mut value) };
    if result < 0 {
        // SAFETY: this thread holds the interpreter.
        unsafe { ffi::PyErr_Clear() };
        return None;
    }
    // SAFETY: null, or a new reference that is ours.
    unsafe { Bound::from_owned_ptr_or_opt(py, value) }
}

/// A frame on the stack of Python calls.
pub(super) struct Frame<'py>(Bound<'py, PyAny>);

impl<'py> Frame<'py> {
    /// The innermost one: whoever called us.
    pub(super) fn current(py: Python<'py>) -> Option<Self> {
        // SAFETY: null, or a reference borrowed from this thread's state, which we take a share of.
        unsafe { Bound::from_borrowed_ptr_or_opt(py, ffi::PyEval_GetFrame().cast()) }.map(Self)
    }

    pub(super) fn back(&self) -> Option<Self> {
        // SAFETY: a frame; null, or a new reference that is ours.
        unsafe { Bound::from_owned_ptr_or_opt(self.0.py(), ffi::PyFrame_GetBack(self.0.as_ptr().cast()).cast()) }
            .map(Self)
    }

    pub(super) fn code(&self) -> Option<Bound<'py, PyCode>> {
        // SAFETY: a frame; every one has its code, and the reference is ours.
        let code =
            unsafe { Bound::from_owned_ptr_or_opt(self.0.py(), ffi::PyFrame_GetCode(self.0.as_ptr().cast()).cast()) };
        code?.cast_into().ok()
    }

    /// 0 where nobody knows.
    pub(super) fn line(&self) -> i32 {
        // SAFETY: a frame.
        unsafe { ffi::PyFrame_GetLineNumber(self.0.as_ptr().cast()) }
    }
}
