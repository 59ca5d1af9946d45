//! What killed processes left of their shared memory, as the writer of another log finds it.
#![cfg(target_os = "linux")]

use std::fs::{File, read_dir};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::Log;
use crate::control::{Control, memory_place};
use crate::fs::RealFs;
use crate::left_over::sweep;
use crate::ring::Ring;

/// The files of the log's memory, made to look as old as they have to be.
fn files(log: &Path) -> Vec<PathBuf> {
    let (folder, stem) = memory_place(&RealFs, log).unwrap();
    let entries = read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = entries.filter(|file| file.file_name().unwrap().to_str().unwrap().starts_with(&stem)).collect();
    for file in &files {
        let opened = File::options().write(true).open(file).unwrap();
        // A lock of this process on a ring would go with a descriptor that is closed.
        opened.set_modified(SystemTime::now() - Duration::from_secs(100)).unwrap();
        std::mem::forget(opened);
    }
    files
}

#[test]
fn what_the_dead_left_goes_and_what_is_used_or_full_stays() {
    let log = Log::new(Arc::new(RealFs));
    let [dead, used] = ["dead.log", "used.log"].map(|name| log.folder.path().join(name));
    let mut controls = [&dead, &used].map(|log| {
        let mut control = Control::in_memory(&RealFs, log, None).unwrap();
        assert!(control.try_lock(&RealFs, None).unwrap());
        control.unlock(&RealFs);
        control
    });
    let [empty, full] = [(); 2].map(|()| Ring::create(&RealFs, &dead).unwrap());
    assert!(full.push(b"waits\n"));
    let own = Ring::create(&RealFs, &used).unwrap();
    let [dead_control, used_control] = &mut controls;
    assert!(dead_control.memory().is_some());
    drop(std::mem::replace(dead_control, Control::beside(&dead))); // as a kill leaves it
    drop((empty, full));
    assert_eq!((3, 2), (files(&dead).len(), files(&used).len()));

    sweep(&RealFs);

    assert_eq!((1, 2), (files(&dead).len(), files(&used).len()));
    let mut waiting = Ring::orphans(&RealFs, &dead);
    assert_eq!(1, waiting.len());
    waiting.remove(0).remove(&RealFs);
    own.remove(&RealFs);
    used_control.end(&RealFs);
    assert_eq!((0, 0), (files(&dead).len(), files(&used).len()));
}
