//! The file that a studio service keeps of each job (`data/projects/<project>/jobs/<job>.json`), in sum: never a whole input.

use std::borrow::Cow;

use crate::scan;

/// What a job's file says of it.
///
/// ```
/// use jobtrail_core::JobFile;
///
/// let text = r#"{"status": "failed", "type": "upscale", "input": {"image": "a.png", "scale": 2},
///     "error": {"message": "bad tile"}, "logPath": "projects/p1/files/logs/jobs/j1.jsonl"}"#;
/// let file = JobFile::parse(text).unwrap();
/// assert_eq!((Some("failed"), Some("bad tile")), (file.status.as_deref(), file.error.as_deref()));
/// assert_eq!(vec!["image", "scale"], file.input);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobFile {
    /// `status`.
    pub status: Option<String>,
    /// `type`.
    pub job_type: Option<String>,
    /// `error`: a text, or an object's `message`.
    pub error: Option<String>,
    /// `logPath`: where the job's log is, relative to the root of the data.
    pub log_path: Option<String>,
    /// The keys of `input`.
    pub input: Vec<String>,
    /// The keys of `output`.
    pub output: Vec<String>,
}

impl JobFile {
    /// Reads a job's file; none where the text is no JSON object.
    pub fn parse(text: &str) -> Option<JobFile> {
        let members = scan::members(text.trim())?;
        let raw = |key: &str| members.iter().find(|(known, _)| known == key).map(|(_, raw)| *raw);
        let text = |key: &str| scan::text_of(raw(key)?).map(Cow::into_owned).filter(|text| !text.is_empty());
        let inner = |key: &str| raw(key).filter(|raw| raw.starts_with('{')).and_then(scan::members).unwrap_or_default();
        let keys = |key: &str| inner(key).into_iter().map(|(key, _)| key.into_owned()).collect();
        let error_message = || {
            let members = inner("error");
            let (_, raw) = members.iter().find(|(key, _)| matches!(&**key, "message" | "msg"))?;
            scan::text_of(raw).map(Cow::into_owned)
        };
        let is_text = raw("error").is_some_and(|raw| raw.starts_with('"'));
        Some(JobFile {
            status: text("status"),
            job_type: text("type"),
            error: if is_text { text("error") } else { error_message() },
            log_path: text("logPath"),
            input: keys("input"),
            output: keys("output"),
        })
    }

    /// Returns it as one JSON object: `path`, as given, `status`, `type`, `error`, `log_path`, `input` and `output` (their keys).
    pub fn to_json(&self, path: &str) -> String {
        let mut json = String::from("{\"path\":");
        scan::push_string(path, &mut json);
        let texts =
            [("status", &self.status), ("type", &self.job_type), ("error", &self.error), ("log_path", &self.log_path)];
        for (key, text) in texts {
            json.extend([",\"", key, "\":"]);
            match text {
                Some(text) => scan::push_string(text, &mut json),
                None => json.push_str("null"),
            }
        }
        for (key, keys) in [("input", &self.input), ("output", &self.output)] {
            json.extend([",\"", key, "\":["]);
            for (i, key) in keys.iter().enumerate() {
                json.push_str(if i > 0 { "," } else { "" });
                scan::push_string(key, &mut json);
            }
            json.push(']');
        }
        json.push('}');
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jobs_file_is_read_in_sum() {
        let file =
            JobFile::parse(r#"{"status":"failed","error":"no \"tile\"","input":{"a":[1]},"output":null}"#).unwrap();
        assert_eq!(
            r#"{"path":"p.json","status":"failed","type":null,"error":"no \"tile\"","log_path":null,"input":["a"],"output":[]}"#,
            file.to_json("p.json")
        );
        assert_eq!(Some(JobFile::default()), JobFile::parse("{}"));
        assert_eq!(None, JobFile::parse("[]"));
        assert_eq!(None, JobFile::parse("{\"status\":"));
    }
}
