//! Members that came late in 2026, which older clients do not send.

use nepho_protocol::shapes::action_configuration::{ActionConfiguration, AlarmTagsPropagation};
use nepho_protocol::shapes::evaluation::{EvaluationWindow, SlidingWindow, WallClockWindow, WarmUpConfiguration};
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;

use super::samples::{text, texts};
use crate::fixtures::Recorded;
use crate::requests::check;

#[test]
fn windows_on_the_wall_clock() {
    let window = WallClockWindow { timezone: text("+05:30") };
    let expect = PutMetricAlarmInput {
        evaluation_window: Some(EvaluationWindow { sliding_window: None, wall_clock_window: Some(window) }),
        ..PutMetricAlarmInput::default()
    };
    check(
        &Recorded {
            form: b"EvaluationWindow.WallClockWindow.Timezone=%2B05%3A30",
            json: br#"{"EvaluationWindow":{"WallClockWindow":{"Timezone":"+05:30"}}}"#,
            cbor: b"\xa1\x70EvaluationWindow\xa1\x6fWallClockWindow\xa1\x68Timezone\x66+05:30",
        },
        &expect,
    );
}

/// A structure without members is there all the same; query clients write it as an empty value.
#[test]
fn windows_that_slide() {
    let expect = PutMetricAlarmInput {
        evaluation_window: Some(EvaluationWindow { sliding_window: Some(SlidingWindow {}), wall_clock_window: None }),
        ..PutMetricAlarmInput::default()
    };
    check(
        &Recorded {
            form: b"EvaluationWindow.SlidingWindow=",
            json: br#"{"EvaluationWindow":{"SlidingWindow":{}}}"#,
            cbor: b"\xbf\x70EvaluationWindow\xbf\x6dSlidingWindow\xbf\xff\xff\xff",
        },
        &expect,
    );
}

#[test]
fn warming_up_and_tags_in_notifications() {
    let propagation =
        AlarmTagsPropagation { enabled: Some(true), included_tag_keys: texts(&["team"]), excluded_tag_keys: None };
    let expect = PutMetricAlarmInput {
        warm_up_configuration: Some(WarmUpConfiguration {
            warm_up_period_duration_in_minutes: Some(30),
            only_start_evaluating_after_warm_up_period_ends: Some(false),
        }),
        action_configuration: Some(ActionConfiguration { alarm_tags_propagation: Some(propagation) }),
        ..PutMetricAlarmInput::default()
    };
    check(
        &Recorded {
            form: b"WarmUpConfiguration.WarmUpPeriodDurationInMinutes=30\
                    &WarmUpConfiguration.OnlyStartEvaluatingAfterWarmUpPeriodEnds=false\
                    &ActionConfiguration.AlarmTagsPropagation.Enabled=true\
                    &ActionConfiguration.AlarmTagsPropagation.IncludedTagKeys.member.1=team",
            json: br#"{"WarmUpConfiguration":{"WarmUpPeriodDurationInMinutes":30,
                         "OnlyStartEvaluatingAfterWarmUpPeriodEnds":false},
                       "ActionConfiguration":{"AlarmTagsPropagation":{"Enabled":true,"IncludedTagKeys":["team"]}}}"#,
            cbor: b"\xa2\x73WarmUpConfiguration\xa2\x78\x1dWarmUpPeriodDurationInMinutes\x18\x1e\
                    \x78\x28OnlyStartEvaluatingAfterWarmUpPeriodEnds\xf4\
                    \x73ActionConfiguration\xa1\x74AlarmTagsPropagation\xa2\x67Enabled\xf5\
                    \x6fIncludedTagKeys\x81\x64team",
        },
        &expect,
    );
}
