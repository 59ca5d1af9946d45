//! Appending without waiting: either the record stands in the log, or nothing is known and it is appended as ever.

use std::io::ErrorKind;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::{Log, lines};
use crate::fs::RealFs;
use crate::fs::scripted::{Act, Call, Scripted};
use crate::options::{Durability, Options, Outcome};
use crate::writer::Writer;

/// As a caller does it that holds something.
fn append(writer: &Writer, record: &str) -> Outcome {
    writer.append_at_once(record.as_bytes()).unwrap_or_else(|| writer.append(record.as_bytes()))
}

#[test]
fn a_record_is_written_at_once_until_something_else_is_due() {
    let log = Log::new(Arc::new(Scripted::default()));
    let writer = log.writer(Options { max_bytes: 12, ..Options::default() });
    assert_eq!(Outcome::Written, append(&writer, "one\n")); // which looks at the file for the first time

    assert_eq!(Some(Outcome::Written), writer.append_at_once(b"two\n"));
    assert_eq!(None, writer.append_at_once(b"does not fit\n"));
    assert_eq!(Outcome::Written, writer.append(b"does not fit\n"));

    assert_eq!(("one\ntwo\n", "does not fit\n"), (&*log.read("x.log.1"), &*log.read("x.log")));
    assert_eq!((3, 1), (writer.stats().written, writer.stats().rotated));
}

#[test]
fn a_disk_is_waited_for_elsewhere_and_memory_takes_records_at_once() {
    for (durability, expected) in [(Durability::Disk, None), (Durability::Mapped, Some(Outcome::Written))] {
        let log = Log::new(Arc::new(RealFs));
        let writer = log.writer(Options { durability, ..Options::default() });
        assert_eq!(Outcome::Written, writer.append(b"one\n"));

        assert_eq!(expected, writer.append_at_once(b"two\n"));
    }
}

#[test]
fn a_fault_is_left_to_the_append_that_may_wait() {
    for act in [Act::Fail(ErrorKind::StorageFull), Act::Short(2)] {
        let fs = Arc::new(Scripted::default());
        let log = Log::new(Arc::clone(&fs) as Arc<dyn crate::fs::Fs>);
        let writer = log.writer(Options::default());
        append(&writer, "one\n");
        fs.plan(Call::Write, 0, 1, act);

        assert_eq!(None, writer.append_at_once(b"two\n"));
        assert_eq!(Outcome::Written, writer.append(b"two\n"));
        assert!(log.read("x.log").ends_with("\ntwo\n"));
    }
}

#[test]
fn a_slow_disk_is_waited_for_once_and_then_elsewhere() {
    let fs = Arc::new(Scripted::default());
    let log = Log::new(Arc::clone(&fs) as Arc<dyn crate::fs::Fs>);
    let writer = log.writer(Options::default());
    append(&writer, "one\n");
    fs.plan(Call::Write, 0, 1, Act::Slow(Duration::from_millis(10)));

    assert_eq!(Some(Outcome::Written), writer.append_at_once(b"two\n"));
    assert_eq!(None, writer.append_at_once(b"six\n"));
    assert_eq!(Outcome::Written, writer.append(b"six\n"));
    assert_eq!("one\ntwo\nsix\n", log.read("x.log"));
}

#[test]
fn a_closed_writer_lets_go_of_its_file_and_opens_it_for_the_next_record() {
    for durability in [Durability::Process, Durability::Mapped] {
        let log = Log::new(Arc::new(RealFs));
        let writer = log.writer(Options { durability, ..Options::default() });
        append(&writer, "one\n");
        writer.close();
        assert_eq!("one\n", log.read("x.log"));

        append(&writer, "two\n");
        append(&writer, "six\n");
        assert!(writer.flush());

        assert_eq!("one\ntwo\nsix\n", log.read("x.log"));
    }
}

#[test]
fn threads_that_try_write_each_record_once() {
    let log = Log::new(Arc::new(RealFs));
    let writer = log.writer(Options { max_bytes: 4096, backup_count: 100, ..Options::default() });

    thread::scope(|scope| {
        for name in 0..4 {
            let writer = &writer;
            scope.spawn(move || {
                for number in 0..500 {
                    assert_eq!(Outcome::Written, append(writer, &format!("{name} {number:03}\n")));
                }
            });
        }
    });

    let mut expected: Vec<String> =
        (0..4).flat_map(|name| (0..500).map(move |number| format!("{name} {number:03}"))).collect();
    expected.sort_unstable();
    assert_eq!(expected, lines(&log.path()));
    assert!(log.warnings().is_empty());
}
