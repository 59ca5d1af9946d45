//! The bytes of one source, a block at a time: plain files by positioned reads, `.gz` and `.zst` opened on
//! the way, pipes as they come. Knows nothing of lines.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use jobtrail_core::Cursor;
use zstd::stream::read::Decoder as ZstdDecoder;

use crate::error::FileError;
use crate::platform::{FileId, read_full_at};

/// The size of a block: large enough that the call costs nothing, small enough to stay in the cache.
pub const BLOCK_BYTES: usize = 1 << 18;

/// How many of the first bytes of a file tell it from another.
pub(crate) const HEAD_BYTES: usize = Cursor::HEAD_BYTES;

/// A source being read from its beginning.
pub struct Blocks {
    input: Input,
    buffer: Vec<u8>,
    block_bytes: usize,
    offset: u64,
    failed: Option<io::Error>,
    id: Option<FileId>,
}

enum Input {
    Plain(File),
    Gzip(MultiGzDecoder<BufReader<File>>),
    Zstd(ZstdDecoder<'static, BufReader<File>>),
    Stream(Box<dyn Read + Send>),
}

impl Blocks {
    /// Opens a file; its content says whether it is compressed, not its name. A pipe is read as a stream.
    ///
    /// Errors: `not_found`, `unreadable`, `io`; a directory is `io`.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            let mut stream = file;
            if metadata.is_dir() {
                stream.read_exact(&mut [0])?;
            }
            return Ok(Self::stream(Box::new(stream)));
        }
        let mut magic = [0; 4];
        let count = read_full_at(&file, &mut magic, 0)?;
        let input = match magic.get(..count).unwrap_or_default() {
            [0x1f, 0x8b, ..] => Input::Gzip(MultiGzDecoder::new(BufReader::with_capacity(1 << 16, file))),
            [0x28, 0xb5, 0x2f, 0xfd] => Input::Zstd(ZstdDecoder::new(file)?),
            _ => Input::Plain(file),
        };
        Ok(Self { id: Some(FileId::of(&metadata)), ..Self::over(input) })
    }

    /// Reads on from byte `offset`, where the file is read as it stands, in blocks of so many bytes.
    pub(crate) fn reading(self, offset: u64, block_bytes: usize) -> Self {
        let offset = if self.plain_file().is_some() { offset } else { self.offset };
        Self { block_bytes, offset, ..self }
    }

    /// Reads a stream such as standard input. A block is what one read gives, so that nothing waits.
    pub fn stream(stream: Box<dyn Read + Send>) -> Self {
        Self::over(Input::Stream(stream))
    }

    fn over(input: Input) -> Self {
        Self { input, buffer: Vec::new(), block_bytes: BLOCK_BYTES, offset: 0, failed: None, id: None }
    }

    /// Returns the next bytes, or `None` at the end. A plain file ends where it ends now.
    ///
    /// Errors: `io`, after everything before the damage was given.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot lend its own buffer")]
    pub fn next(&mut self) -> Result<Option<&[u8]>, FileError> {
        if let Some(error) = self.failed.take() {
            return Err(error.into());
        }
        self.buffer.resize(self.block_bytes, 0);
        let filled = match &mut self.input {
            Input::Plain(file) => read_full_at(file, &mut self.buffer, self.offset)?,
            Input::Stream(stream) => read_some(stream, &mut self.buffer)?,
            Input::Gzip(decoder) => read_full(decoder, &mut self.buffer, &mut self.failed),
            Input::Zstd(decoder) => read_full(decoder, &mut self.buffer, &mut self.failed),
        };
        if filled == 0 {
            return self.failed.take().map_or(Ok(None), |error| Err(error.into()));
        }
        self.offset += filled as u64;
        Ok(self.buffer.get(..filled))
    }

    /// Returns how many bytes of the file on the disk have been read; for a compressed file these are its own,
    /// not those it unfolds to.
    pub fn disk_bytes(&self) -> u64 {
        let position = |mut file: &File| file.stream_position().unwrap_or(0);
        match &self.input {
            Input::Plain(_) | Input::Stream(_) => self.offset,
            Input::Gzip(decoder) => position(decoder.get_ref().get_ref()),
            Input::Zstd(decoder) => position(decoder.get_ref().get_ref()),
        }
    }

    /// Returns the file where it is read as it stands, without decompression.
    pub(crate) fn plain_file(&self) -> Option<&File> {
        match &self.input {
            Input::Plain(file) => Some(file),
            _ => None,
        }
    }

    /// Gives the file back if it is read as it stands, without decompression.
    ///
    /// Errors: the blocks themselves, where they are compressed or a stream.
    pub(crate) fn into_plain_file(self) -> Result<File, Box<Self>> {
        match self.input {
            Input::Plain(file) => Ok(file),
            input => Err(Box::new(Self { input, ..self })),
        }
    }

    /// Returns which file this is, or `None` for a stream.
    pub fn id(&self) -> Option<FileId> {
        self.id
    }
}

/// Returns whether these first bytes of a source are something else than text in UTF-8 or another 8-bit encoding.
///
/// NUL bytes at the start alone are not counted: a log that was truncated under its writer begins with a hole.
pub fn is_binary(start: &[u8]) -> bool {
    let window = start.get(..8192).unwrap_or(start);
    let hole = window.iter().take_while(|byte| **byte == 0).count();
    let text = window.get(hole..).unwrap_or_default();
    let strange = text.iter().filter(|byte| is_strange(**byte)).count();
    strange * 20 > text.len() || (hole > 0 && text.is_empty())
}

fn is_strange(byte: u8) -> bool {
    byte == 0x7f || (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x08 | 0x0c | 0x1b))
}

/// Returns which file this is and its first bytes after decompression, by which it is known again.
pub(crate) fn head_of(path: &Path) -> Result<(Option<FileId>, Vec<u8>), FileError> {
    let mut blocks = Blocks::open(path)?;
    blocks.block_bytes = HEAD_BYTES;
    let head = blocks.next()?.unwrap_or_default().to_vec();
    Ok((blocks.id, head))
}

fn read_some(stream: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match stream.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Fills the buffer; an error waits in `failed` so that the bytes before it are given first.
fn read_full(stream: &mut dyn Read, buffer: &mut [u8], failed: &mut Option<io::Error>) -> usize {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match read_some(stream, rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) => {
                *failed = Some(error);
                break;
            }
        }
    }
    filled
}
