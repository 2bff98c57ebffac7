//! Unsubscribe: gives up a subscription. One that is not there does not matter.

use nepho_notify::subscription::SubscriptionArn;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::sns::unsubscribe::UnsubscribeInput;

use super::{failed, refused};
use crate::api::call::{Call, Reply};
use crate::topics::confirm::{By, unsubscribe};

/// Answers when it is gone.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: UnsubscribeInput = call.decode(body)?;
    let arn = SubscriptionArn::parse(input.subscription_arn.as_deref().unwrap_or_default()).map_err(refused)?;
    let by = By::Account(&call.scope.account);
    unsubscribe(&call.instance, &arn, by, call.now).map_err(|error| failed(call, error))?;
    Ok(call.encode(&NoOutput))
}
