//! Where a follower goes on that was stopped: the file of the set that a cursor stands in, whatever it is called now.

use std::fs::File;
use std::path::Path;

use jobtrail_core::Cursor;

use super::{After, Follower, LISTINGS, Source, list};
use crate::blocks::{Blocks, head_of};
use crate::discover::LogFile;
use crate::error::FileError;
use crate::rotated::Links;

/// Whether a follower goes on where it was told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resumed {
    /// It goes on at the cursor: nothing is missing, nothing comes twice.
    Found,
    /// No file holds that place any more. The file that was cut is read from its start, after [`After::Truncation`]; where
    /// none is the cursor's, all files of the set are, oldest first.
    Lost,
}

impl Follower {
    /// Follows the log at `path` from a cursor on: the rest of the cursor's file, also if that was renamed or compressed
    /// meanwhile, then the newer ones.
    ///
    /// Where several files begin alike, the newest that is long enough is taken. The path need not exist yet. Errors:
    /// `unreadable`, `io`, also of a file that might have been the cursor's.
    pub fn resume(path: &Path, cursor: &Cursor) -> Result<(Self, Resumed), FileError> {
        for _ in 0..LISTINGS {
            let listing = match list(path, Links::Live) {
                Err(FileError::NotFound) => Vec::new(),
                listing => listing?,
            };
            let Some(place) = place_of(cursor, &listing)? else { continue };
            let (resumed, from) = match place {
                Place::Whole(at) => (Resumed::Found, Some((at, cursor.offset(), After::Start))),
                Place::Cut(at) => (Resumed::Lost, Some((at, 0, After::Truncation))),
                Place::Nowhere => (Resumed::Lost, None),
            };
            if let Some(follower) = Self::from_place(path, &listing, from)? {
                return Ok((follower, resumed));
            }
        }
        Ok((Self::from_start(path), Resumed::Lost))
    }

    /// Follows all files of a log that the user named.
    fn from_start(path: &Path) -> Self {
        Self { links: Links::Live, ..Self::whole_set(path) }
    }

    /// Begins in a file of a listing; `None` if that was renamed meanwhile.
    fn from_place(
        path: &Path,
        listing: &[LogFile],
        from: Option<(usize, u64, After)>,
    ) -> Result<Option<Self>, FileError> {
        let mut follower = Self::from_start(path);
        let Some((at, offset, after)) = from else { return Ok(Some(follower)) };
        let Some(file) = listing.get(at) else { return Ok(None) };
        let blocks = match Blocks::open(&file.path) {
            Ok(blocks) => blocks,
            Err(FileError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(id) = blocks.id().filter(|id| file.id == Some(*id)) else { return Ok(None) };
        match blocks.into_plain_file() {
            Ok(plain) => follower.current = Some(follower.begin(plain, file.path.clone(), offset, after)?),
            Err(blocks) => follower.pending.push((id, file.path.clone(), Source::Packed(blocks, offset))),
        }
        follower.remember(listing.iter().take(at));
        Ok(Some(follower))
    }
}

/// Where a cursor stands in a listing.
enum Place {
    Whole(usize),
    /// In a file that is now shorter.
    Cut(usize),
    Nowhere,
}

/// Returns where the cursor stands; `None` if something was renamed meanwhile.
fn place_of(cursor: &Cursor, listing: &[LogFile]) -> Result<Option<Place>, FileError> {
    let mut cut = None;
    let mut failed = None;
    for (at, file) in listing.iter().enumerate().rev() {
        match head_of(&file.path) {
            Ok((id, head)) if id == file.id => {
                let fits = cursor.fits(&head);
                if fits && may_reach(file, cursor.offset()) {
                    return Ok(Some(Place::Whole(at)));
                }
                cut = cut.or(fits.then_some(Place::Cut(at)));
            }
            Ok(_) | Err(FileError::NotFound) => return Ok(None),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    match (cut, failed) {
        (None, Some(error)) => Err(error),
        (cut, _) => Ok(Some(cut.unwrap_or(Place::Nowhere))),
    }
}

/// Whether a file is as long as an offset says; of a compressed one that is not known before it was read.
fn may_reach(file: &LogFile, offset: u64) -> bool {
    let is_long_enough = |plain: &File| plain.metadata().is_ok_and(|metadata| metadata.len() >= offset);
    Blocks::open(&file.path).is_ok_and(|blocks| blocks.plain_file().is_none_or(is_long_enough))
}
