//! Where `jobtrail.toml` is looked for: upward from the current directory, then where the user keeps settings.

use std::path::{Path, PathBuf};

use crate::io::Io;

/// The name of the file.
pub(crate) const NAME: &str = "jobtrail.toml";

/// Returns the places upward from the current directory, the nearest first.
pub(super) fn upward(io: &Io<'_>) -> Vec<PathBuf> {
    let here = std::path::absolute(io.resolve(Path::new("."))).unwrap_or_default();
    here.ancestors().map(|directory| directory.join(NAME)).collect()
}

/// Returns the place in the user's directory for settings; none where the environment names no such directory.
pub(super) fn of_user(io: &Io<'_>) -> Option<PathBuf> {
    let directory = |name: &str| (io.variable)(name).map(PathBuf::from).filter(|path| path.is_absolute());
    Some(settings_directory(&directory)?.join("jobtrail").join(NAME))
}

type Directory<'a> = dyn Fn(&str) -> Option<PathBuf> + 'a;

#[cfg(not(any(windows, target_os = "macos")))]
fn settings_directory(directory: &Directory<'_>) -> Option<PathBuf> {
    directory("XDG_CONFIG_HOME").or_else(|| Some(directory("HOME")?.join(".config")))
}

#[cfg(target_os = "macos")]
fn settings_directory(directory: &Directory<'_>) -> Option<PathBuf> {
    directory("XDG_CONFIG_HOME").or_else(|| Some(directory("HOME")?.join("Library/Application Support")))
}

#[cfg(windows)]
fn settings_directory(directory: &Directory<'_>) -> Option<PathBuf> {
    directory("XDG_CONFIG_HOME").or_else(|| directory("APPDATA"))
}
