//! Logs on a disk, the read side: finds them, reads them a block at a time, follows the growing ones and hands
//! their records on with the name of their source; and says which old ones may go.
//!
//! What a line means is `jobtrail-core`'s; writing logs is `jobtrail-writer`'s.

mod blocks;
mod date;
mod discover;
mod error;
mod follow;
mod gather;
mod last;
mod merge;
mod name;
mod near;
mod parallel;
mod platform;
mod read;
mod retain;
mod rotated;
mod stream;
mod tail;
mod walk;
mod watch;
mod zone;

pub use blocks::{BLOCK_BYTES, Blocks, is_binary};
pub use discover::{Found, Holds, LogFile, LogSet, discover, resolve};
pub use error::{FileError, Problem};
pub use follow::{After, Event, EventSink, Follower, Resumed};
pub use gather::{Gathered, gather_found};
pub use last::gather_last;
pub use merge::read_merged;
pub use name::{LogName, Turn};
pub use near::{Around, Near, NearSink, read_near, stream_near};
pub use parallel::Split;
pub use platform::FileId;
pub use read::{Progress, ReadReport, RecordSink, Undated, read, read_found};
pub use retain::{Fate, Keep, Kind, Planned, PrunePlan, Reason, Retention, Verdict, delete, plan};
pub use stream::{Pauses, read_stream};
pub use tail::tail;
pub use watch::Watch;
pub use zone::{ZoneError, system_zone, zone};
