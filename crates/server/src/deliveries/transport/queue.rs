//! Queues of this server.

use std::sync::Arc;

use nepho_notify::message::{AttributeValue, MessageAttribute};
use nepho_notify::policy::Principal;
use nepho_notify::queue::{Draft, Fault, FaultKind, GivenAttribute, QueueArn, check_attributes};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::{Attempt, Report, Transport};
use crate::deliveries::parcel::{Parcel, QueueMessage};
use crate::queues::{DurableQueues, QueueError};

/// The service that topics belong to.
const TOPICS: &str = "sns.amazonaws.com";

/// Puts messages into queues.
pub(crate) struct Queues(Arc<DurableQueues>);

impl Queues {
    pub(crate) fn new(queues: Arc<DurableQueues>) -> Self {
        Queues(queues)
    }

    async fn send(&self, message: &QueueMessage) -> Report {
        let Ok(arn) = QueueArn::parse(&message.queue) else {
            return Report::refused(format!("{} is no ARN of a queue", message.queue));
        };
        let draft = match draft(message, &arn) {
            Ok(draft) => draft,
            Err(fault) => return Report::refused(fault.message),
        };
        let sent = self.0.change(message.now, |queues| {
            let queue = queues.find_by_arn(&arn)?;
            let (id, is_known) = (queue.id, queues.has_taken(queue.id, draft.id));
            let account = arn.scope.account.as_str();
            let context = [
                ("aws:SourceArn", message.topic.as_str()),
                ("aws:SourceAccount", account),
                ("aws:SourceOwner", account),
            ];
            if !is_known && !queue.allows(Principal::Service(TOPICS), "SQS:SendMessage", &context) {
                let denied = format!("the policy of {arn} does not let {TOPICS} send messages of {}", message.topic);
                return Err(Fault::new(FaultKind::AccessDenied, denied));
            }
            queues.hand_over(id, draft, message.now)
        });
        match sent.await {
            Ok(_) => Report::delivered(),
            // There may be room later; nothing else that a queue refuses changes by itself.
            Err(QueueError::Fault(fault)) if fault.kind == FaultKind::OverLimit => Report::failed(fault.message),
            Err(QueueError::Fault(fault)) => Report::refused(fault.message),
            Err(QueueError::Store(error)) => Report::failed(error.to_string()),
        }
    }
}

fn draft(message: &QueueMessage, arn: &QueueArn) -> Result<Draft, Fault> {
    let attributes = message.attributes.iter().map(|(name, attribute)| (name.clone(), given(attribute))).collect();
    let mut draft = Draft::of_body(id_of(&message.id), arn.scope.account.clone(), message.body.clone());
    draft.attributes = check_attributes(attributes)?;
    draft.group = message.group.clone();
    draft.deduplication = message.deduplication.clone().filter(|_| arn.name.is_fifo());
    Ok(draft)
}

fn given(attribute: &MessageAttribute) -> GivenAttribute {
    let (text, bytes) = match &attribute.value {
        AttributeValue::Text(text) => (Some(text.clone()), None),
        AttributeValue::Bytes(bytes) => (None, Some(bytes.clone())),
    };
    GivenAttribute { data_type: Some(attribute.data_type.clone()), text, bytes }
}

/// The id of a message in a queue: the same each time a delivery is tried, so that one that was made again after a crash is
/// known.
fn id_of(delivery: &str) -> Uuid {
    let digest = Sha256::digest(delivery);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_random_bytes(bytes).into_uuid()
}

impl Transport for Queues {
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Attempt<'a> {
        let Parcel::Queue(message) = parcel else { unreachable!("only what goes to queues comes here") };
        Box::pin(self.send(message))
    }

    fn ended(&self, parcel: &Parcel) {
        let Parcel::Queue(message) = parcel else { unreachable!("only what goes to queues comes here") };
        if let Ok(arn) = QueueArn::parse(&message.queue) {
            self.0.settle_handover(&arn, id_of(&message.id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_the_same_message_each_time() {
        assert_eq!(id_of("a"), id_of("a"));
        assert_ne!(id_of("a"), id_of("b"));
        assert_eq!(id_of("a").get_version_num(), 4);
    }
}
