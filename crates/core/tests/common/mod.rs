//! What the integration tests share: the vector logs, a seeded source of random numbers, and reading to wire lines.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![expect(unreachable_pub, reason = "each test file is a crate of its own")]
#![allow(dead_code, unused_imports, clippy::allow_attributes, reason = "no test file needs all of it")]

use std::fs;
use std::path::{Path, PathBuf};

use jobtrail_core::{ReadOptions, Reader, Record, write_json};

/// The folder of the shared vectors.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

/// Writes a golden anew where `BLESS=1` asks for it. Tests that run at the same time find the old text or the new one, never a
/// part of it.
pub fn bless(golden: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        let made = golden.with_extension("made");
        fs::write(&made, text).unwrap();
        fs::rename(made, golden).unwrap();
    }
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
    let mut sink = |record: &Record<'_>| {
        let mut json = String::new();
        write_json(record, None, &mut json);
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

/// Logs made of shuffled vector lines: formats mixed, traces cut in two, line ends and bytes broken.
pub fn shuffled(seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let lines: Vec<Vec<u8>> = logs()
        .iter()
        .flat_map(|log| fs::read(log).unwrap().split_inclusive(|&b| b == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>())
        .collect();
    let mut log = Vec::new();
    for _ in 0..60 {
        let from = random.below(lines.len());
        for line in lines.iter().skip(from).take(1 + random.below(6)) {
            log.extend_from_slice(line);
        }
    }
    log
}

pub mod made;

pub use made::Random;
