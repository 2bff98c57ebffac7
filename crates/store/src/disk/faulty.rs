//! A disk that fails when a test says so.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use super::{Append, Disk, ReadAt, SystemDisk};

/// The system's disk, on which changes fail from the `from`-th to the `to`-th. A write that fails has written half.
#[derive(Debug, Clone)]
pub(crate) struct FaultyDisk {
    changes: Arc<AtomicI64>,
    is_mended: Arc<AtomicBool>,
    from: i64,
    to: i64,
}

impl FaultyDisk {
    /// Fails every change from the `from`-th to before the `to`-th. Opening a new folder takes fewer than 30.
    pub(crate) fn new(from: i64, to: i64) -> Self {
        FaultyDisk { changes: Arc::default(), is_mended: Arc::default(), from, to }
    }

    /// From now on nothing fails.
    pub(crate) fn mend(&self) {
        self.is_mended.store(true, Ordering::Relaxed);
    }

    /// Counts a change.
    fn change(&self) -> io::Result<()> {
        let number = self.changes.fetch_add(1, Ordering::Relaxed);
        let fails = (self.from..self.to).contains(&number) && !self.is_mended.load(Ordering::Relaxed);
        if fails { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn wrap(&self, file: Box<dyn Append>) -> Box<dyn Append> {
        Box::new(FaultyFile { file, disk: self.clone() })
    }
}

struct FaultyFile {
    file: Box<dyn Append>,
    disk: FaultyDisk,
}

impl Append for FaultyFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.disk.change() {
            self.file.append(&bytes[..bytes.len() / 2])?;
            return Err(error);
        }
        self.file.append(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.change()?;
        self.file.sync()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.disk.change()?;
        self.file.cut(length)
    }
}

impl Disk for FaultyDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn Append>> {
        self.change()?;
        SystemDisk.create(path).map(|file| self.wrap(file))
    }

    fn reopen(&self, path: &Path, length: u64) -> io::Result<Box<dyn Append>> {
        self.change()?;
        SystemDisk.reopen(path, length).map(|file| self.wrap(file))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn ReadAt>> {
        SystemDisk.open(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        SystemDisk.read(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change()?;
        SystemDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.change()?;
        SystemDisk.remove(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.change()?;
        SystemDisk.sync_folder(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        SystemDisk.list(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        SystemDisk.create_folder(path)
    }
}
