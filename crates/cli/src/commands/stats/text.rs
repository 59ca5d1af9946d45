//! Statistics as people read them: a headline, then a table a section.

use std::fmt::Write;

use clap::ValueEnum;
use jobtrail_core::{Level, Stats, Timestamp, Zone};

use super::{Arguments, Section, histogram};
use crate::print::{Canvas, Cell, Column, duration, level_color, moment, push_table, thousands, unit};

pub(super) fn push(arguments: &Arguments, stats: &Stats, zone: Option<&Zone>, canvas: &Canvas, text: &mut String) {
    let sections = Sections { arguments, stats, zone, canvas };
    sections.push_headline(text);
    for section in Section::value_variants().iter().filter(|section| arguments.shows(**section)) {
        match section {
            Section::Levels => sections.push_levels(text),
            Section::Time => sections.push_time(text),
            Section::Loggers => sections.push_named("LOGGER", &stats.loggers(), text),
            Section::Formats => sections.push_named("FORMAT", &stats.formats(), text),
            Section::Requests => sections.push_requests(text),
            Section::Slowest => sections.push_slowest(text),
            Section::Errors => sections.push_errors(text),
        }
    }
}

struct Sections<'a> {
    arguments: &'a Arguments,
    stats: &'a Stats,
    zone: Option<&'a Zone>,
    canvas: &'a Canvas,
}

const fn left(title: &'static str) -> Column {
    Column { title, is_right: false, spare: 0 }
}

const fn right(title: &'static str) -> Column {
    Column { title, is_right: true, spare: 0 }
}

const fn spare(column: Column, spare: u8) -> Column {
    Column { spare, ..column }
}

const RED: &str = "\x1b[31m";

impl Sections<'_> {
    fn push_headline(&self, text: &mut String) {
        let records = self.stats.records();
        let _ = write!(text, "{} {}", thousands(records), if records == 1 { "record" } else { "records" });
        if let Some((first, last)) = self.stats.span() {
            let micros = u64::try_from(last.as_micros().saturating_sub(first.as_micros())).unwrap_or_default();
            let _ = write!(text, ", {} to {}", self.moment(first), self.moment(last));
            if micros > 0 {
                let dated = records.saturating_sub(self.stats.undated());
                let _ = write!(text, " ({}){}", duration(micros), rate(dated, micros));
            }
        }
        match self.stats.undated() {
            0 => {}
            undated if undated == records => text.push_str(", none of them with a time"),
            undated => {
                let _ = write!(text, "; {} without a time", thousands(undated));
            }
        }
        text.push('\n');
    }

    fn push_levels(&self, text: &mut String) {
        let names = Level::ALL.into_iter().map(|level| (level.as_str(), level_color(level))).chain([("none", "")]);
        let mut counts: Vec<((&str, &'static str), u64)> = names.zip(self.stats.levels()).collect();
        // The gravest first, those without a level last.
        if let Some((_, levels)) = counts.split_last_mut() {
            levels.reverse();
        }
        let row = |((name, color), count): ((&str, &'static str), u64)| {
            vec![Cell::of(name).colored(color), counted(count), self.share(count)]
        };
        let rows: Vec<Vec<Cell>> = counts.into_iter().filter(|(_, count)| *count > 0).map(row).collect();
        self.push_table(&[left("LEVEL"), right("RECORDS"), right("SHARE")], &rows, text);
    }

    fn push_time(&self, text: &mut String) {
        let slices = self.stats.slices();
        if !slices.is_empty() {
            text.push('\n');
            histogram::push(&slices, self.stats.slice_us(), self.zone, self.canvas, text);
        }
    }

    /// Appends how many records each of the most frequent names has.
    fn push_named(&self, title: &'static str, named: &[(&str, u64)], text: &mut String) {
        let most = self.arguments.top.max(1);
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for (name, count) in named.iter().take(most) {
            rows.push(vec![counted(*count), self.share(*count), Cell::of(name)]);
        }
        let rest: u64 = named.iter().skip(most).map(|(_, count)| count).sum();
        if rest > 0 {
            let others = format!("{} others", thousands(named.len().saturating_sub(most) as u64));
            rows.push(vec![counted(rest), self.share(rest), Cell::of(&others)]);
        }
        self.push_table(&[right("RECORDS"), right("SHARE"), left(title)], &rows, text);
    }

    fn push_requests(&self, text: &mut String) {
        let Some(classes) = self.stats.requests() else { return };
        let total: u64 = classes.iter().sum();
        let _ = write!(text, "\n{} {}", thousands(total), if total == 1 { "request" } else { "requests" });
        let (slice_us, slices) = self.stats.request_slices();
        let times = slices.iter().map(|(from, counts)| (*from, counts.iter().sum::<u64>()));
        // The first of those with the most.
        let busiest = times.clone().rev().max_by_key(|(_, count)| *count);
        if let (Some((first, _)), Some((last, _)), Some((from, most))) = (slices.first(), slices.last(), busiest) {
            let span_us = last.as_micros().saturating_sub(first.as_micros()).saturating_add(slice_us);
            let micros = u64::try_from(span_us).unwrap_or_default();
            let slice = unit(u64::try_from(slice_us).unwrap_or_default());
            let _ = write!(text, "{}", rate(times.map(|(_, count)| count).sum(), micros));
            let _ = write!(text, "; at most {} in {slice}, that from {}", thousands(most), self.moment(from));
        }
        text.push('\n');
        let row = |(class, count): (usize, u64)| {
            let color = if class >= 5 { RED } else { "" };
            let share = format!("{} %", tenths(count, total));
            vec![Cell::of(&format!("{class}xx")).colored(color), counted(count), Cell::of(&share)]
        };
        let rows: Vec<Vec<Cell>> = (1..).zip(classes).filter(|(_, count)| *count > 0).map(row).collect();
        self.push_table(&[left("STATUS"), right("REQUESTS"), right("SHARE")], &rows, text);
        let paths = self.stats.paths();
        let took = |micros: Option<u64>| Cell::of(&micros.map(duration).unwrap_or_default());
        let row = |path: &jobtrail_core::PathStats| {
            vec![
                counted(path.count),
                counted_bad(path.failed),
                took(path.mean_us),
                took(path.longest_us),
                Cell::of(&path.path),
            ]
        };
        let rows: Vec<Vec<Cell>> = paths.iter().map(row).collect();
        let columns =
            [right("REQUESTS"), right("5XX"), spare(right("MEAN"), 1), spare(right("LONGEST"), 2), left("PATH")];
        self.push_table(&columns, &rows, text);
    }

    fn push_slowest(&self, text: &mut String) {
        let row = |slow: &jobtrail_core::SlowRecord| {
            vec![
                Cell::of(&duration(slow.micros)),
                Cell::of(&slow.field),
                Cell::of(&slow.time.map(|time| self.moment(time)).unwrap_or_default()),
                Cell::of(&place(&slow.place)),
                Cell::of(&slow.message),
            ]
        };
        let rows: Vec<Vec<Cell>> = self.stats.slowest().iter().map(row).collect();
        let columns = [
            right("SLOWEST"),
            spare(left("FIELD"), 3),
            spare(left("TIME"), 1),
            spare(left("PLACE"), 2),
            left("MESSAGE"),
        ];
        self.push_table(&columns, &rows, text);
    }

    fn push_errors(&self, text: &mut String) {
        let time = |time: Option<Timestamp>| Cell::of(&time.map(|time| self.moment(time)).unwrap_or_default());
        let row = |(shape, error): &(&str, &jobtrail_core::ErrorShape)| {
            vec![
                counted_bad(error.count),
                time(error.span.map(|(first, _)| first)),
                time(error.span.map(|(_, last)| last)),
                Cell::of(&place(&error.place)),
                Cell::of(if error.count == 1 { &error.message } else { shape }),
            ]
        };
        let rows: Vec<Vec<Cell>> = self.stats.errors().iter().map(row).collect();
        let columns = [
            right("ERRORS"),
            spare(left("FIRST"), 3),
            spare(left("LAST"), 2),
            spare(left("FIRST AT"), 1),
            left("MESSAGE"),
        ];
        self.push_table(&columns, &rows, text);
    }

    /// Appends a table with an empty line before it; nothing where it has no rows.
    fn push_table(&self, columns: &[Column], rows: &[Vec<Cell>], text: &mut String) {
        if !rows.is_empty() {
            text.push('\n');
            push_table(columns, rows, self.canvas, text);
        }
    }

    fn moment(&self, time: Timestamp) -> String {
        moment(time, self.zone, 0)
    }

    fn share(&self, count: u64) -> Cell {
        Cell::of(&format!("{} %", tenths(count, self.stats.records())))
    }
}

fn counted(count: u64) -> Cell {
    Cell::of(&thousands(count))
}

fn counted_bad(count: u64) -> Cell {
    counted(count).colored(if count > 0 { RED } else { "" })
}

/// Returns the place as `view` and editors take it: the source, and the line where that is known.
fn place(place: &jobtrail_core::Place) -> String {
    match (place.source.as_deref(), place.line) {
        (Some(source), Some(line)) => format!("{source}:{line}"),
        (None, Some(line)) => format!("line {line}"),
        (source, None) => source.unwrap_or_default().to_owned(),
    }
}

/// Returns how many hundredths a part is of a whole, with one digit behind the point; never 0.0 where there is something.
fn tenths(part: u64, whole: u64) -> String {
    let tenths = (u128::from(part) * 1000 + u128::from(whole) / 2) / u128::from(whole.max(1));
    if tenths == 0 && part > 0 { "<0.1".to_owned() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

/// Returns how many there are in the shortest unit of time that has at least one: `, 14.3 a second`; nothing where
/// there are hardly any.
fn rate(count: u64, micros: u64) -> String {
    const UNITS: [(&str, u128); 4] = [("a second", 1), ("a minute", 60), ("an hour", 3600), ("a day", 86_400)];
    let in_tenths = |seconds: u128| u128::from(count) * 10_000_000 * seconds / u128::from(micros.max(1));
    let (name, seconds) = UNITS.into_iter().find(|(_, seconds)| in_tenths(*seconds) >= 10).unwrap_or(UNITS[3]);
    let tenths = in_tenths(seconds);
    if tenths == 0 { String::new() } else { format!(", {}.{} {name}", tenths / 10, tenths % 10) }
}
