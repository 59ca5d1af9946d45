//! A file that appears whole or not at all, and what is written to it compressed.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;

/// How much is handed to the system at once.
const BLOCK_BYTES: usize = 1 << 18;

/// How what is written is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    None,
    Gzip,
    Zstd,
}

/// What takes the bytes of an export.
pub(crate) enum Packed<W: Write> {
    Plain(BufWriter<W>),
    Gzip(GzEncoder<BufWriter<W>>),
    Zstd(zstd::Encoder<'static, BufWriter<W>>),
}

impl<W: Write> Packed<W> {
    pub(crate) fn new(inner: W, packing: Packing) -> io::Result<Self> {
        let inner = BufWriter::with_capacity(BLOCK_BYTES, inner);
        Ok(match packing {
            Packing::None => Self::Plain(inner),
            Packing::Gzip => Self::Gzip(GzEncoder::new(inner, flate2::Compression::default())),
            Packing::Zstd => {
                let mut encoder = zstd::Encoder::new(inner, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Self::Zstd(encoder)
            }
        })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(inner) => inner.write_all(bytes),
            Self::Gzip(inner) => inner.write_all(bytes),
            Self::Zstd(inner) => inner.write_all(bytes),
        }
    }

    /// Hands over what waits, without an end.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(inner) => inner.flush(),
            Self::Gzip(inner) => inner.flush(),
            Self::Zstd(inner) => inner.flush(),
        }
    }

    /// Writes the end and hands everything over.
    pub(crate) fn finish(self) -> io::Result<W> {
        let inner = match self {
            Self::Plain(inner) => inner,
            Self::Gzip(inner) => inner.finish()?,
            Self::Zstd(inner) => inner.finish()?,
        };
        inner.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

/// A new file that has its name once it is whole.
///
/// Where the system has files without a name (Linux, most disks), nothing is left of one that is not finished, whatever
/// ends the process. Elsewhere it is a hidden one beside it, `.NAME.part`, removed unless the process is killed; the
/// next one takes it over.
#[derive(Debug)]
pub(crate) struct NewFile {
    file: File,
    path: PathBuf,
    /// The name that the file has meanwhile.
    part: Option<PathBuf>,
    /// What it takes the place of.
    replaces: Option<Metadata>,
}

/// Whether a file that is there may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    Refuse,
    Replace,
}

/// Makes a file without a name in a folder, where there are such.
type Nameless<'a> = &'a dyn Fn(&Path) -> Option<File>;

impl NewFile {
    /// Begins a file. Errors: `AlreadyExists` where it is there and must not be replaced, or is being written by another
    /// process; `InvalidInput` where what is there is no file.
    pub(crate) fn begin(path: &Path, existing: Existing) -> io::Result<Self> {
        Self::begin_in(path, existing, &nameless)
    }

    fn begin_in(path: &Path, existing: Existing, nameless: Nameless<'_>) -> io::Result<Self> {
        let replaces = match fs::symlink_metadata(path) {
            Ok(metadata) if !metadata.is_file() => return Err(ErrorKind::InvalidInput.into()),
            Ok(_) if existing == Existing::Refuse => return Err(ErrorKind::AlreadyExists.into()),
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let (file, part) = match nameless(folder_of(path)) {
            Some(file) => (file, None),
            None => Self::hidden(path)?,
        };
        Ok(Self { file, path: path.to_path_buf(), part, replaces })
    }

    fn hidden(path: &Path) -> io::Result<(File, Option<PathBuf>)> {
        let part = part_of(path);
        let file = File::options().create(true).truncate(false).write(true).open(&part)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(ErrorKind::AlreadyExists.into()),
            // Without locks two exports to one file are the user's own doing.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        file.set_len(0)?;
        Ok((file, Some(part)))
    }

    /// Gives the file its name. Errors: `AlreadyExists` where somebody made one meanwhile that must not be replaced.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if let Some(replaced) = &self.replaces {
            self.file.set_permissions(replaced.permissions())?;
        }
        self.file.sync_all()?;
        if self.replaces.is_none() && self.part.is_none() {
            return link(&self.file, &self.path);
        }
        let part = part_of(&self.path);
        if self.part.is_none() {
            match fs::remove_file(&part) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => link(&self.file, &part)?,
            }
            self.part = Some(part.clone());
        }
        if self.replaces.is_none() {
            // Unlike a rename this replaces nothing.
            return fs::hard_link(&part, &self.path);
        }
        fs::rename(&part, &self.path)?;
        self.part = None;
        Ok(())
    }
}

impl Write for &NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&self.file).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            let _ = fs::remove_file(part);
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// `out/x.csv` to `out/.x.csv.part`
fn part_of(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".part");
    path.with_file_name(name)
}

/// Makes a file without a name, where the system and the disk have such.
#[cfg(target_os = "linux")]
fn nameless(folder: &Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags};
    // Without it the file could not be given a name.
    fs::metadata("/proc/self/fd").ok()?;
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    rustix::fs::open(folder, flags, Mode::from_raw_mode(0o666)).ok().map(File::from)
}

/// Gives a file without a name one that nobody has.
#[cfg(target_os = "linux")]
fn link(file: &File, path: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    use std::os::fd::AsRawFd;
    let place = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, place, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
fn nameless(_folder: &Path) -> Option<File> {
    None
}

#[cfg(not(target_os = "linux"))]
fn link(_file: &File, _path: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn where_files_have_names_one_is_hidden_until_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        let begin = |existing| NewFile::begin_in(&path, existing, &|_| None);
        fs::write(folder.path().join(".x.csv.part"), "left over by one that was killed").unwrap();

        let first = begin(Existing::Refuse).unwrap();
        assert_eq!(Some(ErrorKind::AlreadyExists), begin(Existing::Refuse).err().map(|error| error.kind()));
        assert_eq!([".x.csv.part"].as_slice(), names(folder.path()));
        drop(first);
        assert!(names(folder.path()).is_empty());

        for (existing, text) in [(Existing::Refuse, "new"), (Existing::Replace, "newer")] {
            let file = begin(existing).unwrap();
            (&file).write_all(text.as_bytes()).unwrap();
            file.finish().unwrap();
            assert_eq!(text, fs::read_to_string(&path).unwrap());
            assert_eq!(["x.csv"].as_slice(), names(folder.path()));
        }
    }

    #[test]
    fn what_another_made_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        let nameless: [Nameless<'_>; 2] = [&nameless, &|_| None];
        for nameless in nameless {
            let file = NewFile::begin_in(&path, Existing::Refuse, nameless).unwrap();
            fs::write(&path, "theirs").unwrap();

            let error = file.finish().unwrap_err();

            assert_eq!(ErrorKind::AlreadyExists, error.kind());
            assert_eq!(["x.csv"].as_slice(), names(folder.path()));
            assert_eq!("theirs", fs::read_to_string(&path).unwrap());
            fs::remove_file(&path).unwrap();
        }
    }
}
