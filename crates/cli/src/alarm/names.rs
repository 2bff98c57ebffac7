//! The names of the alarms that are put.

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::AlarmType;

use crate::endpoint;
use crate::exit::Failure;
use crate::refusal;

/// The names of all alarms.
pub(super) async fn all(client: &Client, arguments: &endpoint::Arguments) -> Result<BTreeSet<String>, Failure> {
    let ask = client.describe_alarms().alarm_types(AlarmType::MetricAlarm).alarm_types(AlarmType::CompositeAlarm);
    let mut names = BTreeSet::new();
    let mut token = None;
    loop {
        let page = ask.clone().set_next_token(token).send().await;
        let page = page.map_err(|error| refusal::failure(arguments, &error))?;
        names.extend(page.metric_alarms().iter().filter_map(|alarm| alarm.alarm_name()).map(str::to_owned));
        names.extend(page.composite_alarms().iter().filter_map(|alarm| alarm.alarm_name()).map(str::to_owned));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(names);
        }
    }
}
