//! `jobtrail redact`: text in, the same text without secrets out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::Write;

use jobtrail_core::{Finding, Redactor};
use jobtrail_files::{Blocks, FileError, is_binary};

use crate::inputs::{self, Input, no_such_path};
use crate::io::{Io, say};
use crate::print::{Out, STDIN, visible};
use crate::redaction::Redaction;
use crate::refusal::Refusal;
use crate::{ERROR, FOUND, NOTHING};

/// Mask secrets and personal paths in text
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  jobtrail redact < worker.log > shareable.log
  jobtrail redact --report worker.log > shareable.log
  jobtrail redact --check logs || echo 'secrets in the logs'")]
pub(crate) struct Arguments {
    /// Files, directories of logs, or `-` for standard input [default: standard input]
    #[arg(value_name = "PATH")]
    words: Vec<OsString>,
    /// Say on standard error where each rule found something and how often, never what
    #[arg(long)]
    report: bool,
    /// Print only where something would be masked, and exit with 1 if anything would
    #[arg(long, conflicts_with = "report")]
    check: bool,
    #[command(flatten)]
    redaction: Redaction,
}

pub(crate) fn run(arguments: &Arguments, io: &mut Io<'_>) -> Result<u8, Refusal> {
    if arguments.words.is_empty() && !io.stdin_is_piped {
        return Err(Refusal::because(
            "nothing to redact: name a file or pipe text in (`jobtrail redact < worker.log`)",
        ));
    }
    let mut words = inputs::split(&arguments.words, io);
    words.missing.extend(words.query.take());
    let redactor = arguments.redaction.redactor()?;
    let mut errors: Vec<String> = words.missing.iter().map(|missing| no_such_path(missing)).collect();
    let mut sources: Vec<(String, Result<Blocks, FileError>)> = Vec::new();
    for input in &words.sources {
        match input {
            Input::Stdin => {
                let stdin = std::mem::replace(&mut io.stdin, Box::new(std::io::empty()));
                sources.push((STDIN.to_owned(), Ok(Blocks::stream(stdin))));
            }
            Input::Paths(paths) => {
                let found = inputs::find(paths, io);
                errors.extend(found.problems.iter().map(ToString::to_string));
                errors.extend(found.without_logs.iter().map(|(name, _)| format!("no logs in `{name}`")));
                let files = found.sets.into_iter().flat_map(|set| set.files);
                sources.extend(files.map(|file| (file.name, Blocks::open(&file.path))));
            }
        }
    }
    let mut masking = Masking {
        redactor,
        out: Out::new(&mut *io.stdout),
        stderr: &mut *io.stderr,
        tells: match (arguments.check, arguments.report) {
            (true, _) => Tells::Check,
            (false, true) => Tells::Report,
            (false, false) => Tells::Nothing,
        },
        counts: BTreeMap::new(),
    };
    for (name, blocks) in sources {
        if masking.out.is_closed() {
            break;
        }
        if let Err(error) = blocks.and_then(|blocks| masking.source(&name, blocks)) {
            errors.push(format!("`{name}`: {error}"));
        }
    }
    Ok(masking.conclude(&errors))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tells {
    /// The redacted text alone.
    Nothing,
    /// The redacted text, and on standard error what was masked.
    Report,
    /// What would be masked alone.
    Check,
}

struct Masking<'a> {
    redactor: Redactor,
    out: Out<'a>,
    stderr: &'a mut dyn Write,
    tells: Tells,
    counts: BTreeMap<&'static str, u64>,
}

impl Masking<'_> {
    fn source(&mut self, name: &str, mut blocks: Blocks) -> Result<(), FileError> {
        let is_stream = blocks.id().is_none();
        let mut waiting: Vec<u8> = Vec::new();
        let mut line = 1;
        let mut is_first = true;
        while let Some(bytes) = blocks.next()? {
            if std::mem::take(&mut is_first) && is_binary(bytes) {
                return Err(FileError::Binary);
            }
            waiting.extend_from_slice(bytes);
            if !bytes.contains(&b'\n') {
                continue;
            }
            let mut done = 0;
            while let Some(length) = waiting.get(done..).and_then(unit_length) {
                let Some(unit) = waiting.get(done..done + length) else { break };
                self.unit(name, &mut line, unit);
                done += length;
            }
            waiting.drain(..done);
            if self.out.is_closed() || (is_stream && !self.out.flush()) {
                return Ok(());
            }
        }
        self.unit(name, &mut line, &waiting);
        Ok(())
    }

    /// Masks a line, or the lines of a key block.
    fn unit(&mut self, name: &str, line: &mut u64, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        if self.tells != Tells::Nothing {
            let findings = self.redactor.find(&text);
            for finding in &findings {
                *self.counts.entry(finding.rule).or_default() += 1;
                let place = place(name, *line, &text, finding);
                if self.tells == Tells::Check {
                    self.out.push(&place);
                } else {
                    // Where standard error is closed there is nobody to tell.
                    let _ = self.stderr.write_all(place.as_bytes());
                }
            }
            *line += text.matches('\n').count() as u64;
        }
        if self.tells != Tells::Check {
            match self.redactor.redact(&text) {
                Cow::Borrowed(text) => self.out.push(text),
                Cow::Owned(text) => self.out.push(&text),
            };
        }
    }

    fn conclude(mut self, errors: &[String]) -> u8 {
        self.out.flush();
        for error in errors {
            say(self.stderr, "error", error);
        }
        let total: u64 = self.counts.values().sum();
        if self.tells != Tells::Nothing {
            let rules: Vec<String> = self.counts.iter().map(|(rule, count)| format!("{rule} {count}")).collect();
            let verb = if self.tells == Tells::Check { "to mask" } else { "masked" };
            let summary = if total == 0 { format!("nothing {verb}") } else { format!("{total} {verb}") };
            let end = if rules.is_empty() { String::new() } else { format!(": {}", rules.join(", ")) };
            say(self.stderr, "note", &format!("{summary}{end}"));
        }
        if let Some(error) = self.out.into_failure() {
            say(self.stderr, "error", &format!("cannot write: {error}"));
            return ERROR;
        }
        match self.tells {
            _ if !errors.is_empty() => ERROR,
            Tells::Check if total > 0 => NOTHING,
            _ => FOUND,
        }
    }
}

/// Returns `name:line:column-column rule` and a line end; columns are characters from 1, the last one included.
fn place(name: &str, first_line: u64, text: &str, finding: &Finding) -> String {
    let before = text.get(..finding.start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = first_line + before.matches('\n').count() as u64;
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    let hidden = text.get(finding.start..finding.end).unwrap_or_default();
    let mut place = format!("{}:{line}:{column}", visible(name));
    let shown = match hidden.matches('\n').count() {
        0 => write!(place, "-{}", column + hidden.chars().count().saturating_sub(1)),
        more => write!(place, " to line {}", line + more as u64),
    };
    let _ = shown.and_then(|()| writeln!(place, " {}", finding.rule));
    place
}

/// How much text is held back for the end of a block of lines.
const MAX_BLOCK_BYTES: usize = 1 << 16;

/// Returns the length of the lines behind the first `line_length` bytes that are indented further than they, where they
/// begin a block of YAML, `password: |`; `None` if more may have to come.
fn block_length(bytes: &[u8], line_length: usize) -> Option<usize> {
    let indent = |line: &[u8]| line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let (line, mut rest) = bytes.split_at_checked(line_length)?;
    let head = line.trim_ascii_end();
    let head = head.strip_suffix(b"-").or_else(|| head.strip_suffix(b"+")).unwrap_or(head);
    if !(head.ends_with(b": |") || head.ends_with(b": >")) {
        return Some(0);
    }
    let mut length = 0;
    while length < MAX_BLOCK_BYTES {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let next = rest.get(..=end?)?;
        if indent(next) <= indent(line) && !next.trim_ascii().is_empty() {
            break;
        }
        length += next.len();
        rest = rest.get(next.len()..)?;
    }
    Some(length)
}

const KEY_BEGIN: &[u8] = b"-----BEGIN ";
const KEY_END: &[u8] = b"-----END ";

/// Returns the length of the first whole line, or of all the lines of a private key or a block of YAML; `None` if more has to come.
fn unit_length(bytes: &[u8]) -> Option<usize> {
    let line_length = bytes.iter().position(|byte| *byte == b'\n')? + 1;
    let line = bytes.get(..line_length)?;
    let is_open = contains(line, KEY_BEGIN) && contains(line, b"PRIVATE KEY") && !contains(line, KEY_END);
    if !is_open {
        return Some(line_length + block_length(bytes, line_length)?);
    }
    let rest = bytes.get(line_length..)?;
    let window = rest.get(..MAX_BLOCK_BYTES).unwrap_or(rest);
    let end = window.windows(KEY_END.len()).position(|window| window == KEY_END);
    match end {
        Some(at) => rest.get(at..)?.iter().position(|byte| *byte == b'\n').map(|end| line_length + at + end + 1),
        None if window.len() < MAX_BLOCK_BYTES => None,
        None => Some(line_length),
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
