//! The query language: one for the command line, Python, the panel's search box and the HTTP API.
//!
//! `names.rs` holds its words, `lex.rs` tells the pieces of a text apart, `parse.rs` reads what they say and `print.rs`
//! writes it, `time.rs` reads points in time, `field.rs` looks values up in a record, `text.rs` searches words, `words.rs` says which,
//! `complete.rs` says what can stand at a place, `pattern.rs` reads a `/regex/` and `automaton/` matches it. A [`Query`] is what was typed; [`Query::resolve`] turns it
//! into a [`Filter`], in which ages are instants.

mod automaton;
mod complete;
mod field;
mod lex;
mod names;
mod needles;
mod number;
mod parse;
mod pattern;
mod print;
mod text;
mod time;
mod verdict;
mod words;

use std::fmt;

use crate::record::Record;
use crate::timestamp::Timestamp;
use crate::zone::Zone;
use automaton::Pattern;
pub use complete::{Completion, CompletionKind, Completions, complete};
use field::FieldTest;
pub use names::{FieldKind, QueryField, QueryOperator, query_example, query_fields, query_operators};
pub(crate) use needles::{Needs, RawText};
use text::Needle;
use time::Moment;

/// A parsed query; the default matches every record.
///
/// ```
/// use jobtrail_core::{Query, ReadOptions, Timestamp, Zone, parse_line};
///
/// let query = Query::parse("level>=warning job:MSH-0105-A7F2 -logger:health").unwrap();
/// let now = Timestamp::parse("2026-01-05T15:00:00Z").unwrap();
/// let filter = query.resolve(now, &Zone::UTC);
///
/// let record = parse_line("[14:30:01] [ERROR] MSH-0105-A7F2 failed", &ReadOptions::default());
/// assert!(filter.matches(&record));
///
/// let error = Query::parse("level>=loud").unwrap_err();
/// assert_eq!(("bad_query", 7), (error.code(), error.column()));
/// ```
///
/// Displayed, it is its canonical text: short names spelled out, and no quote or parenthesis without need. Times stay as
/// they were typed, so a saved query still means the last two hours tomorrow. Queries of the same text are equal.
///
/// ```
/// use jobtrail_core::Query;
///
/// let query = Query::parse(r#"(level:WARN,error)  NOT job:"MSH-*" "lost" since:2h"#).unwrap();
/// let text = query.to_string();
///
/// assert_eq!(r#"level:warning,error -job_id:"MSH-*" lost since:2h"#, text);
/// assert_eq!(Ok(query), Query::parse(&text));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    test: Test,
}

impl Query {
    /// Returns the query that the whole of `text` is; a blank text matches every record.
    ///
    /// Fails at the first byte that cannot be read, and says what was expected there.
    pub fn parse(text: &str) -> Result<Query, QueryError> {
        parse::parse(text).map(|test| Query { test })
    }

    /// Returns the query that matches what both match.
    #[must_use]
    pub fn and(&self, other: &Query) -> Query {
        Query { test: Test::all(vec![self.test.clone(), other.test.clone()]) }
    }

    /// Returns the filter in which ages, clock times and days are instants, seen from `now` in `zone`.
    pub fn resolve(&self, now: Timestamp, zone: &Zone) -> Filter {
        Filter { test: self.test.clone().resolved(now, zone), zone: zone.clone() }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.test.fmt(f)
    }
}

/// A query whose times are instants; the default matches every record.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    test: Test,
    /// In which times in fields are read that name none.
    zone: Zone,
}

impl Filter {
    /// Returns whether a record matches.
    ///
    /// Words are searched in the record's whole text, without regard to ASCII case. A comparison with a value that the
    /// record lacks is false.
    pub fn matches(&self, record: &Record<'_>) -> bool {
        self.test.matches(record, &self.zone)
    }

    /// Returns what of a record the filter asks for, beside its times and level.
    pub(crate) fn reads(&self) -> Reads {
        self.test.reads()
    }

    /// Returns the first and the last instant between which every match lies, where the filter says so (`since:`,
    /// `until:`): of its own time, or of that of the record before it.
    pub fn window(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        self.test.window()
    }

    /// Returns whether the filter asks for the numbers of lines: then a source has to be read from its beginning.
    pub fn needs_line(&self) -> bool {
        self.test.needs_line()
    }

    /// Returns whether every record matches, whatever it holds.
    pub(crate) fn is_everything(&self) -> bool {
        self.test.is_everything()
    }

    /// Returns what every matching record must have; none where nothing is known of it.
    pub(crate) fn needs(&self) -> Option<Needs> {
        self.test.needs()
    }

    /// Returns the answer for a record of which only times and level are known; none where more of it decides.
    pub(crate) fn verdict(&self, head: &Record<'_>) -> Option<bool> {
        self.test.verdict(head)
    }

    /// Returns whether the filter asks for a time, so that a source without any is left out.
    pub fn needs_time(&self) -> bool {
        self.test.needs_time()
    }
}

/// What of a record a filter asks for, beside its times and level: a store need not read what nobody asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reads {
    /// The text.
    pub(crate) text: bool,
    /// Names that a store keeps beside the text: job, logger, component, user, project.
    pub(crate) names: bool,
    /// Anything else.
    pub(crate) record: bool,
}

impl Reads {
    fn or(self, other: Reads) -> Reads {
        Reads { text: self.text || other.text, names: self.names || other.names, record: self.record || other.record }
    }
}

/// One test, or several joined.
#[derive(Clone, Debug, PartialEq)]
enum Test {
    /// All of them hold; of none, always. Made by [`Test::all`], so that none of them is another `All`.
    All(Vec<Test>),
    /// Made by [`Test::any`], so that none of them is another `Any`.
    Any(Vec<Test>),
    Not(Box<Test>),
    Word(Needle),
    Pattern(Pattern),
    Field(FieldTest),
    /// Not before this moment.
    Since(Typed<Moment>),
    /// Not after this moment.
    Until(Typed<Moment>),
}

/// A value and how it was typed.
#[derive(Clone, Debug, PartialEq)]
struct Typed<T> {
    text: String,
    value: T,
}

impl Default for Test {
    fn default() -> Self {
        Test::All(Vec::new())
    }
}

impl Test {
    fn is_everything(&self) -> bool {
        matches!(self, Test::All(tests) if tests.iter().all(Test::is_everything))
    }

    /// Returns the test that all of these hold.
    fn all(tests: Vec<Test>) -> Test {
        Test::flat(tests, true)
    }

    /// Returns the test that at least one of these holds.
    fn any(tests: Vec<Test>) -> Test {
        Test::flat(tests, false)
    }

    fn flat(tests: Vec<Test>, is_all: bool) -> Test {
        let mut flat = Vec::with_capacity(tests.len());
        for test in tests {
            match test {
                Test::All(inner) if is_all => flat.extend(inner),
                Test::Any(inner) if !is_all => flat.extend(inner),
                test => flat.push(test),
            }
        }
        match flat.pop() {
            Some(only) if flat.is_empty() => return only,
            last => flat.extend(last),
        }
        if is_all { Test::All(flat) } else { Test::Any(flat) }
    }

    fn resolved(self, now: Timestamp, zone: &Zone) -> Test {
        let each = |tests: Vec<Test>| tests.into_iter().map(|test| test.resolved(now, zone)).collect();
        match self {
            Test::All(tests) => Test::All(each(tests)),
            Test::Any(tests) => Test::Any(each(tests)),
            Test::Not(test) => Test::Not(Box::new(test.resolved(now, zone))),
            Test::Word(needle) => Test::Word(needle),
            Test::Pattern(pattern) => Test::Pattern(pattern),
            Test::Field(test) => Test::Field(test.resolved(now, zone)),
            Test::Since(moment) => Test::Since(Typed { value: Moment::At(moment.value.first(now, zone)), ..moment }),
            Test::Until(moment) => Test::Until(Typed { value: Moment::At(moment.value.last(now, zone)), ..moment }),
        }
    }

    fn matches(&self, record: &Record<'_>, zone: &Zone) -> bool {
        let carried_at = |holds: &dyn Fn(Timestamp) -> bool| record.carried.is_some_and(holds);
        match self {
            Test::All(tests) => tests.iter().all(|test| test.matches(record, zone)),
            Test::Any(tests) => tests.iter().any(|test| test.matches(record, zone)),
            Test::Not(test) => !test.matches(record, zone),
            Test::Word(needle) => needle.is_in(&record.text),
            Test::Pattern(pattern) => pattern.is_in(&record.text),
            Test::Field(test) => test.matches(record, zone),
            Test::Since(moment) => carried_at(&|time| moment.value.instant().is_some_and(|from| time >= from)),
            Test::Until(moment) => carried_at(&|time| moment.value.instant().is_some_and(|to| time <= to)),
        }
    }

    fn reads(&self) -> Reads {
        match self {
            Test::All(tests) | Test::Any(tests) => tests.iter().map(Test::reads).fold(Reads::default(), Reads::or),
            Test::Not(test) => test.reads(),
            Test::Field(test) => test.reads(),
            Test::Since(_) | Test::Until(_) => Reads::default(),
            Test::Word(_) | Test::Pattern(_) => Reads { text: true, ..Reads::default() },
        }
    }

    fn needs_line(&self) -> bool {
        match self {
            Test::All(tests) | Test::Any(tests) => tests.iter().any(Test::needs_line),
            Test::Not(test) => test.needs_line(),
            Test::Field(test) => test.name == "line",
            Test::Since(_) | Test::Until(_) | Test::Word(_) | Test::Pattern(_) => false,
        }
    }

    fn needs_time(&self) -> bool {
        match self {
            Test::All(tests) | Test::Any(tests) => tests.iter().any(Test::needs_time),
            Test::Not(test) => test.needs_time(),
            Test::Since(_) | Test::Until(_) => true,
            Test::Word(_) | Test::Pattern(_) | Test::Field(_) => false,
        }
    }
}

/// What is wrong with a query, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryError {
    code: &'static str,
    column: usize,
    expected: String,
}

impl QueryError {
    /// Returns the stable code: `bad_query`, `bad_time` or `bad_pattern`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Returns the byte of the query, from 0, at which it cannot be read.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns what was expected there.
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bad query at column {}: expected {}", self.column + 1, self.expected)
    }
}

impl std::error::Error for QueryError {}
