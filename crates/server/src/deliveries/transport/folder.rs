//! Mail as files, when there is nobody to hand it to.

use std::path::{Path, PathBuf};

use lettre::message::Mailbox;

use super::{Attempt, Report, Transport, mail};
use crate::deliveries::parcel::{Letter, Parcel};

/// A folder into which mail is put, a file (`.eml`) for each.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    from: Mailbox,
}

impl Folder {
    pub(crate) fn new(path: PathBuf, from: Mailbox) -> Self {
        Folder { path, from }
    }

    async fn write(&self, letter: &Letter) -> Report {
        let bytes = match mail::message(letter, &self.from) {
            Ok(message) => message.formatted(),
            Err(wrong) => return Report::refused(wrong),
        };
        // One that is tried again is the same file.
        let (folder, path) = (self.path.clone(), self.path.join(format!("{}.eml", letter.id)));
        let shown = path.display().to_string();
        match tokio::task::spawn_blocking(move || put(&folder, &path, &bytes)).await {
            Ok(Ok(())) => Report::delivered(),
            Ok(Err(error)) => Report::failed(format!("could not write {shown}: {error}")),
            Err(error) => Report::failed(format!("could not write {shown}: {error}")),
        }
    }
}

/// Writes a file whole, or not at all.
fn put(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let partial = path.with_extension("partial");
    std::fs::write(&partial, bytes)?;
    std::fs::File::open(&partial)?.sync_all()?;
    std::fs::rename(&partial, path)
}

impl Transport for Folder {
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Attempt<'a> {
        let Parcel::Letter(letter) = parcel else { unreachable!("only letters come here") };
        Box::pin(self.write(letter))
    }
}
