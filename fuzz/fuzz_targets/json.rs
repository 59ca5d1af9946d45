//! A line is an object where serde_json says so, and its fields are those that serde_json reads.
#![no_main]

use jobtrail_core::{ReadOptions, parse_line, write_json};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|line: &str| {
    if line.contains(['\n', '\r', '\u{1b}']) || !line.starts_with('{') {
        return;
    }
    let options = ReadOptions { redactor: None, ..ReadOptions::default() };
    let record = parse_line(line, &options);
    let object = serde_json::from_str::<Map<String, Value>>(line);

    // Ours has no limit of depth, takes half a surrogate pair, and keeps numbers of any size.
    if let Ok(object) = object {
        assert_ne!("plain", record.format, "{line}");
        let mut json = String::new();
        write_json(&record, None, &mut json);
        let Ok(written) = serde_json::from_str::<Map<String, Value>>(&json) else { panic!("{json}") };
        let fields = written.get("fields").and_then(Value::as_object).cloned().unwrap_or_default();
        for (key, value) in fields {
            assert_eq!(object.get(&key), Some(&value), "{key} of {line}");
        }
    }
});
