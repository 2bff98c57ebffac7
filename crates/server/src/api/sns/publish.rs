//! Publish: a message for all who have subscribed to a topic.

use std::time::Duration;

use nepho_notify::Refusal;
use nepho_notify::message::{Draft, Given};
use nepho_notify::topic::TopicArn;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sns::publish::{PublishInput, PublishOutput};

use super::{failed, message, refused, topic, topic_arn};
use crate::api::call::{Call, Reply};
use crate::commits::commit;
use crate::deliveries::lanes::Tried;
use crate::instance::Instance;
use crate::topics::error::TopicError;
use crate::topics::outbox::{Outbox, Published, Sealed};
use crate::topics::permission::Who;

/// How long an answer waits for queues of this server to have the message, which those expect who look there next.
const QUEUE_PATIENCE: Duration = Duration::from_secs(5);

/// Answers when the message is durable.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: PublishInput = call.decode(&body)?;
    let path = |_| "messageAttributes".to_owned();
    let published = publish(&call, vec![input], path).await.map_err(|error| failed(&call, error))?;
    let published = published.into_iter().next().expect("there was a message").map_err(refused)?;
    let output = PublishOutput { message_id: Some(published.message_id), sequence_number: published.sequence_number };
    Ok(call.encode(&output))
}

/// Publishes those messages to one topic that can be, and says of each what came of it. Of messages to a FIFO topic all are
/// published or none, as one that is left out would change the order. `path` is where the attributes of a message stand.
pub(super) async fn publish(
    call: &Call,
    inputs: Vec<PublishInput>,
    path: fn(usize) -> String,
) -> Result<Vec<Outcome>, TopicError> {
    let instance = call.instance.clone();
    let asking = call.clone();
    let decided = instance.blocking(move |instance| decide(instance, &asking, inputs, path)).await?;
    let tried = match decided.sealed {
        Step::Committed(tried) => tried,
        Step::Sealed(mut sealed) => {
            commit(&instance, std::mem::take(&mut sealed.changes)).await?;
            sealed.committed(&instance)
        }
    };
    tried.wait(QUEUE_PATIENCE).await;
    Ok(decided.published)
}

/// What came of a message.
type Outcome = Result<Published, Refusal>;

struct Decided {
    published: Vec<Outcome>,
    sealed: Step,
}

enum Step {
    /// To be committed.
    Sealed(Sealed),
    /// Messages of a FIFO topic, which nobody may come between.
    Committed(Tried),
}

fn decide(
    instance: &Instance,
    call: &Call,
    inputs: Vec<PublishInput>,
    path: fn(usize) -> String,
) -> Result<Decided, TopicError> {
    let arn = target(call, &inputs)?;
    let known = topic(call, Some(&arn.to_string()), "Publish")?;
    let check = |(position, input)| Draft::check(&arn.name, &known.settings, given(input)?, &path(position));
    let mut drafts: Vec<_> = inputs.into_iter().enumerate().map(check).collect();
    if arn.name.is_fifo() {
        drafts = drafts.into_iter().map(|draft| draft.map(Ok)).collect::<Result<_, _>>()?;
    }
    let who = Who::Account(&call.scope.account);
    let publish_all = |outbox: &mut Outbox<'_>| -> Result<Vec<Outcome>, TopicError> {
        let publish = |draft: &Result<_, Refusal>| match draft {
            Ok(draft) => outbox.publish(&arn, draft, who).map(Ok),
            Err(refusal) => Ok(Err(refusal.clone())),
        };
        drafts.iter().map(publish).collect()
    };
    if !arn.name.is_fifo() {
        let mut outbox = Outbox::new(instance, call.now);
        let published = publish_all(&mut outbox)?;
        return Ok(Decided { published, sealed: Step::Sealed(outbox.seal()) });
    }
    let alone = instance.changing_records();
    let mut outbox = Outbox::counting(instance, &alone, call.now);
    let published = publish_all(&mut outbox)?;
    let sealed = outbox.seal();
    instance.records.commit(&sealed.changes)?;
    Ok(Decided { published, sealed: Step::Committed(sealed.committed(instance)) })
}

/// Which topic is meant.
fn target(call: &Call, inputs: &[PublishInput]) -> Result<TopicArn, Refusal> {
    let input = inputs.first().expect("there is a message");
    if input.phone_number.is_some() {
        return Err(Refusal::invalid("PhoneNumber Reason: sms is not implemented here"));
    }
    match (&input.topic_arn, &input.target_arn) {
        (Some(arn), None) => topic_arn(call, Some(arn), "TopicArn"),
        (None, Some(arn)) => topic_arn(call, Some(arn), "TargetArn"),
        (Some(_), Some(_)) => Err(Refusal::invalid("TopicArn or TargetArn Reason: there can be only one")),
        (None, None) => Err(Refusal::invalid("TopicArn or TargetArn Reason: no value for required parameter")),
    }
}

fn given(input: PublishInput) -> Result<Given, Refusal> {
    Ok(Given {
        message: input.message,
        subject: input.subject,
        structure: input.message_structure,
        attributes: message::attributes(input.message_attributes)?,
        group: input.message_group_id,
        deduplication: input.message_deduplication_id,
    })
}
