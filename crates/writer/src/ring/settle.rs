//! What of an intended write a dead process lived to make, found in the log.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::Ordering;

use super::{Batch, CAPACITY, Ring, place};
use crate::chain;
use crate::fs::{Fs, Hold};
use crate::log_file::SETTLED;

/// Settles the intended writes of dead processes: done before a file is compressed or deleted that they may be in.
pub(crate) fn settle_all(fs: &dyn Fs, log: &Path) {
    for ring in Ring::orphans(fs, log) {
        ring.settle(fs, log);
    }
}

impl Ring {
    /// Finds out how much of an intended write its process lived to make, and completes the record that it was killed
    /// over if nobody wrote behind that. What stands in the log is done.
    pub(crate) fn settle(&self, fs: &dyn Fs, log: &Path) {
        let up_to = self.load(place::UP_TO);
        if up_to > self.tail() && up_to <= self.head() {
            let intended = self.batch_up_to(up_to);
            let id = [self.load(place::DEVICE), self.load(place::NUMBER)];
            let written = file_of(fs, log, id).and_then(|file| settled(fs, &file, self.load(place::LENGTH), &intended));
            let is_whole = |(end, _): &&(usize, u64)| Some(*end) <= written;
            if let Some(&(_, done)) = intended.ends.iter().rev().find(is_whole) {
                self.done(done);
            }
        }
        self.at(place::UP_TO).store(0, Ordering::Release);
    }
}

/// The file that is this one, under whatever name of the log it stands now.
fn file_of(fs: &dyn Fs, log: &Path, id: [u64; 2]) -> Option<File> {
    let old = chain::old_files(fs, log).unwrap_or_default();
    let names = std::iter::once(log.to_path_buf()).chain(old.into_keys().map(|number| chain::named(log, number, "")));
    names.filter_map(|name| fs.open(&name).ok()).find(|file| fs.stat_open(file).is_ok_and(|found| found.id == id))
}

/// How many bytes of the batch stand in the file, behind `from`, with the record completed that the file ends in.
fn settled(fs: &dyn Fs, file: &File, from: u64, batch: &Batch) -> Option<usize> {
    let text = read_from(fs, file, from)?;
    let (at, written) = written(&text, batch);
    let is_end = batch.ends.iter().any(|&(end, _)| end == written);
    let next = batch.ends.iter().map(|&(end, _)| end).find(|&end| end > written);
    if let Some(end) = next
        && !is_end
        && written > 0
        && at + written == text.len()
        && complete(fs, file, from + text.len() as u64, batch.bytes.get(written..end).unwrap_or_default())
    {
        return Some(end);
    }
    Some(written)
}

/// Writes the rest of a record behind the file's `end`. False where that is not its end any more, or someone writes just
/// now: who appends cannot be kept from it, so this may rarely be found out too late, and the rest stands for itself.
fn complete(fs: &dyn Fs, file: &File, end: u64, rest: &[u8]) -> bool {
    // Beside others who write; not beside one who compresses it.
    if !matches!(fs.try_lock(file, Hold::Shared), Ok(true)) {
        return false;
    }
    fs.sleep(SETTLED);
    let is_still_the_end = fs.stat_open(file).is_ok_and(|now| now.len == end && now.names > 0);
    let is_complete = is_still_the_end
        && fs.write(file, rest).is_ok_and(|written| written == rest.len())
        && fs.end_of_write(file).is_ok_and(|now| now == end + rest.len() as u64);
    let _ = fs.unlock(file);
    is_complete
}

/// The bytes from `from` on.
fn read_from(fs: &dyn Fs, file: &File, from: u64) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let mut block = vec![0; CAPACITY];
    loop {
        match fs.read_at(file, &mut block, from + text.len() as u64).ok()? {
            0 => return Some(text),
            read => text.extend_from_slice(block.get(..read)?),
        }
    }
}

/// Where the batch stands in the text, and how many bytes of it, in one piece from its beginning: it was written behind
/// what others wrote meanwhile, and may have been cut.
fn written(text: &[u8], batch: &Batch) -> (usize, usize) {
    let Some(&first) = batch.bytes.first() else { return (0, 0) };
    let mut most = (0, 0);
    for (at, _) in text.iter().enumerate().filter(|(_, byte)| **byte == first) {
        let rest = text.get(at..).unwrap_or_default();
        let common = rest.iter().zip(&batch.bytes).take_while(|(left, right)| left == right).count();
        if common > most.1 {
            most = (at, common);
        }
        if common == batch.bytes.len() {
            break;
        }
    }
    most
}

#[cfg(all(test, not(feature = "shuttle")))]
mod tests {
    use std::io::ErrorKind;

    use super::*;
    use crate::fs::RealFs;
    use crate::fs::scripted::{Act, Call, Scripted};

    /// Text that stands there, what of it stands there afterwards, and what is left to write.
    #[test]
    fn an_intended_write_is_found_behind_what_others_wrote_and_completed_where_it_was_cut() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("x.log");
        for (text, after, left) in [
            ("old\n", "", "one\ntwo\nsix\n"),
            ("old\nother\none\ntwo\nsix\nmore\n", "", ""),
            ("old\none\ntwo\nsi", "x\n", ""),
            ("old\non", "e\n", "two\nsix\n"),
            ("old\nother\none\nt", "wo\n", "six\n"),
            ("old\none\ntwo\n", "", "six\n"),
            ("old\nother\none\ntother\n", "", "two\nsix\n"),
        ] {
            std::fs::write(&log, text).unwrap();
            let ring = Ring::create(&RealFs, &log).unwrap();
            for record in ["one\n", "two\n", "six\n"] {
                ring.push(record.as_bytes());
            }
            ring.intend(&ring.batch_up_to(ring.head()), RealFs.stat(&log).unwrap().id, 4);

            ring.settle(&RealFs, &log);

            assert_eq!(left, String::from_utf8(ring.batch_up_to(ring.head()).bytes).unwrap(), "{text:?}");
            assert_eq!(format!("{text}{after}"), std::fs::read_to_string(&log).unwrap());
            ring.remove(&RealFs);
        }
    }

    #[test]
    fn a_cut_record_is_left_to_who_compresses_its_file_or_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("x.log");
        std::fs::write(&log, "on").unwrap();
        let batch = Batch { bytes: b"one\n".to_vec(), ends: vec![(4, 8)], begin: 0 };
        let file = RealFs.open(&log).unwrap();
        let other = RealFs.open(&log).unwrap();
        assert!(RealFs.try_lock(&other, Hold::Alone).unwrap());

        assert_eq!(Some(2), settled(&RealFs, &file, 0, &batch));
        RealFs.unlock(&other).unwrap();
        let fs = Scripted::default();
        fs.plan(Call::Write, 0, 1, Act::Fail(ErrorKind::StorageFull));
        assert_eq!(Some(2), settled(&fs, &file, 0, &batch));

        assert_eq!("on", std::fs::read_to_string(&log).unwrap());
        assert_eq!(Some(4), settled(&fs, &file, 0, &batch));
    }
}
