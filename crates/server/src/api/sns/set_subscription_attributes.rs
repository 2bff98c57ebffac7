//! SetSubscriptionAttributes: changes one attribute of a subscription.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::sns::set_subscription_attributes::SetSubscriptionAttributesInput;

use super::subscribe::check_filters;
use super::{failed, subscription};
use crate::api::call::{Call, Reply};
use crate::noise;
use crate::topics::error::TopicError;
use crate::topics::subscription::Subscription;

/// Answers when it is changed.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: SetSubscriptionAttributesInput = call.decode(body)?;
    set(call, &input).map_err(|error| failed(call, error))?;
    Ok(call.encode(&NoOutput))
}

fn set(call: &Call, input: &SetSubscriptionAttributesInput) -> Result<(), TopicError> {
    let instance = &call.instance;
    let _alone = instance.changing_records();
    let (topic, known) = subscription(call, input.subscription_arn.as_deref())?;
    let name = input.attribute_name.as_deref().unwrap_or_default();
    let value = input.attribute_value.as_deref().unwrap_or_default();
    let settings = known.settings.with(known.subscriber(), name, value)?;
    if settings.filter().is_some() {
        check_filters(&topic, Some(&known.arn))?;
    }
    let changed = Subscription { settings, ..Subscription::clone(&known) };
    instance.records.commit(&[changed.put()])?;
    instance.topics.forget(&topic.arn);
    if changed.settings.noise() != known.settings.noise() {
        // What is kept by the rules that were there goes out.
        instance.noise.hasten(&noise::prefix(&known.arn), call.now);
        instance.deadlines_changed();
    }
    Ok(())
}
