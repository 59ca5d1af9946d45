//! What settings files and the environment say, what counts first, and what a file found in a directory may not say.

use std::fs;
use std::path::Path;

use crate::common::{Run, Setting, run_in};

/// A home with settings and a directory with settings, both of them real.
struct Places {
    root: tempfile::TempDir,
}

impl Places {
    fn new(of_user: &str, found: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        write(&root.path().join("home/jobtrail/jobtrail.toml"), of_user);
        write(&root.path().join("project/jobtrail.toml"), found);
        fs::create_dir_all(root.path().join("project/logs/deep")).unwrap();
        Self { root }
    }

    /// Runs a command below the project's directory.
    fn run(&self, stdin: &str, variables: &[(&'static str, &'static str)], args: &[&str]) -> Run {
        let home: &'static str = self.root.path().join("home").display().to_string().leak();
        let setting = Setting {
            stdin: Some(stdin.as_bytes().to_vec()),
            current_dir: self.root.path().join("project/logs/deep"),
            variables: [&[("XDG_CONFIG_HOME", home)], variables].concat(),
            ..Setting::default()
        };
        run_in(setting, args)
    }

    fn shown(&self, run: &Run) -> (u8, String, String) {
        let root = format!("{}/", self.root.path().display());
        (run.code, run.stdout.replace(&root, ""), run.stderr.replace(&root, ""))
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

const LINES: &str = "[DEBUG] d\n[INFO] i\n[WARNING] w\n[ERROR] e\n[CRITICAL] c\n";

#[test]
fn the_command_line_counts_before_the_environment_that_before_the_nearest_file_that_before_the_users() {
    let places = Places::new("level = \"info\"\noutput = \"raw\"\n", "level = \"warning\"\n");
    let first = |variables: &[(&'static str, &'static str)], args: &[&str]| {
        let run = places.run(LINES, variables, &[&["view"], args].concat());
        run.stdout.lines().next().unwrap().to_owned()
    };

    let general = ("JOBTRAIL_LEVEL", "error");
    assert_eq!("[CRITICAL] c", first(&[general], &["-l", "critical"]));
    assert_eq!("[ERROR] e", first(&[general], &[]));
    assert_eq!("[DEBUG] d", first(&[general, ("JOBTRAIL_VIEW_LEVEL", "debug")], &[]));
    assert_eq!("[WARNING] w", first(&[("JOBTRAIL_LEVEL", "")], &[]));
    assert_eq!("DEBUG    d", first(&[], &["--no-config"]));
    assert_eq!("DEBUG    d", first(&[("JOBTRAIL_NO_CONFIG", "1")], &[]));
    fs::remove_file(places.root.path().join("project/jobtrail.toml")).unwrap();
    assert_eq!("[INFO] i", first(&[], &[]));
}

#[test]
fn what_a_table_of_a_command_says_counts_for_it_alone_and_before_the_rest_of_the_file() {
    let places =
        Places::new("", "level = \"error\"\noutput = \"json\"\n[view]\nlevel = \"critical\"\noutput = \"raw\"\n");

    assert_eq!("[CRITICAL] c\n", places.run(LINES, &[], &["view"]).stdout);
    assert!(places.run("", &[], &["id", "explain", "MSH-0105-A7F2"]).stdout.starts_with("{\"id\""));
    let switched = places.run(LINES, &[("JOBTRAIL_OUTPUT", "csv"), ("JOBTRAIL_LEVEL", "trace")], &["view"]);
    assert_eq!(6, switched.stdout.lines().count());
    // `sort` is a switch of `view` and a word of `jobs`.
    assert_eq!(0, places.run(LINES, &[("JOBTRAIL_SORT", "duration")], &["view"]).code);
    assert_eq!(0, Places::new("", "sort = \"errors\"").run(LINES, &[], &["view"]).code);
}

#[test]
fn a_named_file_counts_alone_and_says_all_it_likes() {
    let places = Places::new("output = \"raw\"\n", "level = \"error\"\n");
    let named = places.root.path().join("own.toml");
    write(&named, "no_redact = true\n");
    let named = named.display().to_string();

    let run = places.run("[INFO] password=hunter2\n", &[], &["view", "--config", &named]);
    assert_eq!((0, "INFO     password=hunter2\n", ""), (run.code, run.stdout.as_str(), run.stderr.as_str()));
    let by_variable = places.run("[INFO] password=hunter2\n", &[("JOBTRAIL_CONFIG", named.leak())], &["view"]);
    assert_eq!(run.stdout, by_variable.stdout);
    let missing = places.run("", &[], &["view", "--config", "none.toml"]);
    assert_eq!((2, true), (missing.code, missing.stderr.starts_with("error: no such settings file: `")));
}

#[test]
fn a_file_found_in_a_directory_masks_more_but_shows_no_secret_and_says_so() {
    let weak = "no_redact = true\nemails = true\n[redaction]\noff = [\"password\"]\nallow = [\"hunter2\"]\npaths = \"off\"\n\
                roots = [\"/\"]\nips = false\npatterns = [\"CASE-%n6\"]\n[view]\nno_redact = true\n[prune]\nyes = true\n";
    let places = Places::new("[redaction]\nips = true\npatterns = [\"ACME-%n6\"]\n", weak);
    let line = "[INFO] password=hunter2 /home/alice/x a@example.com 10.0.0.1 CASE-123456 ACME-123456\n";

    let run = places.run(line, &[], &["view"]);

    let expected = "INFO     password=[redacted:password] ~/x [redacted:email] [redacted:ip] [redacted:custom] \
                    [redacted:custom]\n";
    let (code, stdout, stderr) = places.shown(&run);
    assert_eq!((0, expected), (code, stdout.as_str()));
    let notes: Vec<&str> = stderr.lines().collect();
    assert_eq!(8, notes.len(), "{stderr}");
    assert_eq!(
        "note: project/jobtrail.toml:1: `no_redact` is left out: a file found in a directory may set nothing that could show \
         secrets, start programs or write files; set it in `home/jobtrail/jobtrail.toml` or on the command line",
        notes[0]
    );
    // The user may.
    let places = Places::new(weak, "");
    let line = "[INFO] password=hunter2 /home/alice/x\n";
    assert_eq!("INFO     password=hunter2 /home/alice/x\n", places.run(line, &[], &["view"]).stdout);
}

#[test]
fn a_mistake_in_a_file_is_told_with_its_line_and_what_would_be_right() {
    let told = |text: &str| {
        let places = Places::new("", text);
        let (code, _, stderr) = places.shown(&places.run(LINES, &[], &["view"]));
        assert_eq!(2, code, "{text}");
        stderr
    };

    let cases = [
        ("tz = \"UTC\"\nlevl = \"info\"\n", "2: `levl` is no option: `level` is one"),
        ("[viw]\nlevel = \"info\"\n", "1: `viw` is no command or table: `view` is one"),
        ("[view]\nouptut = \"raw\"\n", "2: `ouptut` is no option: `output` is one"),
        ("[redaction]\nphone = true\n", "2: `phone` is no option: `phones` is one"),
        ("zzzzzz = 1\n", "1: `zzzzzz` is no option: `jobtrail config --example` shows them all"),
        ("level = 3\n", "1: `level` is an integer: expected a text in quotes"),
        ("sort = \"yes\"\n", "1: `sort` is a string: expected true or false"),
        ("last = \"5\"\n", "1: `last` is a string: expected a whole number"),
        ("last = -5\n", "1: bad value `-5` of `last`: expected a whole number"),
        ("output = \"jsn\"\n", "1: bad value `jsn` of `output`: expected one of text, json, raw, csv"),
        ("level = \n", "1: string values must be quoted, expected literal string"),
    ];
    for (text, expected) in cases {
        assert_eq!(format!("error: project/jobtrail.toml:{expected}\n"), told(text), "{text}");
    }
    assert_eq!(
        "error: bad value `loud` of `--level`: expected one of trace, debug, info, warning, error, critical (set in \
         project/jobtrail.toml:1)\n",
        told("level = \"loud\"\n")
    );
    assert!(told("[redaction]\npatterns = [\"%q\"]\n").ends_with(" (set in project/jobtrail.toml:2)\n"));
    assert!(told("tz = \"Middle/Earth\"\n").ends_with(" (set in project/jobtrail.toml:1)\n"));
}

#[test]
fn a_mistake_in_a_variable_names_the_variable() {
    let told = |variable: (&'static str, &'static str)| {
        let setting = Setting { variables: vec![variable], ..Setting::default() };
        run_in(setting, &["view", "/dev/null"]).stderr
    };

    assert_eq!(
        "error: bad value `jsn` of the variable `JOBTRAIL_OUTPUT`: expected one of text, json, raw, csv\n",
        told(("JOBTRAIL_OUTPUT", "jsn"))
    );
    assert_eq!(
        "error: bad value `maybe` of the variable `JOBTRAIL_VIEW_SORT`: expected 1 or 0, true or false, yes or no\n",
        told(("JOBTRAIL_VIEW_SORT", "maybe"))
    );
    assert!(told(("JOBTRAIL_LEVEL", "loud")).ends_with(" (set in the variable `JOBTRAIL_LEVEL`)\n"));
}

#[test]
fn job_types_of_ones_own_are_found_looked_up_explained_and_made() {
    let places = Places::new("", "[job_types]\nRND = \"render\"\n");
    let line = "[INFO] Started RND-0105-ABCD\n";

    assert_eq!(1, places.run(line, &[], &["view", "-j", "rnd-0105-abcd"]).stdout.lines().count());
    assert_eq!(2, places.run(line, &[], &["view", "-j", "RND-0105-XYZW"]).code);
    let explained = places.run("", &[], &["id", "explain", "RND-0105-ABCD"]).stdout;
    assert_eq!("RND-0105-ABCD: a render job of 5 January, number ABCD (hexadecimal)\n", explained);
    assert!(places.run("", &[], &["id", "new", "rnd"]).stdout.starts_with("RND-0105-"));
    assert_eq!(2, places.run("", &[], &["id", "--job-type", "X", "new"]).code);
}

#[test]
fn config_says_what_holds_and_where_it_was_set() {
    let places = Places::new("color = \"never\"\n", "tz = \"local\"\n[view]\nlevel = \"info\"\n");
    let variables = [("JOBTRAIL_VIEW_LAST", "5"), ("TZ", "UTC")];

    let (_, text, _) = places.shown(&places.run("", &variables, &["config"]));
    let json = places.run("", &variables, &["config", "-o", "json"]).json();
    let (_, paths, _) = places.shown(&places.run("", &variables, &["config", "--paths"]));

    let row = |name: &str| {
        let line =
            text.lines().find(|line| line.split(' ').next() == Some(name)).unwrap_or_else(|| panic!("{name}: {text}"));
        line.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    assert_eq!("local project/jobtrail.toml:1", row("tz"));
    assert_eq!("never home/jobtrail/jobtrail.toml:1", row("color"));
    assert_eq!("home default", row("paths"));
    assert_eq!("5 the variable `JOBTRAIL_VIEW_LAST`", row("last"));
    let level = json.iter().find(|value| value["command"] == "view" && value["option"] == "level").unwrap();
    assert_eq!(
        (serde_json::json!(["info"]), "file", 3),
        (level["values"].clone(), level["origin"].as_str().unwrap(), level["line"].as_u64().unwrap())
    );
    assert!(paths.ends_with("missing  project/logs/jobtrail.toml\nread     project/jobtrail.toml\nread     home/jobtrail/jobtrail.toml\n"), "{paths}");
}

#[test]
fn the_example_is_a_settings_file_in_every_line() {
    let example = run_in(Setting::default(), &["config", "--example"]).stdout;
    let is_setting = |line: &&str| line.starts_with("#[") || line.contains(" = ");
    let meant: Vec<&str> = example.lines().filter(is_setting).map(|line| &line[1..]).collect();
    let places = Places::new(&meant.join("\n"), &meant.join("\n"));

    let run = places.run("[INFO] RND-0105-ABCD a@example.com\n", &[], &["view"]);

    assert_eq!((0, ""), (run.code, run.stderr.as_str()));
    assert_eq!("INFO     RND-0105-ABCD ***\n", run.stdout);
}

#[test]
fn help_names_the_variable_of_each_option_and_reads_no_settings() {
    let places = Places::new("broken", "");

    let help = places.run("", &[], &["view", "--help"]);

    assert_eq!(0, help.code);
    for variable in ["JOBTRAIL_LEVEL", "JOBTRAIL_TZ", "JOBTRAIL_OUTPUT", "JOBTRAIL_NO_REDACT", "JOBTRAIL_COLOR"] {
        assert!(help.stdout.contains(variable), "{variable}: {}", help.stdout);
    }
}
