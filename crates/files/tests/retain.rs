//! On real files: what goes, what stays and why, and that nothing else is touched.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test may stop where a step fails")]

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jobtrail_files::{Fate, Keep, PrunePlan, Reason, Retention, Verdict, delete, plan};

const DAY: Duration = Duration::from_hours(24);
const LINE: &str = "2026-01-05 10:00:00.000 [1] [INFO] same\n";

/// A folder with files of a given age in days and content.
struct Logs(tempfile::TempDir);

impl Logs {
    fn of(files: &[(&str, u32)]) -> Self {
        let logs = Self(tempfile::tempdir().unwrap());
        for (name, days) in files {
            logs.write(name, *days, LINE.as_bytes());
        }
        logs
    }

    fn write(&self, name: &str, days: u32, content: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        File::options().append(true).open(path).unwrap().set_modified(now() - DAY * days).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn plan(&self, rules: &Retention) -> PrunePlan {
        plan(&[self.0.path().to_path_buf()], rules, now())
    }

    fn going(&self, rules: &Retention) -> Vec<String> {
        self.plan(rules).going().map(|file| file.name.clone()).collect()
    }
}

/// 22 November 2026, noon.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(20_779 * 24 + 12)
}

fn older_than(days: u32) -> Retention {
    Retention { max_age: Some(DAY * days), ..Retention::default() }
}

#[test]
fn old_rotated_files_go_and_nothing_else() {
    let logs = Logs::of(&[
        ("worker.log", 90),
        ("worker.log.1", 10),
        ("worker.log.2.gz", 31),
        ("worker.log.20261001", 52),
        ("worker.log.99999999", 90),
        ("worker.log.1.bak", 90),
        ("notes.txt", 90),
        ("data.csv.1", 90),
        (".worker.log.3", 90),
        (".worker.ctl", 90),
        (".git/hooks.log.1", 90),
        ("node_modules/a.log.1", 90),
        ("deep/er/api.jsonl.7", 90),
    ]);
    let expected = ["deep/er/api.jsonl.7", "worker.log.20261001", "worker.log.2.gz"];

    assert_eq!(expected.as_slice(), logs.going(&older_than(30)));
    assert!(logs.going(&Retention::default()).is_empty());
}

#[test]
fn live_logs_go_only_by_age_and_where_asked_for() {
    let logs = Logs::of(&[("worker.log", 90), ("api.log", 3)]);
    let all = Retention { keep_bytes: Some(0), keep_files: Some(0), ..older_than(30) };

    assert!(logs.going(&all).is_empty());
    assert_eq!(["worker.log"].as_slice(), logs.going(&Retention { live: true, ..all }));
}

#[test]
fn events_go_with_their_age_but_not_this_month() {
    let logs = Logs::of(&[("jobs_2026-11.jsonl", 60), ("jobs_2026-12.jsonl", 60), ("jobs_2026-09.jsonl", 60)]);

    let plan = logs.plan(&older_than(30));

    assert_eq!(["jobs_2026-09.jsonl"].as_slice(), logs.going(&older_than(30)));
    let kept = plan.files.iter().filter(|file| matches!(file.verdict, Verdict::Kept(_, Keep::Current))).count();
    assert_eq!(2, kept);
}

#[test]
fn a_jobs_log_goes_when_the_job_is_over_and_an_hour_has_passed() {
    let logs = Logs::of(&[]);
    let folder = "projects/p1/files/logs/jobs";
    for (job, days, status) in [
        ("done", 40, Some("{\n  \"type\": \"video\",\n  \"status\": \"completed\"\n}")),
        ("runs", 40, Some(r#"{"status":"running"}"#)),
        ("odd", 40, Some("not JSON")),
        ("gone", 40, None),
        ("fresh", 0, Some(r#"{"status":"failed"}"#)),
    ] {
        logs.write(
            &format!("{folder}/{job}.jsonl"),
            days,
            br#"{"ts":"2026-01-05T10:00:00.000Z","level":"info","msg":"x"}"#,
        );
        if let Some(status) = status {
            logs.write(&format!("projects/p1/jobs/{job}.json"), 1, status.as_bytes());
        }
    }
    let verdict = |name: &str| {
        let plan = logs.plan(&Retention { keep_files: Some(0), ..Retention::default() });
        plan.files.into_iter().find(|file| file.name.ends_with(&format!("/{name}.jsonl"))).unwrap().verdict
    };
    let reason = Reason::MoreThan(0);

    assert_eq!(Verdict::Goes(reason), verdict("done"));
    assert_eq!(Verdict::Goes(reason), verdict("gone"));
    assert_eq!(Verdict::Kept(reason, Keep::OpenJob("running".to_owned())), verdict("runs"));
    assert_eq!(Verdict::Kept(reason, Keep::OpenJob(String::new())), verdict("odd"));
    assert_eq!(Verdict::Kept(reason, Keep::Fresh), verdict("fresh"));
}

#[test]
fn sizes_count_all_old_files_and_numbers_those_of_each_log() {
    let logs = Logs::of(&[
        ("a.log", 0),
        ("a.log.1", 1),
        ("a.log.2", 2),
        ("a.log.3", 3),
        ("b.log.1", 4),
        ("b.log.2", 5),
        ("jobs_2026-11.jsonl", 6),
    ]);
    let by_bytes = |files: u64| Retention { keep_bytes: Some(files * LINE.len() as u64), ..Retention::default() };
    let by_number = |files| Retention { keep_files: Some(files), ..Retention::default() };

    // This month's events stay and count.
    assert_eq!(["b.log.2", "b.log.1"].as_slice(), logs.going(&by_bytes(4)));
    assert!(logs.going(&by_bytes(6)).is_empty());
    assert_eq!(["b.log.2", "a.log.3", "a.log.2"].as_slice(), logs.going(&by_number(1)));
    assert_eq!(3 * LINE.len() as u64, logs.plan(&by_number(1)).bytes());
}

#[test]
fn of_one_log_the_newest_stay_whatever_a_copy_did_to_their_times() {
    let logs = Logs::of(&[("a.log.1", 2), ("a.log.2", 2), ("a.log.3", 1), ("b.log.10", 5), ("b.log.9", 5)]);
    let rules = Retention { keep_files: Some(1), ..Retention::default() };

    assert_eq!(["b.log.10", "a.log.3", "a.log.2"].as_slice(), logs.going(&rules));
}

#[test]
fn a_profile_keeps_errors_longer() {
    let logs = Logs::of(&[("api.log.1", 20), ("errors.log.1", 20), ("api-errors.log.1", 91), ("terror.log.1", 20)]);

    assert_eq!(
        ["api-errors.log.1", "api.log.1", "terror.log.1"].as_slice(),
        logs.going(&Retention::profile("staging").unwrap())
    );
    assert_eq!(["api-errors.log.1"].as_slice(), logs.going(&Retention::profile("production").unwrap()));
}

#[test]
fn what_is_no_text_stays() {
    let logs = Logs::of(&[]);
    logs.write("x.log.1", 90, b"\x7fELF\x02\x01\0\0\0\0\0\0\0\0\x03\0>\0");
    logs.write("y.log.1.gz", 90, b"\x1f\x8b\x08 broken");
    logs.write("empty.log.1", 90, b"");

    let plan = logs.plan(&older_than(30));

    let why = |name: &str| plan.files.iter().find(|file| file.name == name).unwrap().verdict.clone();
    let reason = Reason::OlderThan(DAY * 30);
    assert_eq!(Verdict::Kept(reason, Keep::Binary), why("x.log.1"));
    assert_eq!(Verdict::Kept(reason, Keep::Unreadable("io")), why("y.log.1.gz"));
    assert_eq!(Verdict::Goes(reason), why("empty.log.1"));
}

#[test]
fn no_link_leads_to_anything() {
    let outside = Logs::of(&[("worker.log.1", 90), ("sub/api.log.1", 90)]);
    let logs = Logs::of(&[("real.log.5", 90)]);
    symlink(outside.path("worker.log.1"), logs.path("worker.log.1")).unwrap();
    symlink(outside.path("sub"), logs.path("sub")).unwrap();
    symlink(outside.path("sub"), logs.path("sub.log.1")).unwrap();
    symlink(logs.path("real.log.5"), logs.path("real.log.6")).unwrap();
    symlink(logs.path("nowhere"), logs.path("gone.log.1")).unwrap();

    assert_eq!(["real.log.5"].as_slice(), logs.going(&older_than(30)));
    for root in ["sub", "sub/", "sub/."] {
        let plan = plan(&[logs.path(root)], &older_than(30), now());
        assert_eq!((0, 1, "outside_root"), (plan.files.len(), plan.problems.len(), plan.problems[0].error.code()));
    }
    let file = plan(&[logs.path("real.log.5")], &older_than(30), now());
    assert_eq!((0, 1), (file.files.len(), file.problems.len()));
}

#[test]
fn what_changed_since_the_plan_stays() {
    let logs = Logs::of(&[("a.log.1", 90), ("a.log.2", 90), ("a.log.3", 90), ("a.log.4", 90), ("a.log.5", 90)]);
    let plan = logs.plan(&older_than(30));
    fs::remove_file(logs.path("a.log.1")).unwrap();
    fs::rename(logs.path("a.log.3"), logs.path("a.log.2")).unwrap();
    symlink(logs.path("a.log.2"), logs.path("a.log.3")).unwrap();
    logs.write("a.log.4", 90, b"longer than before, of the same age, as a backup that was put back");

    let fates: Vec<String> = plan.going().map(|file| format!("{} {:?}", file.name, delete(file))).collect();

    let expected = ["a.log.5 Deleted", "a.log.4 Changed", "a.log.3 Changed", "a.log.2 Changed", "a.log.1 Gone"];
    assert_eq!(expected.as_slice(), fates);
    assert!(logs.path("a.log.2").exists() && logs.path("a.log.4").exists() && !logs.path("a.log.5").exists());
}

#[test]
fn what_is_locked_stays() {
    let logs = Logs::of(&[("a.log.1", 90), ("b.log.1", 90)]);
    let plan = logs.plan(&older_than(30));
    let written = File::open(logs.path("a.log.1")).unwrap();
    written.lock_shared().unwrap();
    fs::write(logs.path(".b.ctl"), "").unwrap();
    let rotating = File::open(logs.path(".b.ctl")).unwrap();
    rotating.lock().unwrap();

    assert!(plan.going().all(|file| matches!(delete(file), Fate::InUse)));
    drop((written, rotating));
    assert!(plan.going().all(|file| matches!(delete(file), Fate::Deleted)));
    assert!(Path::exists(&logs.path(".b.ctl")));
}

#[test]
fn a_rotation_beside_it_loses_nothing_but_what_was_planned() {
    let logs = Logs::of(&[]);
    for number in 1..=60 {
        logs.write(&format!("a.log.{number}"), number, format!("{LINE}number {number}\n").as_bytes());
    }
    let plan = logs.plan(&older_than(30));
    let planned = plan.going().count();

    // Renames every file by one again and again, as a rotation does, under the lock of those who rename.
    let deleted = std::thread::scope(|scope| {
        let rotating = scope.spawn(|| {
            for _ in 0..20 {
                fs::write(logs.path(".a.ctl"), "").unwrap();
                let control = File::open(logs.path(".a.ctl")).unwrap();
                control.lock().unwrap();
                for number in (1..=100).rev() {
                    let _ =
                        fs::rename(logs.path(&format!("a.log.{number}")), logs.path(&format!("a.log.{}", number + 1)));
                }
                control.unlock().unwrap();
            }
        });
        let deleted = plan.going().filter(|file| matches!(delete(file), Fate::Deleted)).count();
        rotating.join().unwrap();
        deleted
    });

    let mut left: Vec<u32> = logs
        .plan(&Retention::default())
        .files
        .iter()
        .map(|file| fs::read_to_string(&file.path).unwrap().rsplit_once(' ').unwrap().1.trim().parse().unwrap())
        .collect();
    left.sort_unstable();
    assert_eq!((30, 60 - deleted), (planned, left.len()));
    assert_eq!((1..=30).collect::<Vec<u32>>().as_slice(), &left[..30], "none of those that stay");
}
