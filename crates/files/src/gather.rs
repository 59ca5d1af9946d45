//! Files as whatever is made of their records, in parts by several threads: counts, sums, columns.

use std::ops::ControlFlow;

use jobtrail_core::{Plan, ReadOptions, Record};

use crate::discover::Found;
use crate::parallel::{Given, Make, Split};
use crate::read::{Progress, ReadReport, read_sets};

/// What was made of the next records of a source.
#[derive(Debug)]
#[non_exhaustive]
pub struct Gathered<'a, S> {
    /// The name of the source.
    pub source: &'a str,
    /// What was made.
    pub made: S,
    /// How many lines of the source stand before the part: the lines of its records, where they are known, are counted
    /// from there.
    pub lines_before: u64,
}

/// Reads logs that [`discover`](crate::discover()) found, one after the other, and gives what is made of their records.
///
/// A part is about 1 MiB of a source. Several threads each make a `fresh` value for a part and `add` the records that are
/// wanted, with the name of their source; `take` gets the parts on this thread, in the order of the sources, and may end the reading. Together the parts
/// have the records that [`read_found`](crate::read_found) gives, in their order.
///
/// ```
/// use std::ops::ControlFlow;
/// use jobtrail_core::{Plan, ReadOptions, Stats, StatsOptions};
/// use jobtrail_files::{Split, discover, gather_found};
///
/// let folder = tempfile::tempdir().unwrap();
/// std::fs::write(folder.path().join("worker.log"), "[INFO] one\n[INFO] two\n").unwrap();
/// let found = discover(&[folder.path().to_path_buf()]);
/// let none = || Stats::new(StatsOptions::default());
/// let mut stats = none();
/// gather_found(
///     found,
///     &ReadOptions::default(),
///     &Plan::default(),
///     Split::default(),
///     &mut |_| {},
///     &none,
///     &|stats, source, record| stats.add(record, Some(source)),
///     &mut |part| {
///         stats.merge(part.made);
///         ControlFlow::Continue(())
///     },
/// );
/// assert!(stats.to_json().starts_with(r#"{"records":2,"#));
/// ```
#[expect(clippy::too_many_arguments, reason = "what is read, how, and what is made of it")]
pub fn gather_found<S: Send>(
    found: Found,
    options: &ReadOptions,
    plan: &Plan,
    split: Split,
    progress: &mut Progress<'_>,
    fresh: &(dyn Fn() -> S + Sync),
    add: &(dyn Fn(&mut S, &str, &Record<'_>) + Sync),
    take: &mut dyn FnMut(Gathered<'_, S>) -> ControlFlow<()>,
) -> ReadReport {
    read_sets(found, options, plan, &mut |reading, report| {
        let source = reading.source().to_owned();
        let add = |made: &mut S, record: &Record<'_>| add(made, &source, record);
        let make = Make { fresh, add: &add, max_records: u64::MAX };
        let mut give = |source: &str, given: Given<'_, S>, report: &mut ReadReport| {
            let Given::Part(part) = given else { return ControlFlow::Continue(()) }; // there are never too many
            report.matched += part.records;
            take(Gathered { source, made: part.made, lines_before: part.lines_before })
        };
        if let Some(flow) = reading.read_split(split, report, progress, &make, &mut give) {
            return flow;
        }
        let mut gathered = fresh();
        let _ = reading.step(report, progress, &mut |_, record| {
            add(&mut gathered, record);
            ControlFlow::Continue(())
        });
        take(Gathered { source: &source, made: gathered, lines_before: 0 })
    })
}
