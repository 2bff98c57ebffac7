//! Sinks against real receivers: agents, a server, and a standard output that goes away.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod agent;
#[cfg(feature = "http")]
mod http;
#[cfg(unix)]
mod stdout;

use std::time::Duration;

use nepho::sink::{Documents, Payload};

/// How long a test waits at most for what must happen.
const SOON: Duration = Duration::from_secs(30);

/// Documents of one sample.
fn payload<T: AsRef<[u8]>>(texts: &[T]) -> Payload {
    let mut documents = Documents::default();
    texts.iter().for_each(|text| documents.push(1, |out| out.extend_from_slice(text.as_ref())));
    Payload::Documents(documents)
}
