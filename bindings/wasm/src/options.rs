//! Options handed in as JS objects. Read key by key: a deserializer, with its texts for wrong types, would weigh 29 KB.

use jobtrail_core::{Date, JobTypes, Paths, ReadOptions, RedactOptions, Redactor, Timestamp, Zone};
use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::errors::{bad_option, job_id_error};

/// How to read and redact; every part may be left out. Pairs come as flat arrays.
pub(crate) struct Options(pub(crate) JsValue);

impl Options {
    /// Returns how to read.
    pub(crate) fn read(&self) -> Result<ReadOptions, JsValue> {
        // Milliseconds since 1970 and the seconds east from then on.
        let offsets: Vec<f64> = items(&self.get("offsets")).iter().filter_map(JsValue::as_f64).collect();
        let offset = |&[ms, east]: &[f64; 2]| (timestamp(ms), seconds(east));
        Ok(ReadOptions {
            zone: Zone::from_transitions(offsets.as_chunks().0.iter().map(offset).collect()),
            date: self.text("date")?.map(|date| day(&date)).transpose()?,
            job_types: job_types(&self.get("jobTypes"))?,
            redactor: if self.get("redact") == JsValue::FALSE { None } else { Some(self.redactor()?) },
            ..ReadOptions::default()
        })
    }

    /// Returns what masks text.
    pub(crate) fn redactor(&self) -> Result<Redactor, JsValue> {
        if self.0.is_undefined() {
            return Ok(Redactor::default()); // asked at every line
        }
        let paths = match self.text("paths")?.as_deref() {
            None | Some("home") => Paths::Home,
            Some("strict") => Paths::Strict,
            Some("off") => Paths::Off,
            Some(other) => return Err(bad_option(&format!("paths `{other}`, expected `home`, `strict` or `off`"))),
        };
        let texts = |key| texts(&self.get(key));
        let is_on = |key| self.get(key) == JsValue::TRUE;
        let options = RedactOptions {
            paths,
            roots: texts("roots"),
            emails: is_on("emails"),
            ips: is_on("ips"),
            phones: is_on("phones"),
            patterns: texts("patterns"),
            off: texts("off"),
            allow: texts("allow"),
            mask: self.text("mask")?,
        };
        options.check_texts().map_err(|error| bad_option(error.code()))?;
        Ok(Redactor::new(options))
    }

    fn get(&self, key: &str) -> JsValue {
        // Options that are left out cannot be looked into.
        Reflect::get(&self.0, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED)
    }

    fn text(&self, key: &str) -> Result<Option<String>, JsValue> {
        let value = self.get(key);
        let text = value.as_string();
        let is_wrong = text.is_none() && !value.is_undefined() && !value.is_null();
        if is_wrong { Err(bad_option(&format!("{key} is no text"))) } else { Ok(text) }
    }
}

/// Returns the registered job types and these: code and name in turn.
pub(crate) fn job_types(extra: &JsValue) -> Result<JobTypes, JsValue> {
    let mut types = JobTypes::default();
    for [code, name] in texts(extra).as_chunks().0 {
        types.add(code, name).map_err(|error| job_id_error(&error))?;
    }
    Ok(types)
}

/// Milliseconds of JS as an instant; what is no number is 1970.
#[expect(clippy::cast_possible_truncation, reason = "JS times are whole milliseconds far inside the range")]
pub(crate) fn timestamp(ms: f64) -> Timestamp {
    Timestamp::from_micros((ms * 1000.0) as i64)
}

#[expect(clippy::cast_possible_truncation, reason = "offsets are less than a day")]
fn seconds(east: f64) -> i32 {
    east as i32
}

fn day(text: &str) -> Result<Date, JsValue> {
    let midnight = Timestamp::parse(text);
    midnight.map(Timestamp::date).ok_or_else(|| bad_option(&format!("date `{text}`, expected `2026-01-05`")))
}

fn items(array: &JsValue) -> Vec<JsValue> {
    array.dyn_ref::<Array>().map(Array::to_vec).unwrap_or_default()
}

fn texts(array: &JsValue) -> Vec<String> {
    items(array).iter().filter_map(JsValue::as_string).collect()
}
