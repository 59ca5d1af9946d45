//! Logs on a disk, the read side: finds them, reads them a block at a time, follows the growing ones and hands
//! their records on with the name of their source.
//!
//! What a line means is `jobtrail-core`'s; writing logs is `jobtrail-writer`'s.

mod blocks;
mod discover;
mod error;
mod follow;
mod name;
mod platform;
mod tail;

pub use blocks::{BLOCK_BYTES, Blocks, is_binary};
pub use discover::{Found, Holds, LogFile, LogSet, discover, resolve, rotated_set};
pub use error::{FileError, Problem};
pub use follow::{After, Event, EventSink, Follower};
pub use name::{LogName, Turn};
pub use platform::FileId;
pub use tail::tail;
