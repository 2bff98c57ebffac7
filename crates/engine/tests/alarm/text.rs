//! Alarms as text.

use jiff::tz::TimeZone;
use nepho_engine::alarm::{
    AlarmFaults, AlarmStatus, MetricAlarm, Observed, Parameters, QueryParameters, Reading, StatParameters, StateChange,
    StateSnapshot, Step, WarmUpParameters, WindowParameters, evaluation_time, reads, step,
};
use nepho_model::{AlarmState, Cell, Point, Read, Scope, Timestamp, Unit, UnitSeries};

/// 2026-05-04 12:00 UTC, a Monday.
pub(crate) const NOON: Timestamp = Timestamp::from_seconds(1_777_896_000);

pub(crate) fn scope() -> Scope {
    Scope::new("123456789012", "us-east-1")
}

/// Zones as rules, so that no file is read.
pub(crate) fn zones(name: &str) -> Option<TimeZone> {
    let rule = match name {
        "Europe/Berlin" => "CET-1CEST,M3.5.0,M10.5.0/3",
        "America/New_York" => "EST5EDT,M3.2.0,M11.1.0",
        _ => return None,
    };
    TimeZone::posix(rule).ok()
}

pub(crate) fn time(text: &str) -> Timestamp {
    Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// The alarm of a text, which is valid.
pub(crate) fn alarm(text: &str) -> MetricAlarm {
    put(text).unwrap_or_else(|faults| panic!("{text}: {faults}"))
}

pub(crate) fn put(text: &str) -> Result<MetricAlarm, AlarmFaults> {
    MetricAlarm::new(&scope(), &parameters(text), &zones)
}

/// What is said about the alarm of a text, which is not valid.
pub(crate) fn refused(text: &str) -> String {
    put(text).map(|_| ()).unwrap_err().to_string()
}

/// An alarm on the average latency of a minute above 5, in which words of `key=value` on the first line change something
/// and `key=` leaves something out. Each other line is an element of Metrics, which then take the place of the one
/// metric: `id: namespace metric statistic period [hidden]` or `id = expression [; [period=P] [hidden] [label=L]]`.
pub(crate) fn parameters(text: &str) -> Parameters {
    let mut parameters = Parameters {
        alarm_name: Some("Slow".to_owned()),
        namespace: Some("Shop".to_owned()),
        metric_name: Some("Latency".to_owned()),
        statistic: Some("Average".to_owned()),
        period: Some(60),
        evaluation_periods: Some(1),
        threshold: Some(5.0),
        comparison_operator: Some("GreaterThanThreshold".to_owned()),
        ..Parameters::default()
    };
    let mut lines = text.lines();
    let words = lines.next().unwrap_or_default();
    parameters.metrics = lines.map(str::trim).filter(|line| !line.is_empty()).map(query).collect();
    if !parameters.metrics.is_empty() {
        parameters = Parameters { namespace: None, metric_name: None, statistic: None, period: None, ..parameters };
    }
    words.split_whitespace().for_each(|word| set(&mut parameters, word));
    parameters
}

fn set(parameters: &mut Parameters, word: &str) {
    let (key, value) = word.split_once('=').unwrap();
    let text = (!value.is_empty()).then(|| value.to_owned());
    let number = || text.as_ref().map(|value| value.parse().unwrap());
    let list = || value.split(',').map(str::to_owned).collect();
    match key {
        "name" => parameters.alarm_name = text,
        "description" => parameters.alarm_description = text,
        "enabled" => parameters.actions_enabled = Some(value == "true"),
        "ok" => parameters.ok_actions = list(),
        "alarm" => parameters.alarm_actions = list(),
        "insufficient" => parameters.insufficient_data_actions = list(),
        "namespace" => parameters.namespace = text,
        "metric" => parameters.metric_name = text,
        "dimensions" => parameters.dimensions = dimensions(value),
        "stat" => parameters.statistic = text,
        "extended" => parameters.extended_statistic = text,
        "period" => parameters.period = number(),
        "unit" => parameters.unit = text,
        "band" => (parameters.threshold_metric_id, parameters.threshold) = (text, None),
        "N" => parameters.evaluation_periods = number(),
        "M" => parameters.datapoints_to_alarm = number(),
        "threshold" => parameters.threshold = text.map(|value| value.parse().unwrap()),
        "op" => parameters.comparison_operator = text.map(|name| operator(&name).to_owned()),
        "treat" => parameters.treat_missing_data = text,
        "low" => parameters.evaluate_low_sample_count_percentile = text,
        "clock" => parameters.evaluation_window = Some(WindowParameters::WallClock(text)),
        "sliding" => parameters.evaluation_window = Some(WindowParameters::Sliding),
        "window" if value == "both" => parameters.evaluation_window = Some(WindowParameters::Both),
        "window" if value == "neither" => parameters.evaluation_window = Some(WindowParameters::Neither),
        "warmup" => {
            let (minutes, to_the_end) = value.split_once(',').map_or((value, None), |(one, _)| (one, Some(true)));
            let minutes = (!minutes.is_empty()).then(|| minutes.parse().unwrap());
            parameters.warm_up_configuration = Some(WarmUpParameters { minutes, to_the_end });
        }
        "promql" => parameters.prom_ql_query = text,
        "interval" => parameters.evaluation_interval = number(),
        _ => panic!("{word} sets nothing"),
    }
}

fn operator(name: &str) -> &str {
    match name {
        ">" => "GreaterThanThreshold",
        ">=" => "GreaterThanOrEqualToThreshold",
        "<" => "LessThanThreshold",
        "<=" => "LessThanOrEqualToThreshold",
        "outside" => "LessThanLowerOrGreaterThanUpperThreshold",
        "below" => "LessThanLowerThreshold",
        "above" => "GreaterThanUpperThreshold",
        other => other,
    }
}

fn dimensions(text: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| pair.split_once(':').map(|(name, value)| (name.to_owned(), value.to_owned()));
    text.split(',').filter_map(pair).collect()
}

fn query(line: &str) -> QueryParameters {
    if let Some((id, asked)) = line.split_once(" = ") {
        let (text, options) = asked.rsplit_once(" ;").unwrap_or((asked, ""));
        let option = |key: &str| options.split_whitespace().find_map(|word| word.strip_prefix(key));
        return QueryParameters {
            id: Some(id.to_owned()),
            expression: Some(text.to_owned()),
            label: option("label=").map(str::to_owned),
            period: option("period=").map(|seconds| seconds.parse().unwrap()),
            return_data: options.contains("hidden").then_some(false),
            ..QueryParameters::default()
        };
    }
    let (id, stat) = line.split_once(": ").unwrap();
    let words: Vec<_> = stat.split_whitespace().collect();
    let option = |key: &str| words.iter().find_map(|word| word.strip_prefix(key));
    let stat = StatParameters {
        namespace: Some(words[0].to_owned()),
        metric_name: Some(words[1].to_owned()),
        dimensions: option("dimensions=").map(dimensions).unwrap_or_default(),
        period: words.get(3).map(|seconds| seconds.parse().unwrap()),
        stat: words.get(2).map(|stat| (*stat).to_owned()),
        unit: option("unit=").map(str::to_owned),
    };
    QueryParameters {
        id: Some(id.to_owned()),
        metric_stat: Some(stat),
        label: option("label=").map(str::to_owned),
        return_data: words.contains(&"hidden").then_some(false),
        account_id: option("account=").map(str::to_owned),
        ..QueryParameters::default()
    }
}

/// What is seen at a time of points that are text: the oldest first, the last in the newest period, each a value, `-`
/// where there is none, or `value*count` of so many samples.
pub(crate) fn observed(alarm: &MetricAlarm, time: Timestamp, points: &str) -> Observed {
    let Reading::Points(reading) = reads(alarm, evaluation_time(alarm, time)) else { panic!("it reads points") };
    let answers: Vec<_> = reading.reads().iter().map(|read| Ok(vec![series(read, points)])).collect();
    reading.observe(&answers, &[])
}

/// The points of a text in the periods of a read.
fn series(read: &Read, points: &str) -> UnitSeries {
    let words = points.split_whitespace().rev().enumerate().filter(|(_, word)| *word != "-");
    let point = |(at, word): (usize, &str)| Point {
        time: read.end.plus_seconds(-read.period_seconds * (at as i64 + 1)),
        cell: cell(word),
    };
    let mut points: Vec<_> = words.map(point).filter(|point| point.time >= read.start).collect();
    points.reverse();
    UnitSeries { unit: Unit::Milliseconds, points }
}

pub(crate) fn cell(word: &str) -> Cell {
    let (value, count) = word.split_once('*').unwrap_or((word, "1"));
    let (value, count): (f64, f64) = (value.parse().unwrap(), count.parse().unwrap());
    Cell::of_values(&[value], &[count]).unwrap()
}

/// The change of state of an alarm at a time.
pub(crate) fn change(alarm: &MetricAlarm, from: &str, at: &str, points: &str) -> StateChange {
    let (now, before) = (time(at), status(alarm, state(from)));
    let stepped = step(alarm, &before, &observed(alarm, now, points), now);
    stepped.change().unwrap_or_else(|| panic!("{points}: {:?}", stepped.why)).clone()
}

/// A status in this state.
pub(crate) fn status(alarm: &MetricAlarm, value: AlarmState) -> AlarmStatus {
    let created = AlarmStatus::created(alarm, NOON.plus_seconds(-86_400));
    AlarmStatus { state: StateSnapshot { value, reason: "before".to_owned(), ..created.state }, ..created }
}

/// An evaluation at noon of an alarm that was in this state.
pub(crate) fn stepped(alarm: &MetricAlarm, before: AlarmState, points: &str) -> Step {
    step(alarm, &status(alarm, before), &observed(alarm, NOON, points), NOON)
}

pub(crate) fn state(text: &str) -> AlarmState {
    match text {
        "OK" => AlarmState::Ok,
        "ALARM" => AlarmState::Alarm,
        "INSUFFICIENT" => AlarmState::InsufficientData,
        _ => panic!("{text} is no state"),
    }
}
