//! Measures the redactor on the lines of logs, beside its own shapes as a `RegexSet` and as aho-corasick in front of regexes.
//!
//! Usage: `jobtrail-redactor-bench FILE...`. The shapes are read from the page of all rules; what a sensitive key, a card, a path
//! or a URL hides is not asked of the peers, which only makes them faster.
#![expect(clippy::print_stdout, reason = "the table goes to standard output")]

mod shapes;

use std::error::Error;
use std::time::{Duration, Instant};

use jobtrail_core::Redactor;
use shapes::{Literals, Shapes};

const RUNS: usize = 5;
/// How much of each file is looked at, and how much of it by peers that would take minutes.
const BYTES: usize = 20_000_000;
const PEER_BYTES: usize = 2_000_000;
/// A line with a secret, made up, among so many lines.
const SECRET_EVERY: usize = 100;
const SECRET: &str = "login of ann password=hunter2x, retry with ghp_0123456789abcdefABCDEF0123456789abcd";

fn main() -> Result<(), Box<dyn Error>> {
    let redactor = Redactor::default();
    let shapes = Shapes::from_page(include_str!("../../../docs/redaction.md"))?;
    let literals = Literals::of(&shapes)?;
    println!("Redaction of lines, one thread, best of {RUNS} runs; the peers know {} patterns\n", shapes.len());
    println!("| lines | what | MB/s | ns a line | times jobtrail's time |");
    println!("| --- | --- | ---: | ---: | ---: |");
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path)?;
        let kind = if path.ends_with("json.log") { "json" } else { "text" };
        let clean: Vec<&str> = part(&text, BYTES).lines().filter(|line| redactor.find(line).is_empty()).collect();
        let mut some = clean.clone();
        some.iter_mut().step_by(SECRET_EVERY).for_each(|line| *line = SECRET);
        let few = clean.get(..clean.len() * PEER_BYTES / BYTES).unwrap_or(&clean);

        let ours = best(&clean, &|line| redactor.redact(line).len());
        ours.print(kind, "jobtrail", &ours);
        best(&some, &|line| redactor.redact(line).len()).print(kind, "jobtrail, 1 % of the lines with secrets", &ours);
        best(few, &|line| literals.find(line)).print(kind, "aho-corasick + regex", &ours);
        best(few, &|line| shapes.find(line)).print(kind, "RegexSet", &ours);
    }
    adversarial(&redactor);
    Ok(())
}

/// What slow lines cost: one of 1 MB of each kind.
fn adversarial(redactor: &Redactor) {
    println!("\nOne line of 1 MB that is to be slow\n\n| made of | ms |\n| --- | ---: |");
    let pieces =
        ["\"password\":", "a=", "-----BEGIN ", "eyJ", "://", "4111", "{\"", "Aa1/", "--token ", "\\\"key\\\":", "sk-"];
    for piece in pieces {
        let text = piece.repeat(1_000_000 / piece.len());
        let taken = best(&[text.as_str()], &|line| redactor.redact(line).len()).taken;
        println!("| `{piece}` | {:.0} |", taken.as_secs_f64() * 1e3);
    }
}

fn part(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

struct Measured {
    taken: Duration,
    bytes: usize,
    lines: usize,
}

impl Measured {
    fn print(&self, kind: &str, what: &str, ours: &Measured) {
        let speed = self.megabytes_a_second();
        let line = self.taken.as_nanos() / self.lines.max(1) as u128;
        println!("| {kind} | {what} | {speed:.0} | {line} | {:.2} |", ours.megabytes_a_second() / speed);
    }

    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    fn megabytes_a_second(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.taken.as_secs_f64()
    }
}

/// Takes the shortest time in which all lines are looked at.
fn best(lines: &[&str], look: &dyn Fn(&str) -> usize) -> Measured {
    let run = || {
        let began = Instant::now();
        let sum: usize = lines.iter().map(|line| look(line)).sum();
        std::hint::black_box(sum);
        began.elapsed()
    };
    let taken = (0..RUNS).map(|_| run()).min().unwrap_or_default();
    Measured { taken, bytes: lines.iter().map(|line| line.len() + 1).sum(), lines: lines.len() }
}
