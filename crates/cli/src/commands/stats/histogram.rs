//! Slices of time as rows with a bar each.

use std::fmt::Write;

use jobtrail_core::{Level, Timestamp, Zone};

use crate::print::{Canvas, age, moment, thousands, unit};

/// Slices with nothing in them are shown up to so many one after the other; more are one row.
const MOST_EMPTY: i64 = 2;

const RECORDS: &str = "RECORDS";
const ERRORS: &str = "ERRORS";

const BOLD: &str = "\x1b[1m";
const RESET: &str = "\x1b[0m";

/// What a bar is made of, the gravest first: a sign, its colour, its name, and the counts that it stands for.
struct Part {
    sign: char,
    ascii: char,
    color: &'static str,
    name: &'static str,
    levels: &'static [usize],
}

const ERROR: usize = Level::Error as usize;
const WARNING: usize = Level::Warning as usize;

const PARTS: [Part; 3] = [
    Part { sign: '█', ascii: '#', color: "\x1b[31m", name: "error", levels: &[ERROR, ERROR + 1] },
    Part { sign: '▓', ascii: '+', color: "\x1b[33m", name: "warning", levels: &[WARNING] },
    Part { sign: '░', ascii: '-', color: "\x1b[32m", name: "other", levels: &[0, 1, 2, ERROR + 2] },
];

type Counts = [u64; Level::ALL.len() + 1];

/// Appends a row a slice: when it begins, how many records and errors, and a bar as long as there are many.
pub(super) fn push(
    slices: &[(Timestamp, Counts)],
    slice_us: i64,
    zone: Option<&Zone>,
    canvas: &Canvas,
    text: &mut String,
) {
    let Canvas { columns, is_colored, shows_utf8: has_blocks, .. } = *canvas;
    let total = |counts: &Counts| counts.iter().sum::<u64>();
    let most = slices.iter().map(|(_, counts)| total(counts)).max().unwrap_or_default().max(1);
    let numbers = thousands(most).len().max(RECORDS.len());
    let labels: Vec<String> = slices.iter().map(|(from, _)| label(*from, slice_us, zone)).collect();
    let label_width = labels.iter().map(String::len).max().unwrap_or_default();
    let room = columns.saturating_sub(label_width + 2 * numbers + 6).max(8);
    let slice = unit(u64::try_from(slice_us).unwrap_or_default());
    let titles = format!("{:label_width$}  {RECORDS:>numbers$}  {ERRORS:>numbers$}  {slice} each", "TIME");
    push_colored(&titles, BOLD, is_colored, text);
    text.push('\n');
    let mut before: Option<Timestamp> = None;
    for ((from, counts), label) in slices.iter().zip(&labels) {
        push_gap(before, *from, slice_us, (label_width, numbers), zone, has_blocks, text);
        before = Some(*from);
        let errors: u64 = [ERROR, ERROR + 1].iter().filter_map(|level| counts.get(*level)).sum();
        let shown = if errors > 0 { thousands(errors) } else { String::new() };
        let _ = write!(text, "{label:label_width$}  {:>numbers$}  ", thousands(total(counts)));
        push_colored(&format!("{shown:>numbers$}"), "\x1b[31m", is_colored, text);
        text.push_str("  ");
        push_bar(counts, most, room, is_colored, has_blocks, text);
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
    let sign = |part: &Part| if has_blocks { part.sign } else { part.ascii };
    let length: usize = PARTS.iter().map(|part| part.name.len() + 4).sum();
    let indent = (label_width + 2 * numbers + 6).min(columns.saturating_sub(length));
    text.extend(std::iter::repeat_n(' ', indent));
    for (at, part) in PARTS.iter().enumerate() {
        text.push_str(if at > 0 { "  " } else { "" });
        push_colored(&sign(part).to_string(), part.color, is_colored, text);
        let _ = write!(text, " {}", part.name);
    }
    text.push('\n');
}

/// Appends the slices in between two that hold nothing.
fn push_gap(
    before: Option<Timestamp>,
    from: Timestamp,
    slice_us: i64,
    (label_width, numbers): (usize, usize),
    zone: Option<&Zone>,
    has_blocks: bool,
    text: &mut String,
) {
    let Some(before) = before else { return };
    let gap_us = from.as_micros().saturating_sub(before.as_micros()).saturating_sub(slice_us);
    // Where the clocks change a day is an hour shorter or longer.
    let empty = gap_us.saturating_add(slice_us / 2) / slice_us.max(1);
    if empty > MOST_EMPTY {
        let sign = if has_blocks { '⋮' } else { ':' };
        let _ = writeln!(text, "{sign} {} without records", age(u64::try_from(gap_us).unwrap_or_default()));
        return;
    }
    for step in 1..=empty {
        let at = Timestamp::from_micros(before.as_micros().saturating_add(step.saturating_mul(slice_us)));
        let _ = writeln!(text, "{:label_width$}  {:>numbers$}", label(at, slice_us, zone), 0);
    }
}

/// Appends a bar; the graver a part is the sooner it gets a cell of its own.
fn push_bar(counts: &Counts, most: u64, room: usize, is_colored: bool, has_blocks: bool, text: &mut String) {
    let cells = |count: u64| usize::try_from(u128::from(count) * room as u128 / u128::from(most)).unwrap_or(room);
    let total: u64 = counts.iter().sum();
    let mut left = cells(total).max(usize::from(total > 0));
    for part in &PARTS {
        let count: u64 = part.levels.iter().filter_map(|level| counts.get(*level)).sum();
        let is_last = part.name == "other";
        let length = if is_last { left } else { cells(count).max(usize::from(count > 0)).min(left) };
        left -= length;
        let sign = if has_blocks { part.sign } else { part.ascii };
        push_colored(&std::iter::repeat_n(sign, length).collect::<String>(), part.color, is_colored, text);
    }
}

fn push_colored(shown: &str, color: &str, is_colored: bool, text: &mut String) {
    if is_colored && !shown.trim().is_empty() {
        text.extend([color, shown, RESET]);
    } else {
        text.push_str(shown);
    }
}

const MINUTE_US: i64 = 60_000_000;
const DAY_US: i64 = 1440 * MINUTE_US;

/// Returns when a slice begins, as exactly as its length needs.
fn label(from: Timestamp, slice_us: i64, zone: Option<&Zone>) -> String {
    let full = moment(from, zone, if slice_us < 1_000_000 { 3 } else { 0 });
    let (clock, end) = full.split_at_checked("2026-01-05 14:30:00".len()).unwrap_or((&full, ""));
    if slice_us >= DAY_US && slice_us % DAY_US == 0 {
        clock.get(.."2026-01-05".len()).unwrap_or(clock).to_owned()
    } else if slice_us % MINUTE_US == 0 {
        format!("{}{end}", clock.get(.."2026-01-05 14:30".len()).unwrap_or(clock))
    } else {
        full
    }
}
