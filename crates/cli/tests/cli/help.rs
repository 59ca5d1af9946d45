//! What `--help` says, and how it is laid out.

use crate::common::{Setting, run_in};

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
