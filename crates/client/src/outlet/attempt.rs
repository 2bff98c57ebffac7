//! One attempt to send a payload, whatever the sink does.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::account::Cause;
use crate::outlet::PAYLOAD_FAILURES_MAX;
use crate::outlet::shared::Shared;
use crate::sink::{Payload, Rest, SendError, Sink};
use crate::warnings::Notice;

/// What an attempt came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attempt {
    /// These are refused; in ascending order.
    pub(super) refused: Vec<usize>,
    /// So many from the beginning of what is left then are delivered.
    pub(super) delivered: usize,
    /// What is to be done with the rest.
    pub(super) verdict: Verdict,
    pub(super) message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// There is no rest.
    Done,
    /// The sink failed: the rest is sent later.
    Failed,
}

/// How many samples became of a payload what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Samples {
    pub(super) refused: u64,
    pub(super) delivered: u64,
    pub(super) rest: u64,
}

impl Attempt {
    /// One that is done with all `count` of a payload.
    pub(super) fn done(count: usize) -> Self {
        Attempt { refused: Vec::new(), delivered: count, verdict: Verdict::Done, message: String::new() }
    }

    /// How many samples of the payload that was sent became what.
    pub(super) fn samples(&self, payload: &Payload) -> Samples {
        let (mut samples, mut delivered) = (Samples::default(), 0);
        for (index, of_one) in payload.samples_of_each().into_iter().enumerate() {
            if self.refused.binary_search(&index).is_ok() {
                samples.refused += of_one;
            } else if delivered < self.delivered {
                delivered += 1;
                samples.delivered += of_one;
            } else {
                samples.rest += of_one;
            }
        }
        samples
    }

    /// Leaves the rest in the payload.
    pub(super) fn remove_from(&self, payload: &mut Payload) {
        payload.remove_each(&self.refused);
        payload.remove_first(self.delivered);
    }

    /// Whether the sink took, or refused, anything.
    pub(super) fn has_progress(&self) -> bool {
        self.delivered > 0 || !self.refused.is_empty()
    }
}

/// How often one payload failed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Trials {
    failures: u32,
    /// How many payloads the sink had taken when this one failed first.
    successes: u64,
}

impl Trials {
    /// Counts a failure, when the sink has taken so many payloads. Answers whether there is no hope for this one.
    pub(super) fn failed(&mut self, tried: &Attempt, successes: u64) -> bool {
        if self.failures == 0 || tried.has_progress() {
            *self = Trials { failures: 0, successes };
        }
        self.failures = self.failures.saturating_add(1);
        self.failures >= PAYLOAD_FAILURES_MAX && successes > self.successes
    }
}

/// Sends a payload once. A sink that panics has failed, and one that answers what cannot be is corrected.
pub(super) fn attempt(sink: &mut dyn Sink, payload: &Payload, shared: &Shared) -> Attempt {
    let name = &shared.name;
    match catch_unwind(AssertUnwindSafe(|| sink.send(payload))) {
        Ok(Ok(())) => Attempt::done(payload.len()),
        Ok(Err(error)) => {
            let (tried, is_corrected) = corrected(error, payload.len());
            if is_corrected {
                let detail = format_args!("answered what cannot be for {} items: {}", payload.len(), tried.message);
                shared.warnings.notice(Notice::SinkNonsense, name, detail);
            }
            tell(&tried, shared);
            tried
        }
        Err(panic) => {
            let message = format!("panicked: {}", words(panic.as_ref()));
            shared.warnings.notice(Notice::SinkPanicked, name, format_args!("{message}"));
            Attempt { refused: Vec::new(), delivered: 0, verdict: Verdict::Failed, message }
        }
    }
}

/// What an error means for a payload of `count` items, and whether it had to be corrected.
fn corrected(error: SendError, count: usize) -> (Attempt, bool) {
    let SendError { mut refused, delivered, rest, message } = error;
    let claimed = refused.len();
    refused.sort_unstable();
    refused.dedup();
    refused.retain(|index| *index < count);
    let left = count - refused.len();
    let is_corrected = refused.len() != claimed || delivered > left;
    let delivered = delivered.min(left);
    let verdict = match rest {
        // When nothing is left, it failed all the same.
        Rest::Retry => Verdict::Failed,
        Rest::Refused => {
            let is_kept = |index: &usize| refused.binary_search(index).is_err();
            let kept: Vec<_> = (0..count).filter(is_kept).take(delivered).collect();
            refused = (0..count).filter(|index| kept.binary_search(index).is_err()).collect();
            Verdict::Done
        }
    };
    (Attempt { refused, delivered, verdict, message }, is_corrected)
}

fn tell(tried: &Attempt, shared: &Shared) {
    let message = &tried.message;
    if !tried.refused.is_empty() {
        shared.warnings.dropped(Cause::Refused, &shared.name, format_args!("{message}"));
    }
    if tried.verdict == Verdict::Failed {
        shared.warnings.notice(Notice::SinkFailed, &shared.name, format_args!("failed, and is tried again: {message}"));
    }
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> &str {
    let literal = panic.downcast_ref::<&str>().copied();
    literal.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no words")
}
