//! Webhooks of the billing service.

mod deliveries;
mod event;
mod signature;
mod subscriptions;

pub use deliveries::DELIVERIES_MAX;
pub use signature::{SignatureError, TOLERANCE_SECONDS, sign};
pub use subscriptions::Ignored;

use std::sync::{Mutex, PoisonError};

use crate::events::{Business, Events};
use deliveries::{Deliveries, Delivery};
use event::{Event, Object};
use subscriptions::Subscriptions;

/// Takes webhooks in: what is signed and new changes subscriptions, and is told as a business event.
#[derive(Debug)]
pub struct Billing {
    secret: String,
    events: Events,
    /// One lock for both: an event is taken once, whoever else delivers it at the same moment.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    deliveries: Deliveries,
    subscriptions: Subscriptions,
}

/// What became of a webhook that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A subscription is active now.
    Activated,
    /// A subscription has ended.
    Cancelled,
    /// The event was taken already, and is delivered once more.
    Duplicate,
    /// There was nothing to do.
    Ignored(Ignored),
}

/// Why a webhook was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not the billing service's.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The very same delivery was here already: the billing service signs each of its own anew.
    #[error("event {0} was delivered already with this signature")]
    Replayed(String),
    /// It is no event.
    #[error("the body is not an event: {0}")]
    Malformed(String),
}

impl Billing {
    /// Nothing is subscribed yet. `secret` is the one the webhooks are signed with.
    pub fn new(secret: &str, events: Events) -> Self {
        Billing { secret: secret.to_owned(), events, state: Mutex::default() }
    }

    /// Takes a webhook in, at `now` (seconds since 1970).
    ///
    /// # Errors
    /// When it is refused; then nothing has changed.
    pub fn receive(&self, signature: &str, body: &[u8], now: u64) -> Result<Outcome, Refusal> {
        let signed_at = signature::verify(signature, body, &self.secret, now)?;
        let event = Event::read(body).map_err(|error| Refusal::Malformed(error.to_string()))?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.deliveries.look(&event.id, signed_at) {
            Delivery::New => {}
            Delivery::Again => return Ok(Outcome::Duplicate),
            Delivery::Replayed => return Err(Refusal::Replayed(event.id)),
        }
        let outcome = self.apply(&mut state.subscriptions, &event.object);
        state.deliveries.remember(event.id, signed_at);
        Ok(outcome)
    }

    /// The event is told when the subscription has changed, and not before.
    fn apply(&self, subscriptions: &mut Subscriptions, object: &Object) -> Outcome {
        match object {
            Object::Checkout(checkout) => match subscriptions.activate(checkout) {
                Ok(user) => {
                    self.events.tell(Business::NewSubscription, user);
                    Outcome::Activated
                }
                Err(ignored) => Outcome::Ignored(ignored),
            },
            Object::Deleted(deleted) => match subscriptions.cancel(deleted) {
                Ok(user) => {
                    self.events.tell(Business::SubscriptionCancelled, user);
                    Outcome::Cancelled
                }
                Err(ignored) => Outcome::Ignored(ignored),
            },
            Object::Other => Outcome::Ignored(Ignored::Kind),
        }
    }
}

#[cfg(test)]
mod tests;
