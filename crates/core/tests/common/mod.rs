//! What the integration tests share: the vector logs, a seeded source of random numbers, and reading to wire lines.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![expect(unreachable_pub, reason = "each test file is a crate of its own")]
#![allow(dead_code, clippy::allow_attributes, reason = "no test file needs all of it")]

use std::fs;
use std::path::{Path, PathBuf};

use jobtrail_core::{ReadOptions, Reader, Record, write_json};

/// The folder of the shared vectors.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

/// Every log of `format/<name>`, sorted.
pub fn logs() -> Vec<PathBuf> {
    let folders = fs::read_dir(root().join("format")).unwrap();
    let mut logs: Vec<PathBuf> = folders
        .flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .collect();
    logs.sort();
    logs
}

/// Reads a log in pieces whose sizes `next_size` gives; returns each record as its wire line.
pub fn read(log: &[u8], mut next_size: impl FnMut() -> usize) -> Vec<String> {
    let mut records = Vec::new();
    let mut reader = Reader::new(ReadOptions::default());
    let mut sink = |record: Record<'_>| {
        let mut json = String::new();
        write_json(&record, None, &mut json);
        records.push(json);
    };
    let mut rest = log;
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(next_size().clamp(1, rest.len()));
        reader.feed(piece, &mut sink);
        rest = behind;
    }
    reader.finish(&mut sink);
    records
}

/// A seeded source of numbers (xorshift), so that a failure can be repeated.
#[derive(Debug)]
pub struct Random(pub u64);

impl Random {
    /// Returns a number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % limit.max(1)
    }
}
