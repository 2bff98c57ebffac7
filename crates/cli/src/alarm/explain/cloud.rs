//! Alarms of Amazon, and of whoever else only speaks CloudWatch's API: what they are and their data are asked for, and
//! the evaluation is made here.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    self, AlarmType, CompositeAlarm, EvaluationState, HistoryItemType, MetricAlarm, MetricDataQuery, ScanBy, StateValue,
};
use jiff::Timestamp;
use nepho_engine::alarm::{
    self, AlarmStatus, Answer, Contributor, ContributorSeries, Datum, LowSamples, Observed, Reading, Source,
    StateSnapshot, Windows, evaluation_time, reads,
};
use nepho_engine::composite::{CompositeState, OtherAlarm, ReasonData, Suppression};
use nepho_engine::explanation::{CompositeExplanation, Explanation, MetricExplanation};
use nepho_engine::math::Band;
use nepho_model::{AlarmState, Scope};
use nepho_protocol::shapes::put_composite_alarm::PutCompositeAlarmInput;
use serde::Deserialize;

use super::Arguments;
use super::{described, meant, muting};
use crate::exit::Failure;
use crate::metric_data::{self, Found};
use crate::progress::Progress;
use crate::time_range::model_time;
use crate::{own_path, refusal};

/// The ids of the queries for an alarm on one metric.
const VALUE: &str = "value";
const SAMPLES: &str = "samples";
/// Names in one call of DescribeAlarms.
const NAMES_AT_ONCE: usize = 100;

/// Explains an alarm.
pub(super) async fn explain(arguments: &Arguments, at: Option<Timestamp>) -> Result<Explanation, Failure> {
    let client = arguments.endpoint.client().await?;
    let cloud = Cloud { client, arguments };
    let now = match at {
        Some(at) => at,
        None => own_path::now(&arguments.endpoint).await,
    };
    let (metric, composite) = cloud.describe(std::slice::from_ref(&arguments.name)).await?;
    let explanation = cloud.state(metric.first(), composite.first(), at, now).await?;
    let muting = muting::asked(&cloud.client, arguments, model_time(now), at.is_some()).await;
    Ok(explanation.muted(muting))
}

struct Cloud<'a> {
    client: Client,
    arguments: &'a Arguments,
}

/// The states in an item of the history.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    new_state: UpdatedState,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdatedState {
    state_value: String,
    state_reason: Option<String>,
}

impl Cloud<'_> {
    async fn state(
        &self,
        metric: Option<&MetricAlarm>,
        composite: Option<&CompositeAlarm>,
        at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Explanation, Failure> {
        match (metric, composite) {
            (Some(alarm), _) => {
                let explanation = self.metric(alarm, at.is_some(), model_time(now)).await?;
                Ok(Explanation::MetricAlarm(Box::new(explanation)))
            }
            (None, Some(_)) if at.is_some() => Err(Failure::usage(format!(
                "{} is a composite alarm, which {} only tells about as it is now: leave out --at",
                self.arguments.name,
                self.arguments.endpoint.endpoint()
            ))),
            (None, Some(alarm)) => {
                let explanation = self.composite(alarm, model_time(now)).await?;
                Ok(Explanation::CompositeAlarm(Box::new(explanation)))
            }
            (None, None) => {
                let (name, endpoint) = (&self.arguments.name, self.arguments.endpoint.endpoint());
                let meant = meant(&self.client, self.arguments).await;
                Err(Failure::usage(format!("{endpoint} has no alarm {name:?} in this account and region{meant}")))
            }
        }
    }

    async fn describe(&self, names: &[String]) -> Result<(Vec<MetricAlarm>, Vec<CompositeAlarm>), Failure> {
        let (mut metric, mut composite) = (Vec::new(), Vec::new());
        for names in names.chunks(NAMES_AT_ONCE) {
            let request = self.client.describe_alarms().set_alarm_names(Some(names.to_vec()));
            let request = request.alarm_types(AlarmType::MetricAlarm).alarm_types(AlarmType::CompositeAlarm);
            let answer = request.max_records(NAMES_AT_ONCE as i32).send().await;
            let answer = answer.map_err(|error| refusal::failure(&self.arguments.endpoint, &error))?;
            metric.extend(answer.metric_alarms.unwrap_or_default());
            composite.extend(answer.composite_alarms.unwrap_or_default());
        }
        Ok((metric, composite))
    }

    async fn metric(
        &self,
        told: &MetricAlarm,
        is_past: bool,
        now: nepho_model::Timestamp,
    ) -> Result<MetricExplanation, Failure> {
        let scope = scope(told.alarm_arn().unwrap_or_default());
        let alarm = nepho_server::metric_alarm(&scope, &described::metric_alarm(told))
            .map_err(|faults| Failure::usage(format!("{} cannot be evaluated here: {faults}", self.arguments.name)))?;
        let due = evaluation_time(&alarm, now);
        let mut status = status(told, due);
        if is_past && status.state.updated >= due {
            status = self.past(&alarm, status, due).await?;
        }
        let observed = self.observe(told, &alarm, due).await?;
        Ok(MetricExplanation::new(&alarm, &status, &observed))
    }

    /// The status before an evaluation in the past, as the history has it.
    async fn past(
        &self,
        alarm: &alarm::MetricAlarm,
        now: AlarmStatus,
        due: nepho_model::Timestamp,
    ) -> Result<AlarmStatus, Failure> {
        let end = DateTime::from_millis(due.millis() - 1);
        let request = self.client.describe_alarm_history().alarm_name(alarm.name()).end_date(end).max_records(1);
        let request = request.history_item_type(HistoryItemType::StateUpdate).scan_by(ScanBy::TimestampDescending);
        let answer = request.send().await.map_err(|error| refusal::failure(&self.arguments.endpoint, &error))?;
        let state = answer.alarm_history_items().first().and_then(|item| {
            let UpdatedState { state_value, state_reason } =
                serde_json::from_str::<Update>(item.history_data()?).ok()?.new_state;
            let (value, updated) = (AlarmState::parse(&state_value)?, time(item.timestamp())?);
            Some(StateSnapshot { value, reason: state_reason.unwrap_or_default(), reason_data: None, updated })
        });
        Ok(match state {
            Some(state) => {
                AlarmStatus { transitioned: state.updated, state, evaluation_state: None, is_warming_up: false, ..now }
            }
            None => AlarmStatus::created(alarm, due),
        })
    }

    /// What an evaluation sees: the service computes what the alarm is about.
    async fn observe(
        &self,
        told: &MetricAlarm,
        alarm: &alarm::MetricAlarm,
        due: nepho_model::Timestamp,
    ) -> Result<Observed, Failure> {
        let empty = match reads(alarm, due) {
            Reading::Points(points) => points.observe(&vec![Ok(Vec::new()); points.reads().len()], &[]),
            Reading::Insights(reading) => reading.failed(""),
        };
        let windows = &empty.windows;
        let at = |time: nepho_model::Timestamp| DateTime::from_millis(time.millis());
        let request = self.client.get_metric_data().set_metric_data_queries(Some(queries(told, alarm)));
        let request = request.start_time(at(windows.range_start())).end_time(at(windows.range_end()));
        let answer = metric_data::ask(request, &mut Progress::of("point"), &mut 0).await;
        let answer = answer.map_err(|error| refusal::failure(&self.arguments.endpoint, &error))?;
        let answer = answered(alarm, windows, &answer.results);
        Ok(Observed { answer, ..empty })
    }

    async fn composite(
        &self,
        told: &CompositeAlarm,
        now: nepho_model::Timestamp,
    ) -> Result<CompositeExplanation, Failure> {
        let scope = scope(told.alarm_arn().unwrap_or_default());
        let text = |text: Option<&str>| text.map(str::to_owned);
        let input = PutCompositeAlarmInput {
            alarm_name: text(told.alarm_name()),
            alarm_rule: text(told.alarm_rule()),
            actions_suppressor: text(told.actions_suppressor()),
            actions_suppressor_wait_period: told.actions_suppressor_wait_period(),
            actions_suppressor_extension_period: told.actions_suppressor_extension_period(),
            ..PutCompositeAlarmInput::default()
        };
        let alarm = nepho_server::composite_alarm(&scope, &input)
            .map_err(|faults| Failure::usage(format!("{} cannot be evaluated here: {faults}", self.arguments.name)))?;
        let children = alarm.rule().children().iter().map(|child| child.name().to_owned());
        let suppressor = alarm.suppressor().map(|suppressor| suppressor.alarm.name().to_owned());
        let mut names: Vec<String> = children.chain(suppressor.clone()).collect();
        names.sort_unstable();
        names.dedup();
        let (metric, composite) = self.describe(&names).await?;
        let other = |state: Option<&StateValue>, since: Option<&DateTime>| {
            Some(OtherAlarm { state: AlarmState::parse(state?.as_str())?, since: time(since)? })
        };
        let others = |name: &str| {
            let metric = metric.iter().find(|alarm| alarm.alarm_name() == Some(name));
            let composite = || composite.iter().find(|alarm| alarm.alarm_name() == Some(name));
            let since = |one: &MetricAlarm| one.state_transitioned_timestamp.or(one.state_updated_timestamp);
            match metric {
                Some(alarm) => other(alarm.state_value(), since(alarm).as_ref()),
                None => {
                    let alarm = composite()?;
                    let since = alarm.state_transitioned_timestamp().or(alarm.state_updated_timestamp());
                    other(alarm.state_value(), since)
                }
            }
        };
        let since = suppressor.and_then(|name| others(&name)).map(|other| other.since);
        let state = composite_state(told, &alarm, since, now);
        Ok(CompositeExplanation::new(&alarm, &state, false, &others, now))
    }
}

pub(super) fn time(time: Option<&DateTime>) -> Option<nepho_model::Timestamp> {
    time?.to_millis().ok().map(nepho_model::Timestamp::from_millis)
}

/// Whose alarm it is, by its ARN.
pub(super) fn scope(arn: &str) -> Scope {
    let mut parts = arn.split(':').skip(3);
    let (region, account) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    Scope::new(account, region)
}

fn status(told: &MetricAlarm, otherwise: nepho_model::Timestamp) -> AlarmStatus {
    let updated = time(told.state_updated_timestamp()).unwrap_or(otherwise);
    let value = told.state_value().and_then(|value| AlarmState::parse(value.as_str()));
    let evaluation_state = told.evaluation_state().map(EvaluationState::as_str);
    AlarmStatus {
        state: StateSnapshot {
            value: value.unwrap_or(AlarmState::InsufficientData),
            reason: told.state_reason().unwrap_or_default().to_owned(),
            reason_data: told.state_reason_data().map(str::to_owned),
            updated,
        },
        transitioned: time(told.state_transitioned_timestamp()).unwrap_or(updated),
        evaluation_state: evaluation_state.and_then(alarm::EvaluationState::parse),
        created: time(told.alarm_configuration_updated_timestamp()).unwrap_or(otherwise),
        is_warming_up: evaluation_state == Some(alarm::EvaluationState::InWarmUp.as_str()),
        contributors: Vec::new(),
    }
}

/// What to ask for: what the alarm is about, and the number of samples where that matters.
fn queries(told: &MetricAlarm, alarm: &alarm::MetricAlarm) -> Vec<MetricDataQuery> {
    let Source::Metric(metric) = alarm.source() else {
        let mut queries = told.metrics().to_vec();
        for query in &mut queries {
            if query.id() == told.threshold_metric_id() {
                query.return_data = Some(true);
            }
        }
        return queries;
    };
    let metric_name = types::Metric::builder()
        .set_namespace(told.namespace.clone())
        .set_metric_name(told.metric_name.clone())
        .set_dimensions(told.dimensions.clone())
        .build();
    let query = |id: &str, statistic: &str| {
        let stat = types::MetricStat::builder()
            .metric(metric_name.clone())
            .set_period(told.period())
            .stat(statistic)
            .set_unit(told.unit().cloned())
            .build();
        MetricDataQuery::builder().id(id).metric_stat(stat).build()
    };
    let mut queries = vec![query(VALUE, metric.statistic().as_str())];
    if alarm.low_samples() == Some(LowSamples::Ignore) {
        queries.push(query(SAMPLES, "SampleCount"));
    }
    queries
}

/// The answer of the service as an evaluation sees it.
fn answered(alarm: &alarm::MetricAlarm, windows: &Windows, results: &[Found]) -> Answer {
    let of = |id: &str| results.iter().filter(|found| found.id == id).collect::<Vec<_>>().into_iter();
    let row = |found: &Found| {
        let mut row = vec![None; windows.len()];
        for (seconds, value) in &found.points {
            if let Some(window) = windows.position(nepho_model::Timestamp::from_seconds(*seconds)) {
                row[window] = Some(*value);
            }
        }
        row
    };
    let data = |found: &Found| row(found).into_iter().map(|value| value.map(Datum::of)).collect::<Vec<_>>();
    let missing = || vec![None; windows.len()];
    match alarm.source() {
        Source::Metric(_) => {
            let counts = of(SAMPLES).next().map_or_else(missing, row);
            let values = of(VALUE).next().map_or_else(missing, row);
            let datum = |(value, count): (Option<f64>, Option<f64>)| {
                value.map(|value| Datum { sample_count: count, ..Datum::of(value) })
            };
            Answer::Series(values.into_iter().zip(counts).map(datum).collect())
        }
        Source::Math(math) => {
            let values = of(math.main().query.id.as_str()).next().map_or_else(missing, row);
            let Some(band) = math.band() else {
                return Answer::Series(values.into_iter().map(|value| value.map(Datum::of)).collect());
            };
            // Which of the two is the lower one, the numbers tell.
            let bounds: Vec<_> = of(band.query.id.as_str()).map(row).collect();
            let [one, other] = &bounds[..] else { return Answer::Series(vec![None; windows.len()]) };
            let datum = |(window, value): (usize, Option<f64>)| {
                let (one, other) = (one[window]?, other[window]?);
                let band = Band { lower: one.min(other), upper: one.max(other) };
                Some(Datum { band: Some(band), ..Datum::of(value?) })
            };
            Answer::Series(values.into_iter().enumerate().map(datum).collect())
        }
        Source::Insights(insights) => {
            let id = insights.element.query.id.as_str();
            if insights.query.group_by.is_empty() {
                let none = || vec![None; windows.len()];
                return Answer::Series(of(id).next().map_or_else(none, data));
            }
            let series = |found: &Found| ContributorSeries {
                contributor: Contributor {
                    id: found.label.clone(),
                    attributes: vec![("Label".to_owned(), found.label.clone())],
                },
                data: data(found),
            };
            Answer::Contributors(of(id).map(series).collect())
        }
    }
}

/// The state of a composite alarm; when its suppressor went into its state matters for the periods.
fn composite_state(
    told: &CompositeAlarm,
    alarm: &nepho_engine::composite::CompositeAlarm,
    suppressor_since: Option<nepho_model::Timestamp>,
    now: nepho_model::Timestamp,
) -> CompositeState {
    let updated = time(told.state_updated_timestamp()).unwrap_or(now);
    let transitioned = time(told.state_transitioned_timestamp()).unwrap_or(updated);
    let state = told.state_value().and_then(|value| AlarmState::parse(value.as_str()));
    let since = suppressor_since.unwrap_or(now);
    let periods = alarm.suppressor().map(|suppressor| (suppressor.wait_seconds, suppressor.extension_seconds));
    let (wait, extension) = periods.unwrap_or_default();
    let is_pending = transitioned >= since;
    let suppression = match told.actions_suppressed_by().map(types::ActionsSuppressedBy::as_str) {
        Some("WaitPeriod") => Suppression::WaitPeriod { until: transitioned.plus_seconds(wait.into()) },
        Some("ExtensionPeriod") => {
            Suppression::ExtensionPeriod { until: since.plus_seconds(extension.into()), is_pending }
        }
        Some(_) => Suppression::Alarm { is_pending },
        None => Suppression::NotSuppressed,
    };
    CompositeState {
        state: state.unwrap_or(AlarmState::InsufficientData),
        reason: told.state_reason().unwrap_or_default().to_owned(),
        reason_data: told.state_reason_data().map(|data| ReasonData::Given(data.to_owned())),
        updated,
        transitioned,
        suppression,
        ..CompositeState::created(now)
    }
}
