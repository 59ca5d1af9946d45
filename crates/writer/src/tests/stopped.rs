//! Writers in processes of their own that stop, or fork, at a chosen moment. The test binary runs itself.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{Log, lines};
use crate::fs::RealFs;
use crate::fs::scripted::{Act, Call, Scripted};
use crate::options::{Compression, Durability, Options, Outcome};
use crate::writer::Writer;

const OPTIONS: Options = Options {
    max_bytes: 100,
    backup_count: 2,
    every: None,
    max_age: None,
    max_total_bytes: 0,
    compress: Some(Compression::Gzip),
    durability: Durability::Process,
    control: crate::options::Control::Shared,
    mode: None,
};

const DURABILITIES: [Durability; 3] = [Durability::Process, Durability::Disk, Durability::Mapped];

#[test]
#[ignore = "the body of a process that another test starts"]
fn stopping_child() {
    let Some(path) = env::var_os("WRITER_LOG") else { return };
    let durability = DURABILITIES[env::var("WRITER_DURABILITY").unwrap().parse::<usize>().unwrap()];
    let options = Options { durability, ..OPTIONS };
    let fs = Arc::new(Scripted::default());
    let writer =
        Writer::with_fs(Path::new(&path), options, Box::new(|_| {}), Arc::clone(&fs) as Arc<dyn crate::fs::Fs>);
    assert_eq!(Outcome::Written, writer.append(b"child before\n"));
    assert!(writer.flush());
    fs.plan(Call::Write, 0, 1, Act::Stop);
    assert_eq!(Outcome::Written, writer.append(b"child stopped\n"));
    // Looked at before this writer passes the file, which may be deleted then.
    let folder = Path::new(&path).parent().unwrap();
    wait_until("the record stands in the log", || files_with(folder, "child stopped") > 0);
    assert_eq!(1, files_with(folder, "child stopped"));
    assert!(writer.flush());
    assert_eq!(Outcome::Written, writer.append(b"child after\n"));
}

/// Killed at the latest when the test that started it ends.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn start(body: &str, path: &Path, durability: usize) -> Started {
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", body, "--ignored", "--quiet"])
        .env("WRITER_LOG", path)
        .env("WRITER_DURABILITY", durability.to_string())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    Started(child)
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(10), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// How many files hold this, uncompressed.
fn files_with(folder: &Path, wanted: &str) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|entry| fs::read_to_string(entry).is_ok_and(|text| text.contains(wanted))).count()
}

/// Its file is neither compressed nor deleted before it has passed it, however many rotations there are.
#[test]
fn a_writer_stopped_between_taking_its_room_and_writing_loses_nothing() {
    stop_and_go_on(0);
}

#[test]
fn a_writer_stopped_before_the_disk_has_its_record_loses_nothing() {
    stop_and_go_on(1);
}

/// It has said what it is about to write; nobody writes that in its place, for it is alive.
#[test]
fn a_writer_stopped_on_the_way_from_its_memory_to_the_log_loses_and_doubles_nothing() {
    stop_and_go_on(2);
}

fn stop_and_go_on(durability: usize) {
    let log = Log::new(Arc::new(RealFs));
    let options = Options { durability: DURABILITIES[durability], ..OPTIONS };
    let mut child = start("tests::stopped::stopping_child", &log.path(), durability);
    let pid = Pid::from_child(&child.0);
    let is_stopped = || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.0.id())).unwrap_or_default();
        stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('T'))
    };
    wait_until("the child stops", is_stopped);

    // Nor by age and by size together.
    let writer = log.writer(Options { max_total_bytes: 150, max_age: Some(Duration::from_hours(1)), ..options });
    for number in 0..300 {
        assert_eq!(Outcome::Written, writer.append(format!("parent {number:06}\n").as_bytes()));
    }
    assert!(writer.flush());
    thread::sleep(Duration::from_millis(50)); // time to compress what it must not
    let with = |wanted: &str| files_with(log.folder.path(), wanted);
    let names: Vec<_> = fs::read_dir(log.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(1, with("child before"), "{names:?}");
    kill_process(pid, Signal::CONT).unwrap();
    assert!(child.0.wait().unwrap().success());

    assert_eq!(1, with("child after"));
    // Now it is old enough to go.
    for number in 300..330 {
        writer.append(format!("parent {number:06}\n").as_bytes());
    }
    assert!(writer.flush());
    wait_until("the old file goes", || with("child stopped") == 0);
    assert!(log.warnings().is_empty(), "{:?}", log.warnings());
}

#[test]
fn a_forked_child_goes_on_with_its_parents_writer() {
    fork(Durability::Process);
}

#[test]
fn a_forked_child_has_memory_of_its_own() {
    fork(Durability::Mapped);
}

#[test]
fn a_forked_child_waits_for_the_disk_too() {
    fork(Durability::Disk);
}

fn fork(durability: Durability) {
    for _ in 0..if env::var_os("JOBTRAIL_LONG").is_some() { 10 } else { 1 } {
        fork_in_mid_stream(durability);
    }
}

fn fork_in_mid_stream(durability: Durability) {
    let log = Log::new(Arc::new(RealFs));
    let writer = log.writer(Options { max_bytes: 1000, backup_count: 1000, durability, ..Options::default() });

    thread::scope(|scope| {
        let busy = scope.spawn(|| {
            for number in 0..3000 {
                writer.append(format!("thread {number:06}\n").as_bytes());
            }
        });
        for fork in 0..20 {
            crate::shared::in_forked_child(|| {
                for number in 0..50 {
                    writer.append(format!("child {fork} {number:06}\n").as_bytes());
                }
            });
        }
        busy.join().unwrap();
    });

    assert_eq!(3000, writer.stats().written);
    drop(writer);
    drop(log.writer(Options::default())); // finishes what the children left in memory, who ended without a word
    let mut expected: Vec<String> = (0..3000).map(|number| format!("thread {number:06}")).collect();
    expected.extend((0..20).flat_map(|fork| (0..50).map(move |number| format!("child {fork} {number:06}"))));
    expected.sort_unstable();
    assert_eq!(expected, lines(&log.path()));
}
