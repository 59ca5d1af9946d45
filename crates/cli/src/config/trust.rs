//! What a settings file may say that was found upward from the current directory: whoever can write there must not be able to
//! show secrets, to start a program, or to have anything written or deleted.

/// Options that only say which records are shown and how.
const LOOKS: [&str; 31] = [
    "check",
    "color",
    "colors",
    "context",
    "delta",
    "failed",
    "field_name",
    "fields",
    "grep",
    "job",
    "job_type",
    "last",
    "level",
    "mask",
    "no_fields",
    "no_pager",
    "no_wrap",
    "output",
    "pattern",
    "query",
    "relative",
    "report",
    "silent_for",
    "since",
    "sort",
    "status",
    "type",
    "tz",
    "until",
    "user",
    "wrap",
];

/// Options that mask more than is masked anyway, and the value with which they do.
const STRICTER: [(&str, &str); 4] = [("emails", "true"), ("ips", "true"), ("phones", "true"), ("paths", "strict")];

/// A command that deletes takes nothing from such a file.
const DELETING: &str = "prune";

/// Whether an entry of a file that was found may count; if not, the reason.
pub(super) fn refusal(command: Option<&[String]>, key: &str, texts: &[String]) -> Option<String> {
    let is_deleting = command.and_then(<[String]>::first).is_some_and(|command| command == DELETING);
    let stricter = STRICTER.iter().find(|(known, _)| *known == key);
    match stricter {
        _ if is_deleting => Some("nothing for a command that deletes files".to_owned()),
        Some((_, value)) if texts.iter().any(|text| text != value) => Some(format!("it to `{value}` alone")),
        Some(_) => None,
        None if LOOKS.contains(&key) => None,
        None => Some("nothing that could show secrets, start programs or write files".to_owned()),
    }
}

/// Whether the option of one command takes values for all commands from such a file.
pub(super) fn is_open(command: &[String]) -> bool {
    command.first().is_none_or(|command| command != DELETING)
}

/// Whether the entries of such a file are added to what is set elsewhere, instead of standing in its place.
pub(super) fn adds(key: &str) -> bool {
    key == "pattern"
}
