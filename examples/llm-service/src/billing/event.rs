//! Events of the billing service, as far as they matter here.

use serde::Deserialize;
use serde_json::{Error, Value};

/// An event.
#[derive(Debug)]
pub(super) struct Event {
    /// The same in every delivery.
    pub(super) id: String,
    pub(super) object: Object,
}

/// What it is about.
#[derive(Debug)]
pub(super) enum Object {
    /// `checkout.session.completed`
    Checkout(Checkout),
    /// `customer.subscription.deleted`
    Deleted(Deleted),
    /// What nobody here asked for.
    Other,
}

/// A checkout that a customer has gone through.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Checkout {
    /// The user, as this service knows them; it says so when it begins the checkout.
    pub(super) client_reference_id: Option<String>,
    /// What was bought, unless it is something that is bought once.
    pub(super) subscription: Option<String>,
    /// `paid`, `unpaid` (the bank takes its time) or `no_payment_required`.
    pub(super) payment_status: String,
}

/// A subscription that has ended.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Deleted {
    pub(super) id: String,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

impl Event {
    /// Reads the body of a webhook.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn read(body: &[u8]) -> Result<Event, Error> {
        let Wire { id, kind, data } = serde_json::from_slice(body)?;
        let object = match kind.as_str() {
            "checkout.session.completed" => Object::Checkout(serde_json::from_value(data.object)?),
            "customer.subscription.deleted" => Object::Deleted(serde_json::from_value(data.object)?),
            _ => Object::Other,
        };
        Ok(Event { id, object })
    }
}
