//! What `--help` says, and how it is laid out.

use crate::common::{Setting, run, run_in};

#[test]
fn help_is_as_wide_as_the_terminal_and_columns_has_the_last_word() {
    let widest = |columns, variables: &[(&'static str, &'static str)]| {
        let setting = Setting { columns, variables: variables.to_vec(), ..Setting::default() };
        let help = run_in(setting, &["view", "--help"]).stdout;
        let options = help.split("Queries:").next().unwrap().to_owned();
        options.lines().map(|line| line.chars().count()).max().unwrap()
    };

    assert_eq!((true, true), (widest(Some(60), &[]) <= 60, widest(Some(60), &[]) > 50));
    assert_eq!((true, true), (widest(None, &[]) <= 80, widest(None, &[]) > 70));
    assert_eq!((true, true), (widest(Some(300), &[]) <= 100, widest(Some(300), &[]) > 90));
    assert_eq!(widest(Some(60), &[]), widest(Some(300), &[("COLUMNS", "60")]));
    assert_eq!(widest(Some(60), &[]), widest(Some(60), &[("COLUMNS", "none")]));
}

#[test]
fn without_a_command_a_short_guide_is_printed() {
    let guide = run(&[]);

    assert_eq!((0, ""), (guide.code, guide.stderr.as_str()));
    assert!(guide.stdout.contains("jobtrail help query") && guide.stdout.lines().count() < 15, "{}", guide.stdout);
}

#[test]
fn help_on_a_command_is_what_the_command_says_of_itself() {
    assert_eq!(run(&["view", "--help"]).stdout, run(&["help", "view"]).stdout);
    assert_eq!(run(&["id", "new", "--help"]).stdout, run(&["help", "id", "new"]).stdout);
    assert_eq!(run(&["--help"]).stdout, run(&["help"]).stdout);
    let unknown = run(&["help", "viwe"]);
    assert_eq!((2, "error: there is no help on `viwe`: `view` is one\n"), (unknown.code, unknown.stderr.as_str()));
}

#[test]
fn the_query_languages_help_has_every_name_and_sign_with_an_example_that_is_a_query() {
    let help = run(&["help", "query"]).stdout;

    let examples = jobtrail_core::query_fields().iter().map(jobtrail_core::QueryField::name);
    for key in examples.chain(jobtrail_core::query_operators().map(|operator| operator.text)) {
        let example = jobtrail_core::query_example(key).unwrap();
        let row = |line: &&str| line.trim_start().starts_with(key) && line.ends_with(example);
        assert!(help.lines().any(|line| row(&line)), "{key}: {help}");
        assert!(jobtrail_core::Query::parse(example).is_ok(), "{example}");
    }
}

#[test]
fn misspelt_commands_and_options_are_understood() {
    let told = |args: &[&str]| {
        let run = run(args);
        assert_eq!(2, run.code, "{args:?}");
        run.stderr
    };

    assert!(told(&["veiw"]).contains("a similar subcommand exists: 'view'"));
    assert!(told(&["view", "--levle", "error"]).contains("a similar argument exists: '--level'"));
    assert!(told(&["view", "-o", "jsn"]).contains("a similar value exists: 'json'"));
}

#[test]
fn the_version_says_what_was_built() {
    let short = run(&["-V"]).stdout;
    let long = run(&["--version"]).stdout;

    assert_eq!(format!("jobtrail {}\n", env!("CARGO_PKG_VERSION")), short);
    assert!(long.starts_with(&short) && long.contains(std::env::consts::ARCH), "{long}");
}

#[test]
fn every_command_has_examples() {
    let commands = run(&["--help"]).stdout;
    let names = commands.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap().lines();
    let names: Vec<&str> = names.filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();

    assert!(names.len() > 8, "{names:?}");
    for name in names.into_iter().filter(|name| !matches!(*name, "" | "serve" | "help")) {
        let help = run(&[name, "--help"]).stdout;
        assert!(help.contains("Examples:\n") || help.contains("Examples:"), "{name}: {help}");
    }
}
