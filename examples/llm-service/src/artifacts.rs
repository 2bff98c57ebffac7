//! The pipeline that turns what the model wrote into documents on disk.

use std::io;
use std::path::{Path, PathBuf};

use crate::methods::Artifacts;

/// Writes all documents into a folder of their own within `folder`, and says its name. On failure nothing is left.
///
/// A title is the model's, and a name of a file is not: files are numbered.
///
/// # Errors
/// When they cannot be written.
pub fn write(folder: &Path, artifacts: &Artifacts) -> io::Result<PathBuf> {
    let own = tempfile::Builder::new().prefix("artifacts-").tempdir_in(folder)?;
    for (number, artifact) in (1..).zip(&artifacts.artifacts) {
        let text = format!("<!-- {} -->\n{}\n", artifact.title.replace("--", ""), artifact.text);
        std::fs::write(own.path().join(format!("{number}.md")), text)?;
    }
    Ok(own.keep())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::Artifact;

    fn artifacts(titles: &[&str]) -> Artifacts {
        let artifact = |title: &&str| Artifact { title: (*title).to_owned(), text: format!("About {title}.") };
        Artifacts { artifacts: titles.iter().map(artifact).collect() }
    }

    #[test]
    fn documents_are_numbered_whatever_their_titles() {
        let folder = tempfile::tempdir().unwrap();
        let written = write(folder.path(), &artifacts(&["Plan", "../../etc/passwd"])).unwrap();
        assert_eq!(written.parent(), Some(folder.path()));
        let read = |name| std::fs::read_to_string(written.join(name)).unwrap();
        assert_eq!(read("1.md"), "<!-- Plan -->\nAbout Plan.\n");
        assert_eq!(read("2.md"), "<!-- ../../etc/passwd -->\nAbout ../../etc/passwd.\n");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn without_a_folder_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write(&folder.path().join("gone"), &artifacts(&["Plan"])).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
