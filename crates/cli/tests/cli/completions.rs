//! What `completions` and `man` print is tried with the shells and the readers that are here.

use std::fs;
use std::process::{Command, Stdio};

use crate::common::run;

/// What bash offers behind these words.
fn bash_offers(words: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("jobtrail.bash");
    fs::write(&script, run(&["completions", "bash"]).stdout).unwrap();
    let (last, before) = words.split_last().unwrap();
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let program = format!(
        "source {}; COMP_WORDS=({}); COMP_CWORD={}; _jobtrail jobtrail '{last}' '{}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        script.display(),
        quoted.join(" "),
        before.len(),
        before.last().unwrap()
    );
    let output = Command::new("bash").args(["--norc", "-c", &program]).output().unwrap();
    assert_eq!("", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
#[cfg(unix)]
fn bash_completes_commands_options_and_their_values() {
    assert_eq!(vec!["view"], bash_offers(&["jobtrail", "vi"]));
    assert!(bash_offers(&["jobtrail", "view", "--si"]).contains(&"--since".to_owned()));
    let levels = ["trace", "debug", "info", "warning", "error", "critical"];
    assert_eq!(levels[..], bash_offers(&["jobtrail", "view", "--level", ""]));
    assert_eq!(["text", "json", "raw", "csv"][..], bash_offers(&["jobtrail", "view", "-o", ""]));
    assert_eq!(["explain"][..], bash_offers(&["jobtrail", "id", "ex"]));
}

#[test]
fn every_shell_has_a_script_that_names_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&["completions", shell]);
        assert_eq!(0, script.code);
        assert!(["view", "redact", "no-redact"].iter().all(|word| script.stdout.contains(word)), "{shell}");
    }
    assert_eq!(2, run(&["completions", "tcsh"]).code);
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("man1");

    let run = run(&["man", "--dir", dir.to_str().unwrap()]);

    assert_eq!((0, "", ""), (run.code, run.stdout.as_str(), run.stderr.as_str()));
    let view = fs::read_to_string(dir.join("jobtrail-view.1")).unwrap();
    assert!(view.contains("\\-\\-since") && view.contains("JOBTRAIL_LEVEL"), "{view}");
    assert!(fs::read_to_string(dir.join("jobtrail.1")).unwrap().contains("jobtrail\\-view(1)"));
    for (reader, args) in [("man", &["-l"][..]), ("mandoc", &["-T", "lint", "-W", "error"])] {
        let mut command = Command::new(reader);
        command.args(args).arg(dir.join("jobtrail-view.1")).env("MANPAGER", "cat").stdin(Stdio::null());
        let Ok(output) = command.output() else { continue };
        assert_eq!((true, ""), (output.status.success(), String::from_utf8_lossy(&output.stderr).as_ref()), "{reader}");
    }
}

#[test]
fn one_page_is_printed_by_its_commands_name() {
    assert!(run(&["man"]).stdout.contains(".TH jobtrail 1"));
    assert!(run(&["man", "redact"]).stdout.contains(".TH jobtrail-redact 1"));
    let unknown = run(&["man", "redcat"]);
    assert_eq!((2, "error: `redcat` is no command: `redact` is one\n"), (unknown.code, unknown.stderr.as_str()));
}
