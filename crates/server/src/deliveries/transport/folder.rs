//! Mail as files, when there is nobody to hand it to.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Once;

use lettre::message::Mailbox;
use nepho_store::{create_private_folder, private_file};

use super::{Attempt, Report, Transport, mail};
use crate::deliveries::parcel::{Letter, Parcel};

/// A folder into which mail is put, a file (`.eml`) for each.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    from: Mailbox,
    /// That mail goes nowhere else is said when there is some.
    told: Once,
}

impl Folder {
    pub(crate) fn new(path: PathBuf, from: Mailbox) -> Self {
        Folder { path, from, told: Once::new() }
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
            Ok(Ok(())) => {
                let folder = self.path.display();
                self.told.call_once(|| tracing::warn!("no mail server is configured: mail goes to {folder}"));
                Report { said: format!("written to {shown}"), ..Report::delivered() }
            }
            Ok(Err(error)) => Report::failed(format!("could not write {shown}: {error}")),
            Err(error) => Report::failed(format!("could not write {shown}: {error}")),
        }
    }
}

/// Writes a file whole, or not at all.
fn put(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    create_private_folder(folder)?;
    let partial = path.with_extension("partial");
    let mut file = private_file().write(true).create(true).truncate(true).open(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&partial, path)?;
    std::fs::File::open(folder)?.sync_all()
}

impl Transport for Folder {
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Attempt<'a> {
        let Parcel::Letter(letter) = parcel else { unreachable!("only letters come here") };
        Box::pin(self.write(letter))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::time::SystemTime;

    use nepho_notify::delivery::Outcome;

    use super::*;

    fn letter() -> Letter {
        Letter {
            id: "m.s".to_owned(),
            to: "ops@example.com".to_owned(),
            from_name: Some("Alerts".to_owned()),
            date: SystemTime::UNIX_EPOCH,
            subject: "Load".to_owned(),
            body: "The load is high.".to_owned(),
        }
    }

    #[tokio::test]
    async fn what_is_sent_again_is_the_same_file_and_what_cannot_be_written_is_tried_again() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(place.path().join("mail"), "nobody@localhost".parse().unwrap());
        for _ in 0..2 {
            assert_eq!(folder.write(&letter()).await.outcome, Outcome::Delivered);
        }
        let files: Vec<_> = std::fs::read_dir(place.path().join("mail")).unwrap().collect();
        assert_eq!(files.len(), 1);
        let mode = |path: &str| std::fs::metadata(place.path().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("mail"), mode("mail/m.s.eml")), (0o700, 0o600));
        let text = std::fs::read_to_string(place.path().join("mail/m.s.eml")).unwrap();
        assert!(text.contains("From: Alerts <nobody@localhost>\r\n") && text.ends_with("The load is high."), "{text}");
        let folder = Folder::new(place.path().join("mail/m.s.eml"), "nobody@localhost".parse().unwrap());
        let report = folder.write(&letter()).await;
        assert_eq!(report.outcome, Outcome::Failed);
        assert!(report.said.starts_with("could not write "), "{report:?}");
    }
}
