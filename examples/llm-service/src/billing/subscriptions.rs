//! Who has subscribed.

use std::collections::HashMap;

use super::event::{Checkout, Deleted};

/// Subscriptions by id. They stand for the service's own table, and last as long as the process.
#[derive(Debug, Default)]
pub(super) struct Subscriptions(HashMap<String, Subscription>);

#[derive(Debug)]
struct Subscription {
    user: Option<String>,
    is_active: bool,
}

/// Why nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// An event of a kind that nothing here is about.
    Kind,
    /// A checkout of something that is bought once.
    NoSubscription,
    /// A checkout that is not paid yet.
    Unpaid,
    /// The subscription is active already, or has ended: events arrive in any order.
    AlreadySo,
}

impl Subscriptions {
    /// Activates what was bought, and says whose it is, where that is known.
    pub(super) fn activate(&mut self, checkout: &Checkout) -> Result<Option<&str>, Ignored> {
        let id = checkout.subscription.as_ref().ok_or(Ignored::NoSubscription)?;
        if checkout.payment_status == "unpaid" {
            return Err(Ignored::Unpaid);
        }
        if self.0.contains_key(id) {
            return Err(Ignored::AlreadySo);
        }
        let user = checkout.client_reference_id.clone();
        let subscription = self.0.entry(id.clone()).or_insert(Subscription { user, is_active: true });
        Ok(subscription.user.as_deref())
    }

    /// Ends a subscription, and says whose it was, where that is known.
    pub(super) fn cancel(&mut self, deleted: &Deleted) -> Result<Option<&str>, Ignored> {
        // One that was never activated has ended all the same, and must not be activated later.
        let unknown = Subscription { user: None, is_active: true };
        let subscription = self.0.entry(deleted.id.clone()).or_insert(unknown);
        if !std::mem::replace(&mut subscription.is_active, false) {
            return Err(Ignored::AlreadySo);
        }
        Ok(subscription.user.as_deref())
    }
}
