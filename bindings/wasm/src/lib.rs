//! The browser's and Node's face of `jobtrail-core`: glue only. Small values cross as JS objects, windows of records as
//! one JSON text, errors as JS `Error`s with `code`. The manners (defaults, types, docs) are in `js/index.ts`.

mod errors;
mod options;

use std::borrow::Cow;

use jobtrail_core as core;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use errors::{bad_option, job_id_error, query_error};
use options::{Options, job_types, timestamp};

/// The standard one is 5 KB larger, for the same speed and memory.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

type Done<T> = Result<T, JsValue>;

/// Returns a line (continuation lines included) as the record that it is.
#[wasm_bindgen(js_name = parseLine)]
pub fn parse_line(text: &str, options: JsValue) -> Done<JsValue> {
    let record = core::parse_line(text, &Options(options).read()?);
    let mut json = String::new();
    core::write_json(&record, None, &mut json);
    js_sys::JSON::parse(&json)
}

/// Returns the text with its secrets and personal paths masked; nothing where it hides none, so that it is not copied back.
#[wasm_bindgen]
pub fn redact(text: &str, options: JsValue) -> Done<Option<String>> {
    Ok(match Options(options).redactor()?.redact(text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(redacted) => Some(redacted),
    })
}

/// Returns a job ID, its type, month, day and suffix, or says which part is wrong.
#[wasm_bindgen(js_name = parseJobId)]
pub fn parse_job_id(text: &str, types: &JsValue) -> Done<JsValue> {
    let id = core::JobId::parse(text, &job_types(types)?).map_err(|error| job_id_error(&error))?;
    let parts = (id.as_str(), id.job_type(), id.month(), id.day(), id.suffix());
    serde_wasm_bindgen::to_value(&parts).map_err(JsValue::from)
}

/// Returns a job ID of the day that `taken` does not know yet.
#[wasm_bindgen(js_name = generateJobId)]
pub fn generate_job_id(
    job_type: &str,
    types: &JsValue,
    now_ms: f64,
    seed: u64,
    taken: &js_sys::Function,
) -> Done<String> {
    let mut failed = None;
    let mut is_taken = |id: &core::JobId| {
        let answer = taken.call1(&JsValue::NULL, &JsValue::from_str(id.as_str()));
        answer.map_err(|error| failed = Some(error)).is_ok_and(|answer| answer.is_truthy())
    };
    let id = core::generate_job_id(job_type, &job_types(types)?, timestamp(now_ms).date(), seed, &mut is_taken);
    if let Some(error) = failed {
        return Err(error);
    }
    id.map(|id| id.to_string()).map_err(|error| job_id_error(&error))
}

/// A parsed query.
#[wasm_bindgen]
pub struct Query(core::Query);

#[wasm_bindgen]
impl Query {
    /// Parses a query; throws an error with `code`, `column` and `expected`.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str) -> Done<Query> {
        core::Query::parse(text).map(Query).map_err(|error| query_error(&error, text))
    }

    /// Returns the query that asks for both.
    #[must_use]
    pub fn and(&self, other: &Query) -> Query {
        Query(self.0.and(&other.0))
    }

    /// Returns its canonical text.
    #[wasm_bindgen(js_name = toString)]
    pub fn text(&self) -> String {
        self.0.to_string()
    }
}

/// Returns as JSON what can stand at a byte of a query; `known` gives the values of a field, a line each.
#[wasm_bindgen(js_name = completeQuery)]
pub fn complete_query(text: &str, cursor: usize, known: &js_sys::Function) -> String {
    let mut values = |field: &str, offer: &mut dyn FnMut(&str)| {
        let values = known.call1(&JsValue::NULL, &JsValue::from_str(field)).ok().and_then(|values| values.as_string());
        values.unwrap_or_default().split('\n').filter(|value| !value.is_empty()).for_each(offer);
    };
    core::complete(text, cursor, &mut values).to_json()
}

/// Rows of a store that a query took.
#[wasm_bindgen]
pub struct Rows(core::Rows);

#[wasm_bindgen]
impl Rows {
    /// Number of rows.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.0.len()
    }
}

/// Keeps a log's lines and answers queries.
#[wasm_bindgen]
pub struct LogStore {
    store: core::LogStore,
    zone: core::Zone,
}

#[wasm_bindgen]
impl LogStore {
    /// Makes an empty store.
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue) -> Done<LogStore> {
        let options = Options(options).read()?;
        Ok(LogStore { zone: options.zone.clone(), store: core::LogStore::new(options) })
    }

    /// Adds bytes; an unfinished last line waits.
    pub fn append(&mut self, bytes: &[u8]) {
        self.store.append(bytes);
    }

    /// Adds bytes of one of several sources.
    #[wasm_bindgen(js_name = appendFrom)]
    pub fn append_from(&mut self, source: &str, bytes: &[u8]) {
        self.store.append_from(source, bytes);
    }

    /// Says that no more bytes come: an unfinished last line counts.
    pub fn finish(&mut self) {
        self.store.finish();
    }

    /// Says so of one source.
    #[wasm_bindgen(js_name = finishFrom)]
    pub fn finish_from(&mut self, source: &str) {
        self.store.finish_from(source);
    }

    /// Says at which byte the next bytes of a source stand: 0 for a file that begins anew. Its records stay.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "JS gives whole numbers from 0 on")]
    pub fn begin(&mut self, source: &str, offset: f64) {
        self.store.begin(source, offset as u64);
    }

    /// Number of records.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.store.len()
    }

    /// Returns the rows that the query takes; ages count back from `now_ms` (milliseconds since 1970).
    pub fn select(&self, query: &Query, now_ms: f64) -> Rows {
        Rows(self.store.select(&query.0.resolve(timestamp(now_ms), &self.zone)))
    }

    /// Returns a JSON array of records.
    pub fn window(&self, rows: &Rows, start: usize, count: usize) -> String {
        self.store.window(&rows.0, start, count)
    }

    /// Returns the redacted text of records, each with a line feed at its end.
    pub fn text(&self, rows: &Rows, start: usize, count: usize) -> String {
        self.store.text(&rows.0, start, count)
    }

    /// Returns the number of rows of each level, lowest first, then of those without one.
    #[wasm_bindgen(js_name = countByLevel)]
    pub fn count_by_level(&self, rows: &Rows) -> Vec<u32> {
        self.store.count_by_level(&rows.0).map(|count| u32::try_from(count).unwrap_or(u32::MAX)).to_vec()
    }

    /// Returns the newest `count` job IDs (all without it), newest first.
    pub fn jobs(&self, count: Option<usize>) -> Vec<String> {
        self.store.jobs().rev().take(count.unwrap_or(usize::MAX)).map(str::to_owned).collect()
    }

    /// Returns `[[value, count], ...]` as JSON, the most frequent first; `key` is the record's that holds the value.
    pub fn facet(&self, rows: &Rows, key: &str, limit: Option<usize>) -> Done<String> {
        let facet = core::Facet::parse(key).ok_or_else(|| bad_option(&format!("facet `{key}`")))?;
        Ok(self.store.facet_json(&rows.0, facet, limit.unwrap_or(usize::MAX)))
    }

    /// Returns as JSON how many rows of each level stand in each slice of time, of which there are at most `bars`.
    pub fn histogram(&self, rows: &Rows, bars: usize) -> String {
        self.store.histogram(&rows.0, bars).to_json()
    }

    /// Bytes of memory that the records hold.
    #[wasm_bindgen(getter, js_name = sizeBytes)]
    pub fn size_bytes(&self) -> usize {
        self.store.size_bytes()
    }

    /// Drops the oldest records until no more than `max_bytes` are held, if it can; returns how many.
    #[wasm_bindgen(js_name = dropOldest)]
    pub fn drop_oldest(&mut self, max_bytes: usize) -> usize {
        self.store.drop_oldest(max_bytes)
    }
}
