//! The request that puts a mute rule.

use nepho_protocol::shapes::mute_rules::{MuteTargets, PutAlarmMuteRuleInput, Rule, Schedule};

use crate::artefacts::members::Members;

/// Reads the members of a mute rule.
pub(crate) fn mute_rule(rule: &mut Members<'_>) -> PutAlarmMuteRuleInput {
    PutAlarmMuteRuleInput {
        name: rule.text("Name"),
        description: rule.text("Description"),
        rule: rule.structure("Rule", |rule| Rule { schedule: rule.structure("Schedule", schedule) }),
        mute_targets: rule.structure("MuteTargets", |targets| MuteTargets { alarm_names: targets.texts("AlarmNames") }),
        tags: rule.tags(),
        start_date: rule.timestamp("StartDate"),
        expire_date: rule.timestamp("ExpireDate"),
    }
}

fn schedule(schedule: &mut Members<'_>) -> Schedule {
    Schedule {
        expression: schedule.text("Expression"),
        duration: schedule.text("Duration"),
        timezone: schedule.text("Timezone"),
    }
}
