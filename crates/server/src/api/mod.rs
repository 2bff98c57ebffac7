//! AWS's operations: one file each, and one table that finds them.

mod aggregation;
pub(crate) mod call;
mod entity;
mod get_caller_identity;
mod get_metric_data;
mod get_metric_statistics;
mod list_metrics;
mod logs;
mod metric;
mod put_metric_data;
mod search;
mod tags;
mod violations;

use std::pin::Pin;

use nepho_protocol::{Service, ServiceError};

use crate::instance::to_its_end;
use call::{Call, Reply};

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
    /// It waits for samples to be stored.
    Storing(fn(Call, Vec<u8>) -> Answered),
    /// It may block on the disk.
    Blocking(fn(&Call, &[u8]) -> Result<Reply, ServiceError>),
}

const fn storing(service: Service, name: &'static str, run: fn(Call, Vec<u8>) -> Answered) -> Operation {
    Operation { service, name, run: Run::Storing(run) }
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
    blocking(Service::CloudWatch, "TagResource", tags::tag),
    blocking(Service::CloudWatch, "UntagResource", tags::untag),
    blocking(Service::CloudWatch, "ListTagsForResource", tags::list),
    blocking(Service::Sts, "GetCallerIdentity", get_caller_identity::answer),
    blocking(Service::Logs, "CreateLogGroup", logs::create_log_group::answer),
    blocking(Service::Logs, "CreateLogStream", logs::create_log_stream::answer),
    blocking(Service::Logs, "DescribeLogGroups", logs::describe_log_groups::answer),
    blocking(Service::Logs, "DescribeLogStreams", logs::describe_log_streams::answer),
    storing(Service::Logs, "PutLogEvents", |call, body| Box::pin(logs::put_log_events::answer(call, body))),
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
            Run::Blocking(run) => {
                let instance = call.instance.clone();
                instance.blocking(move |_| run(&call, &body)).await
            }
        }
    }
}
