//! Files and folders of their owner only: what is kept has secrets in it, as keys, addresses of webhooks, and mail.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// The rights of a folder that is made.
const FOLDER_MODE: u32 = 0o700;
/// The rights of a file that is made.
const FILE_MODE: u32 = 0o600;

/// Creates a folder and those above it, where they are missing. Those that are there keep their rights.
///
/// # Errors
/// One cannot be created.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)
}

/// How a file is opened so that it never had other rights, when that makes it. One that is there keeps its rights.
pub fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(FILE_MODE);
    options
}

/// Whether the group or others may read a file, which takes a right to the file and one to its folder.
pub(crate) fn is_open_to_others(path: &Path) -> io::Result<bool> {
    let mode = |path: &Path| fs::metadata(path).map(|metadata| metadata.permissions().mode());
    let (file, folder) = (mode(path)?, mode(path.parent().unwrap_or(Path::new(".")))?);
    Ok([(0o040, 0o010), (0o004, 0o001)].iter().any(|(read, enter)| file & read != 0 && folder & enter != 0))
}

#[cfg(test)]
mod tests {
    use std::fs::{File, Permissions, set_permissions};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_the_owners_and_what_is_there_stays() {
        let place = tempfile::tempdir().unwrap();
        let (data, shared) = (place.path().join("data/queues"), place.path().join("shared"));
        create_private_folder(&data).unwrap();
        fs::create_dir(&shared).unwrap();
        set_permissions(&shared, Permissions::from_mode(0o755)).unwrap();
        create_private_folder(&shared).unwrap();
        assert_eq!((mode(&data), mode(data.parent().unwrap()), mode(&shared)), (0o700, 0o700, 0o755));
        let file = data.join("key");
        private_file().append(true).create_new(true).open(&file).unwrap();
        assert_eq!(mode(&file), 0o600);
    }

    #[test]
    fn others_read_what_they_have_a_right_to_on_the_way() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("key");
        File::create(&file).unwrap();
        for (folder_mode, file_mode, is_open) in [
            (0o700, 0o644, false),
            (0o755, 0o600, false),
            (0o755, 0o644, true),
            (0o750, 0o640, true),
            (0o701, 0o640, false),
            (0o701, 0o604, true),
        ] {
            set_permissions(place.path(), Permissions::from_mode(folder_mode)).unwrap();
            set_permissions(&file, Permissions::from_mode(file_mode)).unwrap();
            assert_eq!(is_open_to_others(&file).unwrap(), is_open, "{folder_mode:o} {file_mode:o}");
        }
    }
}
