//! AWS's operations: one file each, and one table that finds them.

mod alarms;
pub(crate) mod anomaly_detector;
pub(crate) mod call;
mod delete_anomaly_detector;
mod describe_anomaly_detectors;
mod entity;
mod get_caller_identity;
mod get_metric_data;
mod get_metric_statistics;
mod list_metrics;
mod logs;
mod metric;
mod put_anomaly_detector;
mod put_metric_data;
mod sns;
mod sqs;
mod tags;
mod violations;

use std::pin::Pin;

use nepho_protocol::{Service, ServiceError};

use crate::instance::to_its_end;
use call::{Call, Reply};
pub(crate) use sns::refused;

type Answered = Pin<Box<dyn Future<Output = Result<Reply, ServiceError>> + Send>>;

/// An operation that is served.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) service: Service,
    pub(crate) name: &'static str,
    run: Run,
}

/// How an operation is answered: from its input in the call's protocol to the answer in the same.
#[derive(Debug, Clone, Copy)]
enum Run {
    /// It waits for something to be stored.
    Storing(fn(Call, Vec<u8>) -> Answered),
    /// It waits for something to happen, and is given up when the client goes away meanwhile.
    Waiting(fn(Call, Vec<u8>) -> Answered),
    /// It may block on the disk.
    Blocking(fn(&Call, &[u8]) -> Result<Reply, ServiceError>),
}

const fn storing(service: Service, name: &'static str, run: fn(Call, Vec<u8>) -> Answered) -> Operation {
    Operation { service, name, run: Run::Storing(run) }
}

const fn waiting(service: Service, name: &'static str, run: fn(Call, Vec<u8>) -> Answered) -> Operation {
    Operation { service, name, run: Run::Waiting(run) }
}

const fn blocking(
    service: Service,
    name: &'static str,
    run: fn(&Call, &[u8]) -> Result<Reply, ServiceError>,
) -> Operation {
    Operation { service, name, run: Run::Blocking(run) }
}

/// Every operation that is served.
const OPERATIONS: &[Operation] = &[
    storing(Service::CloudWatch, "PutMetricData", |call, body| Box::pin(put_metric_data::answer(call, body))),
    blocking(Service::CloudWatch, "GetMetricData", get_metric_data::answer),
    blocking(Service::CloudWatch, "GetMetricStatistics", get_metric_statistics::answer),
    blocking(Service::CloudWatch, "ListMetrics", list_metrics::answer),
    blocking(Service::CloudWatch, "PutAnomalyDetector", put_anomaly_detector::answer),
    blocking(Service::CloudWatch, "DescribeAnomalyDetectors", describe_anomaly_detectors::answer),
    blocking(Service::CloudWatch, "DeleteAnomalyDetector", delete_anomaly_detector::answer),
    blocking(Service::CloudWatch, "PutMetricAlarm", alarms::put_metric_alarm::answer),
    blocking(Service::CloudWatch, "PutCompositeAlarm", alarms::put_composite_alarm::answer),
    blocking(Service::CloudWatch, "DescribeAlarms", alarms::describe_alarms::answer),
    blocking(Service::CloudWatch, "DescribeAlarmsForMetric", alarms::describe_alarms_for_metric::answer),
    blocking(Service::CloudWatch, "DescribeAlarmHistory", alarms::describe_alarm_history::answer),
    blocking(Service::CloudWatch, "DescribeAlarmContributors", alarms::describe_alarm_contributors::answer),
    blocking(Service::CloudWatch, "SetAlarmState", alarms::set_alarm_state::answer),
    blocking(Service::CloudWatch, "EnableAlarmActions", alarms::enable_alarm_actions::enable),
    blocking(Service::CloudWatch, "DisableAlarmActions", alarms::enable_alarm_actions::disable),
    blocking(Service::CloudWatch, "DeleteAlarms", alarms::delete_alarms::answer),
    blocking(Service::CloudWatch, "PutAlarmMuteRule", alarms::put_alarm_mute_rule::answer),
    blocking(Service::CloudWatch, "GetAlarmMuteRule", alarms::get_alarm_mute_rule::answer),
    blocking(Service::CloudWatch, "ListAlarmMuteRules", alarms::list_alarm_mute_rules::answer),
    blocking(Service::CloudWatch, "DeleteAlarmMuteRule", alarms::delete_alarm_mute_rule::answer),
    blocking(Service::CloudWatch, "TagResource", tags::tag),
    blocking(Service::CloudWatch, "UntagResource", tags::untag),
    blocking(Service::CloudWatch, "ListTagsForResource", tags::list),
    blocking(Service::Sts, "GetCallerIdentity", get_caller_identity::answer),
    blocking(Service::Logs, "CreateLogGroup", logs::create_log_group::answer),
    blocking(Service::Logs, "CreateLogStream", logs::create_log_stream::answer),
    blocking(Service::Logs, "DescribeLogGroups", logs::describe_log_groups::answer),
    blocking(Service::Logs, "DescribeLogStreams", logs::describe_log_streams::answer),
    storing(Service::Logs, "PutLogEvents", |call, body| Box::pin(logs::put_log_events::answer(call, body))),
    blocking(Service::Sns, "AddPermission", sns::add_permission::answer),
    blocking(Service::Sns, "ConfirmSubscription", sns::confirm_subscription::answer),
    blocking(Service::Sns, "CreateTopic", sns::create_topic::answer),
    blocking(Service::Sns, "DeleteTopic", sns::delete_topic::answer),
    blocking(Service::Sns, "GetSubscriptionAttributes", sns::get_subscription_attributes::answer),
    blocking(Service::Sns, "GetTopicAttributes", sns::get_topic_attributes::answer),
    blocking(Service::Sns, "ListSubscriptions", sns::list_subscriptions::answer),
    blocking(Service::Sns, "ListSubscriptionsByTopic", sns::list_subscriptions_by_topic::answer),
    blocking(Service::Sns, "ListTopics", sns::list_topics::answer),
    blocking(Service::Sns, "RemovePermission", sns::remove_permission::answer),
    blocking(Service::Sns, "SetSubscriptionAttributes", sns::set_subscription_attributes::answer),
    blocking(Service::Sns, "SetTopicAttributes", sns::set_topic_attributes::answer),
    blocking(Service::Sns, "Subscribe", sns::subscribe::answer),
    blocking(Service::Sns, "Unsubscribe", sns::unsubscribe::answer),
    blocking(Service::Sns, "TagResource", sns::tags::tag),
    blocking(Service::Sns, "UntagResource", sns::tags::untag),
    blocking(Service::Sns, "ListTagsForResource", sns::tags::list),
    storing(Service::Sns, "Publish", |call, body| Box::pin(sns::publish::answer(call, body))),
    storing(Service::Sns, "PublishBatch", |call, body| Box::pin(sns::publish_batch::answer(call, body))),
    storing(Service::Sqs, "AddPermission", |call, body| Box::pin(sqs::add_permission::answer(call, body))),
    storing(Service::Sqs, "ChangeMessageVisibility", |call, body| {
        Box::pin(sqs::change_message_visibility::answer(call, body))
    }),
    storing(Service::Sqs, "ChangeMessageVisibilityBatch", |call, body| {
        Box::pin(sqs::change_message_visibility_batch::answer(call, body))
    }),
    storing(Service::Sqs, "CreateQueue", |call, body| Box::pin(sqs::create_queue::answer(call, body))),
    storing(Service::Sqs, "DeleteMessage", |call, body| Box::pin(sqs::delete_message::answer(call, body))),
    storing(Service::Sqs, "DeleteMessageBatch", |call, body| Box::pin(sqs::delete_message_batch::answer(call, body))),
    storing(Service::Sqs, "DeleteQueue", |call, body| Box::pin(sqs::delete_queue::answer(call, body))),
    storing(Service::Sqs, "GetQueueAttributes", |call, body| Box::pin(sqs::get_queue_attributes::answer(call, body))),
    storing(Service::Sqs, "GetQueueUrl", |call, body| Box::pin(sqs::get_queue_url::answer(call, body))),
    storing(Service::Sqs, "ListDeadLetterSourceQueues", |call, body| {
        Box::pin(sqs::list_dead_letter_source_queues::answer(call, body))
    }),
    storing(Service::Sqs, "ListQueueTags", |call, body| Box::pin(sqs::list_queue_tags::answer(call, body))),
    storing(Service::Sqs, "ListQueues", |call, body| Box::pin(sqs::list_queues::answer(call, body))),
    storing(Service::Sqs, "PurgeQueue", |call, body| Box::pin(sqs::purge_queue::answer(call, body))),
    waiting(Service::Sqs, "ReceiveMessage", |call, body| Box::pin(sqs::receive_message::answer(call, body))),
    storing(Service::Sqs, "RemovePermission", |call, body| Box::pin(sqs::remove_permission::answer(call, body))),
    storing(Service::Sqs, "SendMessage", |call, body| Box::pin(sqs::send_message::answer(call, body))),
    storing(Service::Sqs, "SendMessageBatch", |call, body| Box::pin(sqs::send_message_batch::answer(call, body))),
    storing(Service::Sqs, "SetQueueAttributes", |call, body| Box::pin(sqs::set_queue_attributes::answer(call, body))),
    storing(Service::Sqs, "TagQueue", |call, body| Box::pin(sqs::tag_queue::answer(call, body))),
    storing(Service::Sqs, "UntagQueue", |call, body| Box::pin(sqs::untag_queue::answer(call, body))),
];

/// The operation of this name.
pub(crate) fn find(service: Service, name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.service == service && operation.name == name)
}

impl Operation {
    /// Answers a call. What has begun is done to its end, also when the client goes away meanwhile.
    pub(crate) async fn answer(&self, call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
        match self.run {
            Run::Storing(run) => to_its_end(run(call, body)).await,
            Run::Waiting(run) => run(call, body).await,
            Run::Blocking(run) => {
                let instance = call.instance.clone();
                instance.blocking(move |_| run(&call, &body)).await
            }
        }
    }
}
