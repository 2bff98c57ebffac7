//! The few things asked of a file system, so that a test can make each of them fail.

#[cfg(test)]
pub(crate) mod faulty;
mod private;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

pub(crate) use private::is_open_to_others;
pub use private::{create_private_folder, private_file};

/// A file system.
pub(crate) trait Disk: Send + Sync {
    /// Creates a file that must not be there yet, to append to.
    fn create(&self, path: &Path) -> io::Result<Box<dyn Append>>;
    /// Opens a file to append to it after cutting it to `length` bytes.
    fn reopen(&self, path: &Path, length: u64) -> io::Result<Box<dyn Append>>;
    /// Opens a file to read from it.
    fn open(&self, path: &Path) -> io::Result<Box<dyn ReadAt>>;
    /// Reads a whole file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Moves a file over another.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes names in a folder durable.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
    /// The files in a folder, in no order.
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>>;
    /// Creates a folder and those above it, where they are missing.
    fn create_folder(&self, path: &Path) -> io::Result<()>;
}

/// A file being written.
pub(crate) trait Append: Send {
    /// Appends all of `bytes`.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes everything appended durable.
    fn sync(&mut self) -> io::Result<()>;
    /// Cuts the file to `length` bytes and continues there.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

/// A file being read, from any number of threads.
pub(crate) trait ReadAt: Send + Sync {
    /// Fills `out` with the bytes at `offset`.
    fn read_at(&self, out: &mut [u8], offset: u64) -> io::Result<()>;
    /// The file's length.
    fn length(&self) -> io::Result<u64>;
}

/// Writes a file so that a reader finds the old contents or the new ones, never a part.
pub(crate) fn replace(disk: &dyn Disk, path: &Path, contents: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    match disk.remove(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = disk.create(&fresh)?;
    file.append(contents)?;
    file.sync()?;
    disk.rename(&fresh, path)?;
    disk.sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// The operating system's.
#[derive(Debug, Default)]
pub(crate) struct SystemDisk;

impl Disk for SystemDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn Append>> {
        let file = private_file().append(true).create_new(true).open(path)?;
        Ok(Box::new(file))
    }

    fn reopen(&self, path: &Path, length: u64) -> io::Result<Box<dyn Append>> {
        let mut file = OpenOptions::new().append(true).open(path)?;
        if fs::File::metadata(&file)?.len() != length {
            Append::cut(&mut file, length)?;
        }
        Ok(Box::new(file))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn ReadAt>> {
        Ok(Box::new(File::open(path)?))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect()
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        create_private_folder(path)
    }
}

impl Append for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.sync_all()
    }
}

impl ReadAt for File {
    fn read_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        self.read_exact_at(out, offset)
    }

    fn length(&self) -> io::Result<u64> {
        self.metadata().map(|metadata| metadata.len())
    }
}
