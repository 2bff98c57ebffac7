//! What the operations on anomaly detectors share: which detector a request names, and how a record becomes that again.

use nepho_engine::anomaly::{MAX_SUBJECT_QUERIES, Subject};
use nepho_engine::{Period, Query, Source, Statistic};
use nepho_model::{Metric, Scope, Timestamp};
use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::anomaly_detector::{MetricMathAnomalyDetector, SingleMetricAnomalyDetector};
use nepho_protocol::shapes::get_metric_data::{MetricDataQuery, MetricStat};
use nepho_protocol::shapes::{self, Dimension};
use nepho_store::StoreError;

use super::call::Call;
use super::get_metric_data::query;
use super::metric::metric;
use super::violations::Violations;
use crate::detectors::detector::{DETECTORS, Detector, Of};

/// The members by which a request names a detector: in one of three ways.
pub(super) struct Members<'a> {
    pub(super) namespace: Option<&'a str>,
    pub(super) metric_name: Option<&'a str>,
    pub(super) dimensions: Option<&'a [Dimension]>,
    pub(super) stat: Option<&'a str>,
    pub(super) single: Option<&'a SingleMetricAnomalyDetector>,
    pub(super) math: Option<&'a MetricMathAnomalyDetector>,
}

/// What a detector is of, as it is kept and as it is trained.
pub(super) struct Named {
    pub(super) of: Of,
    pub(super) subject: Subject,
}

/// The detector that a request names; `None` when the violations say why there is none.
pub(super) fn named(call: &Call, members: &Members<'_>, violations: &mut Violations) -> Option<Named> {
    exclusive(members, violations);
    match (members.single, members.math) {
        (Some(single), _) => {
            account(call, single.account_id.as_ref(), violations);
            let metric = Members {
                namespace: single.namespace.as_deref(),
                metric_name: single.metric_name.as_deref(),
                dimensions: single.dimensions.as_deref(),
                stat: single.stat.as_deref(),
                single: None,
                math: None,
            };
            of_metric("SingleMetricAnomalyDetector.", &metric, violations)
        }
        (None, Some(math)) => of_math(call, math.metric_data_queries.as_deref(), violations),
        (None, None) => of_metric("", members, violations),
    }
}

/// Refuses two ways of naming a detector at once.
fn exclusive(members: &Members<'_>, violations: &mut Violations) {
    let given = [
        ("SingleMetricAnomalyDetector", members.single.is_some()),
        ("MetricMathAnomalyDetector", members.math.is_some()),
        ("Namespace", members.namespace.is_some()),
        ("MetricName", members.metric_name.is_some()),
        ("Dimensions", members.dimensions.is_some_and(|dimensions| !dimensions.is_empty())),
        ("Stat", members.stat.is_some()),
    ];
    let whole = given[..2].iter().find(|(_, is_given)| *is_given);
    let Some((whole, _)) = whole else { return };
    for (other, _) in given.iter().filter(|(name, is_given)| *is_given && name != whole) {
        violations.add(
            code::INVALID_PARAMETER_COMBINATION,
            format!("The parameters {whole} and {other} are mutually exclusive and you have specified both."),
        );
    }
}

fn account(call: &Call, account: Option<&String>, violations: &mut Violations) {
    if let Some(account) = account.filter(|account| **account != call.scope.account) {
        violations.invalid(format!(
            "The value {account} for parameter SingleMetricAnomalyDetector.AccountId is invalid: no accounts are linked \
             to {}.",
            call.scope.account
        ));
    }
}

fn of_metric(path: &str, members: &Members<'_>, violations: &mut Violations) -> Option<Named> {
    let metric = metric(path, members.namespace, members.metric_name, members.dimensions, violations);
    let statistic = match members.stat.map(|name| (name, Statistic::parse(name))) {
        None => {
            violations.missing(format!("{path}Stat"));
            None
        }
        Some((_, Ok(statistic))) => Some(statistic),
        Some((name, Err(_))) => {
            violations.invalid(format!("The value {name} for parameter {path}Stat is not a valid statistic."));
            None
        }
    };
    let (metric, statistic) = (metric?, statistic?);
    Some(Named { of: metric_of(&metric, &statistic), subject: Subject::of_metric(metric, statistic) })
}

/// What a detector of a subject is kept as that no request has named.
pub(crate) fn of(subject: &Subject, period: Period) -> Of {
    match subject.metric() {
        Some((metric, statistic)) => metric_of(metric, statistic),
        None => {
            let asked = subject.request(period, Timestamp::default(), Timestamp::default());
            Of::Math { queries: asked.queries.iter().map(to_wire).collect() }
        }
    }
}

fn metric_of(metric: &Metric, statistic: &Statistic) -> Of {
    let key = metric.key();
    Of::Metric {
        namespace: key.namespace().to_owned(),
        name: key.name().to_owned(),
        dimensions: key.dimensions().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        stat: statistic.as_str().to_owned(),
    }
}

fn to_wire(query: &Query) -> MetricDataQuery {
    let wire = MetricDataQuery {
        id: Some(query.id.to_string()),
        return_data: Some(query.return_data),
        ..MetricDataQuery::default()
    };
    match &query.source {
        Source::Expression(expression) => MetricDataQuery { expression: Some(expression.text.clone()), ..wire },
        Source::Metric(stat) => {
            let key = stat.metric.key();
            let dimension =
                |(name, value): (&str, &str)| Dimension { name: Some(name.to_owned()), value: Some(value.to_owned()) };
            let metric = shapes::Metric {
                namespace: Some(key.namespace().to_owned()),
                metric_name: Some(key.name().to_owned()),
                dimensions: Some(key.dimensions().map(dimension).collect()),
            };
            let stat = MetricStat {
                metric: Some(metric),
                period: i32::try_from(stat.period.seconds()).ok(),
                stat: Some(stat.statistic.as_str().to_owned()),
                unit: stat.unit.map(|unit| unit.as_str().to_owned()),
            };
            MetricDataQuery { metric_stat: Some(stat), ..wire }
        }
    }
}

fn of_math(call: &Call, queries: Option<&[MetricDataQuery]>, violations: &mut Violations) -> Option<Named> {
    let path = "MetricMathAnomalyDetector.MetricDataQueries";
    let Some(queries) = queries else {
        violations.missing(path);
        return None;
    };
    if queries.len() > MAX_SUBJECT_QUERIES {
        violations.too_many(path, MAX_SUBJECT_QUERIES);
        return None;
    }
    let crossed: Vec<_> = crossed(&call.scope, path, queries, violations);
    if crossed.len() < queries.len() {
        return None;
    }
    match Subject::of_queries(crossed, &call.scope, call.now) {
        Ok((subject, _)) => {
            // Labels are of no use to a detector, and CloudWatch does not tell them again.
            let kept = |query: &MetricDataQuery| MetricDataQuery {
                label: None,
                return_data: Some(query.return_data.unwrap_or(true)),
                ..query.clone()
            };
            Some(Named { of: Of::Math { queries: queries.iter().map(kept).collect() }, subject })
        }
        Err(fault) => {
            violations.invalid(fault.to_string());
            None
        }
    }
}

fn crossed(scope: &Scope, path: &str, queries: &[MetricDataQuery], violations: &mut Violations) -> Vec<Query> {
    let queries = queries.iter().enumerate();
    queries.filter_map(|(at, one)| query(scope, &format!("{path}.member.{}", at + 1), one, violations)).collect()
}

/// The detector with this key, if there is one.
pub(super) fn get(call: &Call, key: &str) -> Result<Option<Detector>, ServiceError> {
    let value = call.instance.records.get(DETECTORS, key).map_err(|error: StoreError| call.store_failed(&error))?;
    let read =
        |value: Vec<u8>| Detector::from_bytes(&value).map_err(|error| call.record_damaged(DETECTORS, key, &error));
    value.map(read).transpose()
}

/// What a detector that is kept is of.
///
/// # Errors
/// When it is nothing, which it was not when it was put.
pub(crate) fn subject(of: &Of, scope: &Scope, now: Timestamp) -> Result<Subject, String> {
    match of {
        Of::Metric { namespace, name, dimensions, stat } => {
            let dimensions: Vec<_> = dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let metric = Metric::new(namespace, name, &dimensions).map_err(|error| error.to_string())?;
            Ok(Subject::of_metric(metric, Statistic::parse(stat).map_err(|error| error.to_string())?))
        }
        Of::Math { queries } => {
            let mut violations = Violations::default();
            let queries = crossed(scope, "MetricDataQueries", queries, &mut violations);
            violations.check().map_err(|error| error.to_string())?;
            Subject::of_queries(queries, scope, now).map(|(subject, _)| subject).map_err(|fault| fault.to_string())
        }
    }
}
