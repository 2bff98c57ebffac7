//! The files of a folder.

use std::path::{Path, PathBuf};

use crate::artefacts::error::ReadError;

/// The most files of one folder.
pub const FILES_MAX: usize = 1_000;

/// The files in a folder, by name; what is hidden is left out, as Terraform does.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let failed = |cause: std::io::Error| ReadError::file(folder, format!("cannot be read: {cause}"));
    let listed = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(listed).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let hidden = name.to_string_lossy().starts_with('.');
        if hidden || !entry.path().is_file() {
            continue;
        }
        if files.len() == FILES_MAX {
            return Err(ReadError::file(folder, format!("has more files than the limit of {FILES_MAX}")));
        }
        files.push(folder.join(name));
    }
    files.sort();
    Ok(files)
}
