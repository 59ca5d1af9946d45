//! What is found in directories that really exist, with links, archives and files nobody may read among them.
#![expect(clippy::unwrap_used, reason = "a test may stop where a step fails")]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use jobtrail_files::{Found, Holds, discover, resolve};

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn gzip(path: &Path, text: &str) {
    let mut encoder = flate2::write::GzEncoder::new(File::create(path).unwrap(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap();
}

fn names(found: &Found) -> Vec<&str> {
    found.sets.iter().flat_map(|set| &set.files).map(|file| file.name.as_str()).collect()
}

fn problems(found: &Found) -> Vec<(String, &'static str)> {
    found.problems.iter().map(|problem| (problem.name.clone(), problem.error.code())).collect()
}

#[test]
fn logs_are_found_below_a_directory_with_their_rotated_files_oldest_first() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(&root.join("worker.log"), "3\n");
    write(&root.join("worker.log.1"), "2\n");
    gzip(&root.join("worker.log.2.gz"), "1\n");
    write(&root.join("backend/host.log-20260106"), "2\n");
    write(&root.join("backend/host.log-20260105"), "1\n");
    write(&root.join("backend/jobs_2026-02.jsonl"), "");
    write(&root.join("backend/jobs_2026-01.jsonl"), "");
    write(&root.join("notes.txt"), "not a log\n");
    write(&root.join("node_modules/npm/debug.log"), "not ours\n");
    write(&root.join(".cache/x.log"), "not ours\n");

    let found = discover(&[root.to_path_buf()]);

    let expected = [
        "worker.log.2.gz",
        "worker.log.1",
        "worker.log",
        "backend/host.log-20260105",
        "backend/host.log-20260106",
        "backend/jobs_2026-01.jsonl",
        "backend/jobs_2026-02.jsonl",
    ];
    let mut sorted = names(&found);
    sorted.sort_unstable();
    let mut all = expected;
    all.sort_unstable();
    assert_eq!(all.to_vec(), sorted);
    let of = |base: &str| {
        let set = found.sets.iter().find(|set| set.name == base).unwrap();
        set.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(&expected[..3], of("worker.log"));
    assert_eq!(&expected[3..5], of("backend/host.log"));
    assert!(found.problems.is_empty());
}

#[test]
fn a_compressed_copy_of_a_plain_file_is_not_read_twice() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(&root.join("a.log.1"), "one\n");
    gzip(&root.join("a.log.1.gz"), "one\n");
    write(&root.join("b.log.1"), "two\n");
    gzip(&root.join("b.log.1.gz"), "one\n");
    write(&root.join("c.log.1"), "three\n");
    fs::write(root.join("c.log.1.gz"), [0x1f, 0x8b, 8]).unwrap();

    let found = discover(&[root.to_path_buf()]);

    assert_eq!(vec!["a.log.1", "b.log.1.gz", "b.log.1", "c.log.1"], names(&found));
}

#[cfg(unix)]
#[test]
fn links_never_lead_out_of_the_root_nor_show_a_log_twice() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    write(&outside.path().join("secret.log"), "secret\n");
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(&root.join("worker.log"), "1\n");
    write(&root.join("plain.txt"), "2\n");
    symlink(outside.path().join("secret.log"), root.join("out.log")).unwrap();
    symlink(outside.path(), root.join("folder")).unwrap();
    symlink(root, root.join("loop")).unwrap();
    symlink(root.join("worker.log"), root.join("current.log")).unwrap();
    symlink(root.join("plain.txt"), root.join("linked.log")).unwrap();

    let found = discover(&[root.to_path_buf()]);

    assert_eq!(vec!["linked.log", "worker.log"], names(&found));
    assert_eq!(vec![("out.log".to_owned(), "outside_root")], problems(&found));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_said_and_the_rest_goes_on() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(&root.join("worker.log"), "1\n");
    let gone = root.join("mistyped.log");

    let found = discover(&[gone.clone(), root.to_path_buf()]);

    assert_eq!(vec!["worker.log"], names(&found));
    assert_eq!(vec![(gone.display().to_string(), "not_found")], problems(&found));
}

#[test]
fn a_directory_without_logs_says_whether_it_is_empty() {
    let root = tempfile::tempdir().unwrap();
    let (empty, other) = (root.path().join("empty"), root.path().join("other"));
    write(&empty.join(".gitignore"), "*\n");
    write(&other.join("readme.md"), "x\n");

    let found = discover(&[empty.clone(), other.clone()]);

    let expected =
        vec![(empty.display().to_string(), Holds::Nothing), (other.display().to_string(), Holds::OtherFiles)];
    assert_eq!(expected, found.without_logs);
}

#[test]
fn several_directories_put_their_names_in_front_and_equal_files_their_paths() {
    let root = tempfile::tempdir().unwrap();
    let (a, b) = (root.path().join("a"), root.path().join("b"));
    write(&a.join("worker.log"), "1\n");
    write(&b.join("worker.log"), "2\n");

    let directories = discover(&[a.clone(), b.clone()]);
    let files = discover(&[a.join("worker.log"), b.join("worker.log")]);

    assert_eq!(vec!["a/worker.log", "b/worker.log"], names(&directories));
    let shown = |path: PathBuf| path.display().to_string();
    assert_eq!(vec![shown(a.join("worker.log")), shown(b.join("worker.log"))], names(&files));
}

#[cfg(unix)]
#[test]
fn a_relative_path_is_resolved_only_inside_its_root() {
    let outside = tempfile::tempdir().unwrap();
    write(&outside.path().join("secret.log"), "secret\n");
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(&root.join("logs/worker.log"), "1\n");
    std::os::unix::fs::symlink(outside.path(), root.join("link")).unwrap();
    let code = |relative: &str| resolve(root, Path::new(relative)).map_err(|error| error.code());

    assert_eq!(Ok(root.canonicalize().unwrap().join("logs/worker.log")), code("logs/./worker.log"));
    assert_eq!(Err("outside_root"), code("../x.log"));
    assert_eq!(Err("outside_root"), code("/etc/passwd"));
    assert_eq!(Err("outside_root"), code("link/secret.log"));
    assert_eq!(Err("not_found"), code("logs/none.log"));
}

#[test]
fn files_of_one_log_named_one_by_one_come_oldest_first_and_none_twice() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for name in ["worker.log", "worker.log.1", "worker.log.10", "worker.log.2", "host.log"] {
        write(&root.join(name), name);
    }
    let named = ["host.log", "worker.log", "worker.log.1", "worker.log.10", "worker.log.2", "host.log"];
    let paths: Vec<PathBuf> = named.iter().map(|name| root.join(name)).collect();

    let found = discover(&paths);

    assert_eq!(vec!["host.log", "worker.log.10", "worker.log.2", "worker.log.1", "worker.log"], names(&found));
    let both = discover(&[root.to_path_buf(), root.join("host.log")]);
    assert_eq!(5, names(&both).len());
}

#[test]
fn directories_of_one_name_are_told_apart_by_their_paths() {
    let root = tempfile::tempdir().unwrap();
    let (a, b, c) = (root.path().join("a/logs"), root.path().join("b/logs"), root.path().join("c"));
    for directory in [&a, &b, &c] {
        write(&directory.join("x.log"), &directory.display().to_string());
    }

    let found = discover(&[a.clone(), b.clone(), c]);

    let expected = [format!("{}/x.log", a.display()), format!("{}/x.log", b.display()), "c/x.log".to_owned()];
    assert_eq!(expected.to_vec(), names(&found));
}
