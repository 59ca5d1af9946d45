//! Options handed in as JS objects.

use std::collections::BTreeMap;

use jobtrail_core::{Date, JobTypes, Paths, ReadOptions, RedactOptions, Redactor, Timestamp, Zone};
use serde::Deserialize;
use wasm_bindgen::JsValue;

use crate::errors::{bad_option, job_id_error};

/// How to read; every part may be left out.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Options {
    redact: Redaction,
    /// The zone of stamps that name none: milliseconds since 1970 and seconds east from then on.
    offsets: Vec<(f64, i32)>,
    /// Day of the first stamp without one, as `2026-01-05`.
    date: Option<String>,
    job_types: Option<BTreeMap<String, String>>,
}

/// On, off, or on with settings.
#[derive(Deserialize)]
#[serde(untagged)]
enum Redaction {
    Switch(bool),
    Settings(RedactSettings),
}

impl Default for Redaction {
    fn default() -> Self {
        Self::Switch(true)
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RedactSettings {
    paths: Option<String>,
    roots: Vec<String>,
}

impl Options {
    /// Reads the options; `undefined` and `null` are the defaults.
    pub(crate) fn from_js(value: JsValue) -> Result<Self, JsValue> {
        from_js(value)
    }

    /// Returns core's form.
    pub(crate) fn read(self) -> Result<ReadOptions, JsValue> {
        let redactor = match self.redact {
            Redaction::Switch(false) => None,
            Redaction::Switch(true) => Some(Redactor::default()),
            Redaction::Settings(settings) => Some(Redactor::new(settings.into_core()?)),
        };
        #[expect(clippy::cast_possible_truncation, reason = "JS times are whole milliseconds far inside the range")]
        let transitions = self.offsets.iter().map(|&(ms, east)| (Timestamp::from_micros((ms * 1000.0) as i64), east));
        let zone = Zone::from_transitions(transitions.collect());
        let date = self.date.as_deref().map(day).transpose()?;
        let job_types = self.job_types.map_or_else(|| Ok(JobTypes::default()), with_types)?;
        Ok(ReadOptions { redactor, zone, date, job_types, ..ReadOptions::default() })
    }
}

impl RedactSettings {
    fn into_core(self) -> Result<RedactOptions, JsValue> {
        let paths = match self.paths.as_deref() {
            None | Some("home") => Paths::Home,
            Some("strict") => Paths::Strict,
            Some("off") => Paths::Off,
            Some(other) => return Err(bad_option(&format!("paths `{other}`, expected `home`, `strict` or `off`"))),
        };
        Ok(RedactOptions { paths, roots: self.roots })
    }
}

/// Reads settings of redaction alone.
pub(crate) fn redact_options(value: JsValue) -> Result<RedactOptions, JsValue> {
    from_js::<RedactSettings>(value)?.into_core()
}

/// Reads a registry of job types, an object of code and name; `undefined` is the default one.
pub(crate) fn job_types(value: JsValue) -> Result<JobTypes, JsValue> {
    from_js::<Option<BTreeMap<String, String>>>(value)?.map_or_else(|| Ok(JobTypes::default()), with_types)
}

fn with_types(extra: BTreeMap<String, String>) -> Result<JobTypes, JsValue> {
    let mut types = JobTypes::default();
    for (code, name) in extra {
        types.add(&code, &name).map_err(|error| job_id_error(&error))?;
    }
    Ok(types)
}

fn day(text: &str) -> Result<Date, JsValue> {
    Timestamp::parse(text)
        .map(Timestamp::date)
        .ok_or_else(|| bad_option(&format!("date `{text}`, expected `2026-01-05`")))
}

fn from_js<T: Default + serde::de::DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok(T::default());
    }
    serde_wasm_bindgen::from_value(value).map_err(|error| bad_option(&error.to_string()))
}
