//! The request that puts a composite alarm.

use nepho_protocol::shapes::put_composite_alarm::PutCompositeAlarmInput;

use super::metric_alarm::action_configuration;
use crate::artefacts::members::{Members, Spelling};

/// Reads the members of a composite alarm.
pub(crate) fn composite_alarm(alarm: &mut Members<'_>) -> PutCompositeAlarmInput {
    let suppressor = match alarm.spelling() {
        Spelling::Aws => Suppressor {
            alarm: alarm.text("ActionsSuppressor"),
            wait: alarm.integer("ActionsSuppressorWaitPeriod"),
            extension: alarm.integer("ActionsSuppressorExtensionPeriod"),
        },
        Spelling::Terraform => alarm.structure("ActionsSuppressor", Suppressor::block).unwrap_or_default(),
    };
    let input = PutCompositeAlarmInput {
        actions_enabled: alarm.boolean("ActionsEnabled"),
        alarm_actions: alarm.texts("AlarmActions"),
        alarm_description: alarm.text("AlarmDescription"),
        alarm_name: alarm.text("AlarmName"),
        alarm_rule: alarm.text("AlarmRule"),
        insufficient_data_actions: alarm.texts("InsufficientDataActions"),
        ok_actions: alarm.texts("OKActions"),
        tags: alarm.tags(),
        actions_suppressor: suppressor.alarm,
        actions_suppressor_wait_period: suppressor.wait,
        actions_suppressor_extension_period: suppressor.extension,
        action_configuration: action_configuration(alarm),
    };
    match alarm.spelling() {
        Spelling::Terraform if !alarm.is_unresolved("ActionsEnabled") => {
            PutCompositeAlarmInput { actions_enabled: input.actions_enabled.or(Some(true)), ..input }
        }
        _ => input,
    }
}

#[derive(Default)]
struct Suppressor {
    alarm: Option<String>,
    wait: Option<i32>,
    extension: Option<i32>,
}

impl Suppressor {
    /// The block of Terraform.
    fn block(block: &mut Members<'_>) -> Self {
        Self {
            alarm: block.text("Alarm"),
            wait: block.integer("WaitPeriod"),
            extension: block.integer("ExtensionPeriod"),
        }
    }
}
