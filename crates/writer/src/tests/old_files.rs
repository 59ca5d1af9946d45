//! Old files: how many, how old and how much is kept, and their compression.

use std::fs;
use std::io::Read;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::Log;
use crate::fs::RealFs;
use crate::options::{Compression, Options};

/// Ten bytes a record, one record a file.
fn fill(log: &Log, options: Options, records: usize) {
    let writer = log.writer(Options { max_bytes: 10, ..options });
    for number in 0..records {
        writer.append(format!("line {number:04}\n").as_bytes());
    }
    drop(writer);
}

fn wait_until(log: &Log, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(5), "{:?} {:?}", names(log), log.warnings());
        thread::sleep(Duration::from_millis(5));
    }
}

/// The names in the log's folder, without the control file.
fn names(log: &Log) -> Vec<String> {
    let entries = fs::read_dir(log.folder.path()).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name != ".x.ctl");
    names.sort_unstable();
    names
}

#[test]
fn what_is_too_much_in_all_goes_oldest_first() {
    let log = Log::new(Arc::new(RealFs));

    fill(&log, Options { max_total_bytes: 25, backup_count: 100, ..Options::default() }, 6);

    wait_until(&log, || names(&log) == ["x.log", "x.log.1", "x.log.2"]);
    assert_eq!("line 0004\n", log.read("x.log.1"));
}

#[test]
fn what_is_too_old_goes() {
    let log = Log::new(Arc::new(RealFs));
    let options = Options { max_age: Some(Duration::from_hours(1)), backup_count: 100, ..Options::default() };
    fill(&log, options, 3);
    let old = fs::File::options().append(true).open(log.folder.path().join("x.log.2")).unwrap();
    old.set_modified(SystemTime::now() - Duration::from_secs(3700)).unwrap();

    fill(&log, options, 1);

    wait_until(&log, || names(&log) == ["x.log", "x.log.1", "x.log.2"]);
    assert_eq!("line 0001\n", log.read("x.log.2"));
}

#[test]
fn old_files_are_compressed_and_move_on_compressed() {
    for (kind, ending) in [(Compression::Gzip, "gz"), (Compression::Zstd, "zst")] {
        let log = Log::new(Arc::new(RealFs));
        let options = Options { compress: Some(kind), backup_count: 3, ..Options::default() };

        fill(&log, options, 3);
        let both = [format!("x.log.1.{ending}"), format!("x.log.2.{ending}")];
        wait_until(&log, || names(&log) == ["x.log", &both[0], &both[1]]);
        fill(&log, options, 2);
        let all = ["x.log".to_owned(), both[0].clone(), both[1].clone(), format!("x.log.3.{ending}")];
        wait_until(&log, || names(&log) == all);

        let oldest = fs::File::open(log.folder.path().join(&all[3])).unwrap();
        let mut text = String::new();
        match kind {
            Compression::Gzip => flate2::read::GzDecoder::new(oldest).read_to_string(&mut text).unwrap(),
            Compression::Zstd => zstd::Decoder::new(oldest).unwrap().read_to_string(&mut text).unwrap(),
        };
        assert_eq!("line 0001\n", text);
        assert!(log.warnings().is_empty(), "{:?}", log.warnings());
    }
}

#[test]
fn a_compression_that_was_broken_off_is_finished() {
    let log = Log::new(Arc::new(RealFs));
    let options = Options { compress: Some(Compression::Gzip), backup_count: 9, ..Options::default() };
    fill(&log, options, 2);
    wait_until(&log, || names(&log) == ["x.log", "x.log.1.gz"]);
    // Killed between its last two steps, and another one in the middle.
    fs::write(log.folder.path().join("x.log.1"), "line 0000\n").unwrap();
    fs::write(log.folder.path().join("x.log.2"), "line 000x\n").unwrap();
    fs::write(log.folder.path().join("x.log.2.gz"), "someone else's").unwrap();
    fs::write(log.folder.path().join(".x.log.123.tmp"), "half").unwrap();

    let writer = log.writer(options);

    wait_until(&log, || names(&log) == ["x.log", "x.log.1.gz", "x.log.2", "x.log.2.gz"]);
    drop(writer);
}
