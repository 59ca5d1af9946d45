//! Interleavings of writers on one log, tried by a scheduler: each call to the system and each look at shared memory is
//! a moment at which another writer may go on. `cargo test -p jobtrail-writer --features shuttle --lib schedules`

use std::fs;
use std::sync::Arc;

use super::{Log, lines};
use crate::fs::scripted::Scripted;
use crate::options::{Control, Options, Outcome};

const WRITERS: usize = 3;
const RECORDS: usize = 5;

fn interleave(control: Control, renames: bool) {
    let log = Arc::new(Log::new(Arc::new(Scripted::default())));
    let options = Options { max_bytes: 20, backup_count: 100, control, ..Options::default() };
    let mut threads: Vec<_> = (0..WRITERS)
        .map(|name| {
            let log = Arc::clone(&log);
            shuttle::thread::spawn(move || {
                let writer = log.writer(options);
                for number in 0..RECORDS {
                    assert_eq!(Outcome::Written, writer.append(format!("{name} {number}\n").as_bytes()));
                }
            })
        })
        .collect();
    if renames {
        let log = Arc::clone(&log);
        threads.push(shuttle::thread::spawn(move || {
            for number in 0..3 {
                drop(fs::rename(log.path(), log.folder.path().join(format!("x.log-{number}"))));
                shuttle::thread::yield_now();
            }
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }

    let mut expected: Vec<String> =
        (0..WRITERS).flat_map(|name| (0..RECORDS).map(move |number| format!("{name} {number}"))).collect();
    expected.sort_unstable();
    assert_eq!(expected, lines(&log.path()));
    if control == Control::Shared && !renames {
        for entry in fs::read_dir(log.folder.path()).unwrap() {
            let entry = entry.unwrap();
            assert!(entry.metadata().unwrap().len() <= 20, "{:?}", entry.path());
        }
    }
}

#[test]
fn writers_that_share_memory_keep_every_record_and_the_limit() {
    shuttle::check_random(|| interleave(Control::Shared, false), 300);
}

#[test]
fn writers_without_memory_keep_every_record() {
    shuttle::check_random(|| interleave(Control::Files, false), 300);
}

#[test]
fn writers_keep_every_record_while_others_rename_the_log() {
    shuttle::check_random(|| interleave(Control::Shared, true), 300);
}
