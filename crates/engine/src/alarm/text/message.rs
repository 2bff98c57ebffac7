//! What a metric alarm publishes to a topic.

use nepho_model::{AlarmState, Timestamp};

use super::clock::long_time;
use super::notice::{Messages, Notice};
use super::number::java_double;
use super::trigger::Tail;
use crate::alarm::action::Action;
use crate::alarm::comparison::Condition;
use crate::alarm::contributor::Contributor;
use crate::alarm::definition::MetricAlarm;
use crate::alarm::effect::RunCause;
use crate::alarm::missing::TreatMissingData;
use crate::alarm::source::AlarmQuery;
use crate::alarm::status::StateSnapshot;
use crate::query::{MetricStat, Source};

/// The messages that an action publishes for its cause: to email, to text messages, and to everything else.
/// `configuration_updated` is when the alarm was put last, and the last argument says whether a mute rule has kept the
/// message until now.
pub fn messages(
    alarm: &MetricAlarm,
    cause: &RunCause,
    configuration_updated: Timestamp,
    is_after_mute_window: bool,
) -> Messages {
    let (old_state, state, contributor) = parts(cause);
    let (arn, actions) = (alarm.arn(), alarm.actions());
    let notice = Notice {
        scope: alarm.scope(),
        name: alarm.name(),
        description: alarm.description(),
        arn: &arn,
        configuration_updated: Some(configuration_updated),
        old_state,
        new_state: state.value,
        reason: &state.reason,
        changed: state.updated,
        contributor,
        is_after_mute_window,
        ok_actions: arns(&actions.ok),
        alarm_actions: arns(&actions.alarm),
        insufficient_data_actions: arns(&actions.insufficient_data),
    };
    Messages {
        subject: notice.subject(),
        default: notice.json(&Tail::of(alarm)),
        sms: notice.sms(),
        email: email(alarm, &notice),
    }
}

/// The state before, the state, and whose it is.
fn parts(cause: &RunCause) -> (AlarmState, &StateSnapshot, Option<&Contributor>) {
    match cause {
        RunCause::Change(change) => (change.from.value, &change.to, None),
        RunCause::Contributor(change) => (change.from, &change.to, Some(&change.contributor)),
        RunCause::Lasting(state) => (state.value, state, None),
    }
}

fn arns(actions: &[Action]) -> Vec<&str> {
    actions.iter().map(Action::arn).collect()
}

fn email(alarm: &MetricAlarm, notice: &Notice<'_>) -> String {
    let (state, reason, changed) = (notice.new_state, notice.reason, long_time(notice.changed));
    let has_changed = format!("has entered the {state} state, because \"{reason}\" at \"{changed}\".");
    notice.email(&has_changed, "", &format!("{}\n{}", threshold(alarm), metrics(alarm)))
}

fn threshold(alarm: &MetricAlarm) -> String {
    let (operator, seconds) = (alarm.condition().operator(), alarm.period().seconds());
    let (needed, periods) = (alarm.needed_to_alarm(), alarm.evaluation_periods());
    let compared = match alarm.condition() {
        Condition::Threshold { threshold, .. } => java_double(*threshold),
        Condition::Band { band, .. } => band.to_string(),
    };
    format!(
        "Threshold:\n\
         - The alarm is in the ALARM state when the metric is {operator} {compared} for at least {needed} of the last \
         {periods} period(s) of {seconds} seconds. \n"
    )
}

fn metrics(alarm: &MetricAlarm) -> String {
    let treatment = alarm.treat_missing_data().map(TreatMissingData::as_str);
    let treatment = treatment.map(|treatment| line("TreatMissingData", treatment)).unwrap_or_default();
    match alarm.source().metric() {
        Some(metric) => format!("Monitored Metric:\n{}{treatment}", of_metric(&metric.stat)),
        None => {
            let all: Vec<_> = alarm.source().queries().iter().map(of_element).collect();
            format!("Monitored Metrics:\n{}{treatment}", all.join(""))
        }
    }
}

fn of_element(element: &AlarmQuery) -> String {
    match &element.query.source {
        Source::Metric(stat) => of_metric(stat),
        Source::Expression(asked) => {
            let label = element.label.as_deref().unwrap_or(element.query.id.as_str());
            format!("{}{}", line("MetricExpression", &asked.text), line("MetricLabel", label))
        }
    }
}

fn of_metric(stat: &MetricStat) -> String {
    let key = stat.metric.key();
    let dimensions: Vec<_> = key.dimensions().map(|(name, value)| format!("[{name} = {value}]")).collect();
    [
        line("MetricNamespace", key.namespace()),
        line("MetricName", key.name()),
        line("Dimensions", &dimensions.join(" ")),
        line("Period", &format!("{} seconds", stat.period.seconds())),
        line("Statistic", stat.statistic.as_str()),
        line("Unit", stat.unit.map_or("not specified", |unit| unit.as_str())),
    ]
    .concat()
}

fn line(name: &str, value: &str) -> String {
    format!("- {:<37}{value}\n", format!("{name}:"))
}
