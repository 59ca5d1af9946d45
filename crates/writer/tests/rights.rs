//! What may not be done for real: a folder mounted for reading only, a folder of another user's, a log of another user's.
//! Root may do anything, so the writers that must not act as the user `nobody`, or find a mount that lets nobody write.
//! NFS cannot be mounted in a test: the scripted file system of the crate's own tests stands for it.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at what it did not expect")]

mod common;

use std::env;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use common::{Process, expected, lines_of, record, rings_of, written};
use jobtrail_writer::{Durability, Options, Outcome, Writer};

const NOBODY: u32 = 65534;

const DURABILITIES: [Durability; 3] = [Durability::Process, Durability::Disk, Durability::Mapped];

#[test]
#[ignore = "the body of the processes that the other tests start"]
fn child() {
    common::child();
}

/// What starts this program as `nobody`; None, and a word on standard error, where that cannot be.
fn as_nobody() -> Option<Command> {
    let mut command = Command::new("setpriv");
    let user = [format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"), "--clear-groups".to_owned()];
    command.args(user).arg(env::current_exe().unwrap());
    let mut trial = Command::new(command.get_program());
    trial.args(command.get_args()).arg("--list");
    if trial.output().is_ok_and(|output| output.status.success()) {
        return Some(command);
    }
    tell("this test cannot act as another user here, and has shown nothing");
    None
}

/// Says what was left out, on the standard error that a test's success does not hide.
fn tell(what: &str) {
    let mut errors = std::io::stderr();
    writeln!(errors, "rights: {what}").unwrap();
}

/// A folder that everyone may look into and only we may write, with a log that everyone may write.
fn shared_log() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let path = folder.path().join("worker.log");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    (folder, path)
}

fn warnings_in(errors: &str) -> Vec<&str> {
    errors.lines().filter(|line| line.starts_with("jobtrail: ")).collect()
}

#[test]
fn in_a_folder_that_may_not_be_written_the_log_grows_with_one_warning() {
    for durability in DURABILITIES {
        let Some(nobody) = as_nobody() else { return };
        let (folder, path) = shared_log();
        let options = Options { max_bytes: 1000, backup_count: 5, durability, ..Options::default() };

        let process = Process::start_by(nobody, &path, "alpha", 60, options);
        let (reports, errors) = process.finish_with_errors();

        assert!(reports.iter().all(|(_, outcome)| *outcome == written()), "{durability:?}");
        assert_eq!(expected(["alpha"], 60), lines_of(&path), "{durability:?}");
        assert_eq!(1, fs::read_dir(folder.path()).unwrap().count());
        let warnings = warnings_in(&errors);
        assert_eq!(1, warnings.len(), "{durability:?}: {warnings:?}");
        assert!(warnings[0].contains("cannot rotate") && warnings[0].contains("Permission denied"), "{warnings:?}");
    }
}

/// One of them may rename it, the other not; both go on in the new file, which has the old one's mode.
#[test]
fn two_users_share_a_log_and_lose_nothing() {
    for durability in DURABILITIES {
        for stranger_first in [true, false] {
            let Some(nobody) = as_nobody() else { return };
            let (folder, path) = shared_log();
            let count = if durability == Durability::Disk { 300 } else { 3000 };
            let options = Options { max_bytes: 32 * 1024, backup_count: 1000, durability, ..Options::default() };

            let own = Command::new(env::current_exe().unwrap());
            let mut starts = [("stranger", nobody), ("owner", own)];
            if !stranger_first {
                starts.reverse();
            }
            let mut processes: Vec<Process> = Vec::new();
            for (name, command) in starts {
                let mut process = Process::start_by(command, &path, name, count, options);
                process.next_report().expect("the process is alive");
                processes.push(process);
            }
            let readers: Vec<_> =
                processes.into_iter().map(|process| thread::spawn(|| process.finish_with_errors())).collect();
            let ended: Vec<_> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();

            let what = format!("{durability:?}, stranger first: {stranger_first}");
            for (reports, errors) in &ended {
                // One who may not make the file can find none for a moment while it is renamed; its record waits.
                assert!(reports.iter().all(|(_, outcome)| *outcome != format!("{:?}", Outcome::Dropped)), "{what}");
                assert!(warnings_in(errors).len() <= 1, "{what}: {errors}");
            }
            assert_eq!(expected(["owner", "stranger"], count), lines_of(&path), "{what}");
            let made = fs::metadata(&path).unwrap();
            assert_eq!(
                (0o666, fs::metadata(folder.path()).unwrap().uid()),
                (made.mode() & 0o7777, made.uid()),
                "{what}"
            );
            assert!(folder.path().join("worker.log.1").exists(), "{what}");
        }
    }
}

/// Its memory is nobody's business but its own and the log's owner's.
#[test]
fn what_a_killed_writer_of_another_user_left_in_memory_waits_for_one_of_that_user() {
    let (Some(first), Some(second)) = (as_nobody(), as_nobody()) else { return };
    let (folder, path) = shared_log();
    let options = Options { durability: Durability::Mapped, ..Options::default() };
    let mut process = Process::start_by(first, &path, "alpha", 1_000_000, options);
    let count = process.kill_after(500);
    assert_eq!(1, rings_of(folder.path()).len());

    drop(Writer::open(&path, options)); // ours, who own the log, and believe only what is ours
    assert_eq!(1, rings_of(folder.path()).len());
    Process::start_by(second, &path, "beta", 1, options).finish();

    assert_eq!(0, rings_of(folder.path()).len());
    let lines = lines_of(&path);
    assert!((0..count).all(|number| lines.get(&record("alpha", number)) == Some(&1)));
}

/// A folder under a second name, by which nothing can be written for a while; taken away at the end.
struct Mount(tempfile::TempDir);

impl Mount {
    fn for_reading(folder: &Path) -> Option<Self> {
        let mount = Self(tempfile::tempdir().unwrap());
        if run("mount", &["--bind", text(folder), text(mount.0.path())]) && mount.remount("remount,bind,ro") {
            return Some(mount);
        }
        tell("nothing may be mounted here; a file in place of the folder stands for it");
        None
    }

    fn remount(&self, options: &str) -> bool {
        run("mount", &["-o", options, text(self.0.path())])
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        run("umount", &["--lazy", text(self.0.path())]);
    }
}

fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn on_a_mount_for_reading_only_records_wait_and_are_written_when_it_is_not() {
    for durability in DURABILITIES {
        let folder = tempfile::tempdir().unwrap();
        let Some(mount) = Mount::for_reading(folder.path()) else { return };
        let warnings = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&warnings);
        let warn = Box::new(move |warning: &str| seen.lock().unwrap().push(warning.to_owned()));
        let path = mount.0.path().join("logs/worker.log");
        let writer = Writer::with_warn(&path, Options { durability, ..Options::default() }, warn);
        for number in 0..20 {
            assert_eq!(Outcome::Buffered, writer.append(record("alpha", number).as_bytes()), "{durability:?}");
        }

        assert!(mount.remount("remount,bind,rw"));
        let began = Instant::now();
        while !writer.flush() {
            assert!(began.elapsed() < Duration::from_secs(5), "{durability:?}");
            thread::sleep(Duration::from_millis(10));
        }

        let expected: String = (0..20).map(|number| record("alpha", number)).collect();
        assert_eq!(expected, fs::read_to_string(&path).unwrap(), "{durability:?}");
        let warnings = warnings.lock().unwrap();
        assert_eq!(1, warnings.len(), "{durability:?}: {warnings:?}");
        assert!(warnings[0].contains("Read-only file system"), "{warnings:?}");
    }
}
