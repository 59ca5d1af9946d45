//! What differs between operating systems: a file's identity, its mode, and how many names it has.

pub(crate) use here::{create_new, is_still, mode_of, names, same_file, set_mode};

#[cfg(unix)]
mod here {
    use std::fs::{File, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
    use std::path::Path;

    /// Whether `named` is the open file that was `opened`.
    pub(crate) fn is_still(_file: &File, opened: &Metadata, named: &Metadata) -> bool {
        same_file(opened, named)
    }

    /// Whether two descriptions are of one file.
    pub(crate) fn same_file(left: &Metadata, right: &Metadata) -> bool {
        left.ino() == right.ino() && left.dev() == right.dev()
    }

    /// How many names the file has; 0 once it is deleted.
    pub(crate) fn names(file: &Metadata) -> u64 {
        file.nlink()
    }

    /// The permission bits, for giving the next file the same.
    #[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
    pub(crate) fn mode_of(file: &Metadata) -> Option<u32> {
        Some(file.mode() & 0o7777)
    }

    /// Gives an open file these permission bits, whatever the umask took away at its making.
    pub(crate) fn set_mode(file: &File, mode: Option<u32>) -> io::Result<()> {
        match mode {
            Some(mode) if file.metadata()?.mode() & 0o7777 != mode => {
                file.set_permissions(Permissions::from_mode(mode))
            }
            _ => Ok(()),
        }
    }

    /// Makes a file that was not there, and opens it for appending.
    pub(crate) fn create_new(path: &Path, mode: Option<u32>) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create_new(true);
        if let Some(mode) = mode {
            options.mode(mode);
        }
        options.open(path)
    }
}

#[cfg(not(unix))]
mod here {
    use std::fs::{File, Metadata, OpenOptions};
    use std::io;
    use std::path::Path;

    /// Whether `named` is the open file; what it was when `opened` does not tell here, its length having changed.
    pub(crate) fn is_still(file: &File, opened: &Metadata, named: &Metadata) -> bool {
        file.metadata().map_or_else(|_| same_file(opened, named), |now| same_file(&now, named))
    }

    /// Whether two descriptions are probably of one file. A wrong "no" costs one more opening and nothing else;
    /// comparing the length keeps a new file that inherited the old one's creation time from passing for it.
    pub(crate) fn same_file(left: &Metadata, right: &Metadata) -> bool {
        left.len() == right.len() && left.created().ok() == right.created().ok()
    }

    /// How many names the file has; not known here, and an open file cannot lose its last one unseen.
    pub(crate) fn names(_file: &Metadata) -> u64 {
        1
    }

    /// No permission bits here.
    pub(crate) fn mode_of(_file: &Metadata) -> Option<u32> {
        None
    }

    /// No permission bits here.
    #[expect(clippy::unnecessary_wraps, reason = "fails where there are")]
    pub(crate) fn set_mode(_file: &File, _mode: Option<u32>) -> io::Result<()> {
        Ok(())
    }

    /// Makes a file that was not there, and opens it for appending.
    pub(crate) fn create_new(path: &Path, _mode: Option<u32>) -> io::Result<File> {
        OpenOptions::new().read(true).append(true).create_new(true).open(path)
    }
}
