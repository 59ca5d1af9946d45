//! Paths of the local machine: personal ones lose their prefix up to the user's name, all absolute ones keep only their
//! last part where that is asked for.

use super::words::{Words, words};
use super::{Cover, Finding, Paths, RedactOptions, bytes, steps};

const RULE: &str = "path";

/// The longest path looked at, in bytes.
const MAX_PATH_BYTES: usize = 4096;

/// Directories that hold one directory per user.
const HOMES: [&[&str]; 4] = [&["home"], &["Users"], &["export", "home"], &["usr", "home"]];

/// Accounts that are nobody's name.
const SHARED: [&str; 3] = ["Shared", "Public", "linuxbrew"];

/// First directories of local paths, against the paths of URLs, for the strict form.
const LOCAL_ROOTS: Words = words![
    "app" "bin" "boot" "code" "data" "dev" "etc" "export" "home" "lib" "lib64" "media" "mnt" "opt" "private" "proc"
    "root" "run" "sbin" "snap" "srv" "sys" "tmp" "usr" "Users" "var" "Volumes" "workspace"
];

/// The last run of what POSIX paths are made of that was looked along: of it none is looked at again for each path in it.
#[derive(Debug, Default)]
pub(super) struct Run {
    start: usize,
    end: usize,
    /// Where its last slash stands that something follows, and whether that has a point.
    last: Option<usize>,
    has_point: bool,
}

impl Run {
    fn at(text: &str, start: usize) -> Self {
        let path = bytes::part(text, start, usize::MAX).as_bytes();
        let is_inside = |(i, b): &(usize, &u8)| {
            is_name(**b) || matches!(b, b'/' | b'%' | b'#') || (**b == b'\\' && path.get(i + 1) == Some(&b'/'))
        };
        let length = path.iter().take(MAX_PATH_BYTES).enumerate().take_while(is_inside).count();
        steps::count(length);
        let mut name = path.get(..length).unwrap_or_default().iter();
        let mut has_point = false;
        let mut is_named = false;
        let last = name.rposition(|byte| {
            let joins = matches!(byte, b'/' | b'.' | b'\\');
            is_named |= !joins;
            has_point |= is_named && *byte == b'.';
            is_named && *byte == b'/'
        });
        Self { start, end: start + length, last: last.map(|last| start + last), has_point }
    }
}

/// Returns what hides the POSIX path that may begin with the slash at `at`; slashes may be escaped, as PHP's JSON has
/// them: `\/home\/kim`. What is hidden already ends at `hidden_to`: a path may begin right behind it.
pub(super) fn posix(
    text: &str,
    at: usize,
    hidden_to: usize,
    options: &RedactOptions,
    run: &mut Run,
) -> Option<Finding> {
    let backslashes = bytes::run_before(text.as_bytes(), at, 8, bytes::BACKSLASH);
    let start = at - backslashes % 2;
    if start != hidden_to && !begins_path(text, start) {
        return None;
    }
    match options.paths {
        Paths::Off => None,
        Paths::Home => {
            let path = text.get(start..)?;
            Some(covered(start, start + path.len() - behind_home(path)?.len(), "~"))
        }
        Paths::Strict => strict(text, start, options, run),
    }
}

/// Whether a slash can begin a path: no letter, digit or path character before it, or `file://`.
fn begins_path(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let Some(previous) = before.bytes().next_back() else { return true };
    let inside = previous.is_ascii_alphanumeric()
        || previous >= 0x80
        || matches!(previous, b'/' | b'.' | b'_' | b'-' | b'~' | b'%');
    !inside || is_flag(before) || before.ends_with("file://") || before.ends_with("\\n") || before.ends_with("\\t")
}

/// Whether a compiler's flag of one letter stands right before a path: `-I/home/kim/include`.
fn is_flag(before: &str) -> bool {
    const FLAGS: [&str; 5] = [" -I", " -L", " -B", " -o", " -S"];
    FLAGS.iter().any(|flag| before.ends_with(flag) || before == flag.trim_start())
}

/// Returns what follows a home directory, the user's name included, at the start of `path`.
fn behind_home(path: &str) -> Option<&str> {
    let rest = strip_slash(path)?;
    if let Some(behind) = rest.strip_prefix("root")
        && !behind.bytes().next().is_some_and(is_name)
    {
        return Some(behind);
    }
    let below =
        |directory: &[&str]| directory.iter().try_fold(rest, |rest, part| strip_slash(rest.strip_prefix(part)?));
    HOMES.iter().map(|home| below(home)).chain([below_drive(rest)]).find_map(|user| {
        let user = user?;
        let (name, behind) = user.split_at_checked(bytes::run(user.as_bytes(), 0, usize::MAX, bytes::NAME))?;
        (!matches!(name, "" | "." | "..") && !SHARED.contains(&name)).then_some(behind)
    })
}

/// Returns what follows `mnt/c/Users` or `c/Users`: a Windows drive as WSL and Git Bash mount it.
fn below_drive(rest: &str) -> Option<&str> {
    let mounted = rest.strip_prefix("mnt").and_then(strip_slash).unwrap_or(rest);
    let behind = strip_slash(mounted.strip_prefix(|letter: char| letter.is_ascii_lowercase())?)?;
    strip_slash(behind.strip_prefix("Users")?)
}

fn strip_slash(path: &str) -> Option<&str> {
    path.strip_prefix('/').or_else(|| path.strip_prefix("\\/"))
}

fn is_name(byte: u8) -> bool {
    bytes::is(byte, bytes::NAME)
}

fn strict(text: &str, at: usize, options: &RedactOptions, run: &mut Run) -> Option<Finding> {
    if !(run.start..run.end).contains(&at) {
        *run = Run::at(text, at);
    }
    let path = text.get(at..run.end)?;
    let under_root = options.roots.iter().find_map(|root| {
        let mut rest = strip_slash(path.strip_prefix(root.trim_end_matches('/'))?)?;
        while let Some(behind) = strip_slash(rest) {
            rest = behind;
        }
        Some(path.len() - rest.len())
    });
    if let Some(root) = under_root {
        return Some(covered(at, at + root, ""));
    }
    let last = run.last.filter(|last| *last > at + 1)?;
    let path = strip_slash(path)?;
    let first = path.bytes().position(|byte| matches!(byte, b'/' | b'\\'));
    let is_local = LOCAL_ROOTS.has(bytes::part(path, 0, first.unwrap_or(path.len())))
        || run.has_point && !follows_method(text, at);
    is_local.then(|| covered(at, last + 1, ""))
}

/// Whether an HTTP method stands before the path: then it is a URL's.
fn follows_method(text: &str, at: usize) -> bool {
    const METHODS: [&str; 7] = ["GET ", "POST ", "PUT ", "PATCH ", "DELETE ", "HEAD ", "OPTIONS "];
    METHODS.iter().any(|method| text.get(..at).is_some_and(|before| before.ends_with(method)))
}

/// Returns what hides the Windows path whose drive letter stands before the colon at `colon`: `C:\Users\kim`, also with
/// its backslashes doubled as in JSON.
pub(super) fn drive(text: &str, colon: usize, options: &RedactOptions) -> Option<Finding> {
    let bytes = text.as_bytes();
    let letter = colon.checked_sub(1)?;
    let separator = separator_length(bytes, colon + 1);
    let begins = colon + 1 + separator;
    // A lower-case letter may be the end of a sentence's part, or an escape's; with a user behind it, it is a drive.
    let is_escape = bytes::run_before(bytes, letter, 8, bytes::BACKSLASH) % 2 == 1;
    let is_drive = bytes.get(letter).is_some_and(|b| {
        b.is_ascii_uppercase() || b.is_ascii_lowercase() && !is_escape && user_end(text, begins).is_some()
    }) && letter.checked_sub(1).and_then(|i| bytes.get(i)).is_none_or(|b| !b.is_ascii_alphanumeric());
    if options.paths == Paths::Off || !is_drive || separator == 0 {
        return None;
    }
    if options.paths == Paths::Strict {
        return strict_windows(text, letter, colon + 1);
    }
    let rest = text.get(begins..)?;
    let stays = ["Windows", "Program Files", "ProgramData"].iter().any(|system| rest.starts_with(system));
    if stays || !rest.bytes().next().is_some_and(is_name) {
        return None;
    }
    let end = user_end(text, begins).unwrap_or(colon + 1);
    Some(covered(letter, end, "~"))
}

/// Returns what hides the share path `\\server\share` whose first backslash stands at `at`, up to a user's name in it.
pub(super) fn share(text: &str, at: usize, options: &RedactOptions) -> Option<Finding> {
    let bytes = text.as_bytes();
    let backslashes = separator_length(bytes, at);
    let inside = at
        .checked_sub(1)
        .and_then(|i| bytes.get(i))
        .is_some_and(|b| is_name(*b) || matches!(b, b':' | b'\\' | b'~' | b']'));
    if options.paths == Paths::Off || inside || !matches!(backslashes, 2 | 4) {
        return None;
    }
    let server_end = at + backslashes + bytes::run(bytes, at + backslashes, MAX_PATH_BYTES, bytes::KEY);
    let separator = separator_length(bytes, server_end);
    let share_start = server_end + separator;
    let share_end = name_end(bytes, share_start);
    if server_end < at + backslashes + 2 || separator != backslashes / 2 || share_end == share_start {
        return None;
    }
    if options.paths == Paths::Strict {
        return strict_windows(text, at, at);
    }
    let next = share_end + separator_length(bytes, share_end);
    Some(covered(at, user_end(text, share_start).or_else(|| user_end(text, next)).unwrap_or(share_end), "~"))
}

/// Returns where the user's name ends in `Users\NAME` at `at`.
fn user_end(text: &str, at: usize) -> Option<usize> {
    const LONGEST_NAME: usize = 40;
    let bytes = text.as_bytes();
    let rest = text.get(at..)?;
    let folder =
        ["Users", "users", "USERS", "Documents and Settings"].iter().find(|folder| rest.starts_with(**folder))?;
    let separator = separator_length(bytes, at + folder.len());
    let name = at + folder.len() + separator;
    // A name may hold a space where another part of the path follows it.
    let spaced = bytes::run(bytes, name, LONGEST_NAME, bytes::NAME | bytes::BLANK);
    let end = if separator_length(bytes, name + spaced) > 0 { name + spaced } else { name_end(bytes, name) };
    (separator > 0 && end > name).then_some(end)
}

/// Hides all but the last part of the Windows path that begins at `start`; its separators begin at `separators`.
fn strict_windows(text: &str, start: usize, separators: usize) -> Option<Finding> {
    let bytes = text.as_bytes();
    let path = bytes.iter().skip(separators).take(MAX_PATH_BYTES);
    let length = path.take_while(|b| is_name(**b) || matches!(b, b'\\' | b'/')).count();
    let mut is_named = false;
    let last = bytes.get(separators..separators + length)?.iter().rposition(|byte| {
        let is_separator = matches!(byte, b'\\' | b'/');
        is_named |= !is_separator;
        is_named && is_separator
    })?;
    Some(covered(start, separators + last + 1, ""))
}

fn name_end(bytes: &[u8], at: usize) -> usize {
    at + bytes::run(bytes, at, MAX_PATH_BYTES, bytes::NAME)
}

/// Returns how many bytes of separators stand at `at`: backslashes, doubled or not, or one slash.
fn separator_length(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\\') => bytes::run(bytes, at, 8, bytes::BACKSLASH),
        Some(b'/') => 1,
        _ => 0,
    }
}

fn covered(start: usize, end: usize, with: &'static str) -> Finding {
    Finding { rule: RULE, start, end, cover: Cover::Text(with) }
}
