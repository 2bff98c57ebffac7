//! What is in a folder.

use std::path::{Path, PathBuf};

use super::error::ReadError;

/// The most entries of one folder.
pub const FILES_MAX: usize = 1_000;

/// The files or folders in a folder, by name; what is hidden is left out, as Terraform does.
pub(crate) fn entries(folder: &Path, is_wanted: fn(&Path) -> bool) -> Result<Vec<PathBuf>, ReadError> {
    let failed = |cause: std::io::Error| ReadError::inaccessible(folder, &cause);
    let listed = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let mut entries = Vec::new();
    for (index, entry) in std::fs::read_dir(listed).map_err(failed)?.enumerate() {
        let entry = entry.map_err(failed)?;
        if index == FILES_MAX {
            return Err(ReadError::file(folder, format!("has more files than the limit of {FILES_MAX}")));
        }
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with('.') && is_wanted(&entry.path()) {
            entries.push(folder.join(name));
        }
    }
    entries.sort();
    Ok(entries)
}
