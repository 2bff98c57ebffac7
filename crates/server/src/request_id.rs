//! The name a request goes by in its answer and in the log.

/// A new request id: a random UUID.
#[expect(clippy::disallowed_methods, reason = "this is where the server's randomness comes from")]
pub(crate) fn new() -> uuid::Uuid {
    uuid::Uuid::new_v4()
}
