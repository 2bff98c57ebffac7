//! EMF documents onto standard output, standard error, or any writer.

use std::fmt;
use std::io::{self, Write};

use crate::sink::lines::Tail;
use crate::sink::{Form, Payload, SendError, Sink};

/// EMF documents, one on a line, onto standard output, standard error, or any writer.
///
/// What the writer took counts as delivered. When it fails in the middle of a document, that document is sent again;
/// the piece of it that is out already stays behind as a line of its own.
pub struct Stream {
    name: String,
    target: Target,
    tail: Tail,
}

enum Target {
    Stdout,
    Stderr,
    Writer(Box<dyn Write + Send>),
}

impl Stream {
    /// Standard output: what Lambda and container platforms pass on to CloudWatch.
    ///
    /// Lines are whole, also while the process prints on its own, as long as it does so through [`std::io::stdout`].
    pub fn stdout() -> Self {
        Stream::new("stdout", Target::Stdout)
    }

    /// Standard error.
    pub fn stderr() -> Self {
        Stream::new("stderr", Target::Stderr)
    }

    /// Any writer. It is flushed after each payload.
    pub fn to(writer: impl Write + Send + 'static) -> Self {
        Stream::new("stream", Target::Writer(Box::new(writer)))
    }

    /// Gives it another name in warnings.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    fn new(name: &str, target: Target) -> Self {
        Stream { name: name.to_owned(), target, tail: Tail::default() }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Sink for Stream {
    fn name(&self) -> &str {
        &self.name
    }

    fn form(&self) -> Form {
        Form::Documents
    }

    fn send(&mut self, payload: &Payload) -> Result<(), SendError> {
        let documents = payload.documents()?;
        let tail = &mut self.tail;
        match &mut self.target {
            Target::Stdout => to_stdout(|stdout| tail.write(stdout, documents)),
            Target::Stderr => tail.write(&mut io::stderr().lock(), documents),
            Target::Writer(writer) => {
                tail.write(writer, documents)?;
                // It has everything, so nothing is sent again; only its failure is told.
                writer.flush().map_err(|error| SendError {
                    delivered: payload.len(),
                    ..SendError::retry(format!("could not be flushed: {error}"))
                })
            }
        }
    }
}

/// Writes past the buffer of [`std::io::stdout`], under its lock: what stays in that buffer when a write fails would be
/// written later by whoever prints next, and so come twice.
#[cfg(unix)]
fn to_stdout(write: impl FnOnce(&mut dyn Write) -> Result<(), SendError>) -> Result<(), SendError> {
    use std::os::fd::AsFd;

    let retry = |error: io::Error| SendError::retry(error.to_string());
    let mut stdout = io::stdout().lock();
    stdout.flush().map_err(retry)?;
    let same = stdout.as_fd().try_clone_to_owned().map_err(retry)?;
    write(&mut std::fs::File::from(same))
}

#[cfg(not(unix))]
fn to_stdout(write: impl FnOnce(&mut dyn Write) -> Result<(), SendError>) -> Result<(), SendError> {
    let mut stdout = io::stdout().lock();
    write(&mut stdout)?;
    stdout.flush().map_err(|error| SendError::retry(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::sync::mpsc::{Sender, channel};

    use super::*;
    use crate::sink::Rest;
    use crate::sink::lines::tests::documents;

    struct Pipe(Sender<Vec<u8>>);

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map(|()| bytes.len()).map_err(|_| ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_go_to_the_writer_until_it_breaks() {
        let (sender, receiver) = channel();
        let mut stream = Stream::to(Pipe(sender)).named("pipe");
        assert_eq!((stream.name(), stream.form()), ("pipe", Form::Documents));
        let payload = Payload::Documents(documents(&["{}", "[]"]));
        assert_eq!(stream.send(&payload), Ok(()));
        assert_eq!(receiver.recv().unwrap(), b"{}\n[]\n");
        drop(receiver);
        let error = stream.send(&payload).unwrap_err();
        assert_eq!((error.delivered, error.rest, error.message.as_str()), (0, Rest::Retry, "broken pipe"));
    }

    #[test]
    fn what_cannot_be_flushed_is_not_sent_again() {
        struct Stuck;
        impl Write for Stuck {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(ErrorKind::TimedOut.into())
            }
        }
        let error = Stream::to(Stuck).send(&Payload::Documents(documents(&["{}", "[]"]))).unwrap_err();
        assert_eq!((error.delivered, error.rest), (2, Rest::Retry));
        assert_eq!(error.message, "could not be flushed: timed out");
    }
}
