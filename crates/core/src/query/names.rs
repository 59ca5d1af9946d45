//! The words of the language, each once: what a field is called and what may be asked of it, and the operators. The
//! parser looks names up here, completion offers them, and `docs/query.md` is written from them.

/// What a field's value is, and so what may stand behind its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKind {
    /// A level: named, or compared by rank.
    Level,
    /// A point in time.
    Time,
    /// A point in time that bounds what is looked at: `since:`, `until:`.
    Bound,
    /// A number.
    Number,
    /// A text, with `*` as wildcard.
    Text,
    /// A job ID, with `*` as wildcard.
    JobId,
}

impl FieldKind {
    /// Returns the operators that may stand behind a name of this kind, the most usual one first.
    pub const fn operators(self) -> &'static [&'static str] {
        match self {
            FieldKind::Level => &[":", ">=", "<=", ">", "<"],
            FieldKind::Time | FieldKind::Number => &[">=", "<=", ">", "<", ":"],
            FieldKind::Bound | FieldKind::Text | FieldKind::JobId => &[":"],
        }
    }
}

/// A name that the query language knows. Every other name looks in a record's `fields`.
#[derive(Clone, Copy, Debug)]
pub struct QueryField {
    /// The name, then what is short for it.
    pub(super) names: &'static [&'static str],
    /// What its value is.
    pub kind: FieldKind,
    /// What it holds, in a few words.
    pub about: &'static str,
}

impl QueryField {
    /// Returns the name, as a record's JSON has it.
    pub fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }

    /// Returns what is short for it, or another spelling.
    pub fn short(&self) -> &'static [&'static str] {
        self.names.get(1..).unwrap_or_default()
    }
}

const fn field(names: &'static [&'static str], kind: FieldKind, about: &'static str) -> QueryField {
    QueryField { names, kind, about }
}

use FieldKind::{Bound, JobId, Level, Number, Text, Time};

/// Every name, the most asked for first.
static FIELDS: [QueryField; 20] = [
    field(&["level"], Level, "how grave it is"),
    field(&["job_id", "job", "jobId", "jobid"], JobId, "the job"),
    field(&["since"], Bound, "not before"),
    field(&["until"], Bound, "not after"),
    field(&["message"], Text, "the text behind the header"),
    field(&["logger"], Text, "the name inside the process"),
    field(&["component"], Text, "the process or service"),
    field(&["user_id", "user", "userId"], Text, "the user"),
    field(&["project_id", "project", "projectId"], Text, "the project"),
    field(&["specId", "spec"], Text, "the spec"),
    field(&["assetId", "asset"], Text, "the asset"),
    field(&["status"], Text, "a job event's status"),
    field(&["exception"], Text, "the stack trace"),
    field(&["timestamp", "time", "ts"], Time, "the record's own time"),
    field(&["pid"], Number, "the process number"),
    field(&["thread"], Text, "the thread"),
    field(&["format"], Text, "the form of the line"),
    field(&["line"], Number, "its line in the source"),
    field(&["offset"], Number, "its byte in the source"),
    field(&["redacted"], Text, "a rule that masked something"),
];

/// Returns every name that the query language knows, the most asked for first.
///
/// ```
/// let fields = jobtrail_core::query_fields();
///
/// assert!(fields.iter().any(|field| field.name() == "job_id" && field.short().contains(&"job")));
/// ```
pub fn query_fields() -> &'static [QueryField] {
    &FIELDS
}

/// Returns what the table says of a name or short form.
pub(super) fn known(name: &str) -> Option<&'static QueryField> {
    FIELDS.iter().find(|field| field.names.contains(&name))
}

/// A sign or word that joins or qualifies terms.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct QueryOperator {
    /// How it is written.
    pub text: &'static str,
    /// What it asks for.
    pub about: &'static str,
}

const fn operator(text: &'static str, about: &'static str) -> QueryOperator {
    QueryOperator { text, about }
}

/// The operators behind a name.
pub(super) static COMPARISONS: [QueryOperator; 5] = [
    operator(":", "is"),
    operator(">=", "is or is above"),
    operator("<=", "is or is below"),
    operator(">", "is above"),
    operator("<", "is below"),
];

/// The operators between and before terms.
pub(super) static JOINERS: [QueryOperator; 4] = [
    operator("OR", "one or the other"),
    operator("NOT", "not what follows"),
    operator("-", "not what follows"),
    operator("(", "a group, up to `)`"),
];

/// The forms that a value or a term may have.
static FORMS: [QueryOperator; 4] = [
    operator(",", "one of several"),
    operator("*", "anything, or nothing"),
    operator("\"", "a phrase, up to the next `\"`"),
    operator("/", "a regular expression, up to the next `/`"),
];

/// Returns every operator: those behind a name, those between and before terms, and the forms of values and terms.
///
/// ```
/// assert!(jobtrail_core::query_operators().any(|operator| operator.text == "OR"));
/// ```
pub fn query_operators() -> impl Iterator<Item = &'static QueryOperator> {
    COMPARISONS.iter().chain(&JOINERS).chain(&FORMS)
}

/// Queries that show a name or an operator. Apart from the tables above, because the browser needs none.
static EXAMPLES: [(&str, &str); 33] = [
    ("level", "level>=warning"),
    ("job_id", "job:MSH-0105-A7F2"),
    ("since", "since:2h"),
    ("until", "until:yesterday"),
    ("message", "message:*timeout*"),
    ("logger", "-logger:health"),
    ("component", "component:worker"),
    ("user_id", "user:7"),
    ("project_id", "project:p-12"),
    ("specId", "spec:chair*"),
    ("assetId", "asset:a1,a2"),
    ("status", "status:failed"),
    ("exception", "exception:*"),
    ("timestamp", "time>=14:30"),
    ("pid", "pid:4711"),
    ("thread", "thread:MainThread"),
    ("format", "format:json"),
    ("line", "line>=1000"),
    ("offset", "offset<65536"),
    ("redacted", "redacted:github-token"),
    (":", "level:error"),
    (">=", "level>=warning"),
    ("<=", "pid<=100"),
    (">", "duration_ms>500"),
    ("<", "data.n<3"),
    ("OR", "level:error OR failed"),
    ("NOT", "NOT logger:health"),
    ("-", "-logger:health"),
    ("(", "(lost OR refused) level:error"),
    (",", "level:error,critical"),
    ("*", "message:conn*lost"),
    ("\"", "\"connection lost\""),
    ("/", "/conn(ection)? lost/"),
];

/// Returns a query that shows what a known name or operator does; none for any other text.
///
/// ```
/// assert_eq!(Some("since:2h"), jobtrail_core::query_example("since"));
/// ```
pub fn query_example(of: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(known, _)| *known == of).map(|(_, example)| *example)
}
