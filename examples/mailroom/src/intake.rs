//! Where mail comes in: a Maildir, into which any mail server delivers.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nepho_operational::Recorder;
use sqlx::{Connection, PgConnection};

use crate::queue::Queue;

/// Why mail could not be taken in.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The folder.
    #[error("{}: {source}", path.display())]
    Folder {
        /// What was read or moved.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Makes the folders of a Maildir, where they are missing.
///
/// # Errors
/// What the system says.
pub fn prepare(maildir: &Path) -> io::Result<()> {
    ["new", "cur", "tmp"].iter().try_for_each(|name| fs::create_dir_all(maildir.join(name)))
}

/// Delivers a message the way mail servers do: complete, or not at all.
///
/// # Errors
/// What the system says.
pub fn deliver(maildir: &Path, name: &str, raw: &[u8]) -> io::Result<()> {
    let unfinished = maildir.join("tmp").join(name);
    fs::write(&unfinished, raw)?;
    fs::rename(unfinished, maildir.join("new").join(name))
}

/// Takes in what was delivered: first into the database, then out of the way. A message whose move failed after that is
/// known by its name the next time.
///
/// # Errors
/// What kept it from going on; messages taken in before stay so.
pub async fn take_in(maildir: &Path, connection: &mut PgConnection, recorder: &Recorder) -> Result<u64, IntakeError> {
    let mut taken = 0;
    for (name, path) in delivered(maildir)? {
        let raw = fs::read(&path).map_err(|source| IntakeError::Folder { path: path.clone(), source })?;
        let mut transaction = connection.begin().await?;
        let inserted: Option<i64> = sqlx::query_scalar(
            "INSERT INTO incoming_emails (file, raw) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id",
        )
        .bind(&name)
        .bind(&raw)
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some(id) = inserted {
            let depth = Queue::Inbound.depth(&mut transaction).await?;
            recorder.about(id).queue_depth(&mut transaction, Queue::Inbound.name(), depth).await.ok();
            taken += 1;
        }
        transaction.commit().await?;
        let done = maildir.join("cur").join(format!("{name}:2,S"));
        fs::rename(&path, done).map_err(|source| IntakeError::Folder { path, source })?;
    }
    Ok(taken)
}

/// Files in `new`, by name, which begins with the time of delivery.
fn delivered(maildir: &Path) -> Result<Vec<(String, PathBuf)>, IntakeError> {
    let folder = maildir.join("new");
    let entries = fs::read_dir(&folder).map_err(|source| IntakeError::Folder { path: folder, source })?;
    let named = |entry: fs::DirEntry| Some((entry.file_name().to_str()?.to_owned(), entry.path()));
    let mut files: Vec<(String, PathBuf)> = entries.flatten().filter_map(named).collect();
    files.sort();
    Ok(files)
}
