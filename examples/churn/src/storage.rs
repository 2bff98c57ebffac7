//! Object storage: keys and bytes, in a folder.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::clock::Clock;
use crate::faults::Faults;

/// A bucket in a folder. Its operations `put` and `get` can be made to fail ([`Faults`]).
#[derive(Debug, Clone)]
pub struct Storage {
    folder: PathBuf,
    faults: Faults,
}

impl Storage {
    /// Opens the folder, or makes it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path, clock: &Clock) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Storage { folder: folder.to_owned(), faults: Faults::of(folder, clock) })
    }

    /// Its failures.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Stores an object: all of it or nothing, and durably.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn put(&self, key: &str, bytes: &[u8]) -> io::Result<()> {
        self.faults.check("put")?;
        write(&self.path(key)?, bytes)
    }

    /// Reads an object.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn get(&self, key: &str) -> io::Result<Vec<u8>> {
        self.faults.check("get")?;
        fs::read(self.path(key)?)
    }

    /// Removes an object.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(&self, key: &str) -> io::Result<()> {
        fs::remove_file(self.path(key)?)
    }

    /// A key is names with `/` between them. It comes out of a queue, and must not lead out of the folder.
    fn path(&self, key: &str) -> io::Result<PathBuf> {
        let is_plain = |name: &str| {
            let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            !name.is_empty() && !name.starts_with('.') && name.bytes().all(is_usual)
        };
        if !key.split('/').all(is_plain) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{key:?} is no key")));
        }
        Ok(self.folder.join(key))
    }
}

/// Writes a file so that it is there as a whole, or as it was before.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::other("a file is in a folder"))?;
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_kept_and_failures_can_be_ordered() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::open(folder.path(), &Clock::System).unwrap();
        storage.put("uploads/a.csv", b"1").unwrap();
        storage.put("uploads/a.csv", b"2").unwrap();
        assert_eq!(Storage::open(folder.path(), &Clock::System).unwrap().get("uploads/a.csv").unwrap(), b"2");
        storage.faults().set("put", "the disk is full").unwrap();
        assert_eq!(storage.put("uploads/b.csv", b"3").unwrap_err().to_string(), "the disk is full");
        storage.faults().clear("put").unwrap();
        storage.faults().clear("put").unwrap();
        storage.put("uploads/b.csv", b"3").unwrap();
        storage.remove("uploads/b.csv").unwrap();
        assert_eq!(storage.get("uploads/b.csv").unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_key_does_not_lead_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::open(folder.path(), &Clock::System).unwrap();
        for key in ["", "/etc/passwd", "../a", "a/../../b", "a//b", "a/", ".faults/put", "a b"] {
            assert_eq!(storage.get(key).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{key}");
        }
    }
}
