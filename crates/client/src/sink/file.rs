//! EMF documents into a file that others may move away.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::sink::lines::Tail;
use crate::sink::{Documents, Form, Payload, SendError, Sink};

/// EMF documents, one on a line, into a file.
///
/// The file is opened with the first payload, and again when it is not at its path any more, as after a log rotation.
/// Lines are only ever appended, so several processes can write to one file. A document that did not fit onto the disk
/// is cut off again, or, where something came after it, ended as a line of its own; it is sent again.
#[derive(Debug)]
pub struct File {
    name: String,
    path: PathBuf,
    /// Whether what is in the file at the first opening is thrown away.
    is_emptied: bool,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: fs::File,
    tail: Tail,
}

impl File {
    /// Begins with an empty file.
    pub fn create(path: impl Into<PathBuf>) -> Self {
        File::new(path.into(), true)
    }

    /// Appends to what is in the file, if it is there.
    pub fn append(path: impl Into<PathBuf>) -> Self {
        File::new(path.into(), false)
    }

    fn new(path: PathBuf, is_emptied: bool) -> Self {
        File { name: format!("file {}", path.display()), path, is_emptied, open: None }
    }

    /// The file at the path: the one that is open, if it still is that.
    fn file(&mut self) -> io::Result<&mut Open> {
        let is_current = match &self.open {
            Some(open) => is_same(&open.file, &self.path)?,
            None => false,
        };
        let open = match self.open.take().filter(|_| is_current) {
            Some(open) => open,
            None => self.open_again()?,
        };
        Ok(self.open.insert(open))
    }

    fn open_again(&mut self) -> io::Result<Open> {
        let file = OpenOptions::new().append(true).create(true).open(&self.path)?;
        if self.is_emptied && file.metadata()?.is_file() {
            file.set_len(0)?;
        }
        // What comes to be there later, others may have written to.
        self.is_emptied = false;
        let tail = self.tail(&file)?;
        Ok(Open { file, tail })
    }

    /// What the file ends with. A line without an end, as after a crash, is not cut off: it may be another's, who is
    /// still writing.
    fn tail(&self, file: &fs::File) -> io::Result<Tail> {
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.len() == 0 {
            return Ok(Tail::Line);
        }
        // Who may append may not be allowed to read; then nothing is known, and nothing done.
        let Ok(mut reader) = fs::File::open(&self.path) else { return Ok(Tail::Line) };
        let mut last = [0];
        reader.seek(SeekFrom::End(-1))?;
        reader.read_exact(&mut last)?;
        Ok(if last == *b"\n" { Tail::Line } else { Tail::Unended })
    }
}

impl Sink for File {
    fn name(&self) -> &str {
        &self.name
    }

    fn form(&self) -> Form {
        Form::Documents
    }

    fn send(&mut self, payload: &Payload) -> Result<(), SendError> {
        let documents = payload.documents()?;
        let open = self.file().map_err(|error| SendError::retry(error.to_string()))?;
        append(&mut open.file, &mut open.tail, documents)
    }
}

/// What can be appended to, and cut off from.
trait Cut: Write {
    /// Cuts the last `bytes` off, which are the last that were written here. Answers whether they were the last of all.
    fn cut(&mut self, bytes: usize) -> io::Result<bool>;
}

impl Cut for fs::File {
    fn cut(&mut self, bytes: usize) -> io::Result<bool> {
        let end = self.stream_position()?;
        let is_last = self.metadata()?.len() == end;
        if is_last {
            self.set_len(end.saturating_sub(bytes as u64))?;
        }
        Ok(is_last)
    }
}

/// Appends documents. The piece of one that did not fit is cut off, or else is ended by the next call.
fn append(file: &mut impl Cut, tail: &mut Tail, documents: &Documents) -> Result<(), SendError> {
    let sent = tail.write(file, documents);
    if let Tail::Torn(bytes) = *tail
        && file.cut(bytes).unwrap_or(false)
    {
        *tail = Tail::Line;
    }
    sent
}

/// Whether the file at `path` is this one.
#[cfg(unix)]
fn is_same(file: &fs::File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;

    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match fs::metadata(path) {
        Ok(there) => Ok(identity(there) == identity(file.metadata()?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether the file at `path` may be this one: a file that is open is not moved away there.
#[cfg(not(unix))]
fn is_same(_: &fs::File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::Rest;
    use crate::sink::lines::tests::{Full, documents};

    fn payload(texts: &[&str]) -> Payload {
        Payload::Documents(documents(texts))
    }

    impl Cut for Full {
        fn cut(&mut self, bytes: usize) -> io::Result<bool> {
            self.held.truncate(self.held.len() - bytes);
            Ok(true)
        }
    }

    #[test]
    fn create_begins_anew_and_append_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.log");
        fs::write(&path, "old\n").unwrap();
        let mut file = File::append(&path);
        file.send(&payload(&["1"])).unwrap();
        file.send(&payload(&["2"])).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old\n1\n2\n");
        let mut file = File::create(&path);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old\n1\n2\n", "it is opened with the first payload");
        file.send(&payload(&["3"])).unwrap();
        file.send(&payload(&["4"])).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "3\n4\n");
        assert_eq!(file.name(), format!("file {}", path.display()));
    }

    #[test]
    fn a_line_without_an_end_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.log");
        fs::write(&path, "{\"tor").unwrap();
        File::append(&path).send(&payload(&["1"])).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"tor\n1\n");
    }

    #[test]
    #[cfg(unix)]
    fn it_follows_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let (path, moved) = (folder.path().join("metrics.log"), folder.path().join("metrics.log.1"));
        let mut file = File::create(&path);
        file.send(&payload(&["1"])).unwrap();
        fs::rename(&path, &moved).unwrap();
        file.send(&payload(&["2"])).unwrap();
        assert_eq!(fs::read_to_string(&moved).unwrap(), "1\n");
        assert_eq!(fs::read_to_string(&path).unwrap(), "2\n");
        // Another file in its place is not emptied: that is for the first opening.
        fs::remove_file(&path).unwrap();
        fs::write(&path, "another's\n").unwrap();
        file.send(&payload(&["3"])).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "another's\n3\n");
    }

    #[test]
    fn a_folder_that_is_missing_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logs").join("metrics.log");
        let mut file = File::append(&path);
        let error = file.send(&payload(&["1"])).unwrap_err();
        assert_eq!((error.delivered, error.rest), (0, Rest::Retry));
        fs::create_dir(folder.path().join("logs")).unwrap();
        file.send(&payload(&["1"])).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "1\n");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_takes_nothing() {
        let mut file = File::append("/dev/full");
        for _ in 0..2 {
            let error = file.send(&payload(&["1", "2"])).unwrap_err();
            assert_eq!((error.delivered, error.rest), (0, Rest::Retry));
            assert!(error.message.contains("No space left"), "{error}");
        }
    }

    #[test]
    fn a_document_that_did_not_fit_is_cut_off() {
        // Room for so many bytes of "aaa\nbbb\n": what is delivered, and what is left in the file.
        let cases = [(0, 0, ""), (2, 0, ""), (3, 1, "aaa"), (4, 1, "aaa\n"), (6, 1, "aaa\n"), (7, 2, "aaa\nbbb")];
        for (bytes_max, delivered, held) in cases {
            let (mut disk, mut tail) = (Full { bytes_max, ..Full::default() }, Tail::Line);
            let error = append(&mut disk, &mut tail, &documents(&["aaa", "bbb"])).unwrap_err();
            assert_eq!((error.delivered, str::from_utf8(&disk.held)), (delivered, Ok(held)), "room for {bytes_max}");
            disk.bytes_max = 100;
            append(&mut disk, &mut tail, &documents(&["aaa", "bbb"][delivered..])).unwrap();
            append(&mut disk, &mut tail, &documents(&["ccc"])).unwrap();
            let held = String::from_utf8(disk.held).unwrap();
            assert_eq!(held.split('\n').filter(|line| !line.is_empty()).collect::<Vec<_>>(), ["aaa", "bbb", "ccc"]);
        }
    }

    #[test]
    fn only_what_is_last_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.log");
        let open = || OpenOptions::new().append(true).create(true).open(&path).unwrap();
        let (mut ours, mut theirs) = (open(), open());
        ours.write_all(b"1\n{\"a").unwrap();
        assert!(ours.cut(3).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "1\n");
        ours.write_all(b"{\"b").unwrap();
        theirs.write_all(b"2\n").unwrap();
        assert!(!ours.cut(3).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "1\n{\"b2\n");
    }
}
