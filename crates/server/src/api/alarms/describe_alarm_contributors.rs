//! DescribeAlarmContributors.

use nepho_engine::alarm::ContributorStatus;
use nepho_protocol::error::constraint::Violations;
use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::describe_alarm_contributors as wire;

use super::page;
use crate::alarms::describe::time;
use crate::api::call::{Call, Reply};

/// Contributors on a page: all that are kept.
const PAGE: usize = 100;

/// The time series of an alarm that are in ALARM.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::DescribeAlarmContributorsInput = call.decode(body)?;
    let Some(name) = input.alarm_name else {
        let mut violations = Violations::default();
        violations.add_null("alarmName");
        return Err(violations.check().expect_err("a violation was added"));
    };
    let after = page::after(input.next_token.as_deref())?;
    let contributors = call.instance.alarms.look(&call.scope, |alarms| {
        let all = alarms.metric.get(&name).map(|entry| entry.status.contributors.clone());
        all.or_else(|| alarms.composite.contains_key(&name).then(Vec::new))
    });
    let mut contributors = contributors
        .ok_or_else(|| code::RESOURCE_NOT_FOUND_EXCEPTION.message(format!("Alarm {name} does not exist.")))?;
    contributors.sort_by(|one, other| one.contributor.id.cmp(&other.contributor.id));
    contributors.retain(|one| after.as_deref().is_none_or(|after| one.contributor.id.as_str() > after));
    let has_more = contributors.len() > PAGE;
    contributors.truncate(PAGE);
    let next_token = contributors.last().filter(|_| has_more).map(|last| page::token(&last.contributor.id));
    let contributors = contributors.into_iter().map(to_wire).collect();
    Ok(call.encode(&wire::DescribeAlarmContributorsOutput { alarm_contributors: Some(contributors), next_token }))
}

fn to_wire(status: ContributorStatus) -> wire::AlarmContributor {
    wire::AlarmContributor {
        contributor_id: Some(status.contributor.id),
        contributor_attributes: Some(status.contributor.attributes.into_iter().collect()),
        state_reason: Some(status.reason),
        state_transitioned_timestamp: Some(time(status.transitioned)),
    }
}
