//! Core's errors as JS `Error`s: the text as `message`, the closed list's word as `code`.

use jobtrail_core::{JobIdError, QueryError};
use wasm_bindgen::JsValue;

/// A query's error; the column is turned from bytes to UTF-16 units, as JS counts.
pub(crate) fn query_error(error: &QueryError, text: &str) -> JsValue {
    let before = text.get(..error.column()).unwrap_or(text);
    let js = with_code(&error.to_string(), error.code());
    set(&js, "column", &JsValue::from(u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)));
    set(&js, "expected", &JsValue::from_str(error.expected()));
    js
}

/// A job ID's error, with the `part` that is wrong.
pub(crate) fn job_id_error(error: &JobIdError) -> JsValue {
    let js = with_code(&error.to_string(), error.code());
    set(&js, "part", &JsValue::from_str(error.part()));
    js
}

/// An option that is none of ours or has a wrong value.
pub(crate) fn bad_option(text: &str) -> JsValue {
    with_code(text, "bad_option")
}

fn with_code(text: &str, code: &str) -> JsValue {
    let js = JsValue::from(js_sys::Error::new(text));
    set(&js, "code", &JsValue::from_str(code));
    js
}

fn set(object: &JsValue, key: &str, value: &JsValue) {
    // Setting a property of an object made here cannot fail.
    let _ = js_sys::Reflect::set(object, &JsValue::from_str(key), value);
}
