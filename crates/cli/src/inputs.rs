//! Tells paths from a query among the words of a command line.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use jobtrail_files::{Found, LogName, discover};

use crate::io::Io;

/// One thing to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// Standard input.
    Stdin,
    /// Files and directories that stand beside each other.
    Paths(Vec<PathBuf>),
}

/// What the words of a command line ask for.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    /// What is read, in order.
    pub(crate) sources: Vec<Input>,
    /// The words that name nothing and are no query either.
    pub(crate) missing: Vec<String>,
    /// The query.
    pub(crate) query: Option<String>,
}

/// Splits `[PATH|DIR|-]... [QUERY]`.
///
/// The last word is a query if nothing of that name is there and it looks like one. Without any path it is standard
/// input where something is piped in, else the current directory.
pub(crate) fn split(words: &[OsString], io: &Io<'_>) -> Inputs {
    let exists = |word: &OsStr| word == "-" || io.resolve(Path::new(word)).symlink_metadata().is_ok();
    let mut split = Inputs::default();
    let mut paths = words;
    if let Some((last, before)) = words.split_last()
        && !exists(last)
        && let Some(text) = last.to_str()
        && looks_like_query(text)
    {
        split.query = Some(text.to_owned());
        paths = before;
    }
    for word in paths {
        let path = io.resolve(Path::new(word));
        match split.sources.last_mut() {
            _ if !exists(word) => split.missing.push(word.to_string_lossy().into_owned()),
            _ if word == "-" => split.sources.push(Input::Stdin),
            Some(Input::Paths(paths)) => paths.push(path),
            _ => split.sources.push(Input::Paths(vec![path])),
        }
    }
    if paths.is_empty() {
        let here = Input::Paths(vec![io.resolve(Path::new("."))]);
        split.sources.push(if io.stdin_is_piped { Input::Stdin } else { here });
    }
    split
}

/// Finds the logs of these paths, without the file that standard output goes to.
pub(crate) fn find(paths: &[PathBuf], io: &mut Io<'_>) -> Found {
    let mut found = discover(paths);
    let Some(written) = io.stdout_file else { return found };
    for file in found.sets.iter().flat_map(|set| &set.files).filter(|file| file.id == Some(written)) {
        io.note(&format!("left out `{}`: it is what is written to", file.name));
    }
    for set in &mut found.sets {
        set.files.retain(|file| file.id != Some(written));
    }
    found.sets.retain(|set| !set.files.is_empty());
    found
}

/// Says that a path is not there, and how to search for it if it may have been meant so.
pub(crate) fn no_such_path(given: &str) -> String {
    let text = format!("no such file or directory: `{given}`");
    let is_path = given.contains(['/', '\\']) || LogName::parse(given).is_some();
    if is_path { text } else { format!("{text} (to search for this text: `-g {}`)", quoted(given)) }
}

/// Returns a word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// Whether a word that names no file is meant as a query: it has an operator, a quote, a negation or several
/// words, or is a pattern between slashes.
fn looks_like_query(word: &str) -> bool {
    let has_operator = word.char_indices().any(|(at, c)| match c {
        '<' | '>' | '"' | '(' => true,
        // Not `C:\logs`, `https://` or `::`.
        ':' => at > 0 && !word[at + 1..].starts_with(['/', '\\', ':']),
        _ => false,
    });
    let has_words = word.contains(char::is_whitespace) && !word.contains('/');
    // `/time.*out/`, not `/var/log/`.
    let pattern = word.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    let is_pattern = pattern.is_some_and(|inner| !inner.is_empty() && !inner.replace("\\/", "").contains('/'));
    has_operator || has_words || is_pattern || (word.starts_with('-') && word.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_told_from_mistyped_paths() {
        for query in [
            "level:error",
            "level>=warning",
            "\"connection lost\"",
            "connection lost",
            "(a)",
            "-level:debug",
            "/time.*out/",
        ] {
            assert!(looks_like_query(query), "{query}");
        }
        for path in [
            "worker.lgo",
            "timeout",
            "logs/my worker.log",
            "C:\\logs",
            "https://x/y",
            "/var/lgo",
            "/var/lgo/",
            "-",
            ":x",
        ] {
            assert!(!looks_like_query(path), "{path}");
        }
    }
}
