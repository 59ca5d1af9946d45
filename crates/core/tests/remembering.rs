//! What is remembered of earlier lines saves time and changes no answer: logs of lines that are nearly alike are read and
//! redacted as they are by a reader that remembers no headers, and searched for levels as they are by one that passes over
//! nothing.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fs;
use std::path::Path;

use jobtrail_core::{Filter, Plan, Query, ReadOptions, Reader, Timestamp, Zone, formats};

const LOGS: u32 = 6_000;

/// Returns the lines of all vectors and examples that are not long.
fn lines() -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = formats().map(|(_, example)| example.as_bytes().to_vec()).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/format");
    for format in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for log in fs::read_dir(format).unwrap().map(|entry| entry.unwrap().path()) {
            if log.extension().is_some_and(|extension| extension == "log") {
                let bytes = fs::read(log).unwrap();
                lines.extend(bytes.split(|byte| *byte == b'\n').filter(|line| line.len() < 400).map(<[u8]>::to_vec));
            }
        }
    }
    lines.sort();
    lines
}

/// Returns texts with and without something to hide.
fn secrets() -> Vec<String> {
    let vectors = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/redact.jsonl"));
    let texts = vectors.unwrap();
    let texts = texts.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    texts.map(|vector| vector["in"].as_str().unwrap().to_owned()).filter(|text| text.len() < 200).collect()
}

/// Pseudo-random numbers (xorshift), the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }

    fn one_of<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }

    fn digit(&mut self) -> u8 {
        b'0' + u8::try_from(self.below(10)).unwrap()
    }

    /// Changes one place of a line, or puts in what may have something to hide.
    fn change(&mut self, line: &mut Vec<u8>, lines: &[Vec<u8>], secrets: &[String]) {
        if line.is_empty() {
            return;
        }
        let at = self.below(line.len());
        match self.below(10) {
            8 => {
                let secret = self.one_of(secrets).as_bytes();
                let words = line.iter().enumerate().filter(|(_, byte)| **byte == b' ').map(|(at, _)| at + 1);
                let words: Vec<usize> = words.collect();
                line.truncate(*words.get(self.below(words.len().max(1))).unwrap_or(&at));
                line.extend_from_slice(&secret[self.below(secret.len() + 1) / 4..]);
            }
            9 => {
                let part = *self.one_of(&[
                    "4111 1111 1111 1111",
                    "password",
                    "redis",
                    "key: ",
                    "--token ",
                    "mysql ",
                    "/home/kim",
                ]);
                line.splice(at..at, part.bytes());
            }
            0 => line[at] = *self.one_of(b" []:-.,0123456789TZ{}()=<>|+\"ABCabc\t\r"),
            1 => drop(line.remove(at)),
            2 => line.insert(at, *self.one_of(b" []:-.,0T")),
            3 => line.truncate(at),
            4 if line[at].is_ascii_digit() => line[at] = self.digit(),
            5 => {
                let other = self.one_of(lines);
                line.truncate(at);
                line.extend_from_slice(&other[self.below(other.len() + 1)..]);
            }
            6 => {
                for byte in line.iter_mut().skip(11).take(9).filter(|byte| byte.is_ascii_digit()) {
                    *byte = b'0' + self.digit() % 6;
                }
            }
            _ => line[at] = u8::try_from(self.below(256)).unwrap(),
        }
    }

    /// Returns a log of a few lines, each several times and a little different.
    fn log(&mut self, lines: &[Vec<u8>], secrets: &[String]) -> Vec<u8> {
        let mut few: Vec<Vec<u8>> = (0..=self.below(3)).map(|_| self.one_of(lines).clone()).collect();
        for line in &mut few {
            if self.below(3) == 0 {
                self.change(line, lines, secrets);
            }
        }
        let mut log = Vec::new();
        for _ in 0..2 + self.below(14) {
            let mut line = self.one_of(&few).clone();
            for _ in 0..self.below(4) {
                self.change(&mut line, lines, secrets);
            }
            log.extend_from_slice(&line);
            log.push(b'\n');
        }
        log
    }
}

fn read(mut reader: Reader, log: &[u8], piece: usize) -> Vec<String> {
    let mut records = Vec::new();
    for bytes in log.chunks(piece) {
        reader.feed(bytes, &mut |record| records.push(format!("{record:?}")));
    }
    reader.finish(&mut |record| records.push(format!("{record:?}")));
    records
}

#[test]
fn what_is_remembered_changes_no_record() {
    let (lines, secrets) = (lines(), secrets());
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let grave = Query::parse("level>=warning").unwrap().resolve(Timestamp::from_micros(0), &Zone::UTC);
    for _ in 0..LOGS {
        let log = numbers.log(&lines, &secrets);
        let redactor = if numbers.below(2) == 0 { None } else { ReadOptions::default().redactor };
        let options = ReadOptions { redactor, ..ReadOptions::default() };
        for filter in [Filter::default(), grave.clone()] {
            let reader = || Reader::planned(options.clone(), Plan::new(filter.clone()));
            let piece = *numbers.one_of(&[7, 64, 4096]);

            let expected = read(reader(), &log, 4096);
            let found = read(reader().passing_over(), &log, piece);
            assert_eq!(expected, found, "{}", String::from_utf8_lossy(&log));
        }
    }
}
