//! A sink that takes everything and keeps nothing.

use crate::sink::{Form, Payload, SendError, Sink};

/// Takes everything and keeps nothing: for measuring, and for a process that must not send.
#[derive(Debug, Clone, Copy)]
pub struct Discard {
    form: Form,
}

impl Discard {
    /// One that takes payloads of this form.
    pub const fn new(form: Form) -> Self {
        Discard { form }
    }
}

impl Sink for Discard {
    fn name(&self) -> &str {
        "discard"
    }

    fn form(&self) -> Form {
        self.form
    }

    fn send(&mut self, _: &Payload) -> Result<(), SendError> {
        Ok(())
    }
}
