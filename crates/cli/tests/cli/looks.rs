//! What records look like to a person: columns, wrapped lines, chosen fields, ages, marked words.

use crate::common::{Run, Setting, run_in, run_on};

const FIVE_SYSTEMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/five-systems.log");

fn on_terminal(columns: usize, lines: &str, args: &[&str]) -> Run {
    let stdin = Some(lines.as_bytes().to_vec());
    run_in(Setting { stdin, is_terminal: true, columns: Some(columns), ..Setting::default() }, args)
}

const LINES: &str = "\
2026-01-05 14:00:00,000 - app.jobs - INFO - one
2026-01-05 14:00:01,203 - app - WARNING - two
2026-01-05 14:03:13,000 - app.jobs.import - ERROR - three
";

#[test]
fn columns_line_up_on_a_wide_terminal() {
    let shown = on_terminal(120, LINES, &["view", "--color", "never"]).stdout;

    let expected = "\
2026-01-05 14:00:00.000Z INFO     app.jobs: one
2026-01-05 14:00:01.203Z WARNING  app:      two
2026-01-05 14:03:13.000Z ERROR    app.jobs.import: three
";
    assert_eq!(expected, shown);
}

#[test]
fn a_narrow_terminal_is_told_the_day_once() {
    let lines = format!("{LINES}2026-01-06 00:00:00,000 - app - CRITICAL - late\n");

    let shown = on_terminal(60, &lines, &["view", "--color", "never", "--tz", "+01:00"]).stdout;

    let expected = "\
-- 2026-01-05 +01:00 --
14:00:00.000 INFO  app.jobs: one
14:00:01.203 WARN  app: two
14:03:13.000 ERROR app.jobs.import: three
-- 2026-01-06 +01:00 --
00:00:00.000 CRIT  app: late
";
    assert_eq!(expected, shown);
}

#[test]
fn long_lines_and_stack_traces_are_wrapped_under_their_beginning_on_a_terminal_only() {
    let lines = "2026-01-05 14:00:00.000 [12] [ERROR] one two three four five six seven eight\nTraceback (most recent call last):\n  \
                 File \"worker.py\", line 10, in a_long_function_name_that_does_not_end\nValueError: bad tile\n";
    let args = ["view", "--color", "never"];

    let expected = "\
-- 2026-01-05 Z --
14:00:00.000 ERROR [12] one two three
    four five six seven eight
    Traceback (most recent call last):
      File \"worker.py\", line 10, in
          a_long_function_name_that_does
          _not_end
    ValueError: bad tile
";
    assert_eq!(expected, on_terminal(40, lines, &args).stdout);
    // Where there is room they stand under the message, else under the level, else near the left.
    let second = |columns| on_terminal(columns, lines, &args).stdout.lines().nth(2).unwrap().to_owned();
    assert_eq!(format!("{}seven eight", " ".repeat(19)), second(55));
    assert_eq!(format!("{}eight", " ".repeat(24)), second(62));
    let whole = on_terminal(40, lines, &[&args[..], &["--no-wrap"]].concat()).stdout;
    assert_eq!(Some("14:00:00.000 ERROR [12] one two three four five six seven eight"), whole.lines().nth(1));
    let piped = run_on(lines, &["view", "--wrap"]).stdout;
    assert!(piped.lines().any(|line| line.ends_with("one two three four five six seven eight")), "{piped}");
}

#[test]
fn no_line_of_any_system_is_longer_than_the_terminal() {
    for columns in [60, 77, 99, 100, 160] {
        for args in [vec!["view", FIVE_SYSTEMS], vec!["view", FIVE_SYSTEMS, "--relative", "-g", "e"]] {
            let shown = on_terminal(columns, "", &args).stdout;
            let plain = on_terminal(columns, "", &[&args[..], &["--color", "never"]].concat()).stdout;

            let cut: String = without_codes(&shown);
            assert_eq!(plain, cut, "colours are all that differs");
            let longest = plain.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(longest <= columns, "{columns}: {plain}");
        }
    }
}

fn without_codes(text: &str) -> String {
    let mut plain = String::new();
    for (at, part) in text.split("\x1b[").enumerate() {
        plain += if at == 0 { part } else { part.split_once('m').unwrap().1 };
    }
    plain
}

#[test]
fn fields_are_chosen_by_name_and_order() {
    let line = r#"{"level":"info","msg":"m","a":1,"data":{"step":"x y"},"b":true,"thread":"t1"}"#.to_owned() + "\n";
    let shown = |args: &[&str]| run_on(&line, &[&["view"], args].concat()).stdout;

    assert_eq!("INFO     m a=1 data={\"step\":\"x y\"} b=true\n", shown(&[]));
    assert_eq!("INFO     m b=true data.step=x y thread=t1\n", shown(&["--fields", "b,data.step,none,thread"]));
    assert_eq!("INFO     m\n", shown(&["--no-fields"]));
    assert_eq!(2, run_on(&line, &["view", "--fields", "a", "--no-fields"]).code);
}

#[test]
fn times_are_told_as_ages_or_distances_on_request() {
    let firsts = |args: &[&str]| -> Vec<String> {
        let shown = run_on(LINES, &[&["view"], args].concat()).stdout;
        shown.lines().map(|line| line[..10].to_owned()).collect()
    };

    // It is 15:00.
    assert_eq!(["   1h ago ", "  59m ago ", "  56m ago "], firsts(&["--relative"])[..]);
    assert_eq!(["          ", "  +1.203s ", "   +3m11s "], firsts(&["--delta"])[..]);
}

#[test]
fn searched_words_are_marked_and_nothing_else() {
    let line = "2026-01-05 14:00:00.000 [12] [INFO] Connection lost, connection timeout=5 health\n";
    let shown = |query: &str| {
        let shown = on_terminal(120, line, &["view", query]).stdout;
        shown.replace("\x1b[30;43m", "<").replace("\x1b[0m", ">").split("[12]> ").nth(1).unwrap().to_owned()
    };

    assert_eq!("<Connection> lost, <connection> timeout=5 health\n", shown("connection level:info"));
    assert_eq!("<Connection lost>, connection <timeout>=5 health\n", shown("\"connection lost\" timeout -job:health"));
    assert_eq!("Connection lost, connection timeout=5 health\n", shown("level:info"));
}

#[test]
fn levels_have_the_colours_that_are_set() {
    let line = "2026-01-05 14:00:00.000 [12] [INFO] m\n";
    let shown = |args: &[&str]| on_terminal(120, line, &[&["view"], args].concat());

    assert!(shown(&["--colors", "info=bold blue"]).stdout.contains("\x1b[1;34mINFO\x1b[0m"));
    assert!(shown(&["--colors", "info=plain"]).stdout.contains("\x1b[0m INFO     "));
    let refused = shown(&["--colors", "info=mauve"]);
    assert_eq!((2, true), (refused.code, refused.stderr.starts_with("error: bad value `info=mauve` of `--colors`")));
}
