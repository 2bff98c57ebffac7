//! What mutes an alarm where there is only CloudWatch's API: its mute rules are asked for, and looked at here.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::operation::get_alarm_mute_rule::GetAlarmMuteRuleOutput;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::AlarmMuteRuleStatus;
use nepho_engine::explanation::ExplainedMuting;
use nepho_engine::mute::{MuteRule, PutRule, muting};
use nepho_model::Timestamp;
use nepho_protocol::shapes::mute_rules::{MuteTargets, PutAlarmMuteRuleInput, Rule, Schedule};
use nepho_protocol::value::Timestamp as WireTimestamp;

use super::Arguments;
use super::cloud::{scope, time};
use crate::exit::Failure;
use crate::{print, refusal};

/// Asks for what mutes the alarm. An explanation is worth something without it: who is not allowed to ask is told so.
pub(super) async fn asked(
    client: &Client,
    arguments: &Arguments,
    at: Timestamp,
    is_past: bool,
) -> Option<ExplainedMuting> {
    match rules(client, arguments, is_past).await {
        Ok(rules) => {
            // When a rule was created is not told. One that was changed later says nothing of the past.
            let put = rules.iter().map(|(rule, updated)| PutRule { rule, created: *updated });
            let put: Vec<_> = put.filter(|put| put.created <= at).collect();
            Some(ExplainedMuting::new(&muting(&put, &arguments.name, at)?, None))
        }
        Err(failure) => {
            print::note(&format!("nepho: what mutes {} is not known: {failure}", arguments.name));
            None
        }
    }
}

/// The rules that target the alarm, and when each was last changed. Of the present, only those that mute.
async fn rules(client: &Client, arguments: &Arguments, is_past: bool) -> Result<Vec<(MuteRule, Timestamp)>, Failure> {
    let statuses = (!is_past).then(|| vec![AlarmMuteRuleStatus::Active]);
    let request = client.list_alarm_mute_rules().alarm_name(&arguments.name).set_statuses(statuses);
    let mut pages = request.into_paginator().send();
    let mut rules = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| refusal::failure(&arguments.endpoint, &error))?;
        for summary in page.alarm_mute_rule_summaries() {
            let arn = summary.alarm_mute_rule_arn().unwrap_or_default();
            let name = arn.split_once(":alarm-mute-rule:").map_or(arn, |(_, name)| name);
            let answer = client.get_alarm_mute_rule().alarm_mute_rule_name(name).send().await;
            let told = answer.map_err(|error| refusal::failure(&arguments.endpoint, &error))?;
            let rule = nepho_server::mute_rule(&scope(arn), &put(&told));
            let rule = rule.map_err(|faults| Failure::usage(format!("mute rule {name} cannot be read: {faults}")))?;
            rules.push((rule, time(told.last_updated_timestamp()).unwrap_or(Timestamp::from_millis(0))));
        }
    }
    Ok(rules)
}

/// What would put the rule.
fn put(told: &GetAlarmMuteRuleOutput) -> PutAlarmMuteRuleInput {
    let date = |date: Option<&DateTime>| time(date).map(|time| WireTimestamp::from_ms(time.millis()));
    PutAlarmMuteRuleInput {
        name: told.name.clone(),
        description: told.description.clone(),
        rule: told.rule().map(|rule| Rule {
            schedule: rule.schedule().map(|schedule| Schedule {
                expression: schedule.expression().map(str::to_owned),
                duration: schedule.duration().map(str::to_owned),
                timezone: schedule.timezone().map(str::to_owned),
            }),
        }),
        mute_targets: told
            .mute_targets()
            .map(|targets| MuteTargets { alarm_names: Some(targets.alarm_names().to_vec()) }),
        start_date: date(told.start_date()),
        expire_date: date(told.expire_date()),
        tags: None,
    }
}
