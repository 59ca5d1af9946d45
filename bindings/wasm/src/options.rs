//! Options handed in as JS objects.

use jobtrail_core::{Date, JobTypes, Paths, ReadOptions, RedactOptions, Redactor, Timestamp, Zone};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use crate::errors::{bad_option, job_id_error};

/// How to read and redact; every part may be left out.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Options {
    redact: Option<bool>,
    paths: Option<String>,
    roots: Vec<String>,
    /// The zone of stamps that name none: milliseconds since 1970 and seconds east from then on.
    offsets: Vec<(f64, i32)>,
    /// Day of the first stamp without one, as `2026-01-05`.
    date: Option<String>,
    /// Code and name of job types beside the registered ones.
    job_types: Vec<(String, String)>,
}

impl Options {
    /// Returns how to read.
    pub(crate) fn read(self) -> Result<ReadOptions, JsValue> {
        let zone = self.offsets.iter().map(|&(ms, east)| (timestamp(ms), east)).collect();
        Ok(ReadOptions {
            zone: Zone::from_transitions(zone),
            date: self.date.as_deref().map(day).transpose()?,
            job_types: with_types(&self.job_types)?,
            redactor: if self.redact == Some(false) { None } else { Some(self.redactor()?) },
            ..ReadOptions::default()
        })
    }

    /// Returns what masks text.
    pub(crate) fn redactor(self) -> Result<Redactor, JsValue> {
        let paths = match self.paths.as_deref() {
            None | Some("home") => Paths::Home,
            Some("strict") => Paths::Strict,
            Some("off") => Paths::Off,
            Some(other) => return Err(bad_option(&format!("paths `{other}`, expected `home`, `strict` or `off`"))),
        };
        Ok(Redactor::new(RedactOptions { paths, roots: self.roots }))
    }
}

/// Returns the registered job types and these: pairs of code and name.
pub(crate) fn job_types(value: JsValue) -> Result<JobTypes, JsValue> {
    with_types(&from_js::<Vec<(String, String)>>(value)?)
}

/// Milliseconds of JS as an instant; what is no number is 1970.
#[expect(clippy::cast_possible_truncation, reason = "JS times are whole milliseconds far inside the range")]
pub(crate) fn timestamp(ms: f64) -> Timestamp {
    Timestamp::from_micros((ms * 1000.0) as i64)
}

fn with_types(extra: &[(String, String)]) -> Result<JobTypes, JsValue> {
    let mut types = JobTypes::default();
    for (code, name) in extra {
        types.add(code, name).map_err(|error| job_id_error(&error))?;
    }
    Ok(types)
}

fn day(text: &str) -> Result<Date, JsValue> {
    let midnight =
        Timestamp::parse(text).ok_or_else(|| bad_option(&format!("date `{text}`, expected `2026-01-05`")))?;
    Ok(midnight.date())
}

/// Reads a small value; `undefined` and `null` are the default.
pub(crate) fn from_js<T: Default + DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok(T::default());
    }
    serde_wasm_bindgen::from_value(value).map_err(|error| bad_option(&error.to_string()))
}
