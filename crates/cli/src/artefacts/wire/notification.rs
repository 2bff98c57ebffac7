//! Topics, their subscriptions and policies, and queues.

use crate::artefacts::found::{Queue, Subscription, Topic, TopicPolicy};
use crate::artefacts::members::{Members, Spelling};

/// Reads the members of a topic, whose ARN the reader knows.
pub(crate) fn topic(topic: &mut Members<'_>, arn: String) -> Topic {
    let found = Topic {
        arn,
        name: topic.text(if topic.spelling() == Spelling::Aws { "TopicName" } else { "Name" }),
        display_name: topic.text("DisplayName"),
        delivery_policy: topic.json("DeliveryPolicy"),
        policy: topic.json("Policy"),
        is_fifo: topic.boolean("FifoTopic").unwrap_or(false),
    };
    topic.ignore_others();
    found
}

/// Reads the members of a subscription.
pub(crate) fn subscription(subscription: &mut Members<'_>) -> Subscription {
    let found = Subscription {
        topic_arn: subscription.text("TopicArn"),
        protocol: subscription.text("Protocol"),
        endpoint: subscription.text("Endpoint"),
        filter_policy: subscription.json("FilterPolicy"),
        filter_policy_scope: subscription.text("FilterPolicyScope"),
        redrive_policy: subscription.json("RedrivePolicy"),
        delivery_policy: subscription.json("DeliveryPolicy"),
        raw_message_delivery: subscription.boolean("RawMessageDelivery"),
    };
    subscription.ignore_others();
    found
}

/// Reads the members of a policy of topics.
pub(crate) fn topic_policy(policy: &mut Members<'_>) -> TopicPolicy {
    let found = match policy.spelling() {
        Spelling::Aws => TopicPolicy {
            topic_arns: policy.texts("Topics").unwrap_or_default(),
            policy: policy.json("PolicyDocument"),
        },
        Spelling::Terraform => {
            TopicPolicy { topic_arns: policy.text("Arn").into_iter().collect(), policy: policy.json("Policy") }
        }
    };
    policy.ignore_others();
    found
}

/// Reads the members of a queue, whose ARN the reader knows.
pub(crate) fn queue(queue: &mut Members<'_>, arn: String) -> Queue {
    let [name, retention] = match queue.spelling() {
        Spelling::Aws => ["QueueName", "MessageRetentionPeriod"],
        Spelling::Terraform => ["Name", "MessageRetentionSeconds"],
    };
    let found = Queue {
        arn,
        name: queue.text(name),
        message_retention_seconds: queue.integer(retention),
        redrive_policy: queue.json("RedrivePolicy"),
    };
    queue.ignore_others();
    found
}
