//! ConfirmSubscription: says yes with the token that was sent to an endpoint.

use nepho_notify::Refusal;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sns::confirm_subscription::{ConfirmSubscriptionInput, ConfirmSubscriptionOutput};

use super::{failed, refused};
use crate::api::call::{Call, Reply};
use crate::topics::confirm::{Confirming, confirm};

/// Answers the ARN of the subscription.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: ConfirmSubscriptionInput = call.decode(body)?;
    let is_owner_only = match input.authenticate_on_unsubscribe.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "false") => false,
        Some("true") => true,
        Some(_) => return Err(refused(Refusal::invalid("AuthenticateOnUnsubscribe"))),
    };
    let confirming = Confirming {
        topic: input.topic_arn.as_deref().unwrap_or_default(),
        token: input.token.as_deref().unwrap_or_default(),
        is_authenticated: call.access_key.is_some(),
        is_owner_only,
    };
    let arn = confirm(&call.instance, confirming, call.now).map_err(|error| failed(call, error))?;
    Ok(call.encode(&ConfirmSubscriptionOutput { subscription_arn: Some(arn.to_string()) }))
}
