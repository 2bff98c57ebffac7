//! What receivers do with the messages they have: deleting them, and hiding them longer or no longer.

use nepho_model::Timestamp;

use super::event::Event;
use super::fault::{Fault, FaultKind};
use super::message::State;
use super::queues::{Queues, Step};
use super::receipt::Receipt;
use super::settings::VISIBILITY_SECONDS_MAX;

/// The seconds that ChangeMessageVisibility is given.
///
/// # Errors
///
/// None are, or too many.
pub fn visibility(seconds: Option<i64>) -> Result<u32, Fault> {
    within(seconds, &format!("Must be between 0 and {VISIBILITY_SECONDS_MAX}."))
}

/// The seconds of an entry of ChangeMessageVisibilityBatch, which has other words.
///
/// # Errors
///
/// None are given, or too many.
pub fn visibility_of_entry(seconds: Option<i64>) -> Result<u32, Fault> {
    within(seconds, &format!("VisibilityTimeout must be an integer between 0 and {VISIBILITY_SECONDS_MAX}."))
}

fn within(seconds: Option<i64>, reason: &str) -> Result<u32, Fault> {
    let given = seconds.ok_or_else(|| Fault::missing("VisibilityTimeout"))?;
    let seconds = u32::try_from(given).ok().filter(|seconds| *seconds <= VISIBILITY_SECONDS_MAX);
    seconds.ok_or_else(|| Fault::invalid(given, "VisibilityTimeout", reason))
}

impl Queues {
    /// DeleteMessage. Deleting what is not there any more does not matter.
    ///
    /// # Errors
    ///
    /// The handle is none of this queue, or, of a FIFO queue, its message is not in flight with it any more.
    pub fn delete(&mut self, id: u64, handle: &str, now: Timestamp) -> Result<Step<()>, Fault> {
        let receipt = self.receipt(id, handle, now)?;
        let queue = self.settled(id, now)?;
        let mut events = Vec::new();
        if let Some(message) = queue.message(receipt.number) {
            let is_in_flight = matches!(message.state, State::InFlight { .. }) && message.receives == receipt.receives;
            if queue.settings.is_fifo && !is_in_flight {
                return Err(expired(handle));
            }
            events.push(Event::Delete { queue: id, numbers: vec![receipt.number] });
        }
        queue.tally.deleted += 1;
        Ok(self.done((), events))
    }

    /// ChangeMessageVisibility: hides a message that is in flight for so many seconds from now.
    ///
    /// # Errors
    ///
    /// The handle is none of this queue, its message is gone, or would be hidden for too long.
    pub fn change_visibility(
        &mut self,
        id: u64,
        handle: &str,
        seconds: u32,
        now: Timestamp,
    ) -> Result<Step<()>, Fault> {
        let receipt = self.receipt(id, handle, now)?;
        let queue = self.settled(id, now)?;
        let Some(message) = queue.message(receipt.number) else {
            let reason = "Message does not exist or is not available for visibility timeout change.";
            return Err(Fault::invalid(handle, "ReceiptHandle", reason));
        };
        let since = match message.state {
            State::InFlight { since, .. } => since,
            _ if queue.settings.is_fifo => return Err(expired(handle)),
            // As recorded: the message can be received again already, and it does not matter.
            _ => return Ok(Step { value: (), events: Vec::new() }),
        };
        if queue.settings.is_fifo && message.receives != receipt.receives {
            return Err(expired(handle));
        }
        let until = Timestamp::from_millis(now.millis() + i64::from(seconds) * 1000);
        if until.millis() - since.millis() > i64::from(VISIBILITY_SECONDS_MAX) * 1000 {
            let reason = format!(
                "Total VisibilityTimeout for the message is beyond the limit [{VISIBILITY_SECONDS_MAX} seconds]"
            );
            return Err(Fault::invalid(seconds, "VisibilityTimeout", &reason));
        }
        Ok(self.done((), vec![Event::Hide { queue: id, number: receipt.number, until, attempt: None }]))
    }

    /// The receipt of a handle, which has to be one of this queue.
    fn receipt(&mut self, id: u64, handle: &str, now: Timestamp) -> Result<Receipt, Fault> {
        self.look(id, now)?;
        if handle.is_empty() {
            return Err(Fault::missing("ReceiptHandle"));
        }
        let receipt = Receipt::parse(handle)?;
        match receipt.queue == id {
            true => Ok(receipt),
            false => {
                let message = format!("The receipt handle \"{handle}\" is not valid for this queue.");
                Err(Fault::new(FaultKind::ReceiptHandleIsInvalid, message))
            }
        }
    }
}

fn expired(handle: &str) -> Fault {
    Fault::invalid(handle, "ReceiptHandle", "The receipt handle has expired.")
}
