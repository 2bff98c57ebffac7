//! Why a metric alarm is in its state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ExplainedMuting, IsoTime, ToldState};
use crate::alarm::{AlarmStatus, ContributorStatus};
use crate::alarm::{
    Answer, Condition, ContributorSeries, Datum, ExplainedWindow, MAX_CONTRIBUTORS, MetricAlarm, Observed, Role, Rule,
    Source, explain, step,
};

/// Why a metric alarm is in its state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricExplanation {
    /// The alarm's name.
    pub alarm_name: String,
    /// The alarm's ARN.
    pub alarm_arn: String,
    /// The time that the evaluation is about.
    pub evaluation_time: IsoTime,
    /// What is looked at, in words.
    pub subject: String,
    /// How it is compared.
    pub comparison_operator: String,
    /// With what number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// With which band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold_metric_id: Option<String>,
    /// Seconds of a period.
    pub period: i64,
    /// How many datapoints decide.
    pub evaluation_periods: u32,
    /// How many of them have to breach.
    pub datapoints_to_alarm: u32,
    /// What missing datapoints count as.
    pub treat_missing_data: String,
    /// How many periods are looked at.
    pub evaluation_range: usize,
    /// Each period, the newest first; of a query with GROUP BY there are contributors instead.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub periods: Vec<ExplainedPeriod>,
    /// The series of a query with GROUP BY, at most [`MAX_CONTRIBUTORS`] of them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub contributors: Vec<ExplainedContributor>,
    /// How many such series there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contributor_count: Option<usize>,
    /// What could not be read or computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// How many datapoints were used.
    pub used: u32,
    /// How many missing ones stood in for those that were lacking.
    pub fillers: u32,
    /// How many of those that were used breach.
    pub breaching: u32,
    /// The rule that decided.
    pub rule: Rule,
    /// The rule in one sentence.
    pub rule_sentence: String,
    /// The state before this evaluation.
    pub before: ToldState,
    /// The state after it; the same where it stays.
    pub after: ToldState,
    /// How well it could be evaluated, unless that is without a flaw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluation_state: Option<String>,
    /// What mutes its actions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muting: Option<ExplainedMuting>,
}

/// A period of an evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ExplainedPeriod {
    /// Its start, inclusive.
    pub start_time: IsoTime,
    /// Its end, exclusive.
    pub end_time: IsoTime,
    /// Its datapoint; absent where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// How many samples that is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_count: Option<f64>,
    /// The band's lower bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower_bound: Option<f64>,
    /// The band's upper bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper_bound: Option<f64>,
    /// What it was used for.
    pub r#use: PeriodUse,
    /// Whether it counts as breaching, if it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_breaching: Option<bool>,
}

/// What a period was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PeriodUse {
    /// Its datapoint is one of the newest N.
    Used,
    /// Its datapoint is older than the newest N.
    Older,
    /// It is missing and stands in for one of the N.
    StandsIn,
    /// It is missing and passed over.
    PassedOver,
}

/// A series of a query with GROUP BY.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ExplainedContributor {
    /// Its id.
    pub contributor_id: String,
    /// What its metrics have in common.
    pub contributor_attributes: BTreeMap<String, String>,
    /// OK or ALARM.
    pub state_value: String,
    /// Its newest datapoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// How many datapoints were used.
    pub used: u32,
    /// How many of those breach.
    pub breaching: u32,
    /// The rule that decided.
    pub rule: Rule,
}

impl MetricExplanation {
    /// Why an alarm with this status is what it is after it was evaluated on what was observed; nothing mutes it.
    pub fn new(alarm: &MetricAlarm, status: &AlarmStatus, observed: &Observed) -> Self {
        let step = step(alarm, status, observed, observed.time);
        let after = step.status.as_deref().unwrap_or(status);
        let (threshold, band) = match alarm.condition() {
            Condition::Threshold { threshold, .. } => (Some(*threshold), None),
            Condition::Band { band, .. } => (None, Some(band.to_string())),
        };
        let mut explanation = MetricExplanation {
            alarm_name: alarm.name().to_owned(),
            alarm_arn: alarm.arn(),
            evaluation_time: IsoTime(observed.time),
            subject: subject(alarm.source()),
            comparison_operator: alarm.condition().operator().to_string(),
            threshold,
            threshold_metric_id: band,
            period: alarm.period().seconds(),
            evaluation_periods: alarm.evaluation_periods(),
            datapoints_to_alarm: alarm.needed_to_alarm(),
            treat_missing_data: alarm.treatment().to_string(),
            evaluation_range: observed.windows.len(),
            periods: Vec::new(),
            contributors: Vec::new(),
            contributor_count: None,
            failure: None,
            used: step.why.used,
            fillers: step.why.fillers,
            breaching: step.why.breaching,
            rule: step.why.rule,
            rule_sentence: step.why.rule.sentence().to_owned(),
            before: ToldState::from(&status.state),
            after: ToldState::from(&after.state),
            evaluation_state: after.evaluation_state.map(|state| state.as_str().to_owned()),
            muting: None,
        };
        match &observed.answer {
            Answer::Series(data) => {
                let (windows, _) = explain(alarm, observed, data);
                explanation.periods = windows.iter().map(ExplainedPeriod::from).collect();
            }
            Answer::Contributors(series) => {
                let some = series.iter().take(MAX_CONTRIBUTORS);
                let told = some.map(|series| contributor(alarm, observed, series, &after.contributors));
                explanation.contributors = told.collect();
                explanation.contributor_count = Some(series.len());
            }
            Answer::Failed { reason, .. } => explanation.failure = Some(reason.clone()),
        }
        explanation
    }
}

impl From<&ExplainedWindow> for ExplainedPeriod {
    fn from(window: &ExplainedWindow) -> Self {
        let (r#use, is_breaching) = match window.role {
            Role::Used { is_breaching } => (PeriodUse::Used, Some(is_breaching)),
            Role::Older => (PeriodUse::Older, None),
            Role::StandsIn { is_breaching } => (PeriodUse::StandsIn, is_breaching),
            Role::PassedOver => (PeriodUse::PassedOver, None),
        };
        let band = window.datum.and_then(|datum| datum.band);
        ExplainedPeriod {
            start_time: IsoTime(window.start),
            end_time: IsoTime(window.end),
            value: window.datum.map(|datum| datum.value),
            sample_count: window.datum.and_then(|datum| datum.sample_count),
            lower_bound: band.map(|band| band.lower),
            upper_bound: band.map(|band| band.upper),
            r#use,
            is_breaching,
        }
    }
}

fn contributor(
    alarm: &MetricAlarm,
    observed: &Observed,
    series: &ContributorSeries,
    in_alarm: &[ContributorStatus],
) -> ExplainedContributor {
    let (_, why) = explain(alarm, observed, &series.data);
    let is_in_alarm = in_alarm.iter().any(|one| one.contributor.id == series.contributor.id);
    ExplainedContributor {
        contributor_id: series.contributor.id.clone(),
        contributor_attributes: series.contributor.attributes.iter().cloned().collect(),
        state_value: if is_in_alarm { "ALARM" } else { "OK" }.to_owned(),
        value: series.data.iter().flatten().next().map(|datum: &Datum| datum.value),
        used: why.used,
        breaching: why.breaching,
        rule: why.rule,
    }
}

/// What is looked at, in words.
fn subject(source: &Source) -> String {
    match source {
        Source::Metric(metric) => {
            let key = metric.metric().key();
            let dimensions: Vec<_> = key.dimensions().map(|(name, value)| format!("{name}={value}")).collect();
            let dimensions = if dimensions.is_empty() { String::new() } else { format!(" {}", dimensions.join(", ")) };
            format!("{} of {} {}{dimensions}", metric.statistic().as_str(), key.namespace(), key.name())
        }
        Source::Math(math) => {
            let main = &math.main().query;
            match &main.source {
                crate::Source::Expression(asked) => format!("{} = {}", main.id, asked.text),
                crate::Source::Metric(stat) => {
                    let key = stat.metric.key();
                    format!("{} = {} of {} {}", main.id, stat.statistic.as_str(), key.namespace(), key.name())
                }
            }
        }
        Source::Insights(insights) => match &insights.element.query.source {
            crate::Source::Expression(asked) => asked.text.clone(),
            crate::Source::Metric(_) => insights.element.query.id.to_string(),
        },
    }
}
