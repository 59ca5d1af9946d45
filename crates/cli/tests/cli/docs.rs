//! The examples of `docs/command-line.md`, run by a shell as they stand there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The commands of a page's `console` blocks with what they print, those of one section in the same directory.
fn sections(page: &str) -> Vec<Vec<(String, String)>> {
    let blocks = |section: &str| {
        let mut steps: Vec<(String, String)> = Vec::new();
        for block in section.split("```console\n").skip(1) {
            for line in block.split("```").next().unwrap_or_default().lines() {
                if let Some(command) = line.strip_prefix("$ ") {
                    steps.push((command.to_owned(), String::new()));
                } else {
                    let (_, shown) = steps.last_mut().unwrap();
                    shown.push_str(line);
                    shown.push('\n');
                }
            }
        }
        steps
    };
    page.split("\n## ").map(blocks).collect()
}

fn run(command: &str, here: &Path) -> String {
    let programs = PathBuf::from(env!("CARGO_BIN_EXE_jobtrail"));
    let path = format!("{}:{}", programs.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1; {command}")])
        .current_dir(here)
        .env("PATH", path)
        .env("XDG_CONFIG_HOME", here.join("none"))
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().replace(&here.display().to_string(), "$HERE")
}

#[test]
#[cfg(unix)]
fn what_the_page_shows_is_what_is_printed() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("../../docs/command-line.md")).unwrap();

    let mut commands = 0;
    for section in sections(&page) {
        let here = tempfile::tempdir().unwrap();
        fs::copy(root.join("tests/samples/five-systems.log"), here.path().join("five-systems.log")).unwrap();
        for (command, expected) in section {
            assert_eq!(expected, run(&command, here.path()), "{command}");
            commands += 1;
        }
    }
    assert!(commands >= 5, "{commands}");
}
